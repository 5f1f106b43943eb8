// Keys for whoever likes them; every one of them does what a link or a button on the page does.
(() => {
  let waitsForPlace = false;
  const areOff = () => localStorage.getItem("keys") === "off";
  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  const here = () => document.activeElement.closest("tr[data-row]") || document.querySelector("tr.is-here");
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");

  function go(step) {
    const all = rows();
    if (!all.length) return false;
    const now = all.indexOf(here());
    const row = all[Math.min(Math.max(now + step, 0), all.length - 1)];
    all.forEach((one) => one.classList.toggle("is-here", one === row));
    const link = row.querySelector("a");
    if (link) link.focus();
    return true;
  }

  function actOnRow(act) {
    const row = here(), form = document.getElementById("bulk"), menu = form && form.querySelector("[name=act]");
    if (!row || !menu || !menu.querySelector(`[value="${act}"]`)) return false;
    form.querySelectorAll("[name=row]").forEach((box) => { box.checked = row.contains(box); });
    menu.value = act;
    form.submit();
    return true;
  }

  function press(key) {
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (target) {
      target.focus();
      if (!target.matches("input, textarea")) target.click();
      const field = target.matches("summary") && target.parentElement.querySelector("select, input, textarea");
      if (field) field.focus();
      return true;
    }
    if (key === "j" || key === "k") return go(key === "j" ? 1 : -1);
    if (key === "x") { const row = here(); if (row) { row.querySelector("[name=row]").click(); return true; } }
    if (key === "a") return actOnRow("accept");
    if (key === "d") { const row = here(); if (row && row.dataset.decline) { location.href = row.dataset.decline; return true; } }
    return false;
  }

  // A key that is pressed while the page is still coming in is not lost: it acts as soon as what it acts on is there.
  const early = [];

  function take(key, target) {
    const sheet = document.getElementById("keys");
    if (areOff() || typing(target) || (sheet && sheet.open)) return false;
    if (waitsForPlace) {
      waitsForPlace = false;
      const place = document.querySelector(`[data-place="${CSS.escape(key)}"]`);
      if (place) place.click();
      return Boolean(place);
    }
    if (key === "g") { waitsForPlace = true; setTimeout(() => { waitsForPlace = false; }, 1500); return false; }
    if (key === "?" && sheet) { sheet.showModal(); return true; }
    return key.length === 1 && press(key);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (event.repeat && event.key !== "j" && event.key !== "k") return;
    if (document.readyState === "loading") { if (!typing(event.target)) early.push(event.key); return; }
    if (take(event.key, event.target)) event.preventDefault();
  });
  document.addEventListener("DOMContentLoaded", () => { early.splice(0).forEach((key) => take(key, document.activeElement)); });

  function say() {
    const form = document.getElementById("bulk"), words = form && form.querySelector("[data-chosen]");
    if (!words) return;
    const boxes = [...form.querySelectorAll("[name=row]")], chosen = boxes.filter((box) => box.checked).length;
    words.textContent = chosen ? `${chosen} ${words.dataset.chosen}` : "";
    const all = form.querySelector("[data-chooses-all]");
    if (all) { all.checked = chosen === boxes.length; all.indeterminate = chosen > 0 && chosen < boxes.length; }
  }

  document.addEventListener("change", (event) => {
    const isAll = event.target.matches("[data-chooses-all]");
    if (!isAll && event.target.name !== "row") return;
    if (isAll) document.querySelectorAll("#bulk [name=row]").forEach((box) => { box.checked = event.target.checked; });
    say();
    event.stopPropagation();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const turn = document.querySelector("[data-turns-keys]");
    if (!turn) return;
    const show = () => { turn.textContent = areOff() ? turn.dataset.on : turn.dataset.off; };
    turn.addEventListener("click", () => {
      if (areOff()) localStorage.removeItem("keys"); else localStorage.setItem("keys", "off");
      show();
    });
    show();
    document.querySelectorAll("[data-shows-keys]").forEach((button) => {
      button.addEventListener("click", () => document.getElementById("keys").showModal());
    });
  });
})();
