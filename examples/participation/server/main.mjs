// npm start: serves the built frontend and its API. Reads PORT and the variables of api.mjs and guard.mjs.

import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { api } from './api.mjs';
import { checkHost, pathOf, Refused, wrongOrigin } from './guard.mjs';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm', // so that the browser compiles while it loads
  '.svg': 'image/svg+xml',
};

const { HALLWAY_RELAY: relay, HALLWAY_JWT_SECRET: secret, PORT: port = '8082' } = process.env;
const fail = (reason) => {
  console.error(reason);
  process.exit(2);
};
if (!relay || !secret)
  fail('HALLWAY_RELAY and HALLWAY_JWT_SECRET have to be set: the relay’s address, and its secret');
if (
  !URL.canParse(relay) ||
  !/^https?:$/.test(new URL(relay).protocol) ||
  new URL(relay).origin !== relay.replace(/\/$/, '')
)
  fail('HALLWAY_RELAY has to look like https://chat.example.org, without a path');
if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) fail('PORT has to be a number from 0 to 65535');
if (wrongOrigin()) fail(wrongOrigin());

// The chat needs these parts of the page's policy: WebAssembly, pictures from memory, and the relay for HTTP, WebSocket and media.
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob:",
  `media-src ${new URL(relay).origin}`,
  `connect-src 'self' ${new URL(relay).origin} ${new URL(relay).origin.replace(/^http/, 'ws')}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** The built files by their paths. The server reads no other files. */
async function builtFiles() {
  const files = new Map();
  for (const entry of await readdir(DIST, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile()) files.set(`/${relative(DIST, file).split(sep).join('/')}`, file);
  }
  return files;
}

const files = await builtFiles().catch(() => new Map());
if (files.size === 0) console.error('there is no page yet: npm run build makes it');

/** Answers with a built file. Any other path belongs to the page's router, and gets the page. */
async function serveFile(request, response) {
  try {
    checkHost(request);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new Refused(405, 'there is no such method here', { allow: 'GET, HEAD' });
    const path = pathOf(request);
    const name = extname(path) ? path : '/index.html';
    const file = files.get(name);
    if (!file) throw new Refused(404, 'not found');
    const body = await readFile(file);
    response.writeHead(200, {
      ...HEADERS,
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(body);
  } catch (error) {
    const { status, message, headers } =
      error instanceof Refused ? error : new Refused(500, 'the request failed');
    response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain', ...headers }).end(message);
  }
}

const limits = { headersTimeout: 10_000, requestTimeout: 10_000, maxHeaderSize: 16_384 };
const server = createServer(limits, (request, response) =>
  api(request, response, () => serveFile(request, response)),
);

server.on('error', (error) => {
  const reason =
    error.code === 'EADDRINUSE' ? 'the port is in use already, choose another by PORT' : error.message;
  fail(`cannot listen on 127.0.0.1:${port}: ${reason}`);
});
server.listen(Number(port), '127.0.0.1', () =>
  console.log(`participation: http://127.0.0.1:${server.address().port}`),
);
