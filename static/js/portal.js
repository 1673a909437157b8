// Everything here is comfort: each page works without it.
"use strict";

// A form is sent once. The key in the form makes a second sending harmless; this only spares people the wondering.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.sent) { if (form.dataset.sent) event.preventDefault(); return; }
  form.dataset.sent = "1";
  form.querySelectorAll("button:not([type=button])").forEach((button) => { button.classList.add("is-sending"); });
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
  delete form.dataset.sent;
  form.querySelectorAll(".is-sending").forEach((button) => button.classList.remove("is-sending"));
}));

// One key opens the intake, one jumps into the search box; never while typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const link = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  const box = document.querySelector(`[data-focus-key="${CSS.escape(event.key)}"]`);
  if (link) { event.preventDefault(); link.click(); } else if (box) { event.preventDefault(); box.focus(); }
});

// Reads the page aloud with the voice of the device.
document.querySelectorAll("[data-read-aloud]").forEach((button) => {
  if (!("speechSynthesis" in window)) return;
  button.hidden = false;
  const label = button.querySelector("[data-say]");
  const rest = () => { label.textContent = label.dataset.say; };
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); rest(); return; }
    const words = new SpeechSynthesisUtterance(document.getElementById("main").innerText);
    words.lang = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";
    words.rate = 0.9;
    words.onend = rest;
    speechSynthesis.speak(words);
    label.textContent = label.dataset.stop;
  });
});

// A signature drawn with the finger goes into a hidden field as PNG.
document.querySelectorAll("[data-signature]").forEach((box) => {
  const canvas = box.querySelector("canvas"), field = box.querySelector("input[type=hidden]");
  const pen = canvas.getContext("2d");
  let drawing = false;
  const at = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [(event.clientX - frame.left) * canvas.width / frame.width, (event.clientY - frame.top) * canvas.height / frame.height];
  };
  pen.lineWidth = 3; pen.lineCap = "round"; pen.strokeStyle = "#2b2420";
  box.hidden = false;
  canvas.addEventListener("pointerdown", (event) => { drawing = true; canvas.setPointerCapture(event.pointerId); pen.beginPath(); pen.moveTo(...at(event)); });
  canvas.addEventListener("pointermove", (event) => { if (drawing) { pen.lineTo(...at(event)); pen.stroke(); } });
  canvas.addEventListener("pointerup", () => { drawing = false; field.value = canvas.toDataURL("image/png"); });
  box.querySelector("[data-clear]").addEventListener("click", () => { pen.clearRect(0, 0, canvas.width, canvas.height); field.value = ""; });
});

// Names of chosen files and how much room is left in a long text.
document.querySelectorAll("textarea[maxlength]").forEach((area) => {
  const left = document.createElement("div");
  left.className = "help num";
  left.setAttribute("aria-hidden", "true");
  const show = () => { left.textContent = `${area.value.length} / ${area.maxLength}`; left.hidden = area.value.length < area.maxLength * 0.8; };
  area.after(left); area.addEventListener("input", show); show();
});
document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });
document.querySelectorAll("[data-submit-on-change]").forEach((field) => field.addEventListener("change", () => field.form.requestSubmit()));

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
