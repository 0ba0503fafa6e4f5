// A static server on the loopback interface. Besides the app it serves the script that drives a page, so that this
// script is one of the app's own files to the browser and no policy has to be weakened, and it takes the page's log.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = fileURLToPath(new URL('.', import.meta.url));

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css',
  '.wasm': 'application/wasm', '.json': 'application/json', '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2', '.md': 'text/markdown', '.ico': 'image/x-icon',
};
export const LOG = '/torture/log';
export const DRIVER = '/torture/page.js';

// Serves `root`. `server.onLog` is called with each entry that a page reports.
export async function serve(root) {
  const server = { onLog: () => {} };
  const listener = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://loopback').pathname);
    if (request.method === 'POST' && path === LOG) {
      let body = '';
      for await (const chunk of request) body += chunk;
      server.onLog(JSON.parse(body));
      response.writeHead(204).end();
      return;
    }
    const file = path === DRIVER ? join(here, 'page.js')
      : path === '/torture/dexie.mjs' ? join(here, 'node_modules/dexie/dist/dexie.mjs')
        : join(root, normalize(path.endsWith('/') ? `${path}index.html` : path));
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Cache-Control': 'no-cache' });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done, failed) => listener.once('error', failed).listen(0, '127.0.0.1', done));
  server.origin = `http://127.0.0.1:${listener.address().port}`;
  server.close = () => new Promise(done => {
    listener.close(done);
    listener.closeAllConnections();
  });
  return server;
}
