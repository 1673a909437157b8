// Tap what may not come on a train: said aloud, counted on this page alone, forgotten when it closes. The page is laid on a shelf
// of the browser, so that it opens without a network, too: as anybody gets it, without whoever is signed in.
"use strict";
(() => {
  const game = document.querySelector("[data-railway]");
  const forbidden = game.querySelectorAll('[data-thing="no"]').length;
  const stars = game.querySelector("[data-stars]"), badge = game.querySelector("[data-badge]");
  const left = badge.querySelector("[data-left]"), print = badge.querySelector("[data-print-badge]");
  const say = (words) => {
    if (!("speechSynthesis" in window)) return;
    speechSynthesis.cancel();
    const said = new SpeechSynthesisUtterance(words);
    said.lang = document.documentElement.lang === "en" ? "en" : "zh-CN";
    said.rate = 0.9;
    speechSynthesis.speak(said);
  };
  const found = () => {
    const n = game.querySelectorAll(".kid-it.is-no").length;
    stars.querySelectorAll(".kid-star").forEach((star, place) => star.classList.toggle("is-on", place < n));
    stars.setAttribute("aria-label", stars.dataset.words.replace("%n", n).replace("%m", forbidden));
    left.textContent = n < forbidden ? left.dataset.words.replace("%n", forbidden - n) : left.dataset.done;
    if (n < forbidden || badge.classList.contains("is-won")) return "";
    badge.classList.add("is-won");
    print.hidden = false;
    return badge.dataset.won;
  };
  game.addEventListener("click", (event) => {
    const thing = event.target.closest("[data-thing]"), asks = event.target.closest("[data-say]");
    if (asks) say(asks.dataset.say);
    if (!thing) return;
    const isForbidden = thing.dataset.thing === "no";
    thing.classList.add(isForbidden ? "is-no" : "is-yes");
    thing.querySelector(".kid-face").hidden = isForbidden;
    thing.setAttribute("aria-pressed", "true");
    say(`${thing.dataset.said}${found()}`);
  });
  print.addEventListener("click", () => window.print());
  if ("caches" in window) {
    const looks = [...document.querySelectorAll('link[rel="stylesheet"], link[rel="icon"], script[src]')].map((one) => one.href || one.src);
    const icons = [...document.querySelectorAll("svg.icon use")].map((one) => one.getAttribute("href").split("#")[0]);
    const pages = new Set([location.pathname, ...looks, ...icons]);
    caches.open("kids").then((shelf) => Promise.all([...pages].map((page) => shelf.add(new Request(page, { credentials: "omit" }))))).catch(() => {});
  }
})();
