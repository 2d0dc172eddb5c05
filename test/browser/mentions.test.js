// Mentions: the list of people, the look of mentions, and edits of texts with mentions.

import { expectAccessible } from './axe.js';
import { ADA, BEN, expect, test } from './fixture.js';

const CY = { sub: 'u_cy', name: 'Cyril Ångström', role: 'participant', title: 'Light', room: 'lobby' };

const list = (chat) => chat.element.getByRole('listbox', { name: 'People to mention' });
const option = (chat, name) => list(chat).getByRole('option', { name });

/** Makes users members of the lobby. */
async function join(openChats, users) {
  const chats = await openChats(users);
  for (const chat of chats) await chat.live();
  return chats;
}

test('a chosen name becomes a mention, and the mentioned user sees it', async ({ openChats, relay }) => {
  const [ada, , cy] = await join(openChats, [ADA, BEN, CY]);
  await cy.element.evaluate((chat) => {
    chat.heard = [];
    chat.addEventListener('hallway-mention', (event) => chat.heard.push(event.detail));
  });
  await ada.type('hi @ang');
  await expect(option(ada, 'Cyril Ångström')).toHaveAttribute('aria-selected', 'true');
  await expect(ada.composer).toHaveAttribute('aria-activedescendant', 'hallway-person-0');
  await ada.composer.press('Enter');
  await expect(list(ada)).toBeHidden();
  await expect(ada.composer).toHaveValue('hi @Cyril Ångström ');
  await expect(ada.composer).toBeFocused();
  await ada.type('👍 see you');
  await ada.composer.press('Enter');
  await cy.settled(1);
  const mention = cy.messages.first().locator('.hallway-mention');
  await expect(mention).toHaveText('@Cyril Ångström');
  await expect(mention).toHaveAttribute('data-mine', '');
  await expect(ada.messages.first().locator('.hallway-mention')).not.toHaveAttribute('data-mine');
  const [stored] = (await relay.history(relay.token(ADA))).messages;
  expect(stored.text).toBe('hi @Cyril Ångström 👍 see you');
  expect(stored.mentions).toEqual([{ at: 3, len: 17, user: 'u_cy' }]);
  await expect
    .poll(() => cy.element.evaluate((chat) => chat.heard.at(0)))
    .toMatchObject({ count: 1, message: { id: stored.id } });
  await expect.poll(() => cy.element.evaluate((chat) => chat.heard.at(-1).count)).toBe(0); // it was seen
});

test('keys and the pointer choose from the list, Escape closes it, and typing continues', async ({
  openChats,
  relay,
}) => {
  const [ada] = await join(openChats, [ADA, BEN, CY]);
  await relay.post(BEN, { text: 'one' });
  await relay.post({ ...CY }, { text: 'two' });
  await ada.settled(2);
  await ada.type('@');
  await expect(list(ada).getByRole('option')).toHaveText([/Cyril/, /Ben/, /everyone/]); // the last writer
  await ada.composer.press('ArrowDown');
  await expect(option(ada, 'Ben')).toHaveAttribute('aria-selected', 'true');
  await ada.composer.press('ArrowUp');
  await ada.composer.press('ArrowUp');
  await ada.composer.press('ArrowUp');
  await expect(option(ada, 'Ben')).toHaveAttribute('aria-selected', 'true');
  await ada.composer.press('Tab');
  await expect(ada.composer).toHaveValue('@Ben ');
  await ada.type('and @cy');
  await option(ada, 'Cyril').click();
  await expect(ada.composer).toHaveValue('@Ben and @Cyril Ångström ');
  await expect(ada.composer).toBeFocused();
  await ada.type('@b');
  await expect(option(ada, 'Ben')).toBeVisible();
  await ada.composer.press('Escape');
  await expect(list(ada)).toBeHidden();
  await ada.type('at mail@b');
  await expect(list(ada)).toBeHidden(); // this @ is not at the beginning of a word
  await ada.composer.press('Enter');
  await ada.settled(3);
  const stored = (await relay.history(relay.token(ADA))).messages.at(-1);
  expect(stored.text).toBe('@Ben and @Cyril Ångström @bat mail@b');
  expect(stored.mentions).toEqual([
    { at: 0, len: 4, user: 'u_ben' },
    { at: 9, len: 17, user: 'u_cy' },
  ]);
});

test('mentions move with the text around them, survive a reload and an edit, and end when their text changes', async ({
  openChats,
  relay,
}) => {
  const [ada] = await join(openChats, [ADA, BEN]);
  await ada.type('@be');
  await expect(option(ada, 'Ben')).toBeVisible();
  await ada.composer.press('Enter');
  await ada.composer.press('Home');
  await ada.type('👩‍🚀 hé ');
  await ada.page.reload();
  await ada.live();
  await expect(ada.composer).toHaveValue('👩‍🚀 hé @Ben ');
  await ada.press('Enter');
  await ada.settled(1);
  const last = async () => (await relay.history(relay.token(ADA))).messages.at(-1);
  expect((await last()).mentions).toEqual([{ at: 16, len: 4, user: 'u_ben' }]);

  await ada.composer.press('ArrowUp'); // edits the message
  await expect(ada.composer).toHaveValue('👩‍🚀 hé @Ben ');
  await ada.composer.press('End');
  await ada.type('!');
  await ada.composer.press('Enter');
  await expect.poll(async () => (await last()).text).toBe('👩‍🚀 hé @Ben !');
  expect((await last()).mentions).toEqual([{ at: 16, len: 4, user: 'u_ben' }]);

  await ada.composer.press('ArrowUp');
  await ada.composer.press('End');
  for (let i = 0; i < 3; i++) await ada.composer.press('Backspace');
  await expect(option(ada, 'Ben')).toBeVisible();
  await ada.composer.press('Escape'); // Enter would choose Ben again
  await ada.composer.press('Enter');
  await expect.poll(async () => (await last()).text).toBe('👩‍🚀 hé @Be');
  expect((await last()).mentions).toBeUndefined();
});

test('only moderators and organizers can mention everybody, after a confirmation', async ({
  openChats,
  relay,
}) => {
  const [ada, ben] = await join(openChats, [ADA, BEN]);
  await ben.type('@ev');
  await expect(list(ben)).toBeHidden();
  await ada.type('@ev');
  await expect(option(ada, 'everyone')).toBeVisible();
  await ada.composer.press('Enter');
  await ada.type('lunch');
  await ada.composer.press('Enter');
  const question = ada.page.getByRole('alertdialog', { name: 'Mention all 2 people?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(ada.composer).toBeFocused();
  await expect(ada.composer).toHaveValue('@everyone lunch');
  await ada.composer.press('Enter');
  await question.getByRole('button', { name: 'Send' }).click();
  await ben.settled(1);
  await expect(ben.messages.first().locator('.hallway-mention')).toHaveAttribute('data-mine', '');
  expect((await relay.history(relay.token(ADA))).messages[0].mentions).toEqual([
    { at: 0, len: 9, all: true },
  ]);
  await expect(ada.composer).toHaveValue('');
});

test('a button leads to the next unread mention', async ({ openChats, relay }) => {
  await relay.post(ADA, { text: 'read before.' });
  const [early] = await join(openChats, [BEN]);
  const room = () => relay.ask(BEN, 'GET', '');
  await expect.poll(async () => (await room()).unread).toBe(0);
  await early.page.close();
  for (let i = 0; i < 40; i++) {
    const mentions = i === 20 || i === 30 ? [{ at: 0, len: 4, user: 'u_ben' }] : undefined;
    await relay.post(ADA, { text: `@Ben message ${i}.\nin\nthree lines`, mentions });
  }
  expect((await room()).mentions).toBe(2);
  const [ben] = await openChats([BEN]);
  await ben.settled(41);
  const button = ben.element.getByRole('button', { name: /unread mention/ });
  await expect(button).toHaveText('@2');
  await button.click();
  await expect(ben.message('message 20.')).toBeFocused();
  await expect(button).toHaveText('@1');
  await button.click();
  await expect(ben.message('message 30.')).toBeFocused();
  await expect(button).toBeHidden();
});

for (const [lang, width] of [
  ['en', 320],
  ['ar', 320],
  ['en', 800],
]) {
  test(`the list fits at ${width} pixels in ${lang}, and is accessible`, async ({
    openChats,
    relay,
  }, info) => {
    await relay.post(CY, { text: '@Ada look', mentions: [{ at: 0, len: 4, user: 'u_ada' }] });
    const [ada] = await openChats([{ ...ADA, attributes: { lang } }], { viewport: { width, height: 640 } });
    await ada.settled(1);
    await ada.type('@');
    const box = ada.element.getByRole('listbox');
    await expect(box).toBeVisible();
    await expect(box.getByRole('option')).toHaveCount(2);
    const inside = await box.evaluate((e) => {
      const { left, right, top } = e.getBoundingClientRect();
      const chat = e.closest('.hallway').getBoundingClientRect();
      return left >= chat.left && right <= chat.right && top >= chat.top && e.scrollWidth <= e.clientWidth;
    });
    expect(inside).toBe(true);
    await expectAccessible(ada.page, 'the list of people');
    await ada.page.screenshot({ path: info.outputPath(`mentions-${lang}-${width}.png`) });
    await info.attach('list', { path: info.outputPath(`mentions-${lang}-${width}.png`) });
  });
}

test('the menu lists the users who have reacted, and loads more on request', async ({ openChats, relay }) => {
  const id = await relay.post(ADA, { text: 'hello' });
  const react = (sub, emoji) =>
    relay.ask({ sub }, 'PUT', `/messages/${id}/reactions/${encodeURIComponent(emoji)}`);
  for (let i = 0; i < 60; i++) await react(`u_${i}`, '👍');
  const [, ben] = await join(openChats, [ADA, BEN]);
  await react('u_ben', '🎉');
  await ben.settled(1);
  await ben.message('hello').focus();
  await ben.page.keyboard.press('Enter');
  await ben.element.getByRole('menuitem', { name: 'Who reacted' }).click();
  const dialog = ben.page.getByRole('dialog', { name: 'Who reacted' });
  await expect(dialog.getByRole('listitem')).toHaveCount(50);
  await dialog.getByRole('button', { name: 'Show more' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(60);
  await expect(dialog.getByRole('button', { name: 'Show more' })).toBeHidden();
  await expectAccessible(ben.page, 'who reacted');
  await ben.page.screenshot({ path: test.info().outputPath('reactors.png') });
  await dialog.getByRole('button', { name: '🎉' }).click();
  await expect(dialog.getByRole('listitem')).toHaveText([/Ben/]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
});
