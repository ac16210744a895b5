/* Lists whose lines are put in order by buttons (data-order): moved here at once, without it by the server. */
(() => {
  "use strict";
  for (const list of document.querySelectorAll("[data-order]")) {
    const said = list.querySelector("[data-order-said]");
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=move]");
      if (!button) return;
      event.preventDefault();
      const line = button.closest("li");
      const up = button.value.startsWith("up:");
      const other = up ? line.previousElementSibling : line.nextElementSibling;
      if (!other) return;
      if (up) other.before(line); else other.after(line);
      button.focus();
      line.scrollIntoView({ block: "nearest" });
      const lines = [...line.parentElement.children];
      said.textContent = list.dataset.sayPlace
        .replace("{label}", line.querySelector("label").textContent.trim())
        .replace("{place}", lines.indexOf(line) + 1)
        .replace("{count}", lines.length);
    });
  }
})();
