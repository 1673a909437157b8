// Seconds until another code may be asked for, and buttons that only work with script.
"use strict";
document.querySelectorAll("[data-needs-script]").forEach((button) => { button.hidden = false; });
document.querySelectorAll("[data-countdown]").forEach((line) => {
  const seconds = line.querySelector("[data-seconds]"), button = line.closest("form").querySelector("button");
  let left = Number(line.dataset.countdown);
  button.disabled = true;
  const tick = setInterval(() => {
    left -= 1;
    seconds.textContent = left;
    if (left <= 0) { clearInterval(tick); line.hidden = true; button.disabled = false; }
  }, 1000);
});
