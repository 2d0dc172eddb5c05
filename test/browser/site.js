// The host's web server. It serves test pages and the built package with the strict policy under which the component must work.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { ROOT } from './relay.js';

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob:", // thumbnails and pictures of files
  'media-src http: blob:', // audio and video from the relay, or decrypted
  "connect-src 'self' ws: http:", // the relay's port differs from test to test
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
};

/** Returns the file of a path: /dist is the package, /app/… is the page with a router, and everything else is in the folder pages. */
function fileOf(path) {
  if (path.startsWith('/dist/')) return join(ROOT, normalize(path));
  if (path.startsWith('/app/')) return join(ROOT, 'test/browser/pages/router.html');
  return join(ROOT, 'test/browser/pages', normalize(path));
}

/** Serves until close() is called. `narrow` changes the policy. The parameter img-src of a page's address adds hosts of pictures to it. */
export async function startSite(narrow = (policy) => policy) {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://site.invalid');
    const file = fileOf(pathname);
    try {
      const body = await readFile(file);
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': narrow(
          POLICY.replace('img-src', `img-src ${searchParams.get('img-src') ?? ''}`),
        ),
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      response.end(body);
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
