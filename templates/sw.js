// Keeps one page and its look for when there is no network. Nothing personal is ever stored.
const SHELF = "offline-2";
const KEPT = ["/offline/", "/static/css/alone.css"];
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(KEPT)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name)))));
});
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match("/offline/")));
  } else if (event.request.url.endsWith("/static/css/alone.css")) {
    event.respondWith(fetch(event.request).catch(() => caches.match("/static/css/alone.css")));
  }
});
