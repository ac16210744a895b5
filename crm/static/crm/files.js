/* Files of a form: each goes up at once where the form has an address for it, else with the form; then their names are shown. */
"use strict";
(() => {
  const part = document.querySelector(".files-form");
  if (!part) return;
  const input = part.querySelector("input[type=file]");
  const form = input.form;
  const chosen = part.querySelector("[data-chosen]");
  const errors = part.querySelector("[data-file-errors]");
  const list = part.querySelector("[data-files]");
  const name = () => { chosen.textContent = [...input.files].map((file) => file.name).join("、"); };

  async function send(file) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("file", file);
    const answer = await fetch(part.dataset.fileUrl, { method: "POST", body, credentials: "same-origin" });
    const holder = document.createElement("div");
    holder.innerHTML = await answer.text();
    if (!answer.ok) {
      const told = [...errors.children].map((line) => line.textContent); // many files refused for one reason: said once
      errors.append(...[...holder.querySelectorAll(".field-error")].filter((line) => !told.includes(line.textContent)));
      return;
    }
    for (const line of holder.querySelectorAll(".file")) {
      if (document.getElementById(line.id)) continue;
      if (file.type.startsWith("image/") && line.querySelector(".asks")) preview(line, file);
      list.append(line);
      window.htmx?.process(line);
    }
  }

  /* A picture that this device has chosen is shown from here until the server has checked it. */
  function preview(line, file) {
    const picture = document.createElement("img");
    const icon = line.querySelector(".icon");
    picture.alt = "";
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    picture.addEventListener("error", () => picture.replaceWith(icon));
    picture.src = URL.createObjectURL(file);
    icon.replaceWith(picture);
  }

  input.addEventListener("change", async () => {
    errors.textContent = "";
    if (!part.dataset.fileUrl) { name(); return; }
    const waiting = new DataTransfer();
    part.setAttribute("aria-busy", "true");
    for (const file of [...input.files]) {
      try { await send(file); } catch { waiting.items.add(file); } // no connection now: it goes with the form
    }
    input.files = waiting.files;
    part.removeAttribute("aria-busy");
    name();
  });
})();
