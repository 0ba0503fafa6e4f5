// Keeps every file of one build, so that the app starts and works without a network.
// script/post-build fills in the build's name and its files.
const BUILD = "@BUILD@";
const FILES = @FILES@;
const PREFIX = "concord-";
const CACHE = PREFIX + BUILD;

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
// A new version waits until the person asks for it: a page is never changed under their hands.
self.addEventListener("message", (event) => { if (event.data === "skip-waiting") self.skipWaiting(); });
self.addEventListener("fetch", (event) => {
  const isOurs = event.request.method === "GET" && new URL(event.request.url).origin === location.origin;
  if (isOurs) event.respondWith(answer(event.request));
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  // "no-cache" asks the server again: some names carry no hash and could be stale in the HTTP cache.
  await cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })));
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = request.mode === "navigate"
    ? await cache.match("./index.html")
    : await cache.match(request, { ignoreSearch: true });
  return kept ?? fetch(request);
}
