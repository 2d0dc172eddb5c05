// Calls of the element's methods, which may come before its program is up.

const PENDING_CALLS_MAX = 100;

const closedError = () => new DOMException('the chat is closed', 'InvalidStateError');

export class Calls {
  #pending = [];

  /** Makes a call: at once if the program's `api` is there, when it is up if the chat is `open`; else it rejects. */
  async make(run, api, open) {
    if (api) return run(api);
    if (!open) throw closedError();
    if (this.#pending.length >= PENDING_CALLS_MAX) {
      throw new Error(`the chat is not up and ${PENDING_CALLS_MAX} calls wait already`);
    }
    return new Promise((resolve, reject) => {
      this.#pending.push({ reject, run: (ready) => resolve((async () => run(ready))()) });
    });
  }

  /** Makes the waiting calls. */
  settle(api) {
    for (const call of this.#pending.splice(0)) call.run(api);
  }

  /** Rejects the waiting calls: the chat is closed. */
  reject() {
    for (const { reject } of this.#pending.splice(0)) reject(closedError());
  }
}
