// Keeps one page and its look for when there is no network, and pages for children below /kids/ for whoever has opened them (they lay
// themselves on the shelf). Nothing personal is ever stored here. Where a street lets forms wait on the phone, a page of one day lays
// itself on a shelf of its own: it goes when the day does, when somebody signs out, and wherever somebody signs in.
const LOOK = "{% static 'css/alone.css' %}", SHELF = `offline-3 ${LOOK}`;
const DAY = "day", isOfDay = (address) => Boolean(address) && /\/(day|roll|round)\/$/.test(new URL(address).pathname);
const today = async (request) => {
  const page = await caches.match(request, { cacheName: DAY, ignoreVary: true, ignoreSearch: true });
  return page && page.headers.get("X-Laid-On") === new Date().toDateString() ? page : undefined;
};
const tidy = async () => {
  if (!(await caches.has(DAY))) return;
  const shelf = await caches.open(DAY), pages = (await shelf.keys()).filter((request) => isOfDay(request.url));
  const are = await Promise.all(pages.map(today));
  await Promise.all(pages.map((request, n) => are[n] || shelf.delete(request)));
};
const TOYS = "kids", isToy = (address) => Boolean(address) && new URL(address).pathname.startsWith("/kids/");
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(["/offline/", LOOK])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELF && name !== TOYS && name !== DAY).map((name) => caches.delete(name)))));
});
self.addEventListener("fetch", (event) => {
  // A form goes by itself: the browser keeps its answer for the way back, and asks before it sends it again.
  const path = new URL(event.request.url).pathname;
  if (event.request.mode === "navigate") event.waitUntil(/sign-(in|out)\//.test(path) ? caches.delete(DAY) : tidy());
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate") {
    const kept = () => (isToy(event.request.url) ? caches.match(event.request, { ignoreVary: true, ignoreSearch: true }) : isOfDay(event.request.url) ? today(event.request) : Promise.resolve());
    event.respondWith(fetch(event.request).catch(() => kept().then((page) => page || caches.match("/offline/"))));
  } else if (path === new URL(LOOK, location).pathname) {
    event.respondWith(fetch(event.request).catch(() => caches.match(LOOK)));
  } else if (isToy(event.request.referrer) || isOfDay(event.request.referrer) && path.startsWith("/static/")) {
    event.respondWith(fetch(event.request).catch(() => caches.match(event.request, { ignoreVary: true })));
  }
});
