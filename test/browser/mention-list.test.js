// The list of people after an @: its entries, their order, and answers that come late or never.

import { ADA, BEN, expect, PHONE, test, UNREACHABLE } from './fixture.js';

const CY = { sub: 'u_cy', name: 'Cyril Ångström', role: 'participant', title: 'Light' };
const MO = { sub: 'u_mo', name: 'Mo', role: 'moderator' };

const list = (chat) => chat.element.getByRole('listbox');
const options = (chat) => list(chat).getByRole('option');
const option = (chat, name) => options(chat).filter({ hasText: name });
const chosen = (chat) => list(chat).locator('[aria-selected=true]');

/** Makes users members of the lobby. */
async function join(openChats, users, options) {
  const chats = await openChats(users, options);
  for (const chat of chats) await chat.live();
  return chats;
}

const stored = async (relay) => (await relay.history(relay.token(ADA))).messages.at(-1);

test('the first person is chosen, and everybody is the last line', async ({ openChats, relay }) => {
  const [ada] = await join(openChats, [ADA, BEN, CY]);
  await relay.post(CY, { text: 'one' });
  await relay.post(BEN, { text: 'two' });
  await ada.settled(2);
  await ada.type('@');
  await expect(options(ada)).toHaveText([/Ben/, /Cyril/, /everyone/]);
  await expect(chosen(ada)).toHaveText(/Ben/);
  await ada.press('ArrowUp');
  await expect(chosen(ada)).toHaveText(/everyone/);
  await ada.press('ArrowDown');
  await ada.press('Enter');
  await expect(ada.composer).toHaveValue('@Ben ');
  await ada.type('@every');
  await expect(options(ada)).toHaveText([/everyone/]);
  await ada.press('Tab');
  await expect(ada.composer).toHaveValue('@Ben @everyone ');
});

test('if the list is longer than its space, the chosen line stays visible', async ({ openChats, relay }) => {
  for (let i = 0; i < 9; i++) await relay.post({ sub: `u_${i}`, name: `Guest ${i}` }, { text: `${i}` });
  const [ada] = await openChats([ADA], { viewport: { width: 320, height: 400 } });
  await ada.settled(9);
  await ada.type('@');
  await expect(options(ada)).toHaveCount(8);
  await expect(options(ada).last()).toHaveText(/everyone/);
  const inSight = () =>
    chosen(ada).evaluate((line) => {
      const [box, around] = [line, line.parentElement].map((e) => e.getBoundingClientRect());
      return box.top >= around.top && box.bottom <= around.bottom;
    });
  await ada.press('ArrowUp');
  await expect(chosen(ada)).toHaveText(/everyone/);
  await expect.poll(inSight).toBe(true);
  for (let i = 0; i < 8; i++) {
    await ada.press('ArrowDown');
    await expect.poll(inSight, `line ${i}`).toBe(true);
  }
});

test('a late answer is dropped, and lines that do not match the text disappear', async ({
  openChats,
  relay,
}) => {
  const [ada] = await join(openChats, [ADA, BEN, CY]);
  await relay.post(CY, { text: 'one' });
  await ada.settled(1);
  const held = [];
  await ada.page.route('**/members?q=b&*', (route) => held.push(route));
  await ada.type('@');
  await expect(chosen(ada)).toHaveText(/Cyril/);
  await ada.type('b');
  await expect(list(ada)).toBeHidden(); // nobody known here has such a name
  await expect.poll(() => held.length).toBe(1);
  await ada.press('Backspace');
  await ada.type('ang');
  await expect(options(ada)).toHaveText([/Cyril/]);
  await held[0].continue();
  await ada.type('o'); // the answer to this text comes after the late one
  await expect(list(ada)).toBeHidden();
  await ada.press('Backspace');
  await expect(options(ada)).toHaveText([/Cyril/]);
  await ada.press('Escape');
  await ada.composer.fill('');
  await ada.type('@b');
  await expect.poll(() => held.length).toBe(2);
  await ada.press('Enter'); // before the answer arrives
  await ada.settled(2);
  const message = await stored(relay);
  expect([message.text, message.mentions]).toEqual(['@b', undefined]);
  await held[1].continue();
});

test('the list leaves out banned users, also among the last writers', async ({ openChats, relay }) => {
  const [mo, ben] = await join(openChats, [MO, BEN, CY]);
  await relay.post(CY, { text: 'buy this' });
  await relay.post(ADA, { text: 'no' });
  for (const chat of [mo, ben]) await chat.settled(2);
  await relay.ask(ADA, 'PUT', '/members/u_cy/ban', {});
  await mo.type('@');
  await expect(options(mo)).toHaveText([/Ada/, /everyone/]);
  await mo.type('c');
  await expect(list(mo)).toBeHidden();
  const held = [];
  await ben.page.route(/members\?q=c/, (route) => held.push(route));
  await ben.type('@c');
  await expect(options(ben)).toHaveText([/Cyril/]); // no one has told this page of the ban
  await expect.poll(() => held.length).toBe(1);
  await ben.press('Backspace');
  await expect(options(ben)).toHaveText([/Ada/, /Cyril/]);
  await held[0].continue();
  await expect(options(ben)).toHaveText([/Ada/]); // an answer to earlier words counts, too
});

test('a mention that was written offline survives a reload and is sent as a mention', async ({
  openChats,
  relay,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  const [ada] = await join(openChats, [ADA, BEN]);
  await relay.post(BEN, { text: 'hello' });
  await ada.settled(1);
  await relay.kill();
  await expect(ada.status).toContainText(/reconnecting|offline/i);
  await ada.type('👋 @be');
  await expect(chosen(ada)).toHaveText(/Ben/); // the last writers are known without the relay
  await ada.press('Enter');
  await ada.type('are you there?');
  await ada.press('Enter');
  const waits = ada.log.locator('[data-state="waiting"]');
  await expect(waits.locator('.hallway-mention')).toHaveText('@Ben');
  await ada.type('and @b');
  await expect(chosen(ada)).toHaveText(/Ben/);
  await ada.press('Enter');
  await ada.page.reload();
  await expect(waits.locator('.hallway-mention')).toHaveText('@Ben');
  await expect(ada.composer).toHaveValue('and @Ben ');
  await relay.restart();
  await ada.settled(2, { timeout: 30_000 });
  await ada.press('Enter');
  await ada.settled(3);
  const { messages } = await relay.history(relay.token(ADA));
  expect(messages.slice(1).map(({ text, mentions }) => ({ text, mentions }))).toEqual([
    { text: '👋 @Ben are you there?', mentions: [{ at: 5, len: 4, user: 'u_ben' }] },
    { text: 'and @Ben ', mentions: [{ at: 4, len: 4, user: 'u_ben' }] },
  ]);
});

test('a touch chooses from the list, and the on-screen keyboard stays open', async ({ openChats, relay }) => {
  await relay.post(CY, { text: 'one' });
  const [ada] = await join(openChats, [ADA], PHONE);
  await ada.settled(1);
  await ada.composer.tap();
  await ada.type('hi @');
  const line = option(ada, 'Cyril');
  expect((await line.boundingBox()).height).toBeGreaterThanOrEqual(44);
  await line.tap();
  await expect(ada.composer).toHaveValue('hi @Cyril Ångström ');
  await expect(ada.composer).toBeFocused();
  await ada.send.tap();
  await ada.settled(2);
  expect((await stored(relay)).mentions).toEqual([{ at: 3, len: 17, user: 'u_cy' }]);
});

test('names of both directions stay mentions in a text with both directions', async ({
  openChats,
  relay,
}) => {
  const maryam = { sub: 'u_ma', name: 'مريم علي', role: 'participant' };
  await join(openChats, [BEN, maryam]);
  const [ada] = await openChats([{ ...ADA, attributes: { lang: 'ar' } }]);
  await relay.post(maryam, { text: 'مرحبا' });
  await relay.post(BEN, { text: 'hi' });
  await ada.settled(2);
  await ada.type('مرحبا @مر');
  await expect(chosen(ada)).toHaveText(/مريم/);
  await ada.press('Enter');
  await ada.type('و @be');
  await expect(chosen(ada)).toHaveText(/Ben/);
  await ada.press('Enter');
  await ada.press('Home');
  await ada.type('👍 ');
  await ada.press('Enter');
  await ada.settled(3);
  const message = await stored(relay);
  const named = (m) =>
    Buffer.from(message.text)
      .subarray(m.at, m.at + m.len)
      .toString();
  expect(message.mentions.map((m) => [named(m), m.user])).toEqual([
    ['@مريم علي', 'u_ma'],
    ['@Ben', 'u_ben'],
  ]);
  await expect(ada.messages.last().locator('.hallway-mention')).toHaveText(['@مريم علي', '@Ben']);
});
