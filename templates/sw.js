// Keeps one page and its look for when there is no network, and pages for children below /kids/ for whoever has opened them (they lay
// themselves on the shelf). Nothing personal is ever stored.
const LOOK = "{% static 'css/alone.css' %}", SHELF = `offline-3 ${LOOK}`;
const TOYS = "kids", isToy = (address) => Boolean(address) && new URL(address).pathname.startsWith("/kids/");
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(["/offline/", LOOK])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELF && name !== TOYS).map((name) => caches.delete(name)))));
});
self.addEventListener("fetch", (event) => {
  // A form goes by itself: the browser keeps its answer for the way back, and asks before it sends it again.
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate") {
    const kept = () => (isToy(event.request.url) ? caches.match(event.request, { ignoreVary: true, ignoreSearch: true }) : Promise.resolve());
    event.respondWith(fetch(event.request).catch(() => kept().then((page) => page || caches.match("/offline/"))));
  } else if (new URL(event.request.url).pathname === new URL(LOOK, location).pathname) {
    event.respondWith(fetch(event.request).catch(() => caches.match(LOOK)));
  } else if (isToy(event.request.referrer)) {
    event.respondWith(fetch(event.request).catch(() => caches.match(event.request, { ignoreVary: true })));
  }
});
