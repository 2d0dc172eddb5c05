import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { loadModule } from './loader.js';

const VERSION = '1.2.3';
const BARE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0); // the smallest module

/** Returns the smallest module of a version: see component/build/module.go. */
function moduleOf(version) {
  const body = [15, ...Buffer.from(`hallway.version${version}`)];
  return Uint8Array.of(...BARE, 0, body.length, ...body);
}

const MODULE = moduleOf(VERSION);
const hashOf = (bytes) => `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
const RELEASE = { version: VERSION, integrity: hashOf(MODULE) };
/** Returns a module with its custom section first, so that it has another hash but the right version. */
function foreign() {
  return Uint8Array.of(...BARE, 0, 2, 1, 0x78, ...MODULE.slice(BARE.length));
}

const real = { fetch, warn: console.warn, WebAssembly };
let requests;
let warnings;
let url; // a new one for each test, because compiled modules are cached

/** Replaces fetch. Like a browser's, it fails for bytes with another hash. */
function serve(status, type, body = MODULE) {
  globalThis.fetch = async (...args) => {
    requests.push(args);
    const { integrity } = args[1];
    if (integrity && integrity !== hashOf(body)) throw new TypeError('Failed to fetch');
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
  mock.restoreAll();
});

test('compiles a module once for all callers', async () => {
  serve(200, 'application/wasm');
  const [first, second] = await Promise.all([loadModule(url, RELEASE), loadModule(new URL(url), RELEASE)]);
  assert.ok(first instanceof WebAssembly.Module);
  assert.equal(first, second);
  assert.equal(await loadModule(url, RELEASE), first);
  assert.equal(requests.length, 1);
  assert.deepEqual(warnings, []);
});

test('accepts another type, with a warning', async () => {
  serve(200, 'application/octet-stream');
  assert.ok((await loadModule(url, RELEASE)) instanceof WebAssembly.Module);
  assert.match(warnings.join(), /application\/wasm/);
});

test('tries again after a failure', async () => {
  serve(503, 'text/plain');
  await assert.rejects(loadModule(url, RELEASE), { code: 'http_error', retry: true });
  serve(200, 'application/wasm');
  assert.ok((await loadModule(url, RELEASE)) instanceof WebAssembly.Module);
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
    what: 'a module that the browser does not compile',
    given: () => {
      serve(200, 'application/wasm');
      globalThis.WebAssembly = {
        CompileError: WebAssembly.CompileError,
        compileStreaming: () => Promise.reject(new WebAssembly.CompileError('an unknown section')),
      };
    },
    error: { code: 'broken', retry: false, message: /could not be compiled/ },
  },
  {
    what: 'a foreign module of the right version',
    given: () => serve(200, 'application/wasm', foreign()),
    error: {
      code: 'integrity_mismatch',
      retry: false,
      message: /says that it is of version 1\.2\.3, but its bytes are not \(sha256-/,
    },
  },
  {
    what: 'a foreign module of the right version, where the page may not compute a hash,',
    given: () => {
      serve(200, 'application/wasm', foreign());
      mock.getter(globalThis, 'crypto', () => ({}));
    },
    error: { code: 'integrity_mismatch', retry: true },
  },
  {
    what: 'a network that fails only at first',
    given: () => {
      serve(200, 'application/wasm');
      const served = globalThis.fetch;
      globalThis.fetch = async (...args) => {
        if (args[1].integrity) throw new TypeError('Failed to fetch');
        return served(...args);
      };
    },
    error: { code: 'unreachable', retry: true, message: /broke off/ },
  },
  {
    what: 'a truncated module',
    given: () => serve(200, 'application/wasm', MODULE.slice(0, 5)),
    error: { code: 'version_mismatch', retry: false, message: /no known version/ },
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
    await assert.rejects(loadModule(url, RELEASE), { name: 'LoadError', ...error });
  });
}

test('tells all waiters, even late ones, that a download is slow', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const release = slowly();
    const heard = [];
    const wait = (name) => loadModule(url, RELEASE, { onSlow: () => heard.push(name) });
    const loads = [wait('first'), wait('second')];
    assert.deepEqual(heard, [], 'nothing is said as long as it is not slow');
    mock.timers.tick(300);
    loads.push(wait('late'));
    release();
    await Promise.all(loads);
    assert.deepEqual(heard, ['first', 'second', 'late']);
  } finally {
    mock.timers.reset();
  }
});

test('calls nothing for an aborted waiter, and goes on for the others', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const release = slowly();
    const leaving = new AbortController();
    const heard = [];
    const left = loadModule(url, RELEASE, { signal: leaving.signal, onSlow: () => heard.push('left') });
    left.then(() => heard.push('left'));
    const stays = loadModule(url, RELEASE, { onSlow: () => heard.push('stays') });
    leaving.abort();
    mock.timers.tick(300);
    release();
    assert.ok((await stays) instanceof WebAssembly.Module);
    assert.deepEqual(heard, ['stays']);
  } finally {
    mock.timers.reset();
  }
});

/** Replaces fetch by one that answers after the returned function is called. */
function slowly() {
  let answer;
  const answered = new Promise((resolve) => {
    answer = resolve;
  });
  globalThis.fetch = () => answered;
  return () => answer(new Response(MODULE, { headers: { 'content-type': 'application/wasm' } }));
}
