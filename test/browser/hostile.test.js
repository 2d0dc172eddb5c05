// Hostile people: what they write is shown as what it is, and does nothing.

import { createHmac, randomUUID } from 'node:crypto';
import { BAD_ROOMS, BAD_TEXTS, NAMES, REACTIONS, ROOMS, SEARCHES, TEXTS } from './corpus.js';
import { test as base, expect } from './fixture.js';
import { SECRET } from './relay.js';

const ROLES = ['participant', 'moderator', 'organizer'];
/** No message is higher than this, in CSS pixels, whatever is in it. */
const HIGHEST = 1200;

const b64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with whatever in it: the relay's own command is handed arguments, which cannot hold everything. */
function tokenOf(claims) {
  const signed = `${b64({ alg: 'HS256', typ: 'JWT' })}.${b64({ exp: Math.floor(Date.now() / 1000) + 3600, rooms: ['*'], ...claims })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

const mallory = (i) => tokenOf({ sub: `u_mallory_${i}`, name: NAMES[i % NAMES.length], role: ROLES[i % 3] });
const READER = tokenOf({ sub: 'u_reader', name: 'Reader', role: 'organizer' });

const test = base.extend({
  /** Asks the relay for something, as somebody. */
  ask: async ({ relay }, use) => {
    await use(async (method, path, token, body = undefined) => {
      const answer = await fetch(relay.url + path, {
        method,
        headers: { authorization: `Bearer ${token}` },
        body: typeof body === 'object' ? JSON.stringify(body) : body,
      });
      const text = await answer.text();
      return {
        status: answer.status,
        type: answer.headers.get('content-type'),
        text,
        json: () => JSON.parse(text),
      };
    });
  },

  /** Opens a chat on a page on which nothing may be executed, asked for or opened that is not the page's own. */
  openGuarded: async ({ newPage, relay, site }, use) => {
    const alarms = [];
    await use(async (room, viewport = { width: 1000, height: 800 }) => {
      const page = await newPage();
      await page.setViewportSize(viewport);
      await page.addInitScript(() => {
        globalThis.canary = () => console.error('a canary sings: hostile text was executed');
      });
      page.on('dialog', async (dialog) => {
        alarms.push(`a dialog: ${dialog.message()}`);
        await dialog.dismiss();
      });
      page.on('popup', (popup) => alarms.push(`a window: ${popup.url()}`));
      page.on('download', (download) => alarms.push(`a download: ${download.url()}`));
      page.on('framenavigated', (frame) => {
        if (new URL(frame.url()).origin !== site.url) alarms.push(`a visit: ${frame.url()}`);
      });
      page.on('request', (request) => {
        if (![site.url, relay.url].includes(new URL(request.url()).origin))
          alarms.push(`a request: ${request.url()}`);
      });
      const address = new URL('/chats.html', site.url);
      address.searchParams.append('chat', JSON.stringify({ relay: relay.url, room, token: READER }));
      await page.goto(address.href);
      const chat = page.locator('#chat-0');
      await expect(chat.getByRole('status')).toContainText(/\blive\b/i);
      return chat;
    });
    expect(alarms).toEqual([]);
  },
});

/** What is wrong with what a chat shows: elements and attributes that nobody wrote a view for, links to elsewhere, broken boxes. */
function faults(chat, highest) {
  const root = chat.shadowRoot;
  const found = [];
  const known = new Set(
    'a article button code dialog div em form h2 header input label li mark ol p path pre section span strong style svg textarea time ul'.split(
      ' ',
    ),
  );
  for (const e of root.querySelectorAll('*')) {
    if (!known.has(e.localName)) found.push(`an element <${e.localName}>`);
    for (const { name } of e.attributes) {
      if (name.startsWith('on') || ['src', 'srcdoc', 'action', 'formaction', 'xlink:href'].includes(name)) {
        found.push(`an attribute ${name} on <${e.localName}>`);
      }
    }
  }
  for (const link of root.querySelectorAll('a')) {
    if (!['http:', 'https:', 'mailto:'].includes(link.protocol)) found.push(`a link to ${link.href}`);
    if (!/noopener/.test(link.rel) || !/noreferrer/.test(link.rel) || link.target !== '_blank')
      found.push(`a link with rel ${link.rel}`);
    if (link.textContent !== link.getAttribute('href'))
      found.push(`a link ${link.href} that reads ${link.textContent}`);
  }
  const log = root.querySelector('[role=log]');
  if (log.scrollWidth > log.clientWidth)
    found.push(`the log is ${log.scrollWidth - log.clientWidth} px too wide`);
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) found.push(`the page is ${page.scrollWidth - innerWidth} px too wide`);
  if (page.scrollHeight > innerHeight)
    found.push(`the page is ${page.scrollHeight - innerHeight} px too high`);
  let end = Number.NEGATIVE_INFINITY;
  const { left, right } = log.getBoundingClientRect();
  for (const item of log.querySelectorAll('[data-id]')) {
    const says = item.textContent.slice(0, 60);
    const box = item.getBoundingClientRect();
    if (box.top < end - 1) found.push(`over the message before it: ${says}`);
    if (box.height > highest) found.push(`${Math.round(box.height)} px high: ${says}`);
    end = box.bottom;
    for (const part of item.querySelectorAll('*')) {
      const { width, left: from, right: to } = part.getBoundingClientRect();
      const unseen = part.closest('.hallway-from') && !item.matches('[data-head]:not([data-own])');
      if (width > 1 && !unseen && (from < left - 1 || to > right + 1))
        found.push(`<${part.localName} class=${part.className}> leaves the log: ${says}`);
    }
    for (const part of item.querySelectorAll(
      '.hallway-text, .hallway-sender, .hallway-quote-text, .hallway-quote-sender, .hallway-chip',
    )) {
      // Marks above and below a letter are painted over the neighbours unless they are clipped.
      const style = getComputedStyle(part);
      if (style.overflowY === 'visible') found.push(`not clipped: .${part.className}`);
      if (style.display !== 'flex' && !/isolate|plaintext/.test(style.unicodeBidi))
        found.push(`its direction leaks: .${part.className}`);
    }
  }
  return [...new Set(found)];
}

/** Writes some of the texts into a room, each as another user, every third as an answer to the one before. */
async function fill(ask, room, texts) {
  let before;
  for (const [i, text] of texts.entries()) {
    const id = randomUUID();
    const message = {
      id,
      text,
      sent_at: '2026-11-23T09:15:01.002Z',
      ...(i % 3 === 2 && { reply_to: before }),
    };
    const posted = await ask('POST', `/v1/rooms/${room}/messages`, mallory(i), message);
    expect(posted.status, `${text.slice(0, 80)}: ${posted.text}`).toBe(201);
    expect(posted.json().text).toBe(text); // to the byte
    before = id;
  }
}

for (const viewport of [
  { width: 1000, height: 800 },
  { width: 320, height: 640 },
]) {
  test(`texts and names are shown as what they are, ${viewport.width} px wide`, async ({
    ask,
    openGuarded,
  }) => {
    const size = 60;
    for (let from = 0; from < TEXTS.length; from += size) {
      const room = `hostile-${from}`;
      const texts = TEXTS.slice(from, from + size);
      await fill(ask, room, texts);
      const chat = await openGuarded(room, viewport);
      const items = chat.getByRole('log').locator('[data-id]');
      while ((await items.count()) < texts.length) {
        const before = await items.count();
        await chat.getByRole('log').evaluate((log) => log.scrollTo(0, 0));
        await expect.poll(() => items.count()).toBeGreaterThan(before);
      }
      await expect(items).toHaveCount(texts.length);
      expect(await chat.evaluate(faults, HIGHEST)).toEqual([]);
      // What is written as plain text reads as it was written.
      const read = await items.locator('.hallway-text').allTextContents();
      for (const [i, text] of texts.entries()) {
        if (!/[*_`]/.test(text)) expect(read[i]).toBe(text);
      }
    }
  });
}

test('what is typed is shown as what it is, to whoever writes it and to others', async ({
  ask,
  openGuarded,
}) => {
  const texts = TEXTS.filter((text) => !/[\n\t]/.test(text) && text.length < 400 && text === text.trim());
  expect(texts.length).toBeGreaterThan(50);
  await ask('PUT', '/v1/rooms/typed', READER, { title: TEXTS[0] });
  const [writer, other] = [await openGuarded('typed'), await openGuarded('typed')];
  const composer = writer.getByRole('textbox');
  for (const text of texts) {
    await composer.fill(text);
    await composer.press('Enter');
    await expect(composer).toHaveValue('');
  }
  for (const chat of [writer, other]) {
    await expect(chat.locator('[data-id][data-state="sent"]')).toHaveCount(texts.length);
    expect(await chat.evaluate(faults, HIGHEST)).toEqual([]);
  }
});

test('reactions, quotations and what is pinned are shown as what they are', async ({ ask, openGuarded }) => {
  const room = 'reactions';
  const path = `/v1/rooms/${room}/messages`;
  await fill(ask, room, ['hello']);
  const [{ id }] = (await ask('GET', path, READER)).json().messages;
  for (const [i, emoji] of REACTIONS.entries()) {
    const reacted = await ask('PUT', `${path}/${id}/reactions/${encodeURIComponent(emoji)}`, mallory(i), '');
    expect(reacted.status, `${emoji}: ${reacted.text}`).toBe(200);
    expect(Object.keys(reacted.json().reactions)).toContain(emoji);
  }
  const pinned = TEXTS.filter((_, i) => i % 4 === 0).slice(0, 30);
  for (const [i, text] of pinned.entries()) {
    const quoted = randomUUID();
    await ask('POST', path, mallory(i), { id: quoted, text });
    expect(
      (await ask('POST', path, mallory(i + 1), { id: randomUUID(), text: 'so?', reply_to: quoted })).status,
    ).toBe(201);
    expect((await ask('PUT', `${path}/${quoted}/pin`, READER, '')).status).toBe(200);
  }
  for (const viewport of [undefined, { width: 320, height: 640 }]) {
    const chat = await openGuarded(room, viewport);
    const log = chat.getByRole('log');
    while ((await log.locator('[data-id]').count()) < 2 * pinned.length + 1) {
      await log.evaluate((e) => e.scrollTo(0, 0));
    }
    const chips = log.locator('[data-id]').first().locator('[aria-pressed]');
    await expect(chips).toHaveCount(REACTIONS.length);
    for (const chip of await chips.all()) {
      const text = await chip.textContent();
      expect(REACTIONS).toContain(text.replace(/\d+$/, ''));
    }
    await chips.first().click();
    await chat.locator('[aria-expanded]').first().click();
    await expect(chat.getByRole('listitem').filter({ hasText: pinned[0] }).first()).toBeAttached();
    expect(await chat.evaluate(faults, HIGHEST)).toEqual([]);
  }
});

test('whatever is looked for is looked for as words', async ({ ask, openGuarded }) => {
  await fill(
    ask,
    'search',
    TEXTS.filter((text) => text.length < 1000),
  );
  const found = await ask('GET', '/v1/rooms/search/messages?q=canary', READER);
  expect(found.status).toBe(200);
  for (const words of SEARCHES) {
    const answer = await ask('GET', `/v1/rooms/search/messages?q=${encodeURIComponent(words)}`, READER);
    expect(answer.status, `${words}: ${answer.text}`).toBe(Buffer.byteLength(words) <= 256 ? 200 : 400);
  }
  const chat = await openGuarded('search', { width: 500, height: 700 });
  await chat.getByRole('button', { name: 'Search', exact: true }).click();
  const field = chat.getByRole('searchbox');
  for (const words of SEARCHES) {
    await field.fill(words);
    await expect(chat.getByRole('region', { name: 'Search' })).not.toContainText(/did not work|Searching/);
    const faulty = await chat.evaluate((element) => {
      const region = element.shadowRoot.querySelector('.hallway-search');
      const marked = [...region.querySelectorAll('*')].map((e) => e.localName);
      const wrong = marked.filter(
        (name) => !'bdi button div li mark ol p span time ul'.split(' ').includes(name),
      );
      return [
        ...wrong,
        ...(region.scrollWidth > region.clientWidth
          ? [`${region.scrollWidth - region.clientWidth} px too wide`]
          : []),
      ];
    });
    expect(faulty, words).toEqual([]);
  }
  await field.fill('canary');
  await expect(chat.getByRole('region', { name: 'Search' }).locator('mark').first()).toHaveText('canary');
});

test('rooms of any allowed name are rooms, and others are refused', async ({ ask, openGuarded }) => {
  for (const room of ROOMS) {
    const made = await ask('PUT', `/v1/rooms/${encodeURIComponent(room)}`, READER, {
      title: TEXTS[3],
      settings: { __proto__: null, constructor: 1 },
    });
    expect(made.status, `${room}: ${made.text}`).toBe(201);
    await fill(ask, room, ['hello']);
    const chat = await openGuarded(room);
    await expect(chat.locator('[data-id]')).toHaveCount(1);
    expect(await chat.evaluate(faults, HIGHEST)).toEqual([]);
  }
  for (const room of BAD_ROOMS) {
    const refused = await ask(
      'PUT',
      `/v1/rooms/${/%/.test(room) ? room : encodeURIComponent(room)}`,
      READER,
      {},
    );
    expect([400, 404, 405], `${room}: ${refused.text}`).toContain(refused.status);
  }
});

test('texts that none may be are refused, and no answer repeats them', async ({ ask }) => {
  for (const text of BAD_TEXTS) {
    const refused = await ask(
      'POST',
      '/v1/rooms/refused/messages',
      READER,
      `{"id":"${randomUUID()}","text":${text}}`,
    );
    expect(refused.status, text).toBe(400);
    expect(refused.type).toBe('application/problem+json');
  }
  for (const text of TEXTS.slice(0, 40)) {
    // As the id, the cursor, the room and a member: where it cannot be.
    for (const answer of [
      await ask('POST', '/v1/rooms/refused/messages', READER, { id: text, text: 'x' }),
      await ask('GET', `/v1/rooms/refused/messages?before=${encodeURIComponent(text)}`, READER),
      await ask('GET', `/v1/rooms/refused/messages?${encodeURIComponent(text)}=1`, READER),
      await ask('GET', `/v1/rooms/${encodeURIComponent(text)}/messages`, READER),
      await ask('GET', `/v1/rooms/refused/messages/${encodeURIComponent(text)}`, READER),
      await ask(
        'GET',
        '/v1/rooms',
        Buffer.from(text)
          .toString('latin1')
          .replace(/[^\x20-\x7e]/g, '?'),
      ),
    ]) {
      expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
      expect(answer.status, answer.text).toBeLessThan(500);
      expect(answer.type).toBe('application/problem+json');
      expect(answer.text).not.toContain(text);
      expect(answer.text).not.toMatch(/canary|evil\.invalid/);
    }
  }
  expect((await ask('GET', '/v1/rooms/refused/messages', READER)).json().messages).toEqual([]);
});

test('what is stored comes back to the byte, as JSON that no browser takes for anything else', async ({
  ask,
  relay,
}) => {
  await fill(ask, 'stored', TEXTS);
  const answer = await fetch(`${relay.url}/v1/rooms/stored/messages?limit=500`, {
    headers: { authorization: `Bearer ${READER}` },
  });
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  const { messages } = await answer.json();
  expect(messages.map((message) => message.text)).toEqual(TEXTS);
  expect(new Set(messages.map((message) => message.sender.name))).toEqual(new Set(NAMES));
});

// A test that could not fail shows nothing: the canary sings when it is called, and the policy stops what would call it.
base('the canary can be heard', async ({ newPage, watch, site }) => {
  const page = await newPage();
  await page.goto(new URL('/chats.html', site.url).href);
  watch.expect(/./);
  const stopped = await page.evaluate(() => {
    try {
      document.body.innerHTML = '<img src=x onerror=canary()>';
    } catch {
      return true;
    }
    return false;
  });
  expect(stopped).toBe(true);
  await page.evaluate(() => console.error('a canary sings'));
});
