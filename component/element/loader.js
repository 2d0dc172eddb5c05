// Gets and compiles the WebAssembly module: once per page and URL, whatever the number of chats, with an error that tells
// the integrator what to do.

/** Why a module could not be had. `code` is for programs, `message` for the integrator. */
export class LoadError extends Error {
  /**
   * @param {'unsupported'|'unreachable'|'not_found'|'http_error'|'not_wasm'|'blocked'|'broken'} code
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

const ADVICE = 'set HallwayChat.wasmUrl or the "wasm" attribute to where hallway-chat/chat.wasm is served';
const MAGIC = [0x00, 0x61, 0x73, 0x6d]; // "\0asm"

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const modules = new Map();

/**
 * The compiled module at a URL. A failure is forgotten, so that the next call tries again.
 *
 * @param {string | URL} url
 * @returns {Promise<WebAssembly.Module>} rejects with a LoadError
 */
export function loadModule(url) {
  const key = String(url);
  let module = modules.get(key);
  if (!module) {
    module = load(key);
    modules.set(key, module);
    module.catch(() => modules.delete(key));
  }
  return module;
}

async function load(url) {
  if (typeof WebAssembly !== 'object') {
    throw new LoadError('unsupported', 'this browser has no WebAssembly (or it is switched off)');
  }
  const response = await request(url);
  const type = (response.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();
  try {
    if (type === 'application/wasm' && WebAssembly.compileStreaming) {
      return await WebAssembly.compileStreaming(response);
    }
    return await compileBytes(await response.arrayBuffer(), url, type);
  } catch (error) {
    throw explain(error, url);
  }
}

async function request(url) {
  let response;
  try {
    response = await fetch(url, { credentials: 'same-origin' });
  } catch (cause) {
    const message = `${url} could not be fetched: no network, or forbidden by CORS or by the page's connect-src`;
    throw new LoadError('unreachable', message, { cause, retry: true });
  }
  if (response.status === 404) {
    throw new LoadError('not_found', `${url} was not found (404): ${ADVICE}`, { retry: true });
  }
  if (!response.ok) {
    throw new LoadError('http_error', `${url} was answered with ${response.status}`, { retry: true });
  }
  return response;
}

// Servers that do not know .wasm still serve the right bytes; those that answer every path with the app's page do not.
async function compileBytes(buffer, url, type) {
  const head = new Uint8Array(buffer, 0, Math.min(MAGIC.length, buffer.byteLength));
  if (!MAGIC.every((byte, i) => head[i] === byte)) {
    throw new LoadError('not_wasm', `${url} is ${type || 'of no type'}, not a WebAssembly module: ${ADVICE}`);
  }
  const module = await WebAssembly.compile(buffer);
  console.warn(`[hallway] ${url} is served as "${type}"; as application/wasm it would start sooner`);
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
