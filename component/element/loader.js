// Fetches and compiles the WebAssembly module, once per page and URL for all chats. Its errors tell the page's developer what to do.

/** Says why a module could not be loaded. Programs read `code`, and developers read `message`. */
export class LoadError extends Error {
  /**
   * @param {'unsupported'|'unreachable'|'not_found'|'http_error'|'not_wasm'|'blocked'|'broken'|'version_mismatch'|'integrity_mismatch'} code
   * @param {string} message
   * @param {{cause?: unknown, retry?: boolean}} options `retry`: the next try may succeed
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
const SLOW_MS = 300; // the time after which a load shows a progress bar

/**
 * @typedef {object} Release describes the one module that may run
 * @property {string} version
 * @property {string} integrity the hash of its bytes, as `fetch` takes it: `sha256-…`
 */

/**
 * Holds the page's modules, loaded or loading, by their URLs. A waiter leaves when its signal aborts, so that a removed element
 * can be freed.
 *
 * @type {Map<string, {module?: WebAssembly.Module, slow?: boolean, waiters: Set<{
 *   resolve: (module: WebAssembly.Module) => void, reject: (error: LoadError) => void, onSlow: () => void}>}>}
 */
const loads = new Map();

/**
 * Returns the compiled module at a URL. After a failure the next call tries again.
 *
 * @param {string | URL} url
 * @param {Release} release bytes of another release are refused
 * @param {{signal?: AbortSignal, onSlow?: () => void}} [options] after `signal` aborts, the promise never settles and nothing is
 *   called; `onSlow` is called when the load takes long
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
  // The request starts in a new task, because engines keep the call stack that made a request, and all its objects.
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

/** Fetches and compiles a module. The browser refuses bytes with another hash before it compiles them. */
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

/**
 * Finds out why fetch failed. A browser reports a wrong hash and a missing answer in the same way. So this fetches the bytes again
 * and examines them, but never runs them.
 */
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
  // If the page cannot compute a hash, the cause may also have been the network.
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

/** Returns the version that component/build writes into the last section of a module. */
const versionIn = (bytes) => /hallway\.version(.+)$/.exec(decode(bytes.slice(-100)))?.[1];

function mustBeOk({ ok, status }, url) {
  if (status === 404)
    throw new LoadError('not_found', `${url} was not found (404): ${ADVICE}`, { retry: true });
  if (!ok) throw new LoadError('http_error', `${url} was answered with ${status}`, { retry: true });
}

const notWasm = (url, type) =>
  new LoadError('not_wasm', `${url} is ${type || 'of no type'}, not a WebAssembly module: ${ADVICE}`);

// Compiles bytes that were served with a wrong type. A server that does not know .wasm sends the right bytes. A server that answers
// every path with the app's page sends others.
async function compileBytes(buffer, url, type) {
  if (!isModule(buffer)) throw notWasm(url, type);
  const module = await WebAssembly.compile(buffer);
  console.warn(`[hallway] ${url} is served as "${type}", not application/wasm: it starts later`);
  return module;
}

function explain(error, url) {
  if (error instanceof LoadError) return error;
  // Engines throw a plain CompileError or EvalError here, so only the text tells the cause.
  if (/content security policy|\bcsp\b|unsafe-eval/i.test(error?.message)) {
    const message = `the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src`;
    return new LoadError('blocked', message, { cause: error });
  }
  const retry = !(error instanceof WebAssembly.CompileError); // after any other error: the download was interrupted
  return new LoadError('broken', `${url} could not be compiled: ${error?.message}`, { cause: error, retry });
}
