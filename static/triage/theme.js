// Light or dark, as the reader has chosen it here, else as the system has it; without JavaScript the pages are light.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => localStorage.getItem("theme") || "";
  function apply() {
    document.documentElement.setAttribute("data-bs-theme", chosen() || (dark.matches ? "dark" : "light"));
    document.querySelectorAll("[data-themes] button").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.value === chosen()));
    });
  }
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-themes] button");
    if (!button) return;
    if (button.value) localStorage.setItem("theme", button.value); else localStorage.removeItem("theme");
    apply();
  });
  apply();
})();
