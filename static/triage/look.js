// Light or dark and how dense lists are, as the reader has chosen on this device; without JavaScript the usual look.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = (what) => (localStorage.getItem(what) || "").replace("auto", ""); // as Django's admin, which shares it, calls the system's
  function apply() {
    const page = document.documentElement;
    page.setAttribute("data-bs-theme", chosen("theme") || (dark.matches ? "dark" : "light"));
    page.setAttribute("data-density", chosen("density"));
    document.querySelectorAll("[data-look] button").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.value === chosen(button.closest("[data-look]").dataset.look)));
    });
  }
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-look] button");
    if (!button) return;
    const what = button.closest("[data-look]").dataset.look;
    if (button.value) localStorage.setItem(what, button.value); else localStorage.removeItem(what);
    apply();
  });
  apply();
})();
