import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { loadModule } from './loader.js';

const VERSION = '1.2.3';
const BARE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0); // the smallest module

/** The smallest module of a version: see component/build/module.go. */
function moduleOf(version) {
  const body = [15, ...Buffer.from(`hallway.version${version}`)];
  return Uint8Array.of(...BARE, 0, body.length, ...body);
}

const MODULE = moduleOf(VERSION);
const real = { fetch, warn: console.warn, WebAssembly };
let requests;
let warnings;
let url; // another one for each test: compiled modules are kept

function serve(status, type, body = MODULE) {
  globalThis.fetch = async (...args) => {
    requests.push(args);
    return new Response(body, { status, headers: type ? { 'content-type': type } : {} });
  };
}

beforeEach((t) => {
  requests = [];
  warnings = [];
  url = `https://host.example/${encodeURIComponent(t.name)}.wasm`;
  console.warn = (...args) => warnings.push(args.join(' '));
});

afterEach(() => {
  globalThis.fetch = real.fetch;
  globalThis.WebAssembly = real.WebAssembly;
  console.warn = real.warn;
});

test('compiles once for all who ask', async () => {
  serve(200, 'application/wasm');
  const [first, second] = await Promise.all([loadModule(url, VERSION), loadModule(new URL(url), VERSION)]);
  assert.ok(first instanceof WebAssembly.Module);
  assert.equal(first, second);
  assert.equal(await loadModule(url, VERSION), first);
  assert.equal(requests.length, 1);
  assert.deepEqual(warnings, []);
});

test('bears another type, with a warning', async () => {
  serve(200, 'application/octet-stream');
  assert.ok((await loadModule(url, VERSION)) instanceof WebAssembly.Module);
  assert.match(warnings.join(), /application\/wasm/);
});

test('forgets a failure', async () => {
  serve(503, 'text/plain');
  await assert.rejects(loadModule(url, VERSION), { code: 'http_error', retry: true });
  serve(200, 'application/wasm');
  assert.ok((await loadModule(url, VERSION)) instanceof WebAssembly.Module);
});

for (const { what, given, error } of [
  {
    what: 'a missing file',
    given: () => serve(404, 'text/plain'),
    error: { code: 'not_found', retry: true, message: /404.*wasmUrl/ },
  },
  {
    what: "the app's page in place of the file",
    given: () => serve(200, 'text/html; charset=utf-8', '<!doctype html>'),
    error: { code: 'not_wasm', retry: false, message: /is text\/html.*wasmUrl/ },
  },
  {
    what: 'an empty file',
    given: () => serve(200, '', new Uint8Array()),
    error: { code: 'not_wasm', retry: false, message: /of no type/ },
  },
  {
    what: 'no network',
    given: () => {
      globalThis.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    },
    error: { code: 'unreachable', retry: true, message: /no network/ },
  },
  {
    what: 'a damaged module',
    given: () => serve(200, 'application/wasm', MODULE.slice(0, 5)),
    error: { code: 'broken', retry: false, message: /could not be compiled/ },
  },
  {
    what: 'a module of another version',
    given: () => serve(200, 'application/wasm', moduleOf('1.3.0')),
    error: {
      code: 'version_mismatch',
      retry: false,
      message: /is of version 1\.3\.0, the element of 1\.2\.3/,
    },
  },
  {
    what: 'a module of no version',
    given: () => serve(200, 'application/wasm', BARE),
    error: { code: 'version_mismatch', retry: false, message: /no known version/ },
  },
  {
    what: 'a policy that forbids WebAssembly',
    given: () => {
      serve(200, 'application/wasm');
      globalThis.WebAssembly = {
        CompileError: WebAssembly.CompileError,
        compileStreaming: () =>
          Promise.reject(new WebAssembly.CompileError("violates … Content Security policy … 'unsafe-eval'")),
      };
    },
    error: { code: 'blocked', retry: false, message: /wasm-unsafe-eval/ },
  },
  {
    what: 'a browser without WebAssembly',
    given: () => {
      globalThis.WebAssembly = undefined;
    },
    error: { code: 'unsupported', retry: false, message: /no WebAssembly/ },
  },
]) {
  test(`explains ${what}`, async () => {
    given();
    await assert.rejects(loadModule(url, VERSION), { name: 'LoadError', ...error });
  });
}

test('tells of a slow download how far it is, to all who wait', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const pipe = slowly({ 'content-type': 'application/wasm', 'content-length': MODULE.length });
    const heard = [[], []];
    const loads = heard.map((parts) => loadModule(url, VERSION, (part) => parts.push(part)));
    await pipe.write(MODULE.slice(0, 10));
    assert.deepEqual(heard, [[], []], 'nothing is said as long as it is not slow');
    mock.timers.tick(300);
    await pipe.write(MODULE.slice(10));
    await pipe.close();
    await Promise.all(loads);
    for (const parts of heard) assert.deepEqual(parts, [10 / MODULE.length, 1]);
  } finally {
    mock.timers.reset();
  }
});

for (const [what, headers] of Object.entries({
  encoded: { 'content-length': 10, 'content-encoding': 'br' },
  'of unknown length': {},
})) {
  test(`tells of a slow download that is ${what} only that it goes on`, async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const pipe = slowly({ 'content-type': 'application/wasm', ...headers });
      const heard = [];
      const load = loadModule(url, VERSION, (part) => heard.push(part));
      mock.timers.tick(300);
      await pipe.write(MODULE);
      await pipe.close();
      await load;
      assert.deepEqual(heard, [undefined]);
    } finally {
      mock.timers.reset();
    }
  });
}

/** Serves a module whose bytes come when they are written. */
function slowly(headers) {
  const { readable, writable } = new TransformStream({}, { highWaterMark: 10 });
  globalThis.fetch = async () => new Response(readable, { headers });
  return writable.getWriter();
}
