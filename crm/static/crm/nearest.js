/* "By distance": asks the telephone once for its position and reloads the list with it. Nothing is kept. */
"use strict";
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-nearest]");
  if (!button) return;
  const said = document.getElementById("nearest-said");
  const refused = () => { button.disabled = false; said.textContent = button.dataset.sayRefused; said.className = "notice notice-warn"; };
  if (!navigator.geolocation) { refused(); return; }
  button.disabled = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => window.location.assign(`${button.dataset.nearest}?lat=${coords.latitude.toFixed(5)}&lng=${coords.longitude.toFixed(5)}`),
    refused,
    { timeout: 8000, maximumAge: 60000 },
  );
});
