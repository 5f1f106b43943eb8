// Fields of a row that are changed where they stand. Enter, leaving the field or a click on a choice saves; Escape, or
// leaving it as it was, shows what is saved. Arrow keys only look through the choices.
(() => {
  const before = (field) => (field.matches("select") ? field.querySelector("[selected]")?.value ?? "" : field.defaultValue);
  const read = (address) => htmx.ajax("GET", address, { source: document.getElementById("list"), swap: "none" });
  const isRefused = (field) => "refused" in field.dataset;
  const isOurs = (field) => field.matches("[data-shows]");

  function end(field, key) {
    if (!field.isConnected || "ended" in field.dataset) return;
    field.dataset.ended = "";
    if (field.value !== before(field) || key === "Enter" && isRefused(field)) htmx.trigger(field, "commit");
    else read(field.dataset.shows);
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!isOurs(field)) return;
    field.dataset.keyed = "";
    if (event.key === "Escape") field.value = before(field);
    if (event.key === "Escape" || event.key === "Enter") { event.preventDefault(); event.stopPropagation(); end(field, event.key); }
  }, true);
  document.addEventListener("change", ({ target }) => {
    if (isOurs(target) && target.matches("select") && !("keyed" in target.dataset)) end(target);
  });
  document.addEventListener("focusout", ({ target }) => {
    if (isOurs(target) && !(isRefused(target) && target.value === before(target))) end(target); // what was refused stays typed
  });
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, ({ target }) => {
    if (isOurs(target)) delete target.dataset.ended; // not saved: it may be tried again
  }));

  // What was saved in the row is read again in the preview, and the other way round.
  document.addEventListener("in-place", ({ detail: { what, number, at } }) => {
    const other = at === "row" ? "peek" : "row", twin = document.getElementById(`edit-${what}-${other}-${number}`);
    if (twin?.dataset.reads) read(twin.dataset.reads);
  });
})();
