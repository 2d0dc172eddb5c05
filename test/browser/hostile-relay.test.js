// A hostile or broken relay: the chat shows its texts as texts, and its claims about itself change nothing.

import { kept, NAMES, TEXTS } from './corpus.js';
import { expect } from './fixture.js';
import { faults, NARROW, test, WIDE } from './guarded.js';
import { tokenOf } from './token.js';

const ROOM = 'lobby';
/** The limits of other tests, with room for names and reactions that are longer than an honest relay allows. */
const HIGHEST = 1500;
const ME = { id: 'u_me', name: 'Me', role: 'moderator' };
const CREATED = '2026-11-23T09:15:04.123456Z';
const FAR = '9999-12-31T23:59:59Z';
/**
 * Texts that an honest relay accepts, and texts that it refuses. (A line cannot break within one letter with many marks, so the chat
 * clips the marks.)
 */
const SAID = [
  ...TEXTS.filter((text) => !text.includes('\u20dd')),
  ...NAMES,
  ...[0, 7, 8, 13, 27, 127, 133, 155].map((point) => `${String.fromCodePoint(point)}[31m<b>canary()</b>`),
  'W'.repeat(60_000),
];

/** Values that are not valid as a number or a time. */
const NUMBERS = ['-9007199254740991', '-1', '0', '1', '4294967296', '9007199254740991'];

/** Replaces the real relay on a page. `answers` holds its answer to each type of frame, and a test can make it send any frame. */
class FalseRelay {
  #socket;
  /** The number of connections so far. */
  dials = 0;
  frames = [];
  answers = {
    hello: () => ({
      type: 'welcome',
      session: 's',
      user: ME,
      server: 'x/1',
      heartbeat_ms: 10_000,
      timeout_ms: 5000,
    }),
    join: () => ({
      type: 'joined',
      room: ROOM,
      epoch: 'e',
      head: this.page.head,
      members: 1,
      read: 0,
      role: ME.role,
    }),
    ping: ({ t }) => ({ type: 'pong', t }),
  };
  /** The messages of the history. */
  page = { messages: [], epoch: 'e', head: 0, more: false };
  status = 200;

  async takeOver(page) {
    await page.routeWebSocket(/\/v1\/ws$/, (socket) => {
      this.#socket = socket;
      this.dials++;
      socket.onMessage((data) => {
        const frame = JSON.parse(data);
        this.frames.push(frame);
        const answer = this.answers[frame.type]?.(frame);
        if (answer) this.say(answer);
      });
    });
    await page.route(/\/v1\/rooms\//, (route) =>
      route.fulfill({
        status: this.status,
        headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
        contentType: 'application/json',
        body: JSON.stringify(this.page),
      }),
    );
  }

  /** @param {object | string} frame */
  say(frame) {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends a message and adds it to the history. */
  tell(message) {
    this.page.messages.push(message);
    this.page.head = message.rev;
    this.say({ type: 'message', message });
  }

  close(code, reason) {
    return this.#socket.close({ code, reason });
  }
}

const messageOf = (n, text, more = {}) => ({
  room: ROOM,
  id: `${text.slice(0, 60)}${n}`,
  seq: n,
  rev: n,
  sender: { id: text, name: text, role: n % 3 ? text : 'organizer' },
  created_at: CREATED,
  sent_at: text,
  text,
  reactions: { [text.slice(0, 200)]: { count: n, users: [text] } },
  ...more,
});

const token = (n) => tokenOf({ sub: ME.id, name: ME.name, role: ME.role, n });

const pageTest = test.extend({
  /** Opens a chat that is connected to a hostile relay. */
  hostile: async ({ openGuarded }, use) => {
    await use(async (viewport, options = {}) => {
      const relay = new FalseRelay();
      Object.assign(relay, options.relay);
      Object.assign(relay.answers, options.answers);
      const chat = await openGuarded(ROOM, viewport, {
        token: token(0),
        prepare: async (page) => {
          await relay.takeOver(page);
          await page.addInitScript(() => {
            globalThis.heard = [];
            for (const event of ['status', 'message', 'unread', 'reports', 'error', 'exit']) {
              addEventListener(`hallway-${event}`, ({ type, detail }) =>
                globalThis.heard.push({ type, detail }),
              );
            }
          });
        },
        live: options.live,
      });
      return { chat, relay };
    });
  },
});

/** Returns the chat's own notes, as one text. */
const statusOf = (chat) => chat.getByRole('status').evaluate((status) => status.textContent);

/** Waits until the chat has lost its connection, and makes it reconnect at once, as when the network comes back. */
async function soonLive(chat) {
  await expect(chat.getByRole('status')).toContainText('Reconnecting');
  await chat.evaluate(() => dispatchEvent(new Event('online')));
  await expect(chat.getByRole('status')).toContainText(/\blive\b/i);
}

/** Checks that no program has crashed, and that no prototype has a new member. */
async function expectSound(chat) {
  const wrong = await chat.evaluate(() => [
    ...globalThis.heard.filter(({ type }) => type === 'hallway-exit').map(({ detail }) => detail.message),
    ...Object.keys(Object.prototype),
    ...Object.getOwnPropertyNames(Object.prototype).filter((name) => /polluted|canary/.test(name)),
  ]);
  expect(wrong).toEqual([]);
}

for (const viewport of [WIDE, NARROW]) {
  pageTest(`whatever a relay says is text, ${viewport.width} px wide`, async ({ hostile }) => {
    pageTest.setTimeout(120_000);
    const { chat, relay } = await hostile(viewport, {
      relay: {
        page: {
          messages: SAID.slice(0, 20).map((text, i) => messageOf(i + 1, text)),
          epoch: TEXTS[1],
          head: 20,
          more: false,
        },
      },
      answers: {
        hello: () => ({
          type: 'welcome',
          session: TEXTS[0],
          user: { ...ME, name: TEXTS[2] },
          server: TEXTS[3],
          heartbeat_ms: 10_000,
          timeout_ms: 5000,
          limits: { text_bytes: 8192, frame_bytes: 65_536 },
          features: [...TEXTS.slice(0, 30), 'pinned', 'moderation', '__proto__'],
        }),
        join: () => ({
          type: 'joined',
          room: ROOM,
          epoch: TEXTS[1],
          head: 20,
          members: 3,
          role: 'moderator',
        }),
      },
    });
    let rev = 20;
    for (const [i, text] of SAID.entries()) {
      rev++;
      relay.tell(messageOf(rev, text, i % 5 === 0 && { pinned: true }));
      relay.say({ type: 'typing', room: ROOM, user: { id: text, name: text, role: text } });
      relay.say({ type: 'reports', room: ROOM, open: i });
      const user = { id: `u_${i}`, name: text, role: text };
      const act = ['mute', 'ban', 'clear', 'unban'][i % 4];
      relay.say({ type: 'moderated', room: ROOM, act, user, reason: text, until: FAR, by: ME });
      relay.say({ type: text, room: text, [text]: text });
      relay.say({ type: 'error', code: text, message: text, room: text, id: text, why: text, of: text });
      // This check comes first, because the note disappears after some seconds.
      await expect.poll(() => statusOf(chat)).toContain(kept(text).slice(0, 80).trim() || 'Guest');
      await expect(chat.locator(`[data-seq="${rev}"]`)).toBeVisible();
      expect(await chat.evaluate(faults, HIGHEST), text.slice(0, 200)).toEqual([]);
    }
    await expectSound(chat);
    expect(relay.dials, 'nothing of it was taken for the end of the protocol').toBe(1);
  });
}

pageTest('what is refused tells why, in whatever words', async ({ hostile }) => {
  const texts = SAID.filter((_, i) => i % 3 === 0);
  let n = 0;
  const { chat } = await hostile(NARROW, {
    answers: {
      send: ({ id, room }) => {
        const text = texts[n++];
        return {
          type: 'error',
          code: text,
          message: text,
          room,
          id,
          why: text,
          until: FAR,
          retry_after_ms: 9e15,
        };
      },
    },
  });
  const composer = chat.getByRole('textbox');
  for (const [i, text] of texts.entries()) {
    await composer.fill(`message ${i}`);
    await composer.press('Enter');
    await expect(chat.locator('[data-state="failed"]')).toHaveCount(i + 1);
    expect(await chat.evaluate(faults, HIGHEST), text.slice(0, 200)).toEqual([]);
  }
  await expectSound(chat);
});

pageTest('a relay that puts one out may say so in whatever words', async ({ hostile }) => {
  const { chat, relay } = await hostile(NARROW);
  for (const [i, text] of SAID.entries()) {
    if (i % 2) relay.say({ type: 'error', code: 'forbidden', message: text, room: ROOM });
    else
      await relay.close(
        4403,
        Buffer.from(text)
          .subarray(0, 100)
          .toString()
          .replace(/\ufffd*$/, ''),
      );
    await expect(chat.getByRole('status')).toContainText(/not allowed/i);
    expect(await chat.evaluate(faults, HIGHEST), text.slice(0, 200)).toEqual([]);
    await chat.evaluate((e, token) => e.setAttribute('token', token), token(i + 1));
    await expect(chat.getByRole('status')).toContainText(/\blive\b/i);
  }
  await expectSound(chat);
});

pageTest('numbers beyond reason break nothing', async ({ hostile }) => {
  const { chat, relay } = await hostile(WIDE);
  let seq = 0;
  for (const number of NUMBERS) {
    for (const frame of [
      `{"type":"presence","room":"${ROOM}","members":${number}}`,
      `{"type":"reports","room":"${ROOM}","open":${number}}`,
      `{"type":"settings","room":"${ROOM}","slow_mode_s":${number}}`,
      `{"type":"read","room":"${ROOM}","seq":${number}}`,
      `{"type":"error","code":"rate_limited","message":"","room":"${ROOM}","why":"slow_mode","retry_after_ms":${number}}`,
      `{"type":"error","code":"unavailable","message":"","room":"${ROOM}","retry_after_ms":${number}}`,
      `{"type":"settings","room":"${ROOM}","slow_mode_s":0}`,
    ]) {
      relay.say(frame);
    }
    seq++;
    relay.tell(messageOf(seq, `after ${number}`));
    await expect(chat.locator(`[data-seq="${seq}"]`)).toBeVisible();
    expect(await chat.evaluate(faults, HIGHEST), number).toEqual([]);
    // Because of these frames the chat may give the connection up. The next connection is normal.
    const user = JSON.stringify(ME);
    relay.say(
      `{"type":"welcome","user":${user},"heartbeat_ms":${number},"timeout_ms":${number},"limits":{"text_bytes":${number},"frame_bytes":${number}}}`,
    );
    seq++;
    relay.tell(messageOf(seq, `limits of ${number}`));
    await relay.close(1001);
    await soonLive(chat);
    await expect(chat.locator(`[data-seq="${seq}"]`)).toBeVisible();
  }
  await chat.getByRole('button', { name: /^Room/ }).click();
  expect(await chat.evaluate(faults, HIGHEST)).toEqual([]);
  await chat.page().keyboard.press('Escape');
  await chat.getByRole('textbox').fill('still here');
  await chat.getByRole('textbox').press('Enter');
  await expect.poll(() => relay.frames.at(-1)).toMatchObject({ type: 'send', text: 'still here' });
  await expectSound(chat);
});

pageTest('what is not the protocol ends the connection, not the chat', async ({ hostile }) => {
  const { chat, relay } = await hostile(WIDE);
  const nonsense = [
    '',
    'null',
    '[]',
    '<script>canary()</script>',
    '{"type":"message","message":{"__proto__":{"polluted":true}}}',
    `{"type":"typing","room":"${ROOM}","user":{"name":"\\ud800"}}`,
    '{"type":"message","message":{"id":{},"seq":1,"rev":1}}',
    `{"type":"moderated","room":"${ROOM}","act":"mute","until":"<b>"}`,
    `{"type":"error","code":[],"message":1}`,
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
    `{"type":"presence","room":"${ROOM}","members":1e999}`,
    `{"type":"reports","room":"${ROOM}","open":9223372036854775807}`,
  ];
  for (const [i, frame] of nonsense.entries()) {
    relay.say(frame);
    await soonLive(chat);
    expect(relay.dials, frame).toBe(i + 2);
  }
  await expectSound(chat);
});

pageTest('a history that is refused may be so in whatever words', async ({ hostile, watch }) => {
  watch.expect(/Failed to load resource: the server responded with a status of/);
  for (const status of [400, 403, 404, 500, 200]) {
    const problem = {
      type: TEXTS[0],
      title: TEXTS[1],
      status: TEXTS[2],
      detail: TEXTS[0],
      code: TEXTS[3],
      messages: TEXTS,
    };
    const { chat, relay } = await hostile(NARROW, { relay: { status, page: problem }, live: false });
    await expect.poll(() => relay.frames.map(({ type }) => type)).toContain('join');
    await expect.poll(() => statusOf(chat)).not.toBe('');
    expect(await chat.evaluate(faults, HIGHEST), String(status)).toEqual([]);
    await expectSound(chat);
  }
});
