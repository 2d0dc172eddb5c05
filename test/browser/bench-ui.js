// Measures the log in a real browser: `make bench-ui`. Prints a table of figures and their targets, and does not fail if
// a figure misses its target. A real relay delivers the messages. The chat draws in animation frames, whose times it measures.
//
// UI_MESSAGES=20000 makes the long run shorter.

import { randomUUID } from 'node:crypto';
import { chromium } from '@playwright/test';
import { ADA, BEN } from './fixture.js';
import config from './playwright.config.js';
import { Relay } from './relay.js';
import { startSite } from './site.js';

const BEHIND = 10_000; // the messages in the room before appends and frames are timed
const APPENDS = 200;
const PER_SECOND = 100;
const SECONDS = 10;
const MESSAGES = Number(process.env.UI_MESSAGES ?? 100_000); // of the long run
const PARALLEL = 64; // posts under way at once
const CHUNK = 2_000; // messages between two checks that the chat keeps up

/** Times the callbacks of animation frames, and keeps the memory of each Go program. Runs in the page before its own scripts. */
function instrument() {
  window.drawn = [];
  window.memories = [];
  const { requestAnimationFrame } = window;
  window.timeless = requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    requestAnimationFrame.call(window, (now) => {
      const begin = performance.now();
      callback(now);
      window.drawn.push(performance.now() - begin);
    });
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...args) => {
    const result = await instantiate.apply(WebAssembly, args);
    const memory = (result.instance ?? result).exports.mem;
    if (memory) window.memories.push(memory);
    return result;
  };
}

const percentile = (values, p) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))];
const MIB = 1024 * 1024;

const site = await startSite();
const relay = await Relay.start(['--allow-origin', site.url, '--rate', '0']);
const browser = await chromium.launch(config.use.launchOptions);
const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
await page.addInitScript(instrument);
const [token, sender] = await Promise.all([relay.token(ADA), relay.token(BEN)]);
const attributes = JSON.stringify({ relay: relay.url, room: 'lobby', token });
await page.goto(`${site.url}/chats.html?chat=${encodeURIComponent(attributes)}`);
const log = page.locator('hallway-chat').getByRole('log');
await log.waitFor();

let sent = 0;

async function post() {
  sent++;
  const answer = await fetch(`${relay.url}/v1/rooms/lobby/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sender}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      id: randomUUID(),
      text: `Message ${sent}: doors open at nine, *do* not be late.`,
    }),
  });
  if (!answer.ok) throw new Error(`post: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** Waits until the log shows the last message. */
async function shown() {
  await page.waitForFunction(
    (seq) => {
      const rows = document
        .querySelector('hallway-chat')
        .shadowRoot.querySelectorAll('[role=log] [data-seq]');
      return Number(rows[rows.length - 1]?.dataset.seq) === seq;
    },
    sent,
    { polling: 20, timeout: 120_000 },
  );
}

/** Posts messages until the room has n, no faster than the chat shows them. */
async function grow(n) {
  while (sent < n) {
    const until = Math.min(n, sent + CHUNK);
    await Promise.all(
      Array.from({ length: PARALLEL }, async () => {
        while (sent < until) await post();
      }),
    );
    await shown();
  }
}

/** Returns the memory of the scripts and of the Go program, without the garbage that the page can collect. */
async function memory() {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session
    .send('Performance.enable')
    .then(() => session.send('Performance.getMetrics'));
  await session.detach();
  const go = await page.evaluate(() => window.memories.reduce((sum, m) => sum + m.buffer.byteLength, 0));
  const of = (name) => metrics.find((m) => m.name === name).value;
  return { go: go / MIB, scripts: of('JSHeapUsedSize') / MIB, nodes: of('Nodes') };
}

async function timeAppends() {
  const times = [];
  for (let i = 0; i < APPENDS; i++) {
    await page.evaluate(() => {
      window.drawn = [];
    });
    await post();
    await shown();
    times.push(await page.evaluate(() => window.drawn.reduce((sum, t) => sum + t, 0)));
  }
  return times;
}

/** Returns the frames, and the part of the time that scripts take, while messages arrive steadily. */
async function timeFrames() {
  await page.evaluate(() => {
    window.drawn = [];
    window.frames = [];
    let last;
    const tick = (now) => {
      if (last !== undefined) window.frames.push(now - last);
      last = now;
      window.timeless(tick);
    };
    window.timeless(tick);
  });
  const begin = Date.now();
  const posts = [];
  for (let i = 0; i < PER_SECOND * SECONDS; i++) {
    const wait = begin + (i * 1000) / PER_SECOND - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    posts.push(post());
  }
  await Promise.all(posts);
  const took = Date.now() - begin;
  const { frames, drawn } = await page.evaluate(() => ({ frames: window.frames, drawn: window.drawn }));
  return { frames, share: drawn.reduce((sum, t) => sum + t, 0) / took };
}

const rows = [];
const add = (what, figure, target = '–') => rows.push(`| ${what} | ${figure} | ${target} |`);
const say = (text) => console.error(text);

say(`${BEHIND} messages come …`);
await grow(BEHIND);
say(`${APPENDS} messages, one after another …`);
const appends = await timeAppends();
add(
  `append one, ${BEHIND} messages behind it: median, p99`,
  `${percentile(appends, 0.5).toFixed(2)} ms, ${percentile(appends, 0.99).toFixed(2)} ms`,
  '≤ 0.5 ms',
);
say(`${PER_SECOND} messages a second for ${SECONDS} s …`);
const { frames, share } = await timeFrames();
add(
  `a frame at ${PER_SECOND} messages a second: median, p99`,
  `${percentile(frames, 0.5).toFixed(0)} ms, ${percentile(frames, 0.99).toFixed(0)} ms`,
  'p99 ≤ 45 ms',
);
add('of that time, drawing the log', `${(100 * share).toFixed(0)} %`);
const early = await memory();
for (const part of [0.5, 1]) {
  const n = Math.max(MESSAGES * part, sent);
  say(`${n} messages …`);
  await grow(n);
  const now = await memory();
  add(
    `memory after ${sent} messages: Go, scripts, elements`,
    `${now.go.toFixed(0)} MiB, ${now.scripts.toFixed(1)} MiB, ${now.nodes}`,
    `flat (${early.go.toFixed(0)} MiB, ${early.scripts.toFixed(1)} MiB, ${early.nodes} after ${BEHIND})`,
  );
}
await browser.close();
await relay.stop();
await site.close();
console.log(`| what | figure | target |\n| --- | --- | --- |\n${rows.join('\n')}`);
