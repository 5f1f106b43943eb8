// The command palette (Ctrl-K): what this page can do, and what the server finds; arrows move, Enter opens.
(() => {
  const dialog = () => document.getElementById("palette");
  const field = () => document.getElementById("palette-q");
  const hits = () => [...dialog().querySelectorAll(".hits a, .hits button")].filter((hit) => hit.offsetParent);

  // Every link and button of the page that has a key of its own, by its words.
  function offerActions() {
    const list = document.getElementById("palette-here"), sought = field().value.trim().toLowerCase();
    const acts = [...document.querySelectorAll("main [data-key]")].filter((act) => act.matches("a, button") && act.offsetParent);
    list.replaceChildren(...acts.filter((act) => act.textContent.toLowerCase().includes(sought)).map((act) => {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.textContent = act.textContent.trim();
      button.addEventListener("click", () => { dialog().close(); act.click(); });
      item.append(button);
      return item;
    }));
    list.parentElement.hidden = !list.children.length;
  }

  function open() {
    if (dialog().open || document.querySelector("dialog[open]")) return;
    field().value = "";
    document.getElementById("palette-found").replaceChildren();
    offerActions();
    dialog().showModal();
    field().focus();
  }

  function move(step) {
    const all = [field(), ...hits()], now = all.indexOf(document.activeElement);
    all[Math.min(Math.max(now + step, 0), all.length - 1)].focus();
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.shiftKey && !event.altKey) {
      if (!dialog()) return;
      event.preventDefault();
      open();
    } else if (dialog()?.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-opens-palette]")) { event.preventDefault(); open(); }
    if (event.target === dialog()) dialog().close();
  });
  document.addEventListener("input", (event) => { if (event.target === field()) offerActions(); });
  document.addEventListener("submit", (event) => {
    const first = dialog()?.contains(event.target) && field().value.trim() && hits()[0];
    if (first) { event.preventDefault(); first.click(); }
  });
})();
