// Restarts a program that has crashed, after a wait that doubles with each failure.

const BASE_MS = 1000;
const MAX_MS = 30_000;
const STABLE_MS = 60_000; // after a run of this length the backoff starts again

export class Restart {
  #timer;
  #failures = 0;
  #startedAt = 0;

  /** Whether a start is scheduled. */
  get waits() {
    return this.#timer !== undefined;
  }

  /** Records that the program starts. */
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

  /** Cancels the scheduled start, and forgets all failures. */
  cancel() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#failures = 0;
  }
}
