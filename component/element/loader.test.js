import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { loadModule } from './loader.js';

const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0); // the smallest module
const real = { fetch, warn: console.warn, WebAssembly };
let requests;
let warnings;
let url; // another one for each test: compiled modules are kept

function serve(status, type, body = EMPTY) {
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
  const [first, second] = await Promise.all([loadModule(url), loadModule(new URL(url))]);
  assert.ok(first instanceof WebAssembly.Module);
  assert.equal(first, second);
  assert.equal(await loadModule(url), first);
  assert.equal(requests.length, 1);
  assert.deepEqual(warnings, []);
});

test('bears another type, with a warning', async () => {
  serve(200, 'application/octet-stream');
  assert.ok((await loadModule(url)) instanceof WebAssembly.Module);
  assert.match(warnings.join(), /application\/wasm/);
});

test('forgets a failure', async () => {
  serve(503, 'text/plain');
  await assert.rejects(loadModule(url), { code: 'http_error', retry: true });
  serve(200, 'application/wasm');
  assert.ok((await loadModule(url)) instanceof WebAssembly.Module);
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
    given: () => serve(200, 'application/wasm', EMPTY.slice(0, 5)),
    error: { code: 'broken', retry: false, message: /could not be compiled/ },
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
    await assert.rejects(loadModule(url), { name: 'LoadError', ...error });
  });
}
