/* What the pages need beyond HTML: the search box by keyboard, menus that close, forms that are sent once.
   No dependency. Every page works without it, only less comfortably. */
(() => {
  "use strict";
  const body = document.body;
  const say = (name) => body.dataset[`say${name}`] || "";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

  /* ---- notices ---- */
  function notify(text, level) {
    const place = $("#notices");
    if (!place || $$("span", place).some((shown) => shown.textContent === text)) return;
    const notice = document.createElement("div");
    notice.className = `notice notice-${level}`;
    notice.setAttribute("role", "alert");
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.dataset.close = "";
    close.setAttribute("aria-label", say("Close"));
    close.textContent = "×";
    notice.append(words, close);
    place.append(notice);
  }

  /* ---- search box ---- */
  const finder = $("#finder");
  if (finder) {
    const box = $("input[type=search]", finder);
    const results = $("#search-results");
    const options = () => $$("a", results);
    const selected = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
    const shown = (yes) => {
      finder.classList.toggle("is-closed", !yes);
      box.setAttribute("aria-expanded", String(yes && options().length > 0));
    };
    const select = (index) => {
      const all = options();
      all.forEach((option, number) => option.setAttribute("aria-selected", String(number === index)));
      if (all[index]) {
        box.setAttribute("aria-activedescendant", all[index].id);
        all[index].scrollIntoView({ block: "nearest" });
      } else box.removeAttribute("aria-activedescendant");
    };
    const open = () => {
      finder.classList.add("is-open");
      box.focus();
      box.select();
    };
    const close = () => {
      finder.classList.remove("is-open");
      shown(false);
      box.blur();
    };
    results.addEventListener("htmx:afterSwap", () => {
      options().forEach((option, number) => {
        option.id = `hit-${number}`;
        option.setAttribute("role", "option");
        option.tabIndex = -1;
      });
      shown(true);
      select(-1);
    });
    box.addEventListener("focus", () => shown(true));
    box.addEventListener("input", () => { if (!box.value.trim()) results.replaceChildren(); });
    box.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return; // Enter that only ends the input of Chinese characters
      const last = options().length - 1;
      if (event.key === "ArrowDown") select(selected() < last ? selected() + 1 : 0);
      else if (event.key === "ArrowUp") select(selected() > 0 ? selected() - 1 : last);
      else if (event.key === "Enter" && selected() >= 0) options()[selected()].click();
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        open();
      }
    });
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-finder]");
      if (button) {
        event.preventDefault();
        if (button.dataset.finder === "open") open(); else close();
      } else if (!finder.contains(event.target)) shown(false);
    });
  }

  /* ---- menus, rows, notices: one listener ---- */
  document.addEventListener("click", (event) => {
    const target = event.target;
    for (const menu of $$("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
    const close = target.closest("[data-close]");
    if (close) close.parentElement.remove();
    const row = target.closest("tr[data-href]");
    if (row && !target.closest("a, button, input, label, summary") && !String(window.getSelection())) {
      const link = $("a.row-link", row);
      if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
      else if (link) link.click();
      else window.location.assign(row.dataset.href);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = $("details.menu[open]");
    if (menu) {
      menu.open = false;
      $("summary", menu).focus();
    }
  });

  /* ---- multiple choices ---- */
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-show]")) event.stopPropagation(); // unfolding the filters asks for nothing
    const pick = event.target.closest("details.pick");
    if (!pick) return;
    if (event.target.matches("[data-pick-search]")) {
      event.stopPropagation();
      const wanted = event.target.value.trim().toLowerCase();
      for (const label of $$(".pick-options label", pick)) label.hidden = !label.textContent.toLowerCase().includes(wanted);
      return;
    }
    const names = $$("input:checked", pick).map((input) => input.closest("label").textContent.trim());
    const text = names.length > 1 ? say("Chosen").replace("#", names.length) : names[0] || pick.dataset.sayEmpty;
    $("[data-pick-shown]", pick).textContent = text;
  }, true);

  /* ---- questions before something is done ---- */
  function ask(question) {
    return new Promise((answer) => {
      const dialog = document.createElement("dialog");
      dialog.className = "ask";
      const text = document.createElement("p");
      text.textContent = question;
      const buttons = document.createElement("div");
      for (const [value, label, kind] of [["", say("Cancel"), "btn"], ["yes", say("Confirm"), "btn btn-primary"]]) {
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: kind, textContent: label });
        button.addEventListener("click", () => dialog.close(value));
        buttons.append(button);
      }
      dialog.append(text, buttons);
      dialog.addEventListener("close", () => {
        dialog.remove();
        answer(dialog.returnValue === "yes");
      });
      body.append(dialog);
      dialog.showModal();
    });
  }

  /* ---- forms ---- */
  const sent = new WeakSet(); // forms with data-once that are on their way
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.confirm && !form.dataset.confirmed) {
      event.preventDefault();
      event.stopPropagation();
      if (await ask(form.dataset.confirm)) {
        form.dataset.confirmed = "yes";
        form.requestSubmit(event.submitter || undefined);
      }
      return;
    }
    if (form.dataset.once === undefined) return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.add(form);
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    window.setTimeout(() => release(form), 8000); // a lost connection: let the person try again
  }, true);
  function release(form) {
    sent.delete(form);
    $$("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
  }
  window.addEventListener("pageshow", () => $$("form[data-once]").forEach(release));
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send-chosen]") && event.target.files.length) event.target.form.requestSubmit();
    const { chooseAll } = event.target.dataset;
    if (chooseAll) $$(`input[name=uid][form=${chooseAll}]`).forEach((box) => { box.checked = event.target.checked; });
  });

  const summary = $(".summary-errors[tabindex]");
  if (summary) summary.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".summary-errors a[href^='#']");
    const group = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const control = group && (group.matches("input, select, textarea") ? group : $("input:not([type=hidden]), select, textarea, summary", group));
    if (control) {
      event.preventDefault();
      control.focus();
    }
  });

  /* ---- the bell: asked only while the page is looked at, and at once when it is looked at again ---- */
  const bell = $("#bell");
  if (bell) {
    bell.addEventListener("htmx:beforeRequest", (event) => { if (document.hidden) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) window.htmx.trigger(bell, "look"); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) window.htmx.trigger(bell, "look"); });
  }

  /* ---- requests of htmx ---- */
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.closest("[data-drop-empty]")) return;
    const { parameters } = event.detail;
    for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
  });
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.dropEmpty === undefined || event.defaultPrevented) return;
    for (const control of event.target.elements) if (control.name && control.value === "") control.disabled = true;
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question).then((yes) => yes && event.detail.issueRequest(true));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    const login = body.dataset.login;
    if (login && xhr.responseURL && new URL(xhr.responseURL).pathname === login) {
      event.detail.shouldSwap = false;
      window.location.reload(); // the session has ended: the page itself leads to the login and back
    }
  });
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const { target } = event.detail;
      if (target && target === bell) return; // it asks again in a minute
      const text = document.createElement("p");
      text.className = "muted";
      text.textContent = say("Failed");
      const skeleton = target && $(".skeleton", target);
      if (skeleton) skeleton.replaceWith(text);
      else if (target && target.id === "search-results") target.replaceChildren(text);
      else notify(say("Failed"), "error");
    });
  }
})();
