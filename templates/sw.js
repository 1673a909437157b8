// Keeps one page for when there is no network. Nothing personal is ever stored.
const SHELF = "offline-1";
self.addEventListener("install", (event) => event.waitUntil(caches.open(SHELF).then((shelf) => shelf.add("/offline/"))));
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match("/offline/")));
  }
});
