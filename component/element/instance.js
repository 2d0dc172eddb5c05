// Runs the chat program once for one element, from fetching the module to the end of everything that it has started.

import { loadModule } from './loader.js';
import { markPictures } from './pictures.js';
import { createScope } from './scope.js';
import { prepareGo } from './wasm_exec.js';

/** The time for a program to end by itself and close its socket, in milliseconds. */
const END_WAIT_MS = 2000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Gets a token or a certificate from the host. After `signal` aborts, the host's promise no longer keeps anything of the chat alive,
 * even if it never settles.
 *
 * @param {string} name of the host's function
 * @param {() => Promise<string> | string} source
 * @param {AbortSignal} signal
 * @returns {Promise<string>} rejects with a sentence for the host's developer if there is no token
 */
function tokenOf(name, source, signal) {
  const wait = {};
  signal.addEventListener('abort', () => {
    wait.resolve = wait.reject = undefined;
  });
  (async () => source())().then(
    (token) => {
      if (typeof token === 'string' && token) wait.resolve?.(token);
      else wait.reject?.(new Error(`${name} returned ${named(token)}, not a token (a string)`));
    },
    (error) => wait.reject?.(new Error(`${name} failed: ${error?.message ?? error}`)),
  );
  return new Promise((resolve, reject) => Object.assign(wait, { resolve, reject }));
}

const named = (value) =>
  value === '' ? 'an empty string' : value && typeof value === 'object' ? 'an object' : String(value);

export class Instance {
  #options;
  #bridge;
  #scope;
  #program;
  #life = new AbortController(); // aborted at the end, to stop all waits for the module or a token
  #ended = false;
  #cipher;
  #reconfigure = false;

  /** The program's methods; undefined until it is ready. */
  api;

  /**
   * @param {object} options
   * @param {ShadowRoot} options.root its first element is the frame around the chat
   * @param {string | URL} options.wasm the module's URL
   * @param {import('./loader.js').Release} options.release the release that it must be
   * @param {object} options.config the program's settings, see the element
   * @param {() => ((() => Promise<string>) | undefined)} options.getToken returns the host's token source; called for each use
   * @param {() => (((jkt: string) => Promise<string>) | undefined)} options.getDevice the same for certificates of this device
   * @param {object} [options.network] see createScope
   * @param {(type: string, detail: object) => void} options.onEvent
   * @param {() => void} options.onSlow the module loads slowly
   * @param {(api: object) => void} options.onReady the program is mounted and answers
   * @param {(end: {code?: number, error?: Error}) => void} options.onExit the program could not be started (`error`) or ended
   *   unasked; not called after end()
   */
  constructor(options) {
    this.#options = options;
    this.#bridge = this.#createBridge();
    this.#run().then(
      (end) => this.#finish(end),
      (error) => this.#finish({ error }),
    );
  }

  /** Passes new settings to the program: at once, or when it is ready. */
  configure(config) {
    const changed = JSON.stringify(config) !== JSON.stringify(this.#bridge.config);
    if (!changed) return;
    this.#bridge.config = config;
    if (this.api) this.api.configure(config);
    else this.#reconfigure = true; // the program may have read the old settings already
  }

  /** Ends the program: it leaves the room and closes its socket with 1000. If that takes too long, it is ended by force. */
  async end() {
    this.#ended = true;
    this.#life.abort();
    this.#scope?.mount.remove();
    this.#scope?.leaveDrafts(); // for the next program
    const program = this.#program;
    if (program && this.api) {
      this.api.destroy();
      await Promise.race([program.exited, wait(END_WAIT_MS)]);
    }
    program?.kill();
    this.#dispose();
  }

  async #run() {
    const { root, wasm, release, network, onSlow } = this.#options;
    const module = await loadModule(wasm, release, { onSlow, signal: this.#life.signal });

    const mount = root.ownerDocument.createElement('div');
    mount.className = 'hallway-mount';
    mount.append(root.ownerDocument.createElement('div'));
    root.firstElementChild.append(mount);
    markPictures(mount);
    const scope = createScope({ root, mount, hallway: this.#bridge, network });
    this.#scope = { ...scope, mount };

    const program = await prepareGo(module, scope.global);
    if (this.#ended) return {};
    this.#program = program;
    program.start();
    return program.exited;
  }

  #ready(api) {
    this.api = api;
    if (this.#reconfigure) api.configure(this.#bridge.config);
    this.#options.onReady(api);
  }

  #finish(end) {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onExit(end); // before dispose, which removes the focused element
    this.#dispose();
  }

  #dispose() {
    this.#life.abort();
    this.#scope?.dispose();
    this.#scope = this.#program = this.#cipher = undefined;
    this.api = undefined;
  }

  /** The object through which element and program call each other. */
  #createBridge() {
    const { config, getToken, getDevice, onEvent } = this.#options;
    const { signal } = this.#life;
    // Delivers the program's events in a microtask, not inside its own call, so that a listener may call the program.
    const later = (heard) => queueMicrotask(() => this.#ended || heard());
    const ready = (api) => later(() => this.#ready(api));
    return {
      config,
      get getToken() {
        const source = getToken();
        return source && (() => tokenOf('getToken', source, signal));
      },
      get getDevice() {
        const source = getDevice();
        return source && ((jkt) => tokenOf('getDevice', () => source(jkt), signal));
      },
      cipher: async (op, fields) => {
        this.#cipher ??= (await import('./e2ee.js')).createCipher(); // only encrypted chats load it
        return this.#cipher(op, fields);
      },
      sealFile: async (...args) => (await import('./e2ee.js')).sealFile(...args),
      openFile: async (...args) => (await import('./e2ee.js')).openFile(...args),
      emit: (type, detail) => later(() => onEvent(type, detail)),
      set api(api) {
        ready(api);
      },
    };
  }
}
