// A network with a switch, for the `network` property of one chat.

/**
 * While it is cut, every socket is closed, and no new one nor any request comes through; the rest of the page goes on.
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
        close.call(this); // it fails before it opens, as a dial without a network does
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
      // A browser says so when its network is back: a chat does not sit out its wait then, but tries at once.
      window.dispatchEvent(new Event('online'));
    },
  };
}
