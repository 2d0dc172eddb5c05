// Gets and compiles the WebAssembly module: once per page and URL, whatever the number of chats, with an error that tells
// the integrator what to do.

/** Why a module could not be had. `code` is for programs, `message` for the integrator. */
export class LoadError extends Error {
  /**
   * @param {'unsupported'|'unreachable'|'not_found'|'http_error'|'not_wasm'|'blocked'|'broken'|'version_mismatch'} code
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
const VERSION_SECTION = 'hallway.version'; // component/build writes it
const SLOW_MS = 300; // what takes no longer needs no bar

/** @type {Map<string, {module: Promise<WebAssembly.Module>, watch: Set<(part?: number) => void>}>} */
const loads = new Map();

/**
 * The compiled module at a URL. A failure is forgotten, so that the next call tries again.
 *
 * @param {string | URL} url
 * @param {string} version what the module must be of
 * @param {(part?: number) => void} [onProgress] hears, if it takes long, what part of the download is there, from 0 to 1;
 *   nothing where its size is not known
 * @returns {Promise<WebAssembly.Module>} rejects with a LoadError
 */
export function loadModule(url, version, onProgress = () => {}) {
  const key = String(url);
  let load = loads.get(key);
  if (!load) {
    const watch = new Set();
    load = { watch, module: fetchModule(key, version, watch) };
    loads.set(key, load);
    load.module.catch(() => loads.delete(key));
  }
  load.watch.add(onProgress);
  return load.module;
}

async function fetchModule(url, version, watch) {
  if (typeof WebAssembly !== 'object') {
    throw new LoadError('unsupported', 'this browser has no WebAssembly');
  }
  let part;
  let slow = false;
  const tell = () => {
    if (slow) for (const heard of watch) heard(part);
  };
  const timer = setTimeout(() => {
    slow = true;
    tell();
  }, SLOW_MS);
  try {
    const response = await request(url);
    const counted = countedResponse(response, (now) => {
      part = now;
      tell();
    });
    return sameVersion(await compile(counted, url), url, version);
  } finally {
    clearTimeout(timer);
    watch.clear();
  }
}

async function compile(response, url) {
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

/** The same response, told of as it comes, where its size is known: the length of an encoded one is not what comes out. */
function countedResponse(response, onPart) {
  const { headers, body, type } = response;
  const length = Number(headers.get('content-length'));
  // Of another origin's headers, a page may not see the encoding.
  if (!length || !body || type === 'cors' || headers.get('content-encoding')) return response;
  let got = 0;
  const count = new TransformStream({
    transform(chunk, out) {
      got += chunk.byteLength;
      onPart(Math.min(1, got / length));
      out.enqueue(chunk);
    },
  });
  return new Response(body.pipeThrough(count), { headers });
}

const decode = (bytes) => new TextDecoder().decode(bytes);

/** Element and module speak to each other in ways that may differ from one version to the next. */
function sameVersion(module, url, version) {
  const [section] = WebAssembly.Module.customSections(module, VERSION_SECTION);
  const found = section && decode(section);
  if (found === version) return module;
  const what = found ? `of version ${found}` : 'of no known version';
  throw new LoadError(
    'version_mismatch',
    `${url} is ${what}, the element of ${version}: serve both from one release of hallway-chat`,
  );
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
  if (decode(buffer.slice(0, MAGIC.length)) !== MAGIC) {
    throw new LoadError('not_wasm', `${url} is ${type || 'of no type'}, not a WebAssembly module: ${ADVICE}`);
  }
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
