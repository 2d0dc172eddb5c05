// Keeps calls of the element's methods until its program runs.

const PENDING_CALLS_MAX = 100;

const closedError = () => new DOMException('the chat is closed', 'InvalidStateError');

export class Calls {
  #pending = [];

  /** Makes a call at once if the program has started (`api`), or later if the chat is `open`. Otherwise it rejects. */
  async make(run, api, open) {
    if (api) return run(api);
    if (!open) throw closedError();
    if (this.#pending.length >= PENDING_CALLS_MAX) {
      throw new Error(`the chat has not started, and ${PENDING_CALLS_MAX} calls are waiting already`);
    }
    return new Promise((resolve, reject) => {
      this.#pending.push({ reject, run: (ready) => resolve((async () => run(ready))()) });
    });
  }

  /** Makes the waiting calls. */
  settle(api) {
    for (const call of this.#pending.splice(0)) call.run(api);
  }

  /** Rejects the waiting calls, because the chat is closed. */
  reject() {
    for (const { reject } of this.#pending.splice(0)) reject(closedError());
  }
}
