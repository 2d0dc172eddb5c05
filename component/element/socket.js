// The WebSocket that the program sees. It mends what nhooyr.io/websocket v1.8.17 gets wrong in a browser:
//
// - It closes with codes such as 1001, 1008 or 1011 that browsers refuse, and leaves the socket open. Here the socket is
//   really closed, with a private code.
// - It answers `error` by a Close that waits for `close` inside the event's callback, which stops the Go runtime for ever.
//   `close` always follows `error` and says as much, so `error` is not passed on.
// - Its Close waits for the peer's answer, 20 s on a dead connection. Here it gets its `close` after CLOSE_WAIT_MS.
// - It waits for a `close`, which does not come where the page's policy forbids the socket: Chromium fires `error` alone.
// - It drops the code of a close. Here `onClose` hears of it before any listener of the program.

/** How long the program waits for a peer to answer a close, in milliseconds. */
const CLOSE_WAIT_MS = 1000;

const sendable = (code) => code === 1000 || (code >= 3000 && code <= 4999);

/**
 * Makes a WebSocket class whose listeners and sockets die with `signal`.
 *
 * @param {typeof WebSocket} Base the WebSocket to build on
 * @param {{signal: AbortSignal, onClose: (close: {code: number, reason: string, wasClean: boolean, url: string}) => void}} options
 * @returns {typeof WebSocket}
 */
export function scopedWebSocket(Base, { signal, onClose }) {
  return class ScopedWebSocket extends Base {
    constructor(url, protocols) {
      super(url, protocols);
      const end = () => super.close(1000);
      signal.addEventListener('abort', end);
      let over = false;
      const closed = ({ code, reason, wasClean }) => {
        over = true;
        signal.removeEventListener('abort', end);
        if (!signal.aborted) onClose({ code, reason, wasClean, url });
      };
      super.addEventListener('close', closed, { once: true }); // one made up below may come before the real one
      super.addEventListener('error', () =>
        setTimeout(() => {
          if (!over && this.readyState === Base.CLOSED) this.#closeUnheard();
        }),
      );
    }

    addEventListener(type, listener, options) {
      if (type !== 'error') super.addEventListener(type, listener, { ...options, signal });
    }

    close(code = 1000, reason = '') {
      if (!sendable(code)) {
        // Thrown, so that nhooyr does not wait; closed a moment later, so that `close` finds it waiting no more.
        queueMicrotask(() => super.close(4000 + (code % 1000), reason));
        throw new DOMException(`a browser cannot send the close code ${code}`, 'InvalidAccessError');
      }
      super.close(code, reason);
      setTimeout(() => {
        if (this.readyState === Base.CLOSING) this.#closeUnheard();
      }, CLOSE_WAIT_MS);
    }

    #closeUnheard() {
      this.dispatchEvent(new CloseEvent('close', { code: 1006, wasClean: false }));
    }
  };
}
