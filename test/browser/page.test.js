// The element as a guest: its effects on a page, also after it was removed.

import { expectAccessible } from './axe.js';
import { Chat } from './chat.js';
import { ADA, BEN, expect, test, UNREACHABLE } from './fixture.js';

test('two chats on one page are two people', async ({ openChats }) => {
  const [ada, ben] = await openChats([ADA, BEN]);
  await ada.live();
  await ben.live();
  await ada.write('One page,');
  await ben.write('two chats.');
  await ada.write('Three messages.');
  for (const chat of [ada, ben]) {
    await expect(chat.messages).toContainText(['One page,', 'two chats.', 'Three messages.']);
    await chat.settled(3);
  }

  await ada.element.evaluate((element) => element.remove());
  await ben.write('The other goes on.');
  await ben.settled(4);
});

test('the chat has no accessibility violations', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.write('Can everybody read this?');
  await ada.settled(1);
  await expectAccessible(ada.page, 'in a plain page');
});

test('a host with its own router is undisturbed', async ({ newPage, relay, site }) => {
  const page = await newPage();
  const attributes = { relay: relay.url, room: 'lobby', token: await relay.token(ADA) };
  await page.addInitScript((chat) => sessionStorage.setItem('chat', chat), JSON.stringify(attributes));
  await page.goto(`${site.url}/app/talks`);
  const chat = new Chat(page.locator('hallway-chat'));
  await chat.live();
  expect(await page.evaluate(() => history.length)).toBe(2); // about:blank and this page

  await page.getByRole('link', { name: 'Rooms' }).click();
  await chat.write('Written in /app/rooms');
  await chat.settled(1);
  await page.goBack();
  await expect(page).toHaveTitle('Host: /app/talks');
  await chat.write('Written in /app/talks');
  await chat.send.click();
  await chat.settled(2);
  await page.goForward();
  await expect(page).toHaveTitle('Host: /app/rooms');
  await chat.live();
  await chat.element.evaluate((element) => element.remove());

  const host = await page.evaluate(() => ({
    ...window.host,
    undisturbed: window.host.undisturbed(),
    added: Object.getOwnPropertyNames(window).filter((name) => !window.host.globals.includes(name)),
    keys: Object.keys(localStorage).filter((key) => !key.startsWith('hallway:')),
    path: location.pathname,
    from: history.state.from,
  }));
  expect(host.routes).toEqual(['/app/talks', '/app/rooms', '/app/talks', '/app/rooms']);
  expect(host.undisturbed).toBe(true);
  expect(host.clicks).toBe(2); // the link and "Send": clicks in the chat reach the page as from any element
  expect(host.added).toEqual([]);
  expect(host.keys).toEqual(['theme']);
  expect(host.path).toBe('/app/rooms');
  expect(host.from).toBe('/app/talks');
});

test('thirty mounts and unmounts leave no socket and no runtime behind', async ({ newPage, relay, site }) => {
  test.setTimeout(120_000);
  const page = await newPage();
  await page.addInitScript(recordSockets);
  await page.goto(`${site.url}/chats.html`);
  const attributes = { relay: relay.url, room: 'lobby', token: await relay.token(ADA) };

  const debug = await page.context().newCDPSession(page);
  for (let i = 0; i < 30; i++) {
    const chat = new Chat(page.locator('hallway-chat'));
    await page.evaluate(mount, attributes);
    // Elements are unmounted while they load, while they connect, and when they are live.
    if (i % 3 === 1) await expect(chat.status).toBeVisible();
    if (i % 3 === 2) await chat.live();
    if (i === 29) expect(await alive(debug, 'WebAssembly.Instance')).toBeGreaterThan(0);
    await chat.element.evaluate((element) => element.remove());
  }

  await expect.poll(() => page.evaluate(() => window.sockets.open)).toBe(0);
  expect(await page.evaluate(() => window.sockets.made)).toBeGreaterThanOrEqual(10);
  const watcher = await relay.token(BEN);
  await expect.poll(() => page.evaluate(membersOf, { relay: relay.url, token: watcher })).toBe(1);

  for (const name of ['WebAssembly.Instance', 'WebAssembly.Memory']) {
    await expect.poll(() => alive(debug, name), { message: `${name} left` }).toBe(0);
  }
});

test('an element that is closed or removed reports the status closed', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.element.evaluate((element) => {
    window.statuses = [];
    element.addEventListener('hallway-status', ({ detail }) => window.statuses.push(detail.status));
  });
  const told = () => ada.page.evaluate(() => window.statuses);
  await ada.element.evaluate((element) => element.close());
  await expect.poll(told).toEqual(['closed']);
  await ada.element.evaluate((element) => {
    element.open = true;
  });
  await ada.live();
  await ada.element.evaluate((element) => element.remove());
  await expect.poll(told).toEqual(['closed', 'connecting', 'catching-up', 'live', 'closed']);
});

test('after a crash the program starts again and sends the waiting messages', async ({
  openChats,
  relay,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  watch.expect(/\[hallway\]/);
  const [ada] = await openChats([ADA]);
  await ada.live();
  await relay.kill();
  await expect(ada.status).not.toContainText(/\blive\b/i);
  await ada.write('Written before the crash');
  await expect(ada.messages).toHaveCount(1);

  // If a page breaks the document's own methods, the program crashes when it creates its next row.
  await ada.element.evaluate((element) => {
    const { cloneNode } = Node.prototype;
    Node.prototype.cloneNode = () => {
      throw new Error('broken by the test');
    };
    element.addEventListener('hallway-exit', ({ detail }) => {
      window.exit = detail;
      Node.prototype.cloneNode = cloneNode;
    });
    element.send('Written into the crash').catch(() => {});
  });
  // The chat shows the crash for a second, so the test looks more often than that.
  await expect.poll(() => ada.status.textContent(), { intervals: [100] }).toMatch(/stopped/);
  expect(await ada.page.evaluate(() => window.exit)).toMatchObject({ code: 2, restartInMs: 1000 });
  await expect(ada.message('Written before the crash')).toHaveCount(1);
  await relay.restart();
  await ada.live();
  await expect(ada.log.locator('[data-id]:not([data-state="sent"])')).toHaveCount(0);
  const stored = (await relay.stored()).map(({ text }) => text);
  expect(stored.filter((text) => text === 'Written before the crash')).toHaveLength(1);
});

test('a chat that is mounted twice in one turn, as in StrictMode, opens one socket', async ({
  newPage,
  relay,
  site,
}) => {
  const page = await newPage();
  await page.addInitScript(recordSockets);
  await page.goto(`${site.url}/chats.html`);
  const attributes = { relay: relay.url, room: 'lobby', token: await relay.token(ADA) };
  await page.evaluate((given) => {
    const chat = document.createElement('hallway-chat');
    for (const [name, value] of Object.entries(given)) chat.setAttribute(name, value);
    const main = document.querySelector('main');
    main.append(chat);
    chat.remove();
    main.append(chat);
  }, attributes);
  await new Chat(page.locator('hallway-chat')).live();
  expect(await page.evaluate(() => window.sockets)).toMatchObject({ made: 1, open: 1 });
});

test('ten chats on one page share one module', async ({ relay, site, newPage }) => {
  const rooms = Array.from({ length: 10 }, (_, i) => `room-${i}`);
  const page = await newPage();
  let modules = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('.wasm')) modules++;
  });
  const address = new URL('/chats.html', site.url);
  for (const room of rooms) {
    const chat = { relay: relay.url, room, token: await relay.token({ ...ADA, room }) };
    address.searchParams.append('chat', JSON.stringify(chat));
  }
  await page.goto(address.href);
  for (const [i, room] of rooms.entries()) {
    const chat = new Chat(page.locator(`#chat-${i}`));
    await chat.live();
    await chat.write(`In ${room}`);
    await chat.settled(1);
    await expect(chat.messages).toContainText([`In ${room}`]);
  }
  expect(modules).toBe(1);
});

/**
 * Counts the open WebSockets of the page. It keeps a reference to each socket, as a host's instrumentation may do: a closed socket
 * must not keep the program in memory. Runs before the page's own scripts.
 */
function recordSockets() {
  const sockets = [];
  window.sockets = {
    get made() {
      return sockets.length;
    },
    get open() {
      return sockets.filter((socket) => socket.readyState !== WebSocket.CLOSED).length;
    },
  };
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
    }
  };
}

function mount(attributes) {
  const chat = document.createElement('hallway-chat');
  for (const [name, value] of Object.entries(attributes)) chat.setAttribute(name, value);
  document.querySelector('main').append(chat);
}

/** Joins the lobby as one more member, and returns the number of users there. */
function membersOf({ relay, token }) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${relay.replace('http', 'ws')}/v1/ws`, 'hallway.v1');
    const write = (frame) => socket.send(JSON.stringify(frame));
    socket.onopen = () => write({ type: 'hello', token, client: 'browser-test/1' });
    socket.onerror = () => reject(new Error('the relay cannot be reached'));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === 'welcome') write({ type: 'join', room: 'lobby' });
      if (frame.type !== 'joined') return;
      socket.close(1000);
      resolve(frame.members);
    };
  });
}

/** Returns the number of objects of a class in the page after a garbage collection. */
async function alive(debug, name) {
  await debug.send('HeapProfiler.collectGarbage');
  const prototype = await debug.send('Runtime.evaluate', { expression: `${name}.prototype` });
  const { objects } = await debug.send('Runtime.queryObjects', {
    prototypeObjectId: prototype.result.objectId,
  });
  const { result } = await debug.send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    functionDeclaration: 'function () { return this.length; }',
    returnByValue: true,
  });
  for (const { objectId } of [prototype.result, objects])
    await debug.send('Runtime.releaseObject', { objectId });
  return result.value;
}
