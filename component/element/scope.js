// The global object of one chat program.
//
// Go reaches the browser only through js.Global(). It gets this plain object instead of the page's global: an allow-list whose
// "document" is one shadow root, whose "location" and "history" do nothing, and whose storage keys have a prefix. So a program cannot
// disturb its host or another program. dispose() ends everything that a program started: listeners, sockets, requests, locks,
// channels, database connections.

import { createDrafts } from './drafts.js';
import { lookAt, scopedURLs } from './files.js';
import { openLightbox } from './lightbox.js';
import { createOutput, LOG_PREFIX } from './output.js';
import { watchSight } from './sight.js';
import { scopedWebSocket } from './socket.js';
import { prefixedStorage } from './storage.js';
import { createUpload } from './upload.js';

const STORAGE_PREFIX = 'hallway:';
const NOWHERE = 'https://hallway.invalid/'; // go-app routes on a private address

/**
 * @param {object} options
 * @param {ShadowRoot} options.root the only place in which the program finds elements
 * @param {HTMLElement} options.mount the program's document.body; it must hold one empty <div>, which go-app replaces
 * @param {object} options.hallway the bridge to the element, seen as `hallway`; `lastClose` is set on it
 * @param {{WebSocket?: typeof WebSocket, fetch?: typeof fetch}} [options.network] replaces the page's own
 * @returns {{global: object, dispose: () => void}}
 */
export function createScope({ root, mount, hallway, network }) {
  const controller = new AbortController();
  const { signal } = controller;
  const output = createOutput();
  const drafts = createDrafts();
  const view = root.ownerDocument.defaultView; // it may differ from the module's window, if the chat was moved

  // go-app assigns handlers to its window (onclick, onpopstate, onresize). On this object they have no effect.
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
    upload: createUpload(signal),
    drafts,
    lookAt,
    lightbox: openLightbox,
    URL: scopedURLs(signal),
    get devicePixelRatio() {
      return view.devicePixelRatio;
    },
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
      // A pending promise or frame may keep the program alive. Without these properties the program keeps no element alive.
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

/** Returns services of the page. Its functions are bound, because a call on this scope would be an "illegal invocation". */
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
    head: real.createDocumentFragment(), // takes go-app's <meta> tags, which nobody reads
    documentElement: {}, // go-app sets the page's language on it
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
    insertText: (text) => real.execCommand('insertText', false, text), // the user can undo this, unlike an assignment to value
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
    // An insecure context has neither.
    clipboard: navigator.clipboard,
    locks: navigator.locks && scopedLocks(navigator.locks, signal),
  };
}

/** Returns a LockManager whose locks and requests end with the scope. */
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

/** Returns a class of channels that close when the scope ends. */
function scopedChannels(signal) {
  if (!window.BroadcastChannel) return undefined;
  return class extends window.BroadcastChannel {
    constructor(name) {
      super(name);
      signal.addEventListener('abort', () => this.close());
    }
  };
}

/** Returns an IndexedDB that closes its connections when the scope ends, so that they block no upgrade of the next program. */
function scopedDatabases(signal) {
  let databases;
  try {
    databases = window.indexedDB;
  } catch {
    // Reading it throws if storage is denied.
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

/** Returns addEventListener and removeEventListener of a target. The signal removes their listeners. */
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
 * Returns a signal that aborts when one of two signals does. The first may be undefined. Without AbortSignal.any it returns the first
 * signal: then a request continues after a crash of the program, without a listener.
 */
const either = (first, second) => (first ? (AbortSignal.any?.([first, second]) ?? first) : second);

/** Returns the same promise, and stops the page from reporting its rejection after the program has ended. */
function unheard(promise) {
  promise.catch(() => {});
  return promise;
}

function boundConsole() {
  const bind = (level) => console[level].bind(console, LOG_PREFIX);
  return { log: bind('log'), warn: bind('warn'), error: bind('error') };
}
