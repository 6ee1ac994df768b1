/** The App's shell, kept for when there is no network. Everything else goes to the relay, always. */
const CACHE = 'agenttown-app-1';
const scope = new URL(self.registration.scope).pathname;

self.addEventListener('install', (event) => {
  event.waitUntil(self.skipWaiting());
});
self.addEventListener('activate', (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    const cache = await caches.open(CACHE);
    await cache.add(new Request(scope, { cache: 'reload' })).catch(() => {});
    await self.clients.claim();
  };
  event.waitUntil(clean());
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || url.pathname !== scope) return;
  const serve = async () => {
    const cache = await caches.open(CACHE);
    try {
      const response = await fetch(event.request);
      if (response.ok) await cache.put(scope, response.clone());
      return response;
    } catch (error) {
      const kept = await cache.match(scope);
      if (kept) return kept;
      throw error;
    }
  };
  event.respondWith(serve());
});
