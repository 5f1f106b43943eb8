// Note templates on the decline page: those of the selected reason are shown, and one is added to what was typed.
(() => {
  const templates = () => [...document.querySelectorAll("[data-templates] [data-text]")];

  function narrow() {
    const reason = document.querySelector("#id_reason input:checked")?.value;
    templates().forEach((one) => { one.hidden = Boolean(one.dataset.reason && one.dataset.reason !== reason); });
  }

  document.addEventListener("change", ({ target }) => { if (target.name === "reason") narrow(); });
  document.addEventListener("click", (event) => {
    const template = event.target.closest("[data-templates] [data-text]");
    if (!template) return;
    event.preventDefault();
    const notes = document.getElementById("id_notes");
    notes.value = notes.value.trim() ? `${notes.value.trimEnd()}\n${template.dataset.text}` : template.dataset.text;
    notes.dispatchEvent(new Event("input", { bubbles: true }));
    notes.focus();
  });
  document.addEventListener("DOMContentLoaded", narrow);
})();
