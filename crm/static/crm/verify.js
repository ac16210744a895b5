/* The verification page: the file's fingerprint is computed here when the browser can, so that the file stays where it is. */
"use strict";
(() => {
  const form = document.getElementById("verify-form");
  const file = document.getElementById("verify-file");
  const zone = form.querySelector(".drop");
  file.classList.add("visually-hidden"); // the zone is its label
  const fingerprint = async (chosen) => {
    const digest = await crypto.subtle.digest("SHA-256", await chosen.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const check = async () => {
    if (!file.files.length) return;
    zone.querySelector("b").textContent = form.dataset.sayReading;
    if (window.crypto?.subtle) {
      try {
        form.elements.sha256.value = await fingerprint(file.files[0]);
        file.disabled = true;
      } catch { /* a file that cannot be read whole is sent as it is */ }
    }
    form.submit();
  };
  file.addEventListener("change", check);
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) { file.files = event.dataTransfer.files; check(); }
  });
  /* coming back with the browser's button finds the page as it was left */
  window.addEventListener("pageshow", () => { file.disabled = false; form.elements.sha256.value = ""; });
})();
