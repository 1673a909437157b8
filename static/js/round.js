// A round on the phone: one card at a time, the next one at once, with a network or without. Where forms may wait on this phone the page
// lays itself on the shelf of the day, so that it opens again without a network. Without this file each card is a form of its own.
"use strict";
(() => {
  const box = document.getElementById("round-now");
  if (!box) return;
  const bar = document.getElementById("kept");
  const cards = () => [...box.querySelectorAll("[data-card]")];
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  let shown = Date.now(), done = Number(box.dataset.done);

  // ---- one card at a time ------------------------------------------------------------------------------------------------
  const show = (card) => {
    cards().forEach((one) => { one.hidden = one !== card; });
    box.querySelector("[data-all-done]").hidden = Boolean(card) || Number(box.dataset.total) > done;
    shown = Date.now();
  };
  const count = () => {
    const words = box.querySelector("[data-said]"), line = box.querySelector("progress");
    words.textContent = `${words.dataset.said} ${done} / ${box.dataset.total} ${words.dataset.unit}`;
    line.value = done;
  };
  const leave = (card) => {
    if (!card) return;
    box.querySelector(`[data-stop="${CSS.escape(card.dataset.card)}"]`)?.remove();
    card.remove();
    done += 1;
    count();
    show(cards()[0]);
    if (cards()[0]) cards()[0].scrollIntoView();
  };
  document.addEventListener("submit", (event) => {
    const field = event.target.elements?.seconds;
    if (field) field.value = Math.round((Date.now() - shown) / 1000);
  }, true);
  const goOn = (event) => {
    const card = event.target instanceof HTMLFormElement && event.target.closest("[data-card]");
    if (!card) return;
    event.preventDefault();
    leave(card);
    if (event.type === "kept:sent") lay().catch(() => {});  // opened from the shelf later, it knows what was looked at
    if (!cards().length && event.type === "kept:sent") location.assign(location.pathname);
  };
  document.addEventListener("kept:stored", goOn);
  document.addEventListener("kept:sent", goOn);
  box.addEventListener("change", (event) => {
    if (!event.target.matches("[data-shot]")) return;
    event.target.closest(".round-fail").querySelector("[data-shot-name]").textContent = event.target.files[0]?.name || "";
  });

  // ---- finding one: by its code, on this page where it stands here already -------------------------------------------------
  const codeOf = (text) => text.trim().replace(/\/+$/, "").split("/").pop().toUpperCase();
  const pick = (text) => {
    const card = box.querySelector(`[data-card="${CSS.escape(codeOf(text))}"]`);
    if (card) { show(card); card.scrollIntoView(); }
    return Boolean(card);
  };
  box.querySelector(".round-find")?.addEventListener("submit", (event) => {
    const field = event.target.elements.piece;
    field.value = codeOf(field.value);
    if (pick(field.value)) event.preventDefault();
  });
  box.addEventListener("click", (event) => {
    const stop = event.target.closest("[data-stop]");
    if (stop && pick(stop.dataset.stop)) event.preventDefault();
  });

  // ---- what lies on this phone, and the page on the shelf -------------------------------------------------------------------
  const kept = async () => {
    if (!bar || !window.idbKeyval) return;
    const rows = await window.idbKeyval.entries(window.idbKeyval.createStore("kept-forms", "forms"));
    const waits = new Set(rows.map(([, row]) => row).filter((row) => row.who === bar.dataset.who && row.state === "waiting").map((row) => new URL(row.url, location).pathname));
    cards().filter((card) => card.querySelector("form") && waits.has(new URL(card.querySelector("form").action).pathname)).forEach(leave);
  };
  const lay = async () => {
    if (!box.matches("[data-lays]") || box.dataset.laid || !bar || !("caches" in window)) return;
    const answer = await fetch(location.pathname), page = await answer.text();
    if (!answer.ok) return;
    const headers = {"Content-Type": "text/html; charset=utf-8", "X-Laid-On": new Date().toDateString(), "Content-Security-Policy": answer.headers.get("Content-Security-Policy") || ""};
    const shelf = await caches.open("day");
    await shelf.put(location.pathname, new Response(page.replace('id="round-now"', 'id="round-now" data-laid="1"'), {headers}));
    const looks = [...document.querySelectorAll('link[rel="stylesheet"], link[rel="icon"], script[src]')].map((one) => one.href || one.src);
    const icons = [...document.querySelectorAll("svg.icon use")].map((one) => one.getAttribute("href").split("#")[0]);
    await Promise.all([...new Set([...looks, ...icons])].map(async (look) => (await shelf.match(look)) || shelf.add(look)));
  };
  // A page from the shelf was open before: what it sends bears new keys.
  if (box.dataset.laid) box.querySelectorAll("[name=once]").forEach((field) => { field.value = fresh(); });
  show(cards()[0]);
  kept().then(() => lay()).catch(() => {});
})();
