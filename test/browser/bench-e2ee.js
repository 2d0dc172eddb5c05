// Measures the speed of encrypted chats in Chromium: `make bench-e2ee`. Prints a table, and fails if a figure misses its target. The
// ciphers get the chat's own requests, one batch a call. A late joiner is a whole page at a real relay: a new device, which gets the
// keys from another page that is online.

import { chromium } from '@playwright/test';
import { Issuer } from './issuer.js';
import config from './playwright.config.js';
import { Relay } from './relay.js';
import { startSite } from './site.js';
import { tokenOf } from './token.js';

const RUNS = 5;
const JOINS = 40;
const HISTORY = 50;
const ROOM = 'vault';
const LATE = 'a late joiner reads';
const LAST = `message ${HISTORY}`;
const WAIT_MS = 20_000;

/** The target of each kind of work, in milliseconds. */
const TARGETS = {
  '500 messages opened': { figure: 'median', ms: 250 },
  '50 messages opened': { figure: 'median', ms: 25 },
  'a turn for 1,000 devices': { figure: 'median', ms: 2000 },
  [LATE]: { figure: 'p95', ms: 500 },
};

/** Returns the times that the ciphers need. */
async function timeCiphers(browser, site) {
  const page = await browser.newPage();
  await page.goto(`${site.url}/chats.html`);
  console.error('preparing 1,000 devices …');
  const times = await page.evaluate(async (runs) => {
    const { createCipher } = await import('/dist/e2ee.js');
    const { measure } = await import('/bench-e2ee.js');
    return measure(createCipher, runs);
  }, RUNS);
  await page.close();
  return times;
}

/** Records the times when the page asks to join the room and when it shows the last message. Runs in the page before its own scripts. */
function watchJoin(text) {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    const frame = typeof data === 'string' ? data : new TextDecoder().decode(data);
    if (frame.includes('"type":"join"')) window.joinAt ??= performance.now();
    return send.call(this, data);
  };
  const look = () => {
    const root = document.querySelector('hallway-chat')?.shadowRoot;
    const rows = [...(root?.querySelectorAll('[data-id]') ?? [])];
    if (rows.some((row) => row.textContent.includes(text))) window.readAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}

/** Makes the encrypted room, and returns a function that opens it for a user, on a new device. */
async function makeRoom(browser, site, relay) {
  const issuer = new Issuer();
  await relay.ask(
    { sub: 'u_ada', name: 'Ada', role: 'organizer' },
    'PUT',
    '',
    { settings: { e2ee: 1 } },
    ROOM,
  );
  return async (user) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(watchJoin, LAST);
    const keys = await issuer.serve(page, site);
    const chat = {
      relay: relay.url,
      room: ROOM,
      token: tokenOf(user),
      encrypted: '',
      issuer: keys,
      device: user,
    };
    const address = new URL('/chats.html', site.url);
    address.searchParams.append('chat', JSON.stringify(chat));
    await page.goto(address.href);
    return page;
  };
}

/** Returns the times from the joins of new devices to the last message, decrypted, in the page. */
async function timeJoins(browser, site) {
  const relay = await Relay.start(['--rate', '0', '--allow-origin', site.url]);
  const open = await makeRoom(browser, site, relay);
  const holder = await open({ sub: 'u_ada', name: 'Ada', role: 'organizer' });
  await holder.waitForFunction(
    () => document.querySelector('hallway-chat')?.shadowRoot?.querySelector('textarea:enabled'),
    undefined,
    { timeout: WAIT_MS },
  );
  await holder.evaluate(
    (texts) => {
      for (const text of texts) document.querySelector('hallway-chat').send(text);
    },
    Array.from({ length: HISTORY }, (_, i) => `message ${i + 1}`),
  );
  await holder.waitForFunction(() => window.readAt, undefined, { timeout: WAIT_MS });
  const times = [];
  for (let n = 1; n <= JOINS; n++) {
    const page = await open({ sub: `u_${n}`, name: `Guest ${n}` });
    await page.waitForFunction(() => window.readAt, undefined, { timeout: WAIT_MS });
    times.push(await page.evaluate(() => window.readAt - window.joinAt));
    await page.context().close();
    if (n % 10 === 0) console.error(`${n} of ${JOINS} late joiners`);
  }
  await relay.stop();
  return times;
}

const site = await startSite();
const browser = await chromium.launch(config.use.launchOptions);
const times = { ...(await timeCiphers(browser, site)), [LATE]: await timeJoins(browser, site) };
await browser.close();
await site.close();

console.log('| | runs | median ms | p95 | least | most | target | reached |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
let missed = false;
for (const [name, { figure, ms }] of Object.entries(TARGETS)) {
  const sorted = times[name].sort((a, b) => a - b);
  const figures = {
    median: sorted[sorted.length >> 1],
    p95: sorted[Math.ceil(sorted.length * 0.95) - 1],
    least: sorted[0],
    most: sorted.at(-1),
  };
  const reached = figures[figure] <= ms;
  const row = [
    sorted.length,
    ...Object.values(figures).map(Math.round),
    `${figure} ≤ ${ms}`,
    reached ? 'yes' : 'NO',
  ];
  console.log(`| ${name} | ${row.join(' | ')} |`);
  missed ||= !reached;
}
if (missed) {
  console.error('bench-e2ee: a figure misses its target');
  process.exitCode = 1;
}
