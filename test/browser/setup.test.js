// Mistakes in a host's setup. The developer gets one sentence that names the mistake, once, by hallway-error and on the console;
// users see a general message. After a correction the chat starts.

import { createHmac } from 'node:crypto';
import { Chat } from './chat.js';
import { ADA, expect, test, UNREACHABLE } from './fixture.js';
import { Relay } from './relay.js';
import { tokenOf } from './token.js';

/** Records the errors that the page gets. Runs in the page before its own scripts. */
function listen() {
  window.errors = [];
  addEventListener('hallway-error', ({ detail }) => window.errors.push(detail));
}

/** Opens a chat with a good relay, room and token, and with these attributes in addition. */
async function open({ newPage, relay, site, watch }, attributes = {}, prepare = undefined) {
  watch.expect(/\[hallway\]|Failed to load resource/);
  const page = await newPage();
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  await page.addInitScript(listen);
  await prepare?.(page);
  const chat = { relay: relay.url, room: 'lobby', token: await relay.token(ADA), ...attributes };
  await page.goto(`${site.url}/chats.html?${new URLSearchParams({ chat: JSON.stringify(chat) })}`);
  return Object.assign(new Chat(page.locator('hallway-chat')), { said });
}

const errors = (chat) => chat.page.evaluate(() => window.errors);

/** Checks that the page gets one error, and that the console shows its sentence once. */
async function expectTold(chat, code, sentence) {
  await expect.poll(() => errors(chat)).toEqual([{ code, message: expect.stringMatching(sentence) }]);
  expect(chat.said.filter((text) => /\[hallway\]/.test(text) && sentence.test(text))).toHaveLength(1);
}

/** Makes a mistake in the page's function getToken. Runs in the page. */
function misbehave(element, kind) {
  element.getToken = {
    throws: () => {
      throw new Error('no session');
    },
    rejects: () => Promise.reject(new Error('HTTP 500')),
    'rejects without an error': () => Promise.reject('nope'),
    'gives nothing': () => {},
    'gives null': async () => null,
    'gives an object': async () => ({ token: 'x' }),
    'gives an empty string': async () => '',
    'never settles': () => new Promise(() => {}),
  }[kind];
  element.room = 'lobby';
}

for (const [kind, sentence] of Object.entries({
  throws: /getToken failed: no session/,
  rejects: /getToken failed: HTTP 500/,
  'rejects without an error': /getToken failed: nope/,
  'gives nothing': /getToken returned undefined, not a token/,
  'gives null': /getToken returned null, not a token/,
  'gives an object': /getToken returned an object, not a token/,
  'gives an empty string': /getToken returned an empty string, not a token/,
  'never settles': /getToken has returned no token for 10 s/,
})) {
  test(`the chat reports a getToken that ${kind}`, async ({ newPage, relay, site, watch }) => {
    const chat = await open({ newPage, relay, site, watch }, { token: '', room: '' });
    await chat.element.evaluate(misbehave, kind);
    await expectTold(chat, 'unauthorized', sentence);
    await expect(chat.status).toContainText('Reconnecting');
    await chat.element.evaluate(
      (element, token) => {
        element.getToken = async () => token;
      },
      await relay.token(ADA),
    );
    await chat.live();
    expect(await errors(chat)).toHaveLength(1);
  });
}

const HOUR_AGO = Math.floor(Date.now() / 1000) - 3600;
const forged = (token) =>
  `${token.split('.').slice(0, 2).join('.')}.${createHmac('sha256', 'another secret').update(token).digest('base64url')}`;

for (const [what, token, code, sentence] of [
  ['missing', '', 'unauthorized', /the chat has no token: set the property getToken, or the attribute token/],
  ['not a JWT', 'secret', 'unauthorized', /the relay refuses the token: ./],
  [
    'signed with another secret',
    forged(tokenOf({ sub: 'u' })),
    'unauthorized',
    /the relay refuses the token: .*(sign|secret)/i,
  ],
  [
    'expired',
    tokenOf({ sub: 'u', exp: HOUR_AGO }),
    'unauthorized',
    /the relay refuses the token: .*(expired|ended)/i,
  ],
  [
    'with rooms that are not a list',
    tokenOf({ sub: 'u', rooms: 'lobby' }),
    'unauthorized',
    /the relay refuses the token: .*rooms/,
  ],
  ['without a user', tokenOf({}), 'unauthorized', /the relay refuses the token: .*sub/],
  [
    'for another room',
    tokenOf({ sub: 'u', rooms: ['hall'] }),
    'forbidden',
    /the relay refuses the room "lobby": ./,
  ],
]) {
  test(`the chat reports a wrong token: ${what}`, async ({ newPage, relay, site, watch }) => {
    const chat = await open({ newPage, relay, site, watch }, { token });
    await expectTold(chat, code, sentence);
    await expect(chat.status).toContainText('Not allowed');
    await expect(chat.status).toContainText('Sign in again, or ask an organizer for access.');
    await chat.element.evaluate(
      (element, good) => element.setAttribute('token', good),
      await relay.token(ADA),
    );
    await chat.live();
    expect(await errors(chat)).toHaveLength(1);
  });
}

const NAMES = /1 to 128 letters a-z, digits and \. _ : ~ -/;
const HTTP = /is not an http or https address: write "http/;

for (const [name, value, sentence, says] of [
  ['room', 'team/1', NAMES, 'Not allowed: there is no such room.'],
  ['room', 'Café', NAMES, 'Not allowed: there is no such room.'],
  ['room', ' lobby', NAMES, 'Not allowed: there is no such room.'],
  ['room', '-', NAMES, 'Not allowed: there is no such room.'],
  ['room', 'a'.repeat(129), NAMES, 'Not allowed: there is no such room.'],
  ['room', '', /the chat has no room: set the attribute or property room/, 'The chat cannot start.'],
  ['relay', '127.0.0.1:8080', HTTP, 'The chat cannot start.'],
  ['relay', 'localhost:8080', HTTP, 'The chat cannot start.'],
  ['relay', 'chat.example.org', HTTP, 'The chat cannot start.'],
  ['relay', 'chat.example.org:443/chat', HTTP, 'The chat cannot start.'],
  ['relay', 'ws://127.0.0.1:8080', HTTP, 'The chat cannot start.'],
  ['relay', 'WSS://chat.example.org/v1/ws', /write "https:/, 'The chat cannot start.'],
  ['relay', 'ftp://chat.example.org', /is not an http or https address/, 'The chat cannot start.'],
  ['relay', 'http://', /is not an http or https address/, 'The chat cannot start.'],
  ['relay', 'http://127.0.0.1:8080/v1', /ends in \/v1: leave that out/, 'The chat cannot start.'],
  ['relay', 'http://127.0.0.1:8080/chat/v1/ws/', /ends in \/v1: leave that out/, 'The chat cannot start.'],
]) {
  test(`the chat reports ${name}="${value.slice(0, 40)}"`, async ({ newPage, relay, site, watch }) => {
    const chat = await open({ newPage, relay, site, watch }, { [name]: value });
    await expectTold(chat, 'bad_request', sentence);
    await expect(chat.status).toHaveText(`${says} (bad_request)`);
    await chat.element.evaluate((element) => {
      element.lang = 'de';
    });
    if (value) await expect(chat.status).toContainText(/Kein Zugang|kann nicht starten/);
    expect(await errors(chat)).toHaveLength(1);
    await chat.element.evaluate(
      (element, good) => {
        element.lang = 'en';
        Object.assign(element, good);
      },
      { relay: relay.url, room: 'lobby' },
    );
    await chat.live();
    expect(await errors(chat)).toHaveLength(1);
  });
}

test('slashes at the end of a relay’s address are ignored', async ({ newPage, relay, site, watch }) => {
  const chat = await open({ newPage, relay, site, watch }, { relay: `${relay.url}//` });
  await chat.live();
  expect(await errors(chat)).toEqual([]);
});

test('the chat reports a relay that does not answer, and connects when it is there', async ({
  newPage,
  relay,
  site,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  await relay.kill();
  const chat = await open({ newPage, relay, site, watch });
  await expectTold(
    chat,
    'unreachable',
    /does not answer: is the relay running there, and are host and port right\?/,
  );
  await expect(chat.status).toContainText('Reconnecting');
  await relay.restart();
  await chat.live();
  expect(await errors(chat)).toHaveLength(1);
});

test('the chat reports a relay that does not know the page’s origin', async ({
  newPage,
  relay: _,
  site,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  watch.expect(/CORS policy|WebSocket connection/);
  const relay = await Relay.start(['--allow-origin', 'https://elsewhere.example']);
  try {
    const chat = await open({ newPage, relay, site, watch });
    await expectTold(chat, 'unreachable', new RegExp(`add ${site.url} to the relay's --allow-origin`));
    await chat.page.close();
  } finally {
    await relay.stop();
  }
});

test('the chat reports a policy of the page that forbids the relay', async ({
  newPage,
  relay,
  site,
  watch,
}) => {
  watch.expect(/Content Security Policy|policy violated: connect-src|Failed to fetch/);
  const chat = await open({ newPage, relay, site, watch }, {}, (page) =>
    page.route('**/chats.html*', async (route) => {
      const response = await route.fetch();
      const policy = response.headers()['content-security-policy'].replace(' ws: http:', '');
      await route.fulfill({
        response,
        headers: { ...response.headers(), 'content-security-policy': policy },
      });
    }),
  );
  await expectTold(
    chat,
    'unreachable',
    /Content-Security-Policy forbids http:.*: add it to connect-src, with ws:/,
  );
});

test('each unknown value of an attribute is reported once, and the chat works', async ({
  newPage,
  relay,
  site,
  watch,
}) => {
  const chat = await open(
    { newPage, relay, site, watch },
    { offline: 'foo', theme: 'drak', enter: 'yes', lang: 'klingon' },
  );
  await chat.live();
  await chat.element.evaluate((element) => {
    for (const theme of ['dark', 'drak', 'light']) element.setAttribute('theme', theme);
    element.setAttribute('lang', 'pt-BR');
  });
  const warnings = () => chat.said.filter((text) => /\[hallway\] the attribute/.test(text));
  await expect.poll(() => warnings().length).toBe(5);
  for (const [name, value] of Object.entries({
    offline: 'foo',
    theme: 'drak',
    enter: 'yes',
    lang: 'klingon',
  }))
    expect(warnings().filter((text) => text.includes(`${name}="${value}" is none of`))).toHaveLength(1);
  expect(await errors(chat)).toEqual([]);
});

const CROWDED = {
  en: 'You have too many chats open',
  de: 'Du hast zu viele Chats offen',
  fr: 'Trop de discussions sont ouvertes',
  ar: 'لديك محادثات مفتوحة أكثر من المسموح',
};

test('a chat beyond the limit of a user reports it, and connects when another chat ends', async ({
  newPage,
  relay: _,
  site,
  watch,
}) => {
  const relay = await Relay.start(['--allow-origin', site.url, '--conns-per-user', '1']);
  try {
    const chat = await open({ newPage, relay, site, watch });
    await chat.live();
    await chat.element.evaluate((element) => {
      const other = element.cloneNode();
      other.id = 'other';
      element.after(other);
    });
    const other = new Chat(chat.page.locator('#other'));
    for (const [lang, says] of Object.entries(CROWDED)) {
      await other.element.evaluate((element, tag) => element.setAttribute('lang', tag), lang);
      await expect(other.status).toContainText(says);
    }
    await expectTold(chat, 'rate_limited', /this user has as many chats open as the relay allows/);
    await other.element.evaluate((element) => element.setAttribute('lang', 'en'));
    await chat.page.locator('#chat-0').evaluate((element) => element.remove());
    await other.live();
    expect(await errors(chat)).toHaveLength(1);
    await chat.page.close();
  } finally {
    await relay.stop();
  }
});
