// The 26 items of an assessment: an answer is sent, or kept on the phone, while the page stays; digits answer, arrows turn pages.
// Without this file each answer goes as a form, and the address names the item.
"use strict";
(() => {
  const items = document.querySelector(".assess-items"), codes = [...document.querySelectorAll(".assess-item")].map((one) => one.id);
  const word = document.querySelector("[data-kept-word]");
  const now = () => document.getElementById(location.hash.slice(1) || items.dataset.first) || document.getElementById(items.dataset.first);
  const dot = (code) => document.querySelector(`[data-dot="${code}"]`);
  const turn = (steps) => {
    const code = codes[codes.indexOf(now().id) + steps];
    if (code) location.hash = code;
  };
  const show = () => {
    document.querySelectorAll("[data-dot]").forEach((one) => one.classList.toggle("is-now", one.dataset.dot === now().id));
    dot(now().id)?.setAttribute("aria-current", "step");
    document.querySelectorAll("[aria-current=step]").forEach((one) => { if (one !== dot(now().id)) one.removeAttribute("aria-current"); });
  };
  const sum = () => {
    const scores = [...document.querySelectorAll(".score.on")].map((one) => Number(one.value));
    document.querySelector("[data-answered]").textContent = scores.length;
    document.querySelector("[data-total]").textContent = scores.reduce((all, one) => all + one, 0);
  };
  const chosen = (form, score) => {
    form.querySelectorAll(".score").forEach((one) => {
      one.classList.toggle("on", one.value === score);
      one.setAttribute("aria-pressed", one.value === score);
    });
    form.elements.seen.value = score;
    dot(form.dataset.item).classList.add("is-done");
    sum();
  };
  const tell = (what) => { word.textContent = word.dataset[what]; word.hidden = false; };
  const scoreOf = (row) => row.fields.find(([name]) => name === "score")[1];
  const settle = (event, what) => {
    const form = event.target instanceof HTMLFormElement && event.target.dataset.item ? event.target : null;
    if (!form) return;
    event.preventDefault();
    chosen(form, scoreOf(event.detail));
    tell(what);
  };
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  document.addEventListener("kept:sent", (event) => {
    settle(event, "sent");
    if (event.target instanceof HTMLFormElement) event.target.elements.once.value = fresh();
  });
  document.addEventListener("kept:stored", (event) => settle(event, "kept"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const button = [...now().querySelectorAll(".score")].find((one) => one.value === event.key);
    if (button) { event.preventDefault(); button.click(); }
    if (event.key === "ArrowRight") turn(1);
    if (event.key === "ArrowLeft") turn(-1);
  });
  addEventListener("hashchange", () => { show(); now().querySelector("h2").scrollIntoView({block: "nearest"}); });
  show();
})();
