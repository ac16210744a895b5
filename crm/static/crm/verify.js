/* The verification page: the file's fingerprint is computed here when the browser can, so that the file stays where it is. */
"use strict";
(() => {
  const form = document.getElementById("verify-form");
  const file = document.getElementById("verify-file");
  const zone = form.querySelector(".drop");
  const check = async () => {
    if (!file.files.length) return;
    zone.querySelector("b").textContent = form.dataset.sayReading;
    if (window.crypto?.subtle) {
      const digest = await crypto.subtle.digest("SHA-256", await file.files[0].arrayBuffer());
      form.elements.sha256.value = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      file.disabled = true;
    }
    form.requestSubmit();
  };
  file.addEventListener("change", check);
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) { file.files = event.dataTransfer.files; check(); }
  });
})();
