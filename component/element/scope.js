// The global object of one chat program.
//
// Go reaches the browser only through js.Global(). It gets this plain object in place of the page's: an allow-list in which
// the "document" is one shadow root, "location" and "history" lead nowhere, and storage is prefixed.
// So the program cannot disturb its host, two programs cannot disturb each other, and everything that one started (listeners,
// sockets, requests, locks, channels, database connections) ends with dispose().

import { createDrafts } from './drafts.js';
import { createOutput, LOG_PREFIX } from './output.js';
import { watchSight } from './sight.js';
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
  const drafts = createDrafts();
  const view = root.ownerDocument.defaultView; // not the module's own where the chat was moved to a frame or a window

  // Handlers that go-app assigns to its window (onclick, onpopstate, onresize) end up on this object: wired to nothing.
  const global = {
    ...language(),
    ...pageServices(view, signal),
    ...networkServices(network ?? {}, hallway, signal),
    fs: output.fs,
    console: boundConsole(),
    document: scopedDocument(root, mount, signal),
    location: { href: NOWHERE },
    history: { pushState() {}, replaceState() {} },
    localStorage: prefixedStorage(() => window.localStorage, STORAGE_PREFIX),
    indexedDB: scopedDatabases(signal),
    navigator: scopedNavigator(view, signal),
    ...listening(view, signal),
    drafts,
    hallway,
  };

  return {
    global,
    leaveDrafts: drafts.release,
    dispose() {
      controller.abort();
      drafts.release();
      output.flush();
      mount.remove();
      // A promise or a frame that is still waited for keeps the program's shell: it keeps no element then.
      for (const name of Object.keys(global)) delete global[name];
    },
  };
}

const language = () => ({
  Array,
  Date,
  Error,
  Intl,
  JSON,
  Object,
  Promise,
  TextDecoder,
  TextEncoder,
  Uint8Array,
});

/** What the page offers to everybody. A function is bound: called on this scope it would be an "illegal invocation". */
const pageServices = (view, signal) => ({
  AbortController,
  BroadcastChannel: scopedChannels(signal),
  IDBKeyRange: window.IDBKeyRange,
  IntersectionObserver: view.IntersectionObserver,
  ResizeObserver: view.ResizeObserver,
  crypto,
  performance,
  setTimeout: (...args) => view.setTimeout(...args),
  clearTimeout: (id) => view.clearTimeout(id),
  requestAnimationFrame: (callback) => view.requestAnimationFrame(callback),
});

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
  const sight = watchSight(root.host, signal);
  const seen = listening(sight, signal);
  const target = (type) => (type === 'visibilitychange' ? seen : own);
  return {
    body: mount,
    head: real.createDocumentFragment(), // go-app's <meta> tags: nobody reads them
    documentElement: {}, // it sets the language of the page
    get activeElement() {
      return root.activeElement;
    },
    get visibilityState() {
      return sight.state();
    },
    createElement: (tag) => real.createElement(tag),
    createElementNS: (namespace, tag) => real.createElementNS(namespace, tag),
    createTextNode: (text) => real.createTextNode(text),
    getElementById: (id) => root.getElementById(id),
    querySelector: (selector) => root.querySelector(selector),
    insertText: (text) => real.execCommand('insertText', false, text), // it can be undone, unlike what is set
    getSelection: () => root.getSelection?.() ?? real.getSelection(),
    addEventListener: (type, ...rest) => target(type).addEventListener(type, ...rest),
    removeEventListener: (type, ...rest) => target(type).removeEventListener(type, ...rest),
  };
}

function scopedNavigator(view, signal) {
  const { navigator } = view;
  return {
    get onLine() {
      return navigator.onLine;
    },
    // Both are missing where the page is not served securely.
    clipboard: navigator.clipboard,
    locks: navigator.locks && scopedLocks(navigator.locks, signal),
  };
}

/** Locks that are given back, and no longer waited for, when the scope ends: nobody else could free them then. */
function scopedLocks(locks, signal) {
  const ended = new Promise((resolve) => {
    signal.addEventListener('abort', resolve);
  });
  return {
    request(name, options, callback) {
      const held = (lock) => Promise.race([callback(lock), ended]);
      return unheard(locks.request(name, { ...options, signal: either(options.signal, signal) }, held));
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

/**
 * A signal that aborts with either of two; the first may be none. Where the browser cannot have it, the first does: what it ends is
 * then left running when a program crashes, unheard.
 */
const either = (first, second) => (first ? (AbortSignal.any?.([first, second]) ?? first) : second);

/** The same promise, whose rejection is not the page's business when the program that asked for it is gone. */
function unheard(promise) {
  promise.catch(() => {});
  return promise;
}

function boundConsole() {
  const bind = (level) => console[level].bind(console, LOG_PREFIX);
  return { log: bind('log'), warn: bind('warn'), error: bind('error') };
}
