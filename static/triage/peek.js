// A row looked at beside its list. Space or the row's button opens the panel, j and k go on in it, Escape closes it.
(() => {
  const panel = () => document.getElementById("peek");
  const buttonOf = (row) => row && row.querySelector("[data-peeks]");
  let row = null, takesFocus = false, isWanted = false;

  function close() {
    isWanted = false;
    if (!panel() || panel().hidden) return false;
    panel().hidden = true;
    const back = row && row.isConnected && row.querySelector(".row-name");
    if (back) back.focus();
    return true;
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.target.matches("[data-peeks]")) return;
    row = event.target.closest("tr");
    isWanted = true;
    takesFocus = event.target === document.activeElement;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "peek-body" || !isWanted) return;
    panel().hidden = false;
    if (takesFocus) document.getElementById("peek-title").focus();
  });
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !document.querySelector("dialog[open]") && !at.matches("input, select, textarea")) close();
    if (localStorage.getItem("keys") === "off") return;
    const button = at.matches("a, tr") && buttonOf(at.closest("tr[data-row]"));
    if (event.key === " " && button) { event.preventDefault(); if (!(row === at.closest("tr") && close())) button.click(); }
  });
  document.addEventListener("focusin", (event) => {
    const now = event.target.closest("tr[data-row]");
    if (now && now !== row && event.target.matches(".row-name") && panel() && !panel().hidden) buttonOf(now)?.click();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-closes-peek]")) close(); });
})();
