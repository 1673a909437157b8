// Calls the roll: the next floor or name that is open is said with the voice of the device, one tap answers it, and the next is said.
// The buttons are those of the page, so without a voice, or without this file, one reads for oneself.
"use strict";
(() => {
  const button = document.querySelector("[data-roll-say]"), box = document.getElementById("drill-now"), KEPT = "roll";
  if (!button || !("speechSynthesis" in window)) return;
  const label = button.querySelector("[data-say]");
  let speaks = sessionStorage.getItem(KEPT) === location.pathname;
  const say = (words) => {
    speechSynthesis.cancel();
    const said = new SpeechSynthesisUtterance(words);
    said.lang = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";
    said.rate = 0.9;
    speechSynthesis.speak(said);
  };
  const next = () => [...box.querySelectorAll("[data-call]")].find((line) => !line.matches(".is-kept") && line.querySelector("form"));
  const call = () => {
    if (!speaks) return;
    const line = next();
    say(line ? line.dataset.call : box.dataset.over);
    line?.querySelector("button").focus();
  };
  const turn = (on) => {
    speaks = on;
    if (on) sessionStorage.setItem(KEPT, location.pathname); else sessionStorage.removeItem(KEPT);
    button.setAttribute("aria-pressed", String(on));
    label.textContent = on ? label.dataset.stop : label.dataset.say;
  };
  button.addEventListener("click", () => { turn(!speaks); if (speaks) call(); else speechSynthesis.cancel(); });
  const answered = (event) => {
    if (!(event.target instanceof HTMLFormElement)) return;
    event.target.closest("[data-call]")?.classList.add("is-kept");
    call();
  };
  document.addEventListener("kept:stored", answered);
  document.addEventListener("kept:sent", answered);
  turn(speaks);
  button.hidden = false;
  addEventListener("load", call);
})();
