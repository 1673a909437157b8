// The day of a drill: what changes is asked for every few seconds; what was pressed without a network shows as pressed, with its time,
// until it was sent. Where forms may wait on this phone the page lays itself on a shelf of the browser, as it was drawn last, so that it
// opens again without a network; the service worker clears that shelf with the day and with whoever is signed in. Without this file
// every button is a form of its own, and the page is loaded anew.
"use strict";
(() => {
  const box = () => document.getElementById("drill-now"), EVERY = Number(box()?.dataset.every) || 4000;
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
  const set = (drawn) => {
    const face = document.querySelector("[data-now]");
    if (face) ahead = Date.parse(face.dataset.now) - drawn;
    seen = drawn;
  };

  // ---- the page on the shelf --------------------------------------------------------------------------------------------
  // A page from there has been open before: what it sends bears new keys, or a second head count would be taken for the first.
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  const wake = () => {
    const laid = Number(box()?.dataset.laid);
    if (laid) box().querySelectorAll("[name=once]").forEach((field) => { field.value = fresh(); });
    return laid || Date.now();
  };
  const lays = () => Boolean(box()?.matches("[data-lays]") && document.getElementById("kept") && "caches" in window);
  const lay = async (answer) => {
    if (!lays()) return;
    const policy = answer.headers.get("Content-Security-Policy") || "";
    const copy = document.documentElement.cloneNode(true), laid = new Date(seen);
    copy.querySelector("#drill-now").dataset.laid = seen;
    copy.querySelectorAll("#messages, .messages").forEach((node) => node.remove());
    const headers = {"Content-Type": "text/html; charset=utf-8", "X-Laid-On": laid.toDateString(), "Content-Security-Policy": policy};
    await (await caches.open("day")).put(location.pathname, new Response(`<!doctype html>${copy.outerHTML}`, {headers}));
  };
  const layAll = async () => {
    if (!lays()) return;
    await lay(await fetch(box().dataset.live, {method: "HEAD", headers: {"HX-Request": "true"}}));
    const looks = [...document.querySelectorAll('link[rel="stylesheet"], link[rel="icon"], script[src]')].map((one) => one.href || one.src);
    const icons = [...document.querySelectorAll("svg.icon use")].map((one) => one.getAttribute("href").split("#")[0]);
    const shelf = await caches.open("day");
    await Promise.all([...new Set([...looks, ...icons])].map(async (look) => (await shelf.match(look)) || shelf.add(look)));
  };

  // ---- what lies on this phone ------------------------------------------------------------------------------------------
  const nameOf = (fields) => {
    const of = (name) => (fields.find(([key]) => key === name) || [])[1] || "";
    if (of("booking")) return `${of("kind")}-${of("booking")}`;
    if (of("helper")) return `${of("kind")}-${of("helper")}`;
    return of("floor") ? `${of("kind")}-${of("house")}-${of("floor")}` : of("kind");
  };
  const kept = async () => {
    const bar = document.getElementById("kept");
    if (!bar || !window.idbKeyval) return [];
    const rows = await window.idbKeyval.entries(window.idbKeyval.createStore("kept-forms", "forms"));
    const places = new Set([...document.querySelectorAll("[data-mark] form")].map((form) => form.action));
    return rows.map(([, row]) => row).filter((row) => row.who === bar.dataset.who && row.state === "waiting" && places.has(row.url));
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
      delete box().dataset.laid;
      set(Date.now());
      document.querySelector("[data-lost]")?.setAttribute("hidden", "");
      await lay(answer).catch(() => {});
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
  const isNew = !box()?.dataset.laid;
  set(wake());
  if (isNew) layAll().catch(() => {});
  show();
  tick();
  setInterval(tick, 500);
  setInterval(draw, EVERY);
})();
