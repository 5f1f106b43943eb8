// What becomes of the requests that a page makes by itself. A field that saves by itself says whether it did; what was
// not saved stays in this tab, is sent again as soon as that can help, and the reader is warned before leaving it.
(() => {
  const POLLS = "[data-watches]";
  const CHECKS_EVERY = 10000; // ms, while the server is out of reach
  const TIMES_OUT = 15000; // ms
  const WARNS_BEFORE = 300; // seconds before the session ends
  const waiting = new Map(); // element → its request, and whether only its reader can have it sent again
  const saving = new Set();
  let trouble = "", isChecking = false, bar = null;

  const isField = (elt) => elt.matches("input, select, textarea");
  const saves = (elt) => elt.hasAttribute("hx-post") && (isField(elt) || elt.hasAttribute("data-saves"));
  const alike = (elt) => {
    const row = elt.dataset.saves;
    return row ? [...document.querySelectorAll(`[data-saves="${CSS.escape(row)}"]`)] : [elt];
  };
  const isRefused = (elt) => Boolean(elt.dataset.saves && document.querySelector(`#recorded-${CSS.escape(elt.dataset.saves)} [data-refused]`));

  const placeOf = (elt, target) => (isField(elt) || saves(elt) ? elt : target || elt);

  function knownState(elt, target) {
    const place = placeOf(elt, target);
    const known = isField(elt) ? place.nextElementSibling : place.querySelector(":scope > .save-state");
    return known && known.matches(".save-state") ? known : null;
  }

  function stateOf(elt, target) {
    const known = knownState(elt, target), place = placeOf(elt, target);
    if (known) return known;
    const state = document.createElement(isField(elt) ? "span" : "div");
    state.className = "save-state small-text";
    if (isField(elt)) place.after(state); else place.prepend(state);
    return state;
  }

  function show(elt, words, { target, retries } = {}) {
    const state = stateOf(elt, target);
    state.textContent = words;
    state.classList.toggle("bad-text", waiting.has(elt));
    if (retries) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-link btn-sm p-0 ms-2";
      button.textContent = bar.dataset.retry;
      button.addEventListener("click", () => check(elt));
      state.append(button);
    }
    if (saves(elt)) bar.querySelector("[data-said]").textContent = words;
  }

  function turn(kind) {
    trouble = kind;
    const door = bar.querySelector("[data-when=signed-out] a");
    door.search = new URLSearchParams({ next: location.pathname + location.search });
    bar.querySelectorAll("[data-when]").forEach((part) => { part.hidden = part.dataset.when !== kind; });
  }

  // What a swap has taken out of the page hears of its own request no more: its place in the page does.
  function fail({ xhr, target, requestConfig }) {
    const elt = requestConfig.elt;
    const status = xhr ? xhr.status : 0, before = waiting.get(elt);
    saving.delete(elt);
    if (status === 401) turn("signed-out");
    else if (!status || status >= 502) turn(navigator.onLine ? "unreachable" : "offline");
    if (elt.matches(POLLS)) return;
    const isExpired = status === 403 && !before;
    const returns = !status || status === 401 || status >= 502 || isExpired;
    waiting.set(elt, { request: requestConfig, target, returns });
    if (isField(elt)) elt.dataset.unsaved = "";
    if (elt.dataset.saves === "") elt.replaceChildren();
    show(elt, saves(elt) ? bar.dataset.notSaved : bar.dataset.notLoaded, { target, retries: true });
    if (isExpired) check();
  }

  function succeed({ target, requestConfig }) {
    const elt = requestConfig.elt;
    saving.delete(elt);
    alike(elt).forEach((one) => {
      const known = waiting.get(one);
      waiting.delete(one);
      delete one.dataset.unsaved;
      if (known && !saves(one)) knownState(one, known.target)?.remove();
    });
    if (isField(elt) && saves(elt) && isRefused(elt)) {
      waiting.set(elt, { returns: false });
      elt.dataset.unsaved = "";
      show(elt, "");
    } else if (isField(elt) && saves(elt)) {
      alike(elt).filter((one) => one === elt || knownState(one)?.textContent).forEach((one) => show(one, bar.dataset.saved));
    }
    if (trouble && !elt.matches(POLLS)) check();
  }

  function ask(elt) {
    const { request, target } = waiting.get(elt);
    if (!request) return;
    if (!elt.isConnected) { waiting.delete(elt); return; }
    if (saves(elt)) { saving.add(elt); show(elt, bar.dataset.saving); }
    const pairs = elt.matches("form") ? [...request.formData].filter(([name]) => name !== "csrfmiddlewaretoken") : [];
    htmx.ajax(request.verb, request.path, { source: elt, target: target.isConnected ? target : undefined, values: Object.fromEntries(pairs) });
  }

  // A session that began anew has another token for the forms of this page, which are its reader's alone.
  function renew(token) {
    document.body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": token }));
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
  }

  async function check(wanted) {
    if (isChecking) return;
    isChecking = true;
    try {
      const words = { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(TIMES_OUT) };
      const answer = await fetch(bar.dataset.session, words);
      if (answer.type === "opaqueredirect") { turn("signed-out"); return; }
      if (!answer.ok) { turn("unreachable"); return; }
      const { reader, token } = await answer.json();
      if (!reader && bar.dataset.reader) { turn("signed-out"); return; }
      if (reader !== bar.dataset.reader) { waiting.clear(); saving.clear(); location.reload(); return; }
      renew(token);
      turn("");
      [...waiting].forEach(([elt, { returns }]) => { if (returns || elt === wanted) ask(elt); });
    } catch { turn(navigator.onLine ? "unreachable" : "offline"); } finally { isChecking = false; }
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches(POLLS) && (document.hidden || trouble)) event.preventDefault();
  });
  document.addEventListener("htmx:trigger", ({ detail, target }) => {
    if (!isField(target) || !saves(target)) return;
    saving.add(target);
    show(target, bar.dataset.saving);
  });
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, ({ detail }) => fail(detail)));
  document.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.successful) succeed(detail); });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const left = detail.xhr && detail.xhr.getResponseHeader("Session-Ends-In");
    if (!left) return;
    bar.querySelector("[data-ends]").hidden = Number(left) > WARNS_BEFORE;
    bar.querySelector("[data-ends] button").hidden = Boolean(detail.xhr.getResponseHeader("Session-Ends-For-Good"));
  });
  document.addEventListener("submit", (event) => {
    const isOwn = event.target.matches("[hx-get], [hx-post], [method=get]") || event.target.closest("[hx-boost=true]");
    if (!navigator.onLine && !isOwn && event.target.method !== "dialog") { event.preventDefault(); turn("offline"); return; }
    [...waiting.keys(), ...saving].forEach((elt) => { if (event.target.contains(elt)) { waiting.delete(elt); saving.delete(elt); } });
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (saving.size || [...waiting.keys()].some((elt) => saves(elt) && elt.isConnected)) event.preventDefault();
  });
  window.addEventListener("offline", () => turn("offline"));
  window.addEventListener("online", () => check());
  document.addEventListener("visibilitychange", () => { if (trouble && !document.hidden) check(); });
  setInterval(() => { if (trouble && !document.hidden) check(); }, CHECKS_EVERY);
  document.addEventListener("DOMContentLoaded", () => {
    bar = document.getElementById("connection");
    bar.querySelectorAll("[data-retries]").forEach((button) => button.addEventListener("click", () => check()));
  });
})();
