// Gets and compiles the WebAssembly module: once per page and URL, whatever the number of chats, with an error that tells
// the integrator what to do.

/** Why a module could not be had. `code` is for programs, `message` for the integrator. */
export class LoadError extends Error {
  /**
   * @param {'unsupported'|'unreachable'|'not_found'|'http_error'|'not_wasm'|'blocked'|'broken'|'version_mismatch'|'integrity_mismatch'} code
   * @param {string} message
   * @param {{cause?: unknown, retry?: boolean}} options `retry`: whether it may go well later
   */
  constructor(code, message, { cause, retry = false } = {}) {
    super(message, { cause });
    this.name = 'LoadError';
    this.code = code;
    this.retry = retry;
  }
}

const ADVICE = 'set HallwayChat.wasmUrl or the attribute wasm to where chat.wasm is served';
const MAGIC = '\0asm';
const SLOW_MS = 300; // what takes no longer needs no bar

/**
 * @typedef {object} Release what a module must be
 * @property {string} version
 * @property {string} integrity the hash of its bytes, as `fetch` takes it: `sha256-…`
 */

/**
 * The modules of the page by their URLs: those that are there, and those that are on their way. A waiter leaves as soon as its signal
 * aborts: nothing here keeps an element that was removed.
 *
 * @type {Map<string, {module?: WebAssembly.Module, slow?: boolean, waiters: Set<{
 *   resolve: (module: WebAssembly.Module) => void, reject: (error: LoadError) => void, onSlow: () => void}>}>}
 */
const loads = new Map();

/**
 * The compiled module at a URL. A failure is forgotten, so that the next call tries again.
 *
 * @param {string | URL} url
 * @param {Release} release other bytes than those of this release are refused
 * @param {{signal?: AbortSignal, onSlow?: () => void}} [options] once `signal` aborts, nothing is heard any more, and the promise is
 *   never settled; `onSlow` hears that it takes long
 * @returns {Promise<WebAssembly.Module>} rejects with a LoadError
 */
export async function loadModule(url, release, { signal, onSlow = () => {} } = {}) {
  const load = loads.get(String(url)) ?? startLoad(String(url), release);
  if (load.module) return load.module;
  if (load.slow) onSlow();
  return new Promise((resolve, reject) => {
    const waiter = { resolve, reject, onSlow };
    load.waiters.add(waiter);
    signal?.addEventListener('abort', () => load.waiters.delete(waiter));
  });
}

function startLoad(url, release) {
  const load = { waiters: new Set() };
  loads.set(url, load);
  const timer = setTimeout(() => {
    load.slow = true;
    for (const { onSlow } of load.waiters) onSlow();
  }, SLOW_MS);
  // In a turn of its own: engines keep with a request the objects that called for it, one above the other.
  Promise.resolve()
    .then(() => fetchModule(url, release))
    .then(
      (module) => {
        load.module = module;
        for (const { resolve } of load.waiters) resolve(module);
      },
      (error) => {
        loads.delete(url);
        for (const { reject } of load.waiters) reject(error);
      },
    )
    .then(() => {
      clearTimeout(timer);
      load.waiters.clear();
    });
  return load;
}

/** The browser itself refuses bytes of another hash, before anything of them is compiled. */
async function fetchModule(url, release) {
  if (typeof WebAssembly !== 'object') {
    throw new LoadError('unsupported', 'this browser has no WebAssembly');
  }
  const response = await fetch(url, { credentials: 'same-origin', integrity: release.integrity }).catch(
    async (cause) => {
      throw await whyRefused(url, release, cause);
    },
  );
  mustBeOk(response, url);
  const type = typeOf(response);
  try {
    if (type === 'application/wasm' && WebAssembly.compileStreaming) {
      return await WebAssembly.compileStreaming(response);
    }
    return await compileBytes(await response.arrayBuffer(), url, type);
  } catch (error) {
    throw explain(error, url);
  }
}

const typeOf = (response) => (response.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();

/** A browser tells neither a wrong hash from no answer, nor what came in its place: it is asked for again, to be looked at, not run. */
async function whyRefused(url, { version, integrity }, cause) {
  let response;
  let bytes;
  try {
    response = await fetch(url, { credentials: 'same-origin' });
    mustBeOk(response, url);
    bytes = await response.arrayBuffer();
  } catch (error) {
    if (error instanceof LoadError) return error;
    const message = `${url} could not be fetched: no network, or forbidden by CORS or by the page's connect-src`;
    return new LoadError('unreachable', message, { cause, retry: true });
  }
  if (!isModule(bytes)) return notWasm(url, typeOf(response));
  const found = versionIn(bytes);
  if (found !== version) {
    const what = found ? `of version ${found}` : 'of no known version';
    return new LoadError(
      'version_mismatch',
      `${url} is ${what}, the element of ${version}: serve both from one release of hallway-chat`,
    );
  }
  // Where the page may not compute a hash, the network may have been at fault as well.
  const sum = await globalThis.crypto?.subtle?.digest('SHA-256', bytes);
  if (sum && `sha256-${btoa(String.fromCharCode(...new Uint8Array(sum)))}` === integrity) {
    return new LoadError('unreachable', `${url} broke off on its way`, { cause, retry: true });
  }
  return new LoadError(
    'integrity_mismatch',
    `${url} says that it is of version ${version}, but its bytes are not (${integrity} in integrity.json): it was changed on its way, or is of another build; serve index.js and chat.wasm from one package, unchanged`,
    { cause, retry: !sum },
  );
}

const decode = (bytes) => new TextDecoder().decode(bytes);

const isModule = (bytes) => decode(bytes.slice(0, MAGIC.length)) === MAGIC;

/** What component/build writes as the last section of a module. */
const versionIn = (bytes) => /hallway\.version(.+)$/.exec(decode(bytes.slice(-100)))?.[1];

function mustBeOk({ ok, status }, url) {
  if (status === 404)
    throw new LoadError('not_found', `${url} was not found (404): ${ADVICE}`, { retry: true });
  if (!ok) throw new LoadError('http_error', `${url} was answered with ${status}`, { retry: true });
}

const notWasm = (url, type) =>
  new LoadError('not_wasm', `${url} is ${type || 'of no type'}, not a WebAssembly module: ${ADVICE}`);

// Servers that do not know .wasm still serve the right bytes; those that answer every path with the app's page do not.
async function compileBytes(buffer, url, type) {
  if (!isModule(buffer)) throw notWasm(url, type);
  const module = await WebAssembly.compile(buffer);
  console.warn(`[hallway] ${url} is served as "${type}", not application/wasm: it starts later`);
  return module;
}

function explain(error, url) {
  if (error instanceof LoadError) return error;
  // There is no other sign than the text: engines throw a plain CompileError or EvalError here.
  if (/content security policy|\bcsp\b|unsafe-eval/i.test(error?.message)) {
    const message = `the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src`;
    return new LoadError('blocked', message, { cause: error });
  }
  const retry = !(error instanceof WebAssembly.CompileError); // else the download broke off
  return new LoadError('broken', `${url} could not be compiled: ${error?.message}`, { cause: error, retry });
}
