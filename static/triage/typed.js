// What was typed and not sent, or sent in vain, is there again when its reader comes back to the page. It is kept in this
// tab alone until a page of ours has answered it, and is dropped when its reader signs out or another person signs in.
(() => {
  const PERSONS = "typed", NOBODYS = "typed-by-nobody";
  const { reader, answersForm } = document.currentScript.dataset;
  const own = reader ? PERSONS : NOBODYS;
  const here = () => location.pathname + location.search;
  const read = (store) => { try { return JSON.parse(sessionStorage.getItem(store)) || { pages: {} }; } catch { return { pages: {} }; } };
  const write = (store, kept) => sessionStorage.setItem(store, JSON.stringify(kept));
  const forms = () => [...document.querySelectorAll("form[method=post]")];
  const fields = (form) => [...form.querySelectorAll("textarea[name], input[name], select[name]")].filter(
    (field) => !["hidden", "password", "file", "submit", "button"].includes(field.type) && field.autocomplete !== "one-time-code",
  );
  const value = (field) => (field.type === "checkbox" || field.type === "radio" ? field.checked : field.value);
  const usual = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].find((one) => one.defaultSelected)?.value ?? field.options[0]?.value;
    return field.defaultValue;
  };
  const isSaved = (field) => field.hasAttribute("hx-post") && !("unsaved" in field.dataset);
  const name = (form, field) => {
    const same = fields(form).filter((one) => one.name === field.name);
    return [form.getAttribute("action") || "", field.name, same.indexOf(field)].join(" ");
  };
  let isSigningOut = false;

  function keep() {
    if (isSigningOut) { sessionStorage.removeItem(own); return; }
    const kept = read(own), typed = {};
    let wasSent = false;
    forms().forEach((form) => {
      const changed = fields(form).filter((field) => !isSaved(field) && value(field) !== usual(field));
      wasSent ||= Boolean(form.dataset.wasSent && changed.length);
      changed.forEach((field) => { typed[name(form, field)] = [usual(field), value(field), form.dataset.wasSent]; });
    });
    delete kept.pages[here()];
    if (Object.keys(typed).length) kept.pages[here()] = { typed, wasSent };
    write(own, kept);
  }

  // A page of ours that is shown after a form was sent has answered it, unless it only says that it was not taken.
  function settle(store, how) {
    let kept = read(store);
    if (store === own && kept.reader !== reader) kept = { reader, pages: {} };
    Object.entries(kept.pages).forEach(([address, page]) => {
      if (!page.wasSent) return;
      page.wasSent = false;
      page.returns = answersForm === "no" || store !== own || (address === here() && how !== "navigate");
      if (page.returns) return;
      Object.keys(page.typed).forEach((key) => { if (page.typed[key][2]) delete page.typed[key]; });
    });
    write(store, kept);
  }

  // A field that the server shows otherwise than when it was typed over is left as the server shows it.
  function putBack(how, place = document) {
    const { typed, returns } = read(own).pages[here()] || {};
    if (!typed || !(returns || how === "back_forward" || how === "reload")) return;
    const missing = new Set(Object.keys(typed));
    forms().forEach((form) => fields(form).forEach((field) => {
      const key = name(form, field), [was, now] = typed[key] || [];
      missing.delete(key);
      if (now === undefined || !place.contains(field) || was !== usual(field) || value(field) !== usual(field)) return;
      if (typeof now === "boolean") field.checked = now; else field.value = now;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      const save = () => field.dispatchEvent(new Event("change", { bubbles: true }));
      if (field.hasAttribute("hx-post") && document.readyState === "complete") save();
      else if (field.hasAttribute("hx-post")) window.addEventListener("load", save);
      for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    }));
    if (missing.size) document.querySelectorAll("details:has(.area > [hx-get])").forEach((part) => { part.open = true; });
  }

  const how = performance.getEntriesByType("navigation")[0]?.type;
  if (reader) sessionStorage.removeItem(NOBODYS); else settle(PERSONS, how);
  settle(own, how);
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.target.dataset.wasSent = "1";
    isSigningOut = event.target.hasAttribute("data-signs-out");
  });
  window.addEventListener("pagehide", keep);
  document.addEventListener("DOMContentLoaded", () => putBack(how));
  document.addEventListener("htmx:afterSettle", ({ detail: { target } }) => { if (target.matches(".area")) putBack(how, target); });
})();
