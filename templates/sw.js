// Keeps one page and its look for when there is no network. Nothing personal is ever stored.
const LOOK = "{% static 'css/alone.css' %}", SHELF = `offline-3 ${LOOK}`;
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(["/offline/", LOOK])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name)))));
});
self.addEventListener("fetch", (event) => {
  // A form goes by itself: the browser keeps its answer for the way back, and asks before it sends it again.
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match("/offline/")));
  } else if (new URL(event.request.url).pathname === new URL(LOOK, location).pathname) {
    event.respondWith(fetch(event.request).catch(() => caches.match(LOOK)));
  }
});
