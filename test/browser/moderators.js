// Helpers of the tests of moderation and reports: moderators and users, each in a separate browser context.

import { expectAccessible } from './axe.js';
import { expect } from './fixture.js';

export const MO = { sub: 'u_mo', name: 'Mo', role: 'moderator' };

export const menuOf = (chat) => chat.element.getByRole('menu');
export const dialogOf = (chat) => chat.element.getByRole('dialog').or(chat.element.getByRole('alertdialog'));

/** Opens a chat for each user, each in a separate browser context, and waits until all are live. */
export async function open(openChats, ...users) {
  const chats = [];
  for (const user of users) {
    const [chat] = await openChats([user]);
    await chat.live();
    chats.push(chat);
  }
  return chats;
}

/** Chooses something from the menu of a message. */
export async function choose(chat, text, item) {
  await chat.message(text).focus();
  await chat.page.keyboard.press('Enter');
  await menuOf(chat).getByRole('menuitem', { name: item }).click();
  await expect(dialogOf(chat)).toBeVisible();
}

/** Makes the chat connect again at once, as when the device's network is back. */
export const lookAgain = (chat) => chat.page.evaluate(() => dispatchEvent(new Event('online')));

/** Checks both themes with axe. */
export async function inBothThemes(chat, what) {
  for (const theme of ['light', 'dark']) {
    await chat.element.evaluate((element, theme) => element.setAttribute('theme', theme), theme);
    await expectAccessible(chat.page, `${what}, ${theme}`);
  }
}
