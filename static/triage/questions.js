// Due diligence: y, n and p answer the question that has the focus, and the search folds away all other workloads.
(() => {
  const typing = (target) => target.closest("input, select, textarea");
  const areOff = () => localStorage.getItem("keys") === "off";
  const questions = () => [...document.querySelectorAll("[data-question]")];

  function move(from, step) {
    const all = questions(), next = all[Math.min(Math.max(all.indexOf(from) + step, 0), all.length - 1)];
    if (next) next.focus();
  }

  document.addEventListener("keydown", (event) => {
    const question = event.target.closest("[data-question]");
    if (!question || event.ctrlKey || event.metaKey || event.altKey || areOff() || typing(event.target)) return;
    const steps = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
    const button = question.querySelector(`[data-answer="${CSS.escape(event.key)}"]`);
    if (!button && !(event.key in steps)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!button) { move(question, steps[event.key]); return; }
    button.click();
    if (button.matches("summary")) button.parentElement.querySelector("input[type=text]").focus();
  }, true);

  // Whoever has answered a question goes on with the next one.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target.id !== "determination-slot" || !detail.requestConfig?.elt.matches(".answers")) return;
    const next = questions().find((one) => one.offsetParent) || document.getElementById("determination-title");
    if (next) next.focus();
  });

  // The row of a question is in the grid only once its area was opened.
  document.addEventListener("htmx:configRequest", ({ detail, target }) => {
    if (target.matches(".answers") && document.getElementById(`fields-${target.dataset.saves}`)) detail.parameters.in_grid = 1;
  });

  function search() {
    const field = document.getElementById("workload-search"), sought = field.value.trim().toLowerCase();
    document.querySelectorAll("#grid-form > details").forEach((area) => {
      area.hidden = !area.dataset.names.split("|").some((name) => name.includes(sought));
      area.querySelectorAll("[data-workload]").forEach((row) => { row.hidden = !row.dataset.workload.includes(sought); });
      if (sought && !area.hidden) area.open = true;
    });
  }
  document.addEventListener("input", ({ target }) => { if (target.id === "workload-search") search(); });
  document.addEventListener("htmx:afterSettle", ({ detail: { target } }) => { if (target.matches(".area")) search(); });
})();
