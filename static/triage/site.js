// What pages do better with JavaScript. Everything works without it.
// A list is swapped as a whole; what was open in it stays open, and the place of the reader stays too.
(() => {
  let before = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const list = document.getElementById("list"), asks = event.detail.requestConfig?.elt;
    if (!list || !asks || event.detail.target !== list || asks.matches("[data-watches]")) return;
    const facets = document.getElementById("facets");
    const parts = [...list.querySelectorAll("details[id]")].map((part) => [part.id, part.open]);
    const drawer = facets && facets.matches(":target, .is-open");
    const turnsPage = asks.matches("a[rel]");
    before = { parts, drawer, turnsPage, focus: document.activeElement.id, y: window.scrollY };
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!before || event.detail.requestConfig?.elt.matches("[data-watches]")) return;
    const { parts, drawer, turnsPage, focus, y } = before;
    before = null;
    parts.forEach(([id, open]) => { const part = document.getElementById(id); if (part) part.open = open; });
    if (drawer) document.getElementById("facets").classList.add("is-open");
    const held = focus && document.getElementById(focus);
    if (held) held.focus({ preventScroll: true });
    if (turnsPage) document.getElementById("list").scrollIntoView({ behavior: "instant" });
    else window.scrollTo({ top: y, behavior: "instant" });
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest(".facets-close")) document.getElementById("facets").classList.remove("is-open");
    document.querySelectorAll(".menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
})();
document.addEventListener("DOMContentLoaded", () => {
  const summary = document.querySelector("[data-takes-focus]");
  if (summary) summary.focus();
  document.querySelectorAll("textarea[data-counts]").forEach((area) => {
    const count = document.createElement("div");
    count.className = "form-text";
    area.after(count);
    const show = () => {
      const letters = (area.value.match(/[\p{L}\p{N}]/gu) || []).length;
      count.textContent = `${letters} ${area.dataset.counts}`;
    };
    area.addEventListener("input", show);
    show();
  });
  document.querySelectorAll("[data-copies]").forEach((button) => {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
      button.textContent = button.dataset.copied;
    });
  });
  document.querySelectorAll("[data-prints]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
});
