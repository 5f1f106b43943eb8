// What was typed and not sent is there again when its reader comes back to the page. It is kept in this tab alone, until
// it is sent, and is dropped when somebody else signs in here.
(() => {
  const KEPT = "typed";
  const reader = document.currentScript.dataset.reader;
  const here = () => location.pathname + location.search;
  const read = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT)) || {};
      return kept.reader === reader ? kept : { reader, pages: {} };
    } catch { return { reader, pages: {} }; }
  };
  const write = (kept) => sessionStorage.setItem(KEPT, JSON.stringify(kept));
  const forms = () => [...document.querySelectorAll("form[method=post]")];
  const fields = (form) => [...form.querySelectorAll("textarea[name], input[name], select[name]")].filter(
    (field) =>
      !["hidden", "password", "file", "submit", "button"].includes(field.type) &&
      !field.hasAttribute("hx-post") &&
      field.autocomplete !== "one-time-code",
  );
  const value = (field) => (field.type === "checkbox" || field.type === "radio" ? field.checked : field.value);
  const usual = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].find((one) => one.defaultSelected)?.value ?? field.options[0]?.value;
    return field.defaultValue;
  };
  const name = (form, field) => {
    const same = fields(form).filter((one) => one.name === field.name);
    return [form.getAttribute("action") || "", field.name, same.indexOf(field)].join(" ");
  };

  function keep() {
    const kept = read(), typed = {};
    forms().forEach((form) => {
      if (form.dataset.wasSent) return;
      fields(form).forEach((field) => { if (value(field) !== usual(field)) typed[name(form, field)] = [usual(field), value(field)]; });
    });
    delete kept.pages[here()];
    if (Object.keys(typed).length) kept.pages[here()] = typed;
    write(kept);
  }

  // A field that the server shows otherwise than when it was typed over is left as the server shows it.
  function putBack() {
    const typed = read().pages[here()];
    if (!typed) return;
    forms().forEach((form) => fields(form).forEach((field) => {
      const [was, now] = typed[name(form, field)] || [];
      if (now === undefined || was !== usual(field) || value(field) !== usual(field)) return;
      if (typeof now === "boolean") field.checked = now; else field.value = now;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    }));
  }

  write(read()); // drops what another reader has typed
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) event.target.dataset.wasSent = "1"; });
  window.addEventListener("pagehide", keep);
  document.addEventListener("DOMContentLoaded", () => {
    const how = performance.getEntriesByType("navigation")[0]?.type;
    if (how === "back_forward" || how === "reload") putBack();
  });
})();
