// npm start: serves the built frontend and its API. Reads PORT, and what api.mjs reads.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { api } from './api.mjs';

const DIST = new URL('../dist/', import.meta.url).pathname;
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm', // so that the browser compiles while it loads
  '.svg': 'image/svg+xml',
};

const { HALLWAY_RELAY: relay, HALLWAY_JWT_SECRET: secret, PORT: port = '8081' } = process.env;
if (!relay || !secret) {
  console.error('HALLWAY_RELAY and HALLWAY_JWT_SECRET have to be set: the relay’s address, and its secret');
  process.exit(2);
}

// What the chat needs of a page's policy: WebAssembly, and the relay by HTTP and WebSocket.
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  `connect-src 'self' ${relay} ${relay.replace(/^http/, 'ws')}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const server = createServer((request, response) =>
  api(request, response, () => serveFile(request, response)),
);

/** A built file; any other path is the router's, and gets the page. */
async function serveFile(request, response) {
  const { pathname } = new URL(request.url, 'http://host.invalid');
  const file = extname(pathname) ? pathname : '/index.html';
  try {
    const body = await readFile(join(DIST, normalize(file)));
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': file.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(body);
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
  }
}

server.on('error', (error) => {
  const reason =
    error.code === 'EADDRINUSE' ? 'the port is in use already, choose another by PORT' : error.message;
  console.error(`cannot listen on 127.0.0.1:${port}: ${reason}`);
  process.exit(2);
});
server.listen(Number(port), '127.0.0.1', () => console.log(`organizer: http://127.0.0.1:${port}`));
