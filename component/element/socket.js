// The WebSocket that the program sees. It works around faults of nhooyr.io/websocket v1.8.17 in a browser:
//
// - It closes with codes such as 1001, 1008 or 1011, which browsers refuse, and leaves the socket open. This class closes the socket
//   with a private code.
// - On `error` it calls Close, which waits for `close` inside the event's callback and so blocks the Go runtime for ever. `close`
//   always follows `error`, so this class does not pass `error` on.
// - Its Close waits for the peer's answer, 20 s on a dead connection. This class fires `close` after CLOSE_WAIT_MS.
// - It waits for a `close` that never comes if the page's policy forbids the socket: Chromium fires `error` only. This class then
//   fires `close`.
// - It drops the code of a close. This class calls `onClose` with it before any listener of the program.

/** The time for the peer to answer a close, in milliseconds. */
const CLOSE_WAIT_MS = 1000;

const sendable = (code) => code === 1000 || (code >= 3000 && code <= 4999);

/**
 * Returns a WebSocket class. `signal` closes its sockets and removes their listeners.
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
      super.addEventListener('close', closed, { once: true }); // #closeUnheard may fire `close` before the browser does
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
        // The error keeps nhooyr from waiting. The socket closes a moment later, when nhooyr no longer waits for `close`.
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
