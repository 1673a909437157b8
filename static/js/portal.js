// Everything here is comfort: each page works without it.
"use strict";

// A form is sent once. The key in the form makes a second sending harmless; this only spares people the wondering.
// htmx forms are prevented before they get here; a page kept by the browser comes back with its buttons awake.
const wake = (form) => {
  delete form.dataset.sent;
  form.querySelectorAll(".is-sending").forEach((button) => {
    button.classList.remove("is-sending");
    button.disabled = false;
  });
};
// No page brings chosen files back: what is plainly missing is said before they travel, and a form that holds some is sent
// from its page, which stays. It goes where it is told to; is it refused, its new page takes the files over; any other answer
// the browser fetches itself, for nothing was done.
const filesOf = (form) => [...form.querySelectorAll("input[type=file]")].filter((field) => field.files.length);
const sameField = (form, field) => [...form.elements].find((one) => one.type === "file" && one.name === field.name);
const sendWithFiles = async (form, button) => {
  await showAnswer(form, button, await fetch(form.action, {
    method: "POST", body: new FormData(form, button), redirect: "manual", headers: {"X-Files-Stay": "1"},
  }));
};
const showAnswer = async (form, button, answer) => {
  if (answer.status === 204) { location.assign(answer.headers.get("Location")); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html"), main = page.getElementById("main");
  const fields = filesOf(form), refused = main && [...main.querySelectorAll("form")].find((one) =>
    one.getAttribute("action") === form.getAttribute("action") && fields.every((field) => sameField(one, field)));
  if (!refused) { sendByItself(form, button); return; }
  document.title = page.title;
  document.getElementById("main").replaceWith(main);
  dress(main);
  touched = refused;
  if (window.htmx) htmx.process(main);
  fields.forEach((field) => {
    const again = sameField(refused, field);
    again.files = field.files;
    again.dispatchEvent(new Event("change"));
  });
  refused.querySelectorAll("[data-files-kept]").forEach((words) => { words.textContent = words.dataset.filesKept; });
  (main.querySelector("[autofocus]") || main).focus();
};
const sendByItself = (form, button) => {
  if (button && button.name) {
    const field = document.createElement("input");
    Object.assign(field, {type: "hidden", name: button.name, value: button.value});
    form.append(field);
  }
  HTMLFormElement.prototype.submit.call(form);
};
const isComplete = (form) => {
  const box = form.querySelector("[data-signature]"), who = form.elements.signed_by;
  if (box && who) who.setCustomValidity(form.elements.signature.value || who.value.trim() ? "" : box.dataset.words);
  return form.checkValidity();
};
// Another language or elder mode takes along what was typed last and not sent yet (people/switching.py).
let touched = null;
document.addEventListener("input", ({target}) => {
  if (target.form && target.form.method === "post" && target.closest("#main")) touched = target.form;
});
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || !button.dataset.switch || !touched || !touched.isConnected) return;
  event.preventDefault();
  const page = document.createElement("form"), first = [...touched.elements].find((one) => one.name && one.id.endsWith(one.name));
  const words = [...new FormData(touched)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  words.push(["csrfmiddlewaretoken", event.target.elements.csrfmiddlewaretoken.value], ["switch", button.dataset.switch]);
  words.push(["switch_in", first ? first.id.slice(0, -first.name.length) : ""]);
  page.append(...words.map(([name, value]) => Object.assign(document.createElement("input"), {type: "hidden", name, value})));
  Object.assign(page, {method: "post", action: button.dataset.here, hidden: true});
  document.body.append(page);
  HTMLFormElement.prototype.submit.call(page);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target) return;
  const hasFiles = filesOf(form).length > 0;
  if (hasFiles && !isComplete(form)) { event.preventDefault(); form.reportValidity(); return; }
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  if (hasFiles) {
    event.preventDefault();
    sendWithFiles(form, event.submitter).catch(() => { wake(form); complain(); });
  }
  setTimeout(() => {  // after the browser has gathered the form, or the pressed button's own value would be lost
    form.querySelectorAll("button:not([type=button]):not(:disabled)").forEach((button) => {
      button.classList.add("is-sending");
      button.disabled = true;
    });
  });
  if (!hasFiles) setTimeout(() => wake(form), 15000);
  if (form.matches("[action^='/sign-out/']")) localStorage.setItem("signed-out-at", Date.now());
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wake));

// Some browsers keep the last pages as they stood, to go back to at once, whatever the server says of keeping them. Whoever sits
// down after a sign-out must not read them.
addEventListener("pageshow", (event) => {
  if (!event.persisted || performance.timeOrigin > Number(localStorage.getItem("signed-out-at"))) return;
  document.documentElement.hidden = true;
  location.reload();
});

// The browser gives a field its focus when it first paints the page, at times after the page is complete: whoever comes by a
// key and types on would lose the first letter.
if (!location.hash) document.querySelector("[autofocus]")?.focus();

// One key opens the intake, one jumps into the search box; never while typing. Escape closes what unfolded,
// Ctrl+Enter sends what was written.
document.addEventListener("keydown", (event) => {
  const at = event.target instanceof Element ? event.target : document.body;
  if (event.key === "Escape") {
    const open = at.closest("details.confirm[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    const found = document.getElementById("found");
    if (found) found.replaceChildren();
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && at.matches("textarea") && at.form) {
    event.preventDefault();
    at.form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || at.closest("input, textarea, select, [contenteditable]")) return;
  const link = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  const box = document.querySelector(`[data-focus-key="${CSS.escape(event.key)}"]`);
  if (link) { event.preventDefault(); link.click(); } else if (box) { event.preventDefault(); box.focus(); }
});

// A box that finds while one types: the arrows walk through what it found, Enter takes the first, and waits for it while
// the list still belongs to what stood there before. Never while an input method is composing.
const shelfOf = (at) => [...document.querySelectorAll("[data-found-by]")]
  .find((shelf) => shelf.contains(at) || shelf.dataset.foundBy === at.id);
document.addEventListener("input", (event) => {
  const shelf = shelfOf(event.target);
  if (shelf) { shelf.dataset.stale = "1"; delete shelf.dataset.wanted; }
});
document.addEventListener("keydown", (event) => {
  const shelf = event.isComposing ? null : shelfOf(event.target);
  if (!shelf) return;
  const links = [...shelf.querySelectorAll("a")], at = links.indexOf(event.target);
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (step && links.length) {
    event.preventDefault();
    (links[at + step] || document.getElementById(shelf.dataset.foundBy)).focus();
  } else if (event.key === "Enter" && at < 0 && "enterTakes" in shelf.dataset) {
    if ("stale" in shelf.dataset && event.target.value.trim()) { event.preventDefault(); shelf.dataset.wanted = "1"; }
    else if (links.length) { event.preventDefault(); links[0].click(); }
  }
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  const shelf = event.target.closest("[data-found-by]");
  if (!shelf) return;
  delete shelf.dataset.stale;
  if ("wanted" in shelf.dataset) { delete shelf.dataset.wanted; shelf.querySelector("a")?.click(); }
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) return;
  document.querySelectorAll("[data-found-by]").forEach((shelf) => { delete shelf.dataset.stale; delete shelf.dataset.wanted; });
});

// htmx could not reach the house, or the house said no: say so instead of standing still.
const trouble = document.getElementById("trouble");
const complain = () => {
  trouble.textContent = trouble.dataset.words;
  setTimeout(() => trouble.replaceChildren(), 8000);
};
["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) => document.body.addEventListener(name, complain));

// Photos: made smaller before they travel (the longer side 2000 px).
const LONGEST = 2000;
const smaller = async (file) => {
  if (!file.type.startsWith("image/") || !("createImageBitmap" in window)) return file;
  try {
    const picture = await createImageBitmap(file, {imageOrientation: "from-image"});
    const scale = LONGEST / Math.max(picture.width, picture.height);
    if (scale >= 1) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), {type: "image/jpeg"}) : file;
  } catch { return file; }  // a kind the browser cannot open: the server looks at it
};

// What a page brings to life, at its first showing and when a part of it is replaced.
const dress = (root) => {
  // Reads the page aloud with the voice of the device, line by line: long texts fall silent otherwise.
  root.querySelectorAll("[data-read-aloud]").forEach((button) => {
    if (!("speechSynthesis" in window)) return;
    button.hidden = false;
    const label = button.querySelector("[data-say]");
    const rest = () => { label.textContent = label.dataset.say; };
    button.addEventListener("click", () => {
      if (speechSynthesis.speaking) { speechSynthesis.cancel(); rest(); return; }
      const lines = document.getElementById("main").innerText.split("\n")
        .map((line) => line.trim()).filter((line) => line && line !== label.dataset.say);
      label.textContent = label.dataset.stop;
      lines.forEach((line, index) => {
        const words = new SpeechSynthesisUtterance(line);
        words.lang = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";
        words.rate = 0.9;
        if (index === lines.length - 1) words.onend = rest;
        speechSynthesis.speak(words);
      });
    });
  });

  // A signature drawn with the finger goes into a hidden field as PNG.
  root.querySelectorAll("[data-signature]").forEach((box) => {
    const canvas = box.querySelector("canvas"), field = box.querySelector("input[type=hidden]");
    const pen = canvas.getContext("2d");
    let drawing = false;
    const at = (event) => {
      const frame = canvas.getBoundingClientRect();
      return [(event.clientX - frame.left) * canvas.width / frame.width, (event.clientY - frame.top) * canvas.height / frame.height];
    };
    const lift = () => { if (drawing) { drawing = false; field.value = canvas.toDataURL("image/png"); } };
    if (field.value) {  // drawn before the page came back with something to mend
      const image = new Image();
      image.onload = () => pen.drawImage(image, 0, 0);
      image.src = field.value;
    }
    pen.lineWidth = 4; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#2b2420";
    box.hidden = false;
    canvas.addEventListener("pointerdown", (event) => {
      drawing = true;
      canvas.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...at(event));
    });
    canvas.addEventListener("pointermove", (event) => { if (drawing) { pen.lineTo(...at(event)); pen.stroke(); } });
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    box.querySelector("[data-clear]").addEventListener("click", () => {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      field.value = "";
    });
  });

  // Photos are shown as they will be sent.
  root.querySelectorAll("input[type=file][data-photos]").forEach((field) => {
    const shelf = document.createElement("div");
    shelf.className = "photo-preview";
    field.after(shelf);
    field.addEventListener("change", async () => {
      const bag = new DataTransfer();
      for (const file of await Promise.all([...field.files].map(smaller))) bag.items.add(file);
      field.files = bag.files;
      shelf.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
      shelf.replaceChildren(...[...bag.files].filter((file) => file.type.startsWith("image/")).map((file) => {
        const image = document.createElement("img");
        image.src = URL.createObjectURL(file);
        image.alt = file.name;
        return image;
      }));
    });
  });

  // How much room is left in a long text.
  root.querySelectorAll("textarea[data-limit]").forEach((area) => {
    const limit = Number(area.dataset.limit), left = document.createElement("div");
    left.className = "help num";
    left.setAttribute("aria-hidden", "true");
    const show = () => {
      const count = [...area.value].length;  // as the server counts: a picture is one, however it is encoded
      left.textContent = `${count} / ${limit}`;
      left.hidden = count < limit * 0.8;
    };
    area.after(left);
    area.addEventListener("input", show);
    window.addEventListener("pageshow", show);  // whoever comes back finds other words than those that came with the page
    show();
  });
  root.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    const words = button.querySelector("span"), before = words.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      await navigator.clipboard.writeText(field.value);
      words.textContent = button.dataset.done;
      setTimeout(() => { words.textContent = before; }, 4000);
    });
  });
  root.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.classList.remove("invisible");  // where its place is kept, so that nothing jumps
    button.addEventListener("click", () => window.print());
  });
  root.querySelectorAll("[data-submit-on-change]").forEach((field) => {
    field.addEventListener("change", () => field.form.requestSubmit());
  });
};
dress(document);

addEventListener("pagehide", () => { if ("speechSynthesis" in window) speechSynthesis.cancel(); });
if (document.querySelector("[data-print-now]")) addEventListener("load", () => window.print());

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
