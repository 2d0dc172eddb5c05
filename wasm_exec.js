// The host for a Go program in a page.
//
// The toolchain's own wasm_exec.js expects to own the page: it reads and writes `globalThis`, throws into the page when
// an event arrives after the program's end, and keeps memory and timers alive. This host runs the very same file (turned
// into `go_exec.js` by `go run ./component/build`, never committed) over a global of our choice and ends a program so that
// nothing of it stays behind. It knows nothing of chats, elements or the DOM.

import { loadGo } from './go_exec.js';

/** The exit code of a program that an exception of the page's own code broke, where Go could not name one itself. */
export const CODE_BROKEN = -1;

/**
 * Makes a Go program ready to run.
 *
 * @param {WebAssembly.Module} module the compiled program; any number of programs may run over one module
 * @param {object} global what the program sees as `js.Global()`; it needs `fs.writeSync`, `console`, `crypto`,
 *   `performance`, `setTimeout` and `clearTimeout`
 * @returns {Promise<{start: () => void, kill: () => void, exited: Promise<{code: number, error?: Error}>}>} `start` runs it
 *   (once) until it first waits for something. `kill` ends it at once, without running any more of it, as code 0. `exited`
 *   never rejects: code 0 is an orderly end, 2 a Go panic, CODE_BROKEN (with `error`) an exception that went through the
 *   program.
 */
export async function prepareGo(module, global) {
  const go = new (loadGo(global))();
  let instance = await WebAssembly.instantiate(module, go.importObject);

  let settle;
  const exited = new Promise((resolve) => {
    settle = resolve;
  });

  // The closures of importObject and every js.Func that the page still holds refer to `go`: emptied here, they hold
  // no more than a shell, and the program's memory can be collected.
  const release = (code, error) => {
    go.exited = true;
    for (const timer of go._scheduledTimeouts.values()) global.clearTimeout(timer);
    go._scheduledTimeouts.clear();
    go._inst = go.mem = go._values = go._goRefCounts = go._ids = go._idPool = undefined;
    go._pendingEvent = null;
    instance = undefined;
    go._resolveExitPromise(); // ends run(), which holds the instance as well
    settle({ code, error });
  };
  // After the end, a call stack that is still inside the program fails on the released state: ignore that.
  const fail = (error) => {
    if (!go.exited) release(CODE_BROKEN, error);
  };

  go.exit = (code) => release(code);

  const resume = go._resume;
  go._resume = () => {
    if (go.exited) {
      go._pendingEvent = null; // a late event: harmless
      return;
    }
    try {
      resume.call(go);
    } catch (error) {
      fail(error);
    }
  };

  return {
    exited,
    // Not awaited: run() returns only when the program ends.
    start: () => void go.run(instance).catch(fail),
    kill: () => {
      if (!go.exited) release(0);
    },
  };
}
