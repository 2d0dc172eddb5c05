// The servers of the two examples, which teams copy: they survive every request, and only their own pages may log in. Both run
// unchanged, with a small page in place of the built one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';

const EXAMPLES = new URL('../../examples/', import.meta.url).pathname;
const ENVIRONMENT = { HALLWAY_RELAY: 'http://127.0.0.1:8080', HALLWAY_JWT_SECRET: 'x'.repeat(32), PORT: '0' };

/** Starts an example's server in a temporary folder. */
async function start(name, environment = {}) {
  const folder = await mkdtemp(join(tmpdir(), `hallway-${name}-`));
  await cp(join(EXAMPLES, name, 'server'), join(folder, 'server'), { recursive: true });
  await mkdir(join(folder, 'dist/assets'), { recursive: true });
  await writeFile(join(folder, 'dist/index.html'), '<p>the page</p>');
  await writeFile(join(folder, 'dist/assets/app.js'), 'export {}');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await symlink(join(folder, 'secret.txt'), join(folder, 'dist/link.txt'));
  const env = { ...process.env, ORIGIN: '', ...ENVIRONMENT, ...environment };
  const child = spawn(process.execPath, ['server/main.mjs'], { cwd: folder, env });
  const server = { child, folder, errors: '', port: 0 };
  child.stderr.on('data', (data) => (server.errors += data));
  for await (const line of createInterface(child.stdout)) {
    server.port = Number(/:(\d+)$/.exec(line)[1]);
    break;
  }
  if (!server.port) await once(child, 'exit');
  return server;
}

async function end(server) {
  server.child.kill();
  await rm(server.folder, { recursive: true });
}

/** Writes bytes (with `all`, it then ends its side) and reads until the server ends the connection. Returns the answer and its status. */
async function raw(server, bytes, all = false) {
  const socket = connect(server.port, '127.0.0.1');
  let answer = '';
  try {
    await once(socket, 'connect');
    socket.write(bytes);
    if (all) socket.end();
    for await (const chunk of socket) answer += chunk;
  } catch {
    // The server has reset the connection: the bytes before that count.
  }
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0), answer };
}

/** Returns the bytes of a request. It leaves out headers with the value undefined. */
function ask(server, method, target, headers = {}, body = '') {
  const all = { host: `127.0.0.1:${server.port}`, connection: 'close', ...headers };
  if (body) all['content-length'] ??= Buffer.byteLength(body);
  const lines = Object.entries(all).filter(([, value]) => value !== undefined);
  return raw(
    server,
    `${method} ${target} HTTP/1.1\r\n${lines.map((line) => `${line.join(': ')}\r\n`).join('')}\r\n${body}`,
  );
}

const JSON_TYPE = { 'content-type': 'application/json' };
const own = (server) => ({ origin: `http://127.0.0.1:${server.port}` });
const logIn = (server, headers = {}, body = '{"name":"Ada"}') =>
  ask(server, 'POST', '/api/session', { ...JSON_TYPE, ...own(server), ...headers }, body);
const cookieOf = ({ answer }) => /^set-cookie: ([^;]+)/im.exec(answer)?.[1];

const BAD_TARGETS = [
  '//[',
  '//',
  '//evil.example/',
  'http://[',
  'http://evil.example/',
  '*',
  '/%',
  '/%zz',
  '/%c3%28',
  '/%00',
  '/a%00.js',
  '/..',
  '/../secret.txt',
  '/../../../../etc/passwd',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..\\secret.txt',
  '/..%5csecret.txt',
  '/%2e%2e%5csecret.txt',
  '/assets/../../server/main.mjs',
  '/api/../../secret.txt',
  '/api/%2e%2e/secret.txt',
  '/%E0%A4%A',
];
const NOT_FOUND = [
  '/secret.txt',
  '/server/main.mjs',
  '/none.js',
  '/assets',
  '/assets.js/',
  '/link.txt',
  '/.env.local',
  '/__proto__.js',
];
const BAD_BODIES = [
  '',
  '{',
  'null',
  '[]',
  '"Ada"',
  '1',
  '{}',
  '{"name":null}',
  '{"name":1}',
  '{"name":{"toString":null}}',
  '{"name":["Ada"]}',
  '{"name":""}',
  '{"name":" "}',
  `{"name":"${'x'.repeat(41)}"}`,
  '{"name":"a\\u0000b"}',
  '{"name":"a\\nb"}',
  '{"name":"\\ud800"}',
  '{"__proto__":{"name":"Ada"}}',
  '['.repeat(500),
];
const BAD_COOKIES = [
  'x',
  '..',
  'a.b.c',
  '.e30.',
  'e30.e30.e30',
  'e30.bnVsbA.e30',
  `${'a'.repeat(3000)}.${'b'.repeat(3000)}.c`,
  '%00.%00.%00',
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJvXzEiLCJuYW1lIjoiQSIsImV4cCI6OTk5OTk5OTk5OX0.',
];
const MALFORMED = [
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
  'nonsense\r\n\r\n',
  '\x16\x03\x01\x02\r\n\r\n',
  'GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"name"',
  'POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`,
  `GET /${'y'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
];

test('both examples have the same guard.mjs', async () => {
  const [one, other] = await Promise.all(
    ['organizer', 'participation'].map((name) => readFile(join(EXAMPLES, name, 'server/guard.mjs'), 'utf8')),
  );
  assert.equal(one, other);
});

for (const name of ['organizer', 'participation']) {
  describe(name, () => {
    let server;
    before(async () => {
      server = await start(name);
    });
    after(() => end(server));

    /** Checks that the server still runs and answers. */
    const alive = async (why) => {
      const { status, answer } = await ask(server, 'GET', '/');
      assert.equal(status, 200, `after ${why}: ${server.errors}`);
      assert.match(answer, /the page/);
      assert.equal(server.child.exitCode, null);
    };

    test('the server serves the page, its files and the paths of its router', async () => {
      for (const path of ['/', '/index.html', '/?a=//[', '/rooms/lobby', '/r%C3%A4ume']) {
        const { status, answer } = await ask(server, 'GET', path);
        assert.equal(status, 200, path);
        assert.match(answer, /the page/);
        assert.match(answer, /content-security-policy: default-src 'none'/i);
        assert.match(answer, /x-content-type-options: nosniff/i);
      }
      assert.match((await ask(server, 'GET', '/assets/app.js')).answer, /text\/javascript[\s\S]*export/);
      assert.equal((await ask(server, 'HEAD', '/')).status, 200);
    });

    test('malformed addresses are refused, and the server continues', async () => {
      for (const target of BAD_TARGETS) {
        for (const method of ['GET', 'POST', 'HEAD']) {
          const { status, answer } = await ask(server, method, target);
          assert.equal(status, 400, `${method} ${target}: ${answer}`);
          assert.doesNotMatch(answer, /secret|root:/);
        }
      }
      for (const target of NOT_FOUND) {
        const { answer } = await ask(server, 'GET', target);
        assert.doesNotMatch(answer, /secret\b|createServer/, target);
      }
      for (const target of NOT_FOUND.filter((target) => /\.\w+$/.test(target)))
        assert.equal((await ask(server, 'GET', target)).status, 404, target);
      await alive('malformed addresses');
    });

    test('the server continues after malformed bytes', async () => {
      for (const bytes of MALFORMED) {
        const { answer } = await raw(server, bytes, true);
        assert.doesNotMatch(answer, /^HTTP\/1\.1 5/);
        await alive(JSON.stringify(bytes.slice(0, 60)));
      }
    });

    test('unknown methods are refused', async () => {
      for (const [method, path] of [
        ['POST', '/'],
        ['DELETE', '/index.html'],
        ['PUT', '/api/session'],
        ['GET', '/api/token'],
        ['HEAD', '/api/token'],
        ['BREW', '/'],
      ]) {
        const { status, answer } = await ask(server, method, path, own(server));
        assert.ok(status === 405 || status === 400, `${method} ${path}: ${status}`);
        if (status === 405) assert.match(answer, /^allow: /im);
      }
      assert.equal((await ask(server, 'GET', '/api/none')).status, 404);
      await alive('other methods');
    });

    test('the server accepts a login only as JSON and from its own pages', async () => {
      const good = await logIn(server);
      assert.equal(good.status, 200, good.answer);
      assert.match(good.answer, /set-cookie: .*Path=\/api; HttpOnly; SameSite=Strict; Max-Age=\d+\r/i);
      assert.equal((await logIn(server, { 'content-type': 'Application/JSON; charset=utf-8' })).status, 200);
      assert.equal((await logIn(server, { 'sec-fetch-site': 'same-origin' })).status, 200);
      assert.equal((await logIn(server, { origin: undefined })).status, 200, 'no browser');
      const host = { host: `localhost:${server.port}`, origin: `http://localhost:${server.port}` };
      assert.equal((await logIn(server, host)).status, 200);
      for (const type of [
        undefined,
        '',
        'text/plain',
        'text/plain; application/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/jsonx',
      ]) {
        const refused = await logIn(server, { 'content-type': type });
        assert.equal(refused.status, 415, `${type}: ${refused.answer}`);
        assert.equal(cookieOf(refused), undefined);
      }
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: '' },
        { origin: `https://127.0.0.1:${server.port}` },
        { origin: 'http://127.0.0.1:1' },
        { origin: `http://localhost:${server.port}` },
        { origin: `http://127.0.0.1:${server.port}.evil.example` },
        { origin: undefined, 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { host: 'evil.example', origin: 'http://evil.example' },
        { host: `evil.example:${server.port}`, origin: undefined },
        { host: '127.0.0.1.evil.example', origin: 'http://127.0.0.1.evil.example' },
        { origin: 'https://evil.example', 'content-type': 'text/plain' },
      ]) {
        const refused = await logIn(server, headers);
        assert.equal(refused.status, 403, `${JSON.stringify(headers)}: ${refused.answer}`);
        assert.equal(cookieOf(refused), undefined);
      }
      await alive('logins');
    });

    test('only the server’s own pages can log out and get tokens', async () => {
      const cookie = cookieOf(await logIn(server));
      const with_ = (headers = {}) => ({ cookie, ...own(server), ...headers });
      assert.match((await ask(server, 'POST', '/api/token', with_())).answer, /"token":"ey/);
      for (const [method, path] of [
        ['POST', '/api/token'],
        ['DELETE', '/api/session'],
      ]) {
        for (const headers of [
          { origin: 'https://evil.example' },
          { 'sec-fetch-site': 'cross-site' },
          { host: 'evil.example', origin: 'http://evil.example' },
        ]) {
          const refused = await ask(server, method, path, with_(headers));
          assert.equal(refused.status, 403, refused.answer);
          assert.doesNotMatch(refused.answer, /token|set-cookie/i);
        }
      }
      assert.match((await ask(server, 'GET', '/api/session', with_())).answer, /"name":"Ada"/);
      assert.equal((await ask(server, 'GET', '/api/session', { cookie, host: 'evil.example' })).status, 403);
      assert.equal((await ask(server, 'GET', '/', { host: 'evil.example' })).status, 403);
    });

    test('malformed bodies are refused, and the server continues', async () => {
      for (const body of BAD_BODIES) {
        const refused = await logIn(server, { 'content-length': Buffer.byteLength(body) }, body);
        assert.equal(refused.status, 400, `${body.slice(0, 60)}: ${refused.answer}`);
      }
      const bytes = Buffer.from('{"name":"\xff\xfe"}', 'latin1');
      const head = `POST /api/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`;
      assert.equal((await raw(server, Buffer.concat([Buffer.from(head), bytes]))).status, 400);
      assert.equal((await logIn(server, { 'content-encoding': 'gzip' })).status, 415);
      const long = await logIn(server, {}, `{"name":"Ada","more":"${'x'.repeat(2000)}"}`);
      assert.equal(long.status, 413, long.answer);
      await logIn(server, {}, `{"name":"${'x'.repeat(5_000_000)}"}`); // it may reset the connection
      await alive('bodies');
    });

    test('a cookie that the server has not signed names no user', async () => {
      for (const value of BAD_COOKIES) {
        for (const cookie of [`${name}=${value}`, `a=b; ${name}=${value}`]) {
          assert.match((await ask(server, 'GET', '/api/session', { cookie })).answer, /\r\n\{\}$/, value);
          const { status } = await ask(server, 'POST', '/api/token', { cookie, ...own(server) });
          assert.equal(status, 401, value);
        }
      }
      const cookie = cookieOf(await logIn(server));
      const changed = cookie.replace(/\.(.)/, (_, c) => `.${c === 'e' ? 'f' : 'e'}`);
      assert.equal(
        (await ask(server, 'POST', '/api/token', { cookie: changed, ...own(server) })).status,
        401,
      );
      await alive('cookies');
    });
  });

  test(`${name} behind a proxy knows its own address`, async () => {
    const server = await start(name, { ORIGIN: 'https://events.example.org' });
    try {
      const host = { host: 'events.example.org', origin: 'https://events.example.org' };
      const good = await logIn(server, host);
      assert.equal(good.status, 200, good.answer);
      assert.match(good.answer, /SameSite=Strict; Max-Age=\d+; Secure/);
      for (const headers of [
        { ...host, origin: 'http://events.example.org' },
        { ...host, host: 'evil.example' },
        {},
      ])
        assert.equal((await logIn(server, headers)).status, 403);
    } finally {
      await end(server);
    }
  });

  test(`${name} explains which setting keeps it from starting`, async () => {
    for (const [environment, reason] of [
      [{ HALLWAY_RELAY: '' }, /HALLWAY_RELAY and HALLWAY_JWT_SECRET have to be set/],
      [{ HALLWAY_RELAY: 'chat.example.org' }, /HALLWAY_RELAY has to look like/],
      [{ HALLWAY_RELAY: "https://a;script-src 'unsafe-inline'" }, /HALLWAY_RELAY has to look like/],
      [{ PORT: 'many' }, /PORT has to be/],
      [{ PORT: '70000' }, /PORT has to be/],
      [{ ORIGIN: 'events.example.org' }, /ORIGIN has to look like/],
      [{ ORIGIN: 'https://events.example.org/app' }, /ORIGIN has to look like/],
    ]) {
      const server = await start(name, environment);
      assert.equal(server.child.exitCode, 2, server.errors);
      assert.match(server.errors, reason);
      assert.equal(server.errors.trim().split('\n').length, 1, server.errors);
      await end(server);
    }
  });
}
