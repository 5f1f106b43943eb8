// Fields of a row that are changed where they stand. One that is left as it was goes back to what it showed.
(() => {
  const WAITS = 150; // ms: a choice that has just been made is on its way by then
  document.addEventListener("focusout", ({ target }) => {
    if (!target.matches("[data-shows]")) return;
    const before = target.matches("select") ? target.querySelector("[selected]")?.value ?? "" : target.defaultValue;
    setTimeout(() => {
      const isLeft = target.isConnected && target !== document.activeElement && target.value === before;
      if (isLeft && !("unsaved" in target.dataset)) htmx.ajax("GET", target.dataset.shows, { source: target, swap: "none" });
    }, WAITS);
  });

  // What was saved in the row is read again in the preview, and the other way round.
  document.addEventListener("in-place", ({ detail: { what, number, at } }) => {
    const other = at === "row" ? "peek" : "row", twin = document.getElementById(`edit-${what}-${other}-${number}`);
    if (twin?.dataset.reads) htmx.ajax("GET", twin.dataset.reads, { source: twin, swap: "none" });
  });
})();
