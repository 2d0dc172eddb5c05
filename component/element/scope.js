// The global object of one chat program.
//
// Go reaches the browser only through js.Global(). It gets this plain object in place of the page's: an allow-list in which
// the "document" is one shadow root, "location" and "history" lead nowhere, storage is prefixed, and every method is bound.
// So the program cannot disturb its host, two programs cannot disturb each other, and everything that one started (listeners,
// sockets, requests, locks, channels, database connections) ends with dispose().

import { createOutput, LOG_PREFIX } from './output.js';
import { scopedWebSocket } from './socket.js';
import { prefixedStorage } from './storage.js';

const STORAGE_PREFIX = 'hallway:';
const NOWHERE = 'https://hallway.invalid/'; // go-app routes on an address of its own

/**
 * @param {object} options
 * @param {ShadowRoot} options.root where the program may look elements up
 * @param {HTMLElement} options.mount the program's document.body; it must hold one empty <div>, which go-app replaces
 * @param {object} options.hallway the bridge to the element, seen as `hallway`; `lastClose` is set on it
 * @param {{WebSocket?: typeof WebSocket, fetch?: typeof fetch}} [options.network] in place of the page's own
 * @returns {{global: object, dispose: () => void}}
 */
export function createScope({ root, mount, hallway, network }) {
  const controller = new AbortController();
  const { signal } = controller;
  const output = createOutput();

  const global = {
    ...language(),
    ...pageServices(mount, signal),
    ...networkServices(network ?? {}, hallway, signal),
    fs: output.fs,
    console: boundConsole(),
    document: scopedDocument(root, mount, signal),
    location: { href: NOWHERE, reload() {} },
    history: { pushState() {}, replaceState() {} },
    localStorage: prefixedStorage(() => window.localStorage, STORAGE_PREFIX),
    sessionStorage: prefixedStorage(() => window.sessionStorage, STORAGE_PREFIX),
    indexedDB: scopedDatabases(signal),
    navigator: scopedNavigator(signal),
    ...listening(window, signal),
    get innerWidth() {
      return mount.clientWidth;
    },
    get innerHeight() {
      return mount.clientHeight;
    },
    hallway,
  };
  // Handlers that go-app assigns to its window (onclick, onpopstate, onresize) end up on this object: wired to nothing.
  global.window = global.self = global.globalThis = global;

  return {
    global,
    dispose() {
      controller.abort();
      output.flush();
      mount.remove();
    },
  };
}

const language = () => ({
  Array,
  ArrayBuffer,
  Date,
  Error,
  Intl,
  JSON,
  Map,
  Math,
  Object,
  Promise,
  Set,
  Uint8Array,
});

/** What the page offers to everybody, bound: a method called on this scope would otherwise be an "illegal invocation". */
function pageServices(mount, signal) {
  const { crypto, performance } = window;
  return {
    AbortController,
    AbortSignal,
    Blob,
    BroadcastChannel: scopedChannels(signal),
    CustomEvent,
    Headers,
    IDBKeyRange: window.IDBKeyRange,
    IntersectionObserver,
    MutationObserver,
    ResizeObserver,
    TextDecoder,
    TextEncoder,
    URL,
    URLSearchParams,
    crypto: {
      getRandomValues: (array) => crypto.getRandomValues(array),
      subtle: crypto.subtle, // undefined where the page is not served securely
    },
    performance: { now: () => performance.now(), timeOrigin: performance.timeOrigin },
    setTimeout: (...args) => window.setTimeout(...args),
    clearTimeout: (id) => window.clearTimeout(id),
    requestAnimationFrame: (callback) => window.requestAnimationFrame(callback),
    cancelAnimationFrame: (id) => window.cancelAnimationFrame(id),
    queueMicrotask: (callback) => window.queueMicrotask(callback),
    getComputedStyle: (element = mount) => window.getComputedStyle(element),
    open: (url) => window.open(url, '_blank', 'noopener'),
    matchMedia(query) {
      const list = window.matchMedia(query);
      return {
        media: list.media,
        get matches() {
          return list.matches;
        },
        ...listening(list, signal),
      };
    },
  };
}

function networkServices(network, hallway, signal) {
  const Base = network.WebSocket ?? window.WebSocket;
  const request = network.fetch ?? window.fetch;
  return {
    WebSocket: scopedWebSocket(Base, {
      signal,
      onClose(close) {
        hallway.lastClose = close;
      },
    }),
    fetch: (resource, options) =>
      unheard(request.call(window, resource, { ...options, signal: either(options?.signal, signal) })),
  };
}

function scopedDocument(root, mount, signal) {
  const real = root.ownerDocument;
  const own = listening(mount, signal);
  const page = listening(real, signal);
  const target = (type) => (type === 'visibilitychange' ? page : own);
  return {
    body: mount,
    head: real.createDocumentFragment(), // go-app's <meta> tags: nobody reads them
    title: '',
    documentElement: {
      lang: '',
      get clientWidth() {
        return mount.clientWidth;
      },
      get clientHeight() {
        return mount.clientHeight;
      },
    },
    get activeElement() {
      return root.activeElement;
    },
    get hidden() {
      return real.hidden;
    },
    get visibilityState() {
      return real.visibilityState;
    },
    hasFocus: () => real.hasFocus(),
    createElement: (tag) => real.createElement(tag),
    createElementNS: (namespace, tag) => real.createElementNS(namespace, tag),
    createTextNode: (text) => real.createTextNode(text),
    createDocumentFragment: () => real.createDocumentFragment(),
    createRange: () => real.createRange(),
    getElementById: (id) => root.getElementById(id),
    querySelector: (selector) => root.querySelector(selector),
    addEventListener: (type, ...rest) => target(type).addEventListener(type, ...rest),
    removeEventListener: (type, ...rest) => target(type).removeEventListener(type, ...rest),
  };
}

function scopedNavigator(signal) {
  const { navigator } = window;
  return {
    userAgent: navigator.userAgent,
    get language() {
      return navigator.language;
    },
    get languages() {
      return navigator.languages;
    },
    get onLine() {
      return navigator.onLine;
    },
    // Both are missing where the page is not served securely.
    clipboard: navigator.clipboard && {
      writeText: (text) => navigator.clipboard.writeText(text),
    },
    locks: navigator.locks && scopedLocks(navigator.locks, signal),
  };
}

/** Locks that are given back, and no longer waited for, when the scope ends: nobody else could free them then. */
function scopedLocks(locks, signal) {
  const ended = new Promise((resolve) => {
    signal.addEventListener('abort', resolve);
  });
  return {
    request(name, ...rest) {
      const callback = rest.pop();
      const options = { ...rest[0] };
      // The platform forbids a signal beside these two; they do not wait anyway.
      if (!options.ifAvailable && !options.steal) options.signal = either(options.signal, signal);
      const held = (lock) => Promise.race([callback(lock), ended]);
      return unheard(locks.request(name, options, held));
    },
  };
}

/** Channels that close with the scope: a program that has ended hears nothing. */
function scopedChannels(signal) {
  if (!window.BroadcastChannel) return undefined;
  return class extends window.BroadcastChannel {
    constructor(name) {
      super(name);
      signal.addEventListener('abort', () => this.close());
    }
  };
}

/** IndexedDB whose connections are closed with the scope, so that they do not block the next one's upgrade. */
function scopedDatabases(signal) {
  let databases;
  try {
    databases = window.indexedDB;
  } catch {
    // Reading it throws where storage is denied.
  }
  return (
    databases && {
      open(...args) {
        const request = databases.open(...args);
        request.addEventListener('success', () => {
          const close = () => request.result.close();
          if (signal.aborted) close();
          else signal.addEventListener('abort', close);
        });
        return request;
      },
      deleteDatabase: (name) => databases.deleteDatabase(name),
    }
  );
}

/** addEventListener and removeEventListener of a target, with listeners that die with the signal. */
function listening(target, signal) {
  return {
    addEventListener(type, listener, options) {
      const more = typeof options === 'boolean' ? { capture: options } : options;
      target.addEventListener(type, listener, { ...more, signal });
    },
    removeEventListener: (type, listener, options) => target.removeEventListener(type, listener, options),
  };
}

/** A signal that aborts with either of two. */
function either(first, second) {
  if (!first) return second;
  if (AbortSignal.any) return AbortSignal.any([first, second]);
  const controller = new AbortController();
  for (const signal of [first, second]) {
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener('abort', () => controller.abort(signal.reason));
  }
  return controller.signal;
}

/** The same promise, whose rejection is not the page's business when the program that asked for it is gone. */
function unheard(promise) {
  promise.catch(() => {});
  return promise;
}

function boundConsole() {
  const bind = (level) => console[level].bind(console, LOG_PREFIX);
  return {
    debug: bind('debug'),
    log: bind('log'),
    info: bind('info'),
    warn: bind('warn'),
    error: bind('error'),
  };
}
