// A network that the demo can switch off, for the `network` property of one chat.

/**
 * Returns a network. cut() closes its sockets and makes every new socket and request fail, until restore(). The rest of the page is
 * not affected.
 *
 * @returns {{WebSocket: typeof WebSocket, fetch: typeof fetch, cut: () => void, restore: () => void}}
 */
export function switchedNetwork() {
  const { close, addEventListener } = WebSocket.prototype;
  const sockets = new Set();
  let connected = true;

  class SwitchedWebSocket extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols);
      if (!connected) {
        close.call(this); // the socket fails before it opens, as it does without a network
        return;
      }
      sockets.add(this);
      addEventListener.call(this, 'close', () => sockets.delete(this));
    }
  }

  return {
    WebSocket: SwitchedWebSocket,
    async fetch(...args) {
      if (!connected) throw new TypeError('the demo has cut this connection');
      return window.fetch(...args);
    },
    cut() {
      connected = false;
      for (const socket of sockets) close.call(socket, 4000, 'cut by the demo');
    },
    restore() {
      connected = true;
      // A browser fires this event when its network is back. The chat then connects at once and does not wait for its next try.
      window.dispatchEvent(new Event('online'));
    },
  };
}
