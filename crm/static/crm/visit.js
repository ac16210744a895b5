/* The visit form on a telephone: the draft is kept while one types (on the server, or here without a connection),
   problems are added line by line, photos go up at once, the position is taken only when the visit is sent. */
"use strict";
(() => {
  const form = document.getElementById("visit-form");
  if (!form) return;
  const state = document.getElementById("draft-state");
  const say = (text) => { if (state) state.textContent = text; };

  /* Notes: how many characters are left, once it matters. */
  for (const notes of form.querySelectorAll("textarea[data-limit]")) {
    const limit = Number(notes.dataset.limit);
    const left = document.createElement("p");
    left.className = "field-help";
    notes.after(left);
    const count = () => {
      const rest = limit - notes.value.length;
      left.textContent = rest < 0 ? form.dataset.sayOver.replace("#", -rest) : rest < 1000 ? form.dataset.sayLeft.replace("#", rest) : "";
      left.classList.toggle("field-error", rest < 0);
    };
    notes.addEventListener("input", count);
    count();
  }
  takePositionOnSubmit();
  if (!form.dataset.draftUrl) return;

  /* What the server has not confirmed is kept here under the person and the enterprise, with the addresses it belongs to:
     a reloaded form may have another uid. */
  let { draftUrl, photoUrl } = form.dataset;
  let timer = 0;
  const key = form.dataset.keptAs;
  const typed = () => {
    const data = new FormData(form);
    for (const name of ["csrfmiddlewaretoken", "photos", "latitude", "longitude"]) data.delete(name);
    return [...data];
  };
  const here = {
    keep: () => { try { localStorage.setItem(key, JSON.stringify({ draftUrl, photoUrl, fields: typed() })); } catch { /* a full or forbidden store: the server keeps the draft */ } },
    take: () => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    drop: () => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
  };

  addProblemLines();
  addPhotos();
  restore();

  const changed = () => { clearTimeout(timer); timer = setTimeout(() => keep(), 800); };
  const leave = () => { if (timer) { clearTimeout(timer); timer = 0; here.keep(); } };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", leave);
  window.addEventListener("online", () => keep());
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) { leave(); keep({ leaving: true }); } });
  document.querySelector("[name=discard]")?.addEventListener("click", () => { clearTimeout(timer); timer = 0; here.drop(); });

  /* A page that is being left may send no more than 64 KiB: what is longer waits here and goes when the form is opened again. */
  async function send(address, fields, { leaving = false } = {}) {
    const body = new FormData();
    for (const [name, value] of fields) body.append(name, value);
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(address, { method: "POST", body, keepalive: leaving, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new RangeError(await sentence(answer));
    return answer;
  }

  /* Why the server refused, where it says so. */
  async function sentence(answer) {
    try { return (await answer.json()).sentence || ""; } catch { return ""; }
  }

  async function keep(how) {
    timer = 0;
    try {
      const answer = await send(draftUrl, typed(), how);
      here.drop();
      if (answer.status === 200) say(`${form.dataset.sayKept} ${(await answer.json()).kept}`);
    } catch (error) {
      here.keep();
      say(error instanceof RangeError ? error.message || form.dataset.sayRefused : form.dataset.sayOffline);
    }
  }

  /* What was typed while there was no connection is newer than the server's draft, unless the visit was recorded since (204). */
  async function restore() {
    const kept = here.take();
    if (!kept) return;
    try {
      const answer = await send(kept.draftUrl, kept.fields);
      here.drop();
      if (answer.status === 204) return;
    } catch { /* it stays here */ }
    if (JSON.stringify(typed()) === JSON.stringify(kept.fields)) return; // the form came back with its errors
    ({ draftUrl, photoUrl } = kept);
    put(kept.fields);
    say(form.dataset.sayRestored);
  }

  function put(fields) {
    const values = new Map(fields);
    const lines = Number(values.get("problem-TOTAL_FORMS") || 0);
    while (Number(form.elements["problem-TOTAL_FORMS"].value) < lines) document.getElementById("problem-add").click();
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
    for (const [name, value] of fields) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (["checkbox", "radio"].includes(field.type)) { if (field.value === value) field.checked = true; } else if (field.type !== "hidden" || name === "uid") field.value = value;
      }
    }
  }

  function addProblemLines() {
    const total = form.elements["problem-TOTAL_FORMS"];
    const template = document.getElementById("problem-template");
    document.getElementById("problem-add").addEventListener("click", () => {
      const number = Number(total.value);
      const holder = document.createElement("div");
      holder.append(template.content.cloneNode(true));
      holder.innerHTML = holder.innerHTML.replaceAll("__prefix__", String(number));
      const line = holder.firstElementChild;
      document.getElementById("problem-lines").append(line);
      if (window.htmx) window.htmx.process(line);
      total.value = String(number + 1);
      line.querySelector("input[type=text]").focus();
    });
  }

  function addPhotos() {
    const input = document.getElementById("photo-input");
    const shown = document.getElementById("photos");
    const errors = document.getElementById("photo-errors");
    input.addEventListener("change", async () => {
      errors.textContent = "";
      const waiting = new DataTransfer();
      for (const file of [...input.files]) {
        const body = new FormData();
        body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        body.set("photo", file);
        try {
          const answer = await fetch(photoUrl, { method: "POST", body, credentials: "same-origin" });
          const holder = document.createElement("div");
          holder.innerHTML = await answer.text();
          if (!answer.ok) { errors.append(...holder.children); continue; }
          for (const photo of [...holder.children]) {
            if (document.getElementById(photo.id)) continue;
            if (photo.matches(".is-checking")) preview(photo, file);
            shown.append(photo);
            window.htmx?.process(photo);
          }
        } catch {
          waiting.items.add(file); // no connection now: it goes with the form
          say(form.dataset.sayOffline);
        }
      }
      input.files = waiting.files;
      keep();
    });
  }

  /* What this device has chosen is shown from here until the server has checked it. */
  function preview(photo, file) {
    const picture = document.createElement("img");
    picture.alt = file.name;
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    picture.addEventListener("error", () => picture.remove());
    picture.src = URL.createObjectURL(file);
    photo.prepend(picture);
  }

  function takePositionOnSubmit() {
    const { latitude, longitude } = form.elements;
    if (!navigator.geolocation || !latitude || !longitude || !window.isSecureContext) return;
    form.addEventListener("submit", (event) => {
      if (latitude.value || form.dataset.asked) return;
      event.preventDefault();
      form.dataset.asked = "1";
      const go = () => { if (!form.dataset.sent) { form.dataset.sent = "1"; form.submit(); } };
      setTimeout(go, 2500);
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        latitude.value = coords.latitude.toFixed(6);
        longitude.value = coords.longitude.toFixed(6);
        go();
      }, go, { timeout: 2000, maximumAge: 60000 });
    });
  }
})();
