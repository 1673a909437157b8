// The day of a drill: what changes is asked for every few seconds; what was pressed without a network shows as pressed, with its time,
// until it was sent. Without this file every button is a form of its own, and the page is loaded anew.
"use strict";
(() => {
  const EVERY = 4000, box = () => document.getElementById("drill-now");
  const pad = (n) => String(n).padStart(2, "0");
  let seen = Date.now(), ahead = 0;

  // ---- the clock: by the clock of the portal, as it was when the page was drawn ----------------------------------------
  const tick = () => {
    const wall = document.querySelector("[data-wall-clock]");
    if (wall) wall.textContent = new Date(Date.now() + ahead).toLocaleTimeString("zh-CN", {timeZone: "Asia/Shanghai", hour: "numeric", minute: "2-digit", hour12: false});
    const face = document.querySelector("[data-since]");
    if (!face) return;
    const until = face.dataset.until ? Date.parse(face.dataset.until) : Date.now() + ahead;
    const gone = Math.max(0, Math.floor((until - Date.parse(face.dataset.since)) / 1000));
    face.querySelector("[data-minutes]").textContent = Math.floor(gone / 60);
    face.querySelector("[data-seconds]").textContent = pad(gone % 60);
  };
  const set = () => {
    const face = document.querySelector("[data-now]");
    if (face) ahead = Date.parse(face.dataset.now) - Date.now();
    seen = Date.now();
  };

  // ---- what lies on this phone ------------------------------------------------------------------------------------------
  const nameOf = (fields) => {
    const of = (name) => (fields.find(([key]) => key === name) || [])[1] || "";
    if (of("helper")) return `${of("kind")}-${of("helper")}`;
    return of("floor") ? `${of("kind")}-${of("house")}-${of("floor")}` : of("kind");
  };
  const kept = async () => {
    const bar = document.getElementById("kept");
    if (!bar || !window.idbKeyval) return [];
    const rows = await window.idbKeyval.entries(window.idbKeyval.createStore("kept-forms", "forms"));
    const press = document.querySelector("[data-mark] form")?.action || document.querySelector(".drill-day form")?.action || "";
    return rows.map(([, row]) => row).filter((row) => row.who === bar.dataset.who && row.state === "waiting" && row.url.endsWith("/day/press/") && (!press || row.url === press));
  };
  const show = async () => {
    for (const row of await kept()) {
      const line = document.querySelector(`[data-mark="${CSS.escape(nameOf(row.fields))}"]`);
      if (!line || !line.querySelector("form")) continue;
      line.classList.add("is-kept");
      line.classList.remove("mark-now", "mark-later");
      const waits = line.querySelector(".mark-waits");
      waits.hidden = false;
      waits.dataset.at = new Date(row.at).toLocaleTimeString([], {hour12: false});
    }
    const next = [...document.querySelectorAll(".drill-marks .mark-row")].find((line) => !line.matches(".mark-done, .is-kept"));
    if (next && next.querySelector("form")) {
      next.classList.replace("mark-later", "mark-now");
    }
  };

  // ---- looking again ------------------------------------------------------------------------------------------------------
  const isTyping = () => {
    const now = document.activeElement;
    return now && box().contains(now) && now.matches("input, textarea, select") || document.querySelector("#drill-now form[data-sent]");
  };
  const draw = async () => {
    if (!box() || isTyping()) return;
    try {
      const answer = await fetch(box().dataset.live, {headers: {"HX-Request": "true"}});
      if (!answer.ok) throw new Error(answer.status);
      const placeOf = (one) => `${one.parentElement.closest("[id]").id} ${one.className}`, page = await answer.text();
      const opened = [...box().querySelectorAll("details[open]")].map(placeOf);
      if (isTyping()) return;
      box().innerHTML = page;
      box().querySelectorAll("details:not(.drill-house)").forEach((one) => { one.open = opened.includes(placeOf(one)); });
      set();
      document.querySelector("[data-lost]")?.setAttribute("hidden", "");
      await show();
    } catch {
      const lost = document.querySelector("[data-lost]");
      if (!lost) return;
      lost.hidden = false;
      lost.querySelector("[data-lost-at]").textContent = new Date(seen).toLocaleTimeString([], {hour: "2-digit", minute: "2-digit", hour12: false});
    }
    tick();
  };

  document.addEventListener("submit", (event) => {
    const field = event.target.elements?.device_at;
    if (field) field.value = new Date().toISOString();
  }, true);
  const stays = (event) => {
    if (!(event.target instanceof HTMLFormElement) || !box()?.contains(event.target)) return;
    event.preventDefault();
    document.activeElement?.blur();
    show();
  };
  document.addEventListener("kept:stored", stays);
  document.addEventListener("kept:sent", (event) => {
    stays(event);
    if (event.target instanceof HTMLFormElement) delete event.target.dataset.sent;
    draw();
  });
  set();
  show();
  tick();
  setInterval(tick, 500);
  setInterval(draw, EVERY);
})();
