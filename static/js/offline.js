// Forms that find no network wait on the phone, with their photos and signatures, and are sent once: each bears the key that makes
// it count once, so sending it again is harmless. They lie here under the account that filled them in, and no longer than the day.
// A form that takes part says so with data-offline, the words by which people know it.
"use strict";
(() => {
  const bar = document.getElementById("kept");
  if (!bar || !window.idbKeyval) return;
  const {get, set, del, entries, createStore} = window.idbKeyval;
  const shelf = createStore("kept-forms", "forms"), me = bar.dataset.who;
  const HIDDEN = ["csrfmiddlewaretoken", "once", "seen", "from", "next"];
  const underWay = new Set();
  let waiting = 0;
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const today = (moment) => new Date(moment).toDateString();
  const all = async () => (await entries(shelf)).map(([, row]) => row).sort((a, b) => a.at.localeCompare(b.at));
  const mine = async () => (await all()).filter((row) => row.who === me);
  const say = (words) => { bar.querySelector("[data-kept-said]").textContent = words; bar.hidden = bar.hidden && !words; };

  // ---- keeping ------------------------------------------------------------------------------------------------------
  const words = (node) => (node ? node.textContent.trim().replace(/\s+/g, " ") : "");
  const shown = (form, name, value) => {
    const fields = [...form.elements].filter((one) => one.name === name);
    const field = fields.find((one) => one.value === value && (one.type !== "radio" || one.checked)) || fields[0];
    const box = field && field.closest(".field"), label = words(box && box.querySelector("legend, label, .label, p"));
    if (value instanceof File) return [label, value];
    if (!field) return [label, value];
    if (field.tagName === "SELECT") return [label, words(field.selectedOptions[0])];
    if (field.tagName === "BUTTON") return ["", words(field)];
    if (field.type === "radio" || field.type === "checkbox") return [label, words(field.closest("label")) || words(form.querySelector(`label[for="${CSS.escape(field.id)}"]`))];
    return [label, value];
  };
  const rowOf = (form, button) => {
    const fields = [...new FormData(form, button)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && !(value instanceof File && !value.name));
    return {
      id: form.elements.once.value, who: me, url: form.action, title: form.dataset.offline, at: new Date().toISOString(),
      page: form.dataset.offlinePage || location.pathname + location.search, form: form.dataset.offlineForm || location.pathname + location.search + location.hash,
      state: "waiting", late: false, fields,
      shown: fields.filter(([name, value]) => !HIDDEN.includes(name) && value !== "").map(([name, value]) => shown(form, name, value)),
    };
  };

  // ---- sending ------------------------------------------------------------------------------------------------------
  const send = (row) => {
    const body = new FormData(), headers = {"X-Files-Stay": "1"};
    row.fields.forEach(([name, value]) => (value instanceof File ? body.append(name, value, value.name) : body.append(name, value)));
    body.append("csrfmiddlewaretoken", token());
    if (row.late) Object.assign(headers, {"X-Captured-At": row.at, "X-Sent-At": new Date().toISOString()});
    return fetch(row.url, {method: "POST", body, headers, redirect: "manual"});
  };
  const isForbidden = (answer) => answer.status === 403 && answer.headers.has("X-Not-Allowed");
  const isDoor = (answer) => /sign-in\//.test(answer.headers.get("Location") || "") || [401, 403].includes(answer.status) && !isForbidden(answer);
  const isDone = (answer) => answer.status === 204 && !isDoor(answer);
  // The house is there and does not take it now: away, too many at once, a door before it.
  const notNow = (answer) => answer.status >= 500 || answer.status === 429 || isDoor(answer);
  const saidIn = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelectorAll("#main .apology p:not(:has(a)), #main .field-error, #main [role=alert]");
    return [...found].map(words).filter(Boolean).join(" ");
  };
  const waits = async (row) => { row.late = true; await set(row.id, row, shelf); await count(); };
  const refusedRow = async (row, answer) => {
    Object.assign(row, {state: "refused", status: answer.status, said: await saidIn(answer)});
    await set(row.id, row, shelf);
  };

  const submit = async (form, button) => {
    const row = rowOf(form, button);
    underWay.add(row.id);
    try {
      await set(row.id, row, shelf);
      let answer = null;
      try { answer = await send(row); } catch { /* no network, or it went away while sending: the form lies here */ }
      if (!answer || notNow(answer)) {
        await waits(row);
        if (answer && isDoor(answer)) say(bar.dataset.again);
        stored(form, row);
        return;
      }
      if (answer.status === 409) {
        await refusedRow(row, answer);
        await count();
        location.assign(bar.dataset.page);
        return;
      }
      await del(row.id, shelf);
      if (form.dataset.replaces) await del(form.dataset.replaces, shelf);
      await count();
      if (!isDone(answer)) await showAnswer(form, button, answer);
      else if (form.dispatchEvent(new CustomEvent("kept:sent", {bubbles: true, cancelable: true, detail: row}))) location.assign(answer.headers.get("Location"));
    } finally {
      underWay.delete(row.id);
      if (missed) { missed = false; replay(); }  // the network came back while this one was being laid aside
    }
  };
  const stored = async (form, row) => {
    if (form.dataset.replaces) { await del(form.dataset.replaces, shelf); delete form.dataset.replaces; await count(); }
    form.elements.once.value = fresh();
    if (!form.dispatchEvent(new CustomEvent("kept:stored", {bubbles: true, cancelable: true, detail: row}))) return;
    say(bar.dataset.stored);
    if (touched === form) touched = null;
    form.hidden = true;
    const note = document.createElement("p");
    note.className = "notice notice-info";
    note.textContent = bar.dataset.stored;
    note.dataset.keptNote = row.id;
    form.after(note);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.matches("[action*='/sign-out/']")) {
      if (waiting && !form.dataset.warned) {
        event.preventDefault();
        event.stopImmediatePropagation();
        form.dataset.warned = "1";
        say(bar.dataset.leaving);
      }
      return;
    }
    if (!("offline" in form.dataset)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.sent) return;
    if (!navigator.onLine && !isComplete(form)) { form.reportValidity(); return; }
    form.dataset.sent = "1";
    submit(form, event.submitter).finally(() => { delete form.dataset.sent; });
  }, true);

  // ---- sending again: when a page opens, when the network is back, when somebody looks, by the button ------------------
  let busy = false, missed = false;
  const deliver = async (row) => {
    row.late = true;
    let answer;
    try { answer = await send(row); } catch { return false; }
    if (isDone(answer)) { await del(row.id, shelf); told(row); document.dispatchEvent(new CustomEvent("kept:sent", {detail: row})); return true; }
    if (notNow(answer)) { if (isDoor(answer)) say(bar.dataset.again); return false; }
    await refusedRow(row, answer);
    if (!touched && location.pathname !== bar.dataset.page && !document.querySelector(".assess, [data-stays]")) location.assign(bar.dataset.page);
    return true;
  };
  const told = (row) => {
    const note = document.querySelector(`[data-kept-note="${CSS.escape(row.id)}"]`);
    if (note) note.textContent = bar.dataset.sent;
    if (bar.querySelector("[data-kept-said]").textContent) say(bar.dataset.sent);
  };
  const replay = async () => {
    if (busy) return;
    busy = true;
    try {
      for (const row of await mine()) {
        if (underWay.has(row.id)) { missed = true; continue; }
        if (row.state === "waiting" && !(await deliver(row))) break;
      }
      await wipe();
    } finally { busy = false; await count(); await draw(); }
  };
  // What is of another day goes, whoever filled it in; of one's own it is said what.
  const wipe = async () => {
    const old = (await all()).filter((row) => today(row.at) !== today(Date.now()));
    for (const row of old) await del(row.id, shelf);
    const own = old.filter((row) => row.who === me).map((row) => row.title);
    if (own.length) { say(bar.dataset.wiped + own.join("、")); bar.hidden = false; }
  };
  const count = async () => {
    const rows = await mine(), refused = rows.filter((row) => row.state === "refused").length;
    waiting = rows.length;
    bar.querySelector("[data-kept-send]").hidden = waiting === refused;
    bar.querySelector("[data-kept-count]").textContent = waiting - refused;
    bar.querySelector("[data-kept-look]").hidden = !refused;
    bar.querySelector("[data-kept-refused]").textContent = refused;
    bar.hidden = !waiting && !bar.querySelector("[data-kept-said]").textContent;
  };
  bar.querySelector("[data-kept-send]").addEventListener("click", replay);
  addEventListener("online", replay);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) replay(); });
  setInterval(() => { if (waiting) replay(); }, 60000);

  // ---- the page of what was not sent: both versions beside each other, and what to do about it -------------------------
  const list = document.getElementById("kept-rows");
  const draw = async () => {
    if (!list) return;
    const rows = await mine();
    list.replaceChildren(...rows.map(drawn));
    if (!rows.length) list.textContent = list.dataset.none;
  };
  const drawn = (row) => {
    const box = document.getElementById("kept-row").content.cloneNode(true), at = (name) => box.querySelector(`[data-${name}]`);
    at("title").textContent = row.title;
    at("at").textContent = new Date(row.at).toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"});
    at("waits").hidden = row.state !== "waiting";
    at("refused").hidden = at("theirs-box").hidden = row.state === "waiting";
    at("said").textContent = row.said || "";
    at("mine").append(...row.shown.flatMap(([label, value]) => {
      const head = document.createElement("dt"), body = document.createElement("dd");
      head.textContent = label;
      const url = value instanceof File ? URL.createObjectURL(value) : String(value).startsWith("data:image/png") ? value : "";
      if (url) { const image = new Image(160); Object.assign(image, {src: url, alt: label}); body.append(image); } else body.textContent = value;
      return [head, body];
    }));
    const [path, hash] = row.form.split("#");
    at("again").href = `${path}${path.includes("?") ? "&" : "?"}kept=${encodeURIComponent(row.id)}${hash ? `#${hash}` : ""}`;
    at("drop").addEventListener("click", async () => { await del(row.id, shelf); await count(); await draw(); });
    if (row.state === "refused") theirs(row, at("theirs"));
    return box;
  };
  const theirs = async (row, box) => {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(row.page)).text(), "text/html");
      const hash = row.page.split("#")[1];
      page.querySelectorAll("#main form, #main script, #main .page-actions, #main .messages, #main nav").forEach((node) => node.remove());
      box.replaceChildren(...(((hash && page.getElementById(hash)) || page.getElementById("main"))?.childNodes || []));
    } catch { box.textContent = ""; }
  };

  // ---- filling a form again with what was kept ---------------------------------------------------------------------------
  const fill = async (id) => {
    const row = await get(id, shelf);
    if (!row || row.who !== me) return;
    const place = (url) => new URL(url, location).pathname;
    const form = [...document.forms].find((one) => place(one.action) === place(row.url) && "offline" in one.dataset);
    if (!form) return;
    form.dataset.replaces = id;
    const files = {};
    row.fields.filter(([name]) => !["once", "seen", "seen_total"].includes(name)).forEach(([name, value]) => {
      if (value instanceof File) { (files[name] = files[name] || new DataTransfer()).items.add(value); return; }
      [...form.elements].filter((one) => one.name === name && one.tagName !== "BUTTON").forEach((field) => {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.checked || field.value === value;
        else { field.value = value; redraw(field); }
      });
    });
    Object.entries(files).forEach(([name, bag]) => {
      const field = sameField(form, {name});
      if (field) { field.files = bag.files; field.dispatchEvent(new Event("change")); }
    });
    form.scrollIntoView();
  };
  const redraw = (field) => {
    const canvas = field.closest("[data-signature]")?.querySelector("canvas");
    if (!canvas || !field.value) return;
    const image = new Image();
    image.onload = () => canvas.getContext("2d").drawImage(image, 0, 0);
    image.src = field.value;
  };
  const again = new URLSearchParams(location.search).get("kept");
  addEventListener("load", async () => {
    await count();
    await draw();
    if (again) await fill(again);
    await replay();
  });
})();
