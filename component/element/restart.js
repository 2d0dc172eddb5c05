// When a program that ended unasked is started again: after a wait that doubles from failure to failure.

const BASE_MS = 1000;
const MAX_MS = 30_000;
const STABLE_MS = 60_000; // after a run of this length the backoff starts again

export class Restart {
  #timer;
  #failures = 0;
  #startedAt = 0;

  /** Whether a start is due later. */
  get waits() {
    return this.#timer !== undefined;
  }

  /** Notes that the program starts. */
  started() {
    this.#startedAt = performance.now();
  }

  /** Calls `start` after the next wait, and returns the wait in milliseconds. */
  later(start) {
    if (performance.now() - this.#startedAt > STABLE_MS) this.#failures = 0;
    const wait = Math.min(BASE_MS * 2 ** this.#failures++, MAX_MS);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      start();
    }, wait);
    return wait;
  }

  /** Forgets the start that is due, and all failures. */
  cancel() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#failures = 0;
  }
}
