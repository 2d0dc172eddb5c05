// Reactions: the names of reactors, and a log that does not move.

import { ADA, BEN, expect, test } from './fixture.js';

/** Reacts to a message by the keyboard, with the emoji at a place in the first row. */
async function react(chat, text, place = 0) {
  await chat.message(text).focus();
  await chat.page.keyboard.press('Enter');
  await chat.element.getByRole('menu').getByRole('menuitemcheckbox').nth(place).click();
}

test('all users see a reaction with the names of its users, and a click takes it back', async ({
  openChats,
  relay,
}) => {
  await relay.post(ADA, { text: 'hello' });
  await relay.post(BEN, { text: 'hi' });
  const [ada, ben] = await openChats([ADA, BEN]);
  await ada.settled(2);
  await ben.settled(2);
  const chip = (chat, name) => chat.message('hello').getByRole('button', { name, exact: true });
  await react(ben, 'hello');
  await expect(chip(ben, '👍 1: You')).toHaveAttribute('aria-pressed', 'true');
  await expect(ben.message('hello')).toBeFocused();
  await expect(chip(ada, '👍 1: Ben')).toHaveAttribute('aria-pressed', 'false');
  await expect(chip(ada, '👍 1: Ben')).toHaveAttribute('title', '👍 1: Ben');

  await chip(ada, '👍 1: Ben').click();
  await expect(chip(ada, '👍 2: You and Ben')).toHaveAttribute('aria-pressed', 'true');
  await expect(chip(ada, '👍 2: You and Ben')).toBeFocused(); // the same button, with another name
  await expect(chip(ben, '👍 2: You and Ada')).toBeVisible();
  await react(ada, 'hello', 3);
  await expect(chip(ben, '🎉 1: Ada')).toBeVisible();
  await expect(ben.message('hello').locator('[aria-pressed]')).toHaveCount(2);

  await chip(ben, '👍 2: You and Ada').click();
  await expect(chip(ada, '👍 1: You')).toBeVisible();
  await chip(ada, '👍 1: You').click();
  await expect(ben.message('hello').locator('[aria-pressed]')).toHaveCount(1);

  await ada.page.reload();
  await ada.settled(2);
  await expect(chip(ada, '🎉 1: You')).toHaveAttribute('aria-pressed', 'true');
});

test('the keyboard can choose every emoji on offer, and the arrow keys lead to reactions', async ({
  openChats,
  relay,
}) => {
  await relay.post(BEN, { text: 'hello' });
  const [ada] = await openChats([ADA]);
  await ada.settled(1);
  const { keyboard } = ada.page;
  await ada.messages.focus();
  await keyboard.press('+');
  const menu = ada.element.getByRole('menu', { name: 'Add a reaction' });
  await expect(menu.getByRole('group')).not.toHaveCount(0);
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowRight');
  await keyboard.press('Enter');
  await expect(menu).toBeHidden();
  const chip = ada.messages.getByRole('button', { name: '😄 1: You' });
  await expect(chip).toBeVisible();
  await expect(ada.messages).toBeFocused();
  await keyboard.press('ArrowLeft'); // first to the sender, then to the last control of the message
  await keyboard.press('ArrowLeft');
  await expect(chip).toBeFocused();
  await keyboard.press('Enter');
  await expect(chip).toHaveCount(0);
});

test('the log does not move by a pixel when messages above change', async ({
  openChats,
  relay,
  watch: _watch,
}) => {
  const ids = [];
  for (let i = 0; i < 40; i++) ids.push(await relay.post(ADA, { text: `message ${i}.` }));
  const [ada, ben] = await openChats([ADA, BEN]);
  await ada.settled(40);
  await ben.settled(40);
  await ada.messages.nth(20).evaluate((item) => item.scrollIntoView({ block: 'start' }));
  await expect(ada.log.getByRole('button', { name: 'Latest messages' })).toBeVisible();
  const place = (i) => ada.messages.nth(i).evaluate((item) => item.getBoundingClientRect().top);
  const before = await place(24);

  await react(ben, 'message 3.');
  await expect(ada.message('message 3.').locator('[aria-pressed]')).toHaveCount(1);
  expect(Math.abs((await place(24)) - before)).toBeLessThan(1);

  await relay.ask(ADA, 'PATCH', `/messages/${ids[5]}`, { text: 'a long edit of many words '.repeat(40) });
  await expect(ada.messages.nth(5)).toContainText('a long edit');
  expect(Math.abs((await place(24)) - before)).toBeLessThan(1);
  await relay.ask(ADA, 'DELETE', `/messages/${ids[5]}`);
  await expect(ada.messages.nth(5)).toContainText('Message deleted');
  expect(Math.abs((await place(24)) - before)).toBeLessThan(1);

  await ada.log.getByRole('button', { name: 'Latest messages' }).click();
  await react(ben, 'message 39.');
  await expect(ada.message('message 39.').locator('[aria-pressed]')).toBeInViewport({ ratio: 1 });
});
