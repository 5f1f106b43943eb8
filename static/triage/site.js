// What pages do better with JavaScript. Everything works without it.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches("[data-watches]")) event.preventDefault();
});
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
