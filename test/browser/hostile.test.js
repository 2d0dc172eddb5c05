// Hostile people: the chat shows their texts as text, and does not execute them.

import { randomUUID } from 'node:crypto';
import { BAD_ROOMS, BAD_TEXTS, KEPT_NAMES, REACTIONS, ROOMS, SEARCHES, shown, TEXTS } from './corpus.js';
import { test as base, expect } from './fixture.js';
import { faults, HIGHEST, mallory, NARROW, READER, test, WIDE } from './guarded.js';
import { tokenOf } from './token.js';

/** Posts some of the texts to a room, each as another user. Every third text answers the one before it. */
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

/** Scrolls up until all messages are shown, and returns their elements. */
async function scrollToFirst(chat, count) {
  const items = chat.getByRole('log').locator('[data-id]');
  for (let before = await items.count(); before < count; before = await items.count()) {
    await chat.getByRole('log').evaluate((log) => log.scrollTo(0, 0));
    await expect.poll(() => items.count()).toBeGreaterThan(before);
  }
  await expect(items).toHaveCount(count);
  return items;
}

for (const viewport of [WIDE, NARROW]) {
  test(`texts and names are shown as text, ${viewport.width} px wide`, async ({ ask, openGuarded }) => {
    const size = 60;
    for (let from = 0; from < TEXTS.length; from += size) {
      const room = `hostile-${from}`;
      const texts = TEXTS.slice(from, from + size);
      await fill(ask, room, texts);
      const chat = await openGuarded(room, viewport);
      const items = await scrollToFirst(chat, texts.length);
      expect(await chat.evaluate(faults, HIGHEST)).toEqual([]);
      // Text without markup is shown exactly as it was written.
      const read = await items.locator('.hallway-text').allTextContents();
      for (const [i, text] of texts.entries()) {
        if (!/[*_`]/.test(text)) expect(read[i]).toBe(shown(text));
      }
    }
  });
}

test('a typed text is shown as text, to its writer and to others', async ({ ask, openGuarded }) => {
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

test('reactions, quotations and pinned messages are shown as text', async ({ ask, openGuarded }) => {
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
  for (const viewport of [WIDE, NARROW]) {
    // The log of a new user opens at its end.
    const token = tokenOf({ sub: `u_${viewport.width}`, role: 'organizer' });
    const chat = await openGuarded(room, viewport, { token });
    const chips = (await scrollToFirst(chat, 2 * pinned.length + 1)).first().locator('[aria-pressed]');
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

test('a search finds any text as words', async ({ ask, openGuarded }) => {
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
  let answered; // the words of the last answered search
  chat.page().on('response', (answer) => {
    answered = new URL(answer.url()).searchParams.get('q') ?? answered;
  });
  for (const words of SEARCHES) {
    await field.fill(words);
    await expect.poll(() => answered).toBe(words);
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

test('rooms with any allowed name work, and other names are refused', async ({ ask, openGuarded }) => {
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

test('invalid texts are refused, and no answer repeats them', async ({ ask }) => {
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
    // The text in the place of an id, a cursor, a room and a member, where it is not valid.
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

test('a stored text comes back unchanged to the byte, as JSON that no browser takes for a page', async ({
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
  expect(new Set(messages.map((message) => message.sender.name))).toEqual(new Set(KEPT_NAMES));
});

// This shows that these tests can fail: the canary reports a call, and the policy blocks hostile code.
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
