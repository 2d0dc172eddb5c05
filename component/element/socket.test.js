import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { scopedWebSocket } from './socket.js';

/** A stand-in for a browser's WebSocket, without a network. It refuses the same codes. */
class PageWebSocket extends EventTarget {
  static CLOSING = 2;
  readyState = 1;
  closed = [];

  close(code, reason) {
    assert.ok(code === 1000 || (code >= 3000 && code <= 4999), `a browser refuses the code ${code}`);
    this.readyState = PageWebSocket.CLOSING;
    this.closed.push({ code, reason });
  }

  answer(code, reason = '') {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event('close'), { code, reason, wasClean: true }));
  }
}

class PageCloseEvent extends Event {
  constructor(type, init) {
    super(type);
    Object.assign(this, init);
  }
}

let controller;
let closes;
let ScopedWebSocket;
const realCloseEvent = globalThis.CloseEvent;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  globalThis.CloseEvent = PageCloseEvent;
  controller = new AbortController();
  closes = [];
  ScopedWebSocket = scopedWebSocket(PageWebSocket, {
    signal: controller.signal,
    onClose: (close) => closes.push(close),
  });
});

afterEach(() => {
  mock.timers.reset();
  globalThis.CloseEvent = realCloseEvent;
});

test("reports the peer's close before the program's own event", () => {
  const socket = new ScopedWebSocket('wss://relay.example/v1/ws');
  let known;
  socket.addEventListener('close', () => {
    known = closes.length;
  });
  socket.answer(4401, 'expired');
  assert.equal(known, 1);
  assert.deepEqual(closes, [
    { code: 4401, reason: 'expired', wasClean: true, url: 'wss://relay.example/v1/ws' },
  ]);
});

test('closes with a code that browsers refuse, and does not let the program wait', async () => {
  const socket = new ScopedWebSocket('wss://relay.example/v1/ws');
  assert.throws(() => socket.close(1008, 'read timed out'), { name: 'InvalidAccessError' });
  assert.deepEqual(socket.closed, []);
  await Promise.resolve();
  assert.deepEqual(socket.closed, [{ code: 4008, reason: 'read timed out' }]);
});

test('does not pass an error on, because a close follows', () => {
  const socket = new ScopedWebSocket('wss://relay.example/v1/ws');
  const heard = [];
  for (const type of ['error', 'close']) socket.addEventListener(type, () => heard.push(type));
  socket.dispatchEvent(new Event('error'));
  socket.answer(1006);
  assert.deepEqual(heard, ['close']);
});

test('waits at most a second for the answer to a close', () => {
  const socket = new ScopedWebSocket('wss://relay.example/v1/ws');
  const heard = [];
  socket.addEventListener('close', ({ code, wasClean }) => heard.push({ code, wasClean }));
  socket.close(1000, 'bye');
  mock.timers.tick(999);
  assert.deepEqual(heard, []);
  mock.timers.tick(1);
  assert.deepEqual(heard, [{ code: 1006, wasClean: false }]);
  socket.answer(1000);
  assert.equal(closes.length, 1, 'the late answer was reported as another close');
});

test('does not make up a close after the answer', () => {
  const socket = new ScopedWebSocket('wss://relay.example/v1/ws');
  socket.close();
  socket.answer(1000);
  mock.timers.tick(60_000);
  assert.equal(closes.length, 1);
});

test('is closed with 1000 and silent when the scope ends', () => {
  const socket = new ScopedWebSocket('wss://relay.example/v1/ws');
  socket.addEventListener('message', () => assert.fail('a listener outlived the scope'));
  controller.abort();
  assert.deepEqual(socket.closed, [{ code: 1000, reason: undefined }]);
  socket.dispatchEvent(new Event('message'));
  socket.answer(1000);
  assert.deepEqual(closes, []);
});
