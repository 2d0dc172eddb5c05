// A removed element leaves nothing behind, at any moment.

import { Chat } from './chat.js';
import { ADA, expect, test, UNREACHABLE } from './fixture.js';

const TIMES = 30;
const AT_ONCE = 10; // chats on the page at once; a user may have 20 connections
const MODULE = '**/dist/chat.wasm';

/** Puts chats into the page. Runs in the page. */
function mount([count, attributes]) {
  const main = document.querySelector('main');
  for (let i = 0; i < count; i++) {
    const chat = document.createElement('hallway-chat');
    for (const [name, value] of Object.entries(attributes)) chat.setAttribute(name, value);
    main.append(chat);
  }
}

/**
 * Counts the objects of a class and of its subclasses, after a garbage collection. The collection of queryObjects is not enough: it
 * takes values on the stack that look like pointers for pointers, and so keeps unreachable objects.
 */
async function alive(debug, expression) {
  await debug.send('HeapProfiler.collectGarbage');
  const prototype = await debug.send('Runtime.evaluate', { expression: `${expression}.prototype` });
  const { objects } = await debug.send('Runtime.queryObjects', {
    prototypeObjectId: prototype.result.objectId,
  });
  const { result } = await debug.send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    functionDeclaration:
      'function () { return this.filter((o) => !Object.hasOwn(o, "constructor")).length; }',
    returnByValue: true,
  });
  for (const { objectId } of [prototype.result, objects])
    await debug.send('Runtime.releaseObject', { objectId });
  return result.value;
}

/** Counts the listeners of the package on objects that outlive every element. `scripts` holds the package's scripts. */
async function listeners(debug, scripts) {
  let count = 0;
  for (const expression of [
    'window',
    'document',
    'document.body',
    'visualViewport',
    'navigator.serviceWorker',
  ]) {
    const { result } = await debug.send('Runtime.evaluate', { expression });
    if (!result.objectId) continue;
    const heard = await debug.send('DOMDebugger.getEventListeners', { objectId: result.objectId });
    count += heard.listeners.filter(({ scriptId }) => scripts.has(scriptId)).length;
    await debug.send('Runtime.releaseObject', { objectId: result.objectId });
  }
  return count;
}

const everyStatus = (page, pattern) =>
  expect
    .poll(() =>
      // A locator would not do here, because it may keep the elements that it finds.
      page.evaluate(
        (source) =>
          [...document.querySelectorAll('hallway-chat')].filter((chat) =>
            new RegExp(source, 'i').test(chat.shadowRoot.querySelector('[role=status]')?.textContent),
          ).length,
        pattern.source,
      ),
    )
    .toBe(AT_ONCE);

const everyLive = (page) => everyStatus(page, /live/);

/** The moments at which elements are removed. `before` prepares the page, `attributes` are the element's, and `reach` brings the chats to the moment. */
const MOMENTS = {
  'in the turn in which it came': {},
  'before it has a room': { attributes: { room: '' } },
  'while its module is on its way': {
    before: (page) => page.route(MODULE, () => {}),
    reach: (page) => everyStatus(page, /Loading/),
  },
  'while its program is made': {
    before: (page) =>
      page.addInitScript(() => {
        WebAssembly.instantiate = () => new Promise(() => {});
      }),
    reach: (page) => everyStatus(page, /Loading/),
  },
  'after its module could not be had': {
    before: (page) => page.route(MODULE, (route) => route.fulfill({ status: 404 })),
    reach: (page) => everyStatus(page, /could not be loaded/),
  },
  'after its module was refused': {
    before: (page) => page.route(MODULE, (route) => route.fulfill({ contentType: 'text/html', body: '<p>' })),
    reach: (page) => everyStatus(page, /cannot start/),
  },
  'after an attribute was refused': {
    attributes: { relay: 'nowhere:1' },
    reach: (page) => everyStatus(page, /cannot start/),
  },
  'while it waits for a token that never comes': {
    attributes: { token: '' },
    reach: async (page) => {
      await page.locator('hallway-chat').evaluateAll((chats) => {
        window.asked = [];
        for (const chat of chats) chat.getToken = () => new Promise((resolve) => window.asked.push(resolve));
      });
      await expect.poll(() => page.evaluate(() => window.asked.length)).toBe(AT_ONCE);
    },
  },
  'before it is live': { reach: (page) => everyStatus(page, /./) },
  'when it is live': { reach: everyLive },
  'when it is live, with the keyboard in it, a menu and a search open': {
    reach: async (page) => {
      await everyLive(page);
      for (const element of await page.locator('hallway-chat').all()) {
        const chat = new Chat(element);
        await chat.type('A draft');
        await chat.element.getByRole('button', { name: 'Room' }).click();
        await page.keyboard.press('Escape');
        await chat.element.getByRole('button', { name: 'Search', exact: true }).click();
      }
    },
  },
  'after it was closed': {
    reach: async (page) => {
      await everyLive(page);
      await page.locator('hallway-chat').evaluateAll((chats) => {
        for (const chat of chats) chat.close();
      });
    },
  },
  'after it went to another room, theme and language': {
    reach: async (page) => {
      await everyLive(page);
      await page.locator('hallway-chat').evaluateAll((chats) => {
        for (const chat of chats) {
          chat.theme = 'dark';
          chat.lang = 'de';
          chat.room = 'lobby-2';
        }
      });
      await everyStatus(page, /Kein Zugang/);
    },
  },
  'after it was moved': {
    reach: async (page) => {
      await everyLive(page);
      await page.locator('hallway-chat').evaluateAll((chats) => {
        for (const chat of chats) chat.parentNode.append(chat);
      });
      await everyLive(page);
    },
  },
  'while it reconnects': {
    reach: async (page, relay) => {
      await everyLive(page);
      await relay.kill();
      await everyStatus(page, /reconnecting/);
    },
    after: (relay) => relay.restart(),
  },
  'after a crash': { reach: crash },
  'after a crash and another start': {
    reach: async (page) => {
      await crash(page);
      await everyLive(page);
    },
  },
};

/** Makes every chat's program crash when it creates its next row. */
async function crash(page) {
  await everyLive(page);
  await page.locator('hallway-chat').evaluateAll((chats) => {
    const { cloneNode } = Node.prototype;
    let crashed = 0;
    Node.prototype.cloneNode = () => {
      throw new Error('broken by the test');
    };
    for (const chat of chats) {
      chat.addEventListener('hallway-exit', () => {
        if (++crashed === chats.length) Node.prototype.cloneNode = cloneNode;
      });
      chat.send('Written into the crash').catch(() => {});
    }
  });
  await everyStatus(page, /stopped/);
}

for (const [moment, { before, attributes = {}, reach, after }] of Object.entries(MOMENTS)) {
  test(`an element that is removed ${moment} leaves nothing in memory`, async ({
    newPage,
    relay,
    site,
    watch,
  }) => {
    test.setTimeout(120_000);
    watch.expect(UNREACHABLE);
    watch.expect(/\[hallway\]|Failed to load resource|integrity/);
    const page = await newPage();
    await before?.(page);
    await page.goto(`${site.url}/chats.html`);
    const debug = await page.context().newCDPSession(page);
    const shadows = await alive(debug, 'ShadowRoot');
    const scripts = new Set();
    debug.on('Debugger.scriptParsed', ({ scriptId, url }) => /\/dist\//.test(url) && scripts.add(scriptId));
    await debug.send('Debugger.enable');
    expect(scripts.size).toBeGreaterThan(0);
    const given = { relay: relay.url, room: 'lobby', token: await relay.token(ADA), ...attributes };
    for (let i = 0; i < TIMES; i += AT_ONCE) {
      await page.evaluate(mount, [AT_ONCE, given]);
      await reach?.(page, relay);
      expect(await alive(debug, 'customElements.get("hallway-chat")')).toBeGreaterThanOrEqual(AT_ONCE);
      await page.evaluate(() => document.querySelector('main').replaceChildren());
      await after?.(relay);
    }
    for (const [what, count, want] of [
      ['elements', () => alive(debug, 'customElements.get("hallway-chat")'), 0],
      ['shadow roots', () => alive(debug, 'ShadowRoot'), shadows],
      ['programs', () => alive(debug, 'WebAssembly.Instance'), 0],
      ['sockets', () => alive(debug, 'WebSocket'), 0],
      ['listeners', () => listeners(debug, scripts), 0],
    ])
      await expect.poll(count, { message: `${what} left` }).toBe(want);
  });
}
