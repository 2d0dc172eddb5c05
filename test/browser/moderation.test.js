// Acts of moderators, and their effect for the users concerned: with a real relay, in two or three browsers.

import { ADA, BEN, expect, test } from './fixture.js';
import { choose, dialogOf, inBothThemes, lookAgain, MO, menuOf, open } from './moderators.js';

test('a muted user is told the reason and the end, and a moderator can lift the mute', async ({
  openChats,
}) => {
  const [mo, ben] = await open(openChats, MO, BEN);
  await ben.write('buy my shoes');
  await mo.settled(1);
  await choose(mo, 'shoes', 'Mute');
  await expect(dialogOf(mo)).toHaveAccessibleName(/^Mute .*Ben.*\?$/);
  await inBothThemes(mo, 'asked for how long');
  await dialogOf(mo).getByRole('textbox').fill('no advertising');
  await dialogOf(mo).getByRole('button', { name: 'Mute' }).click();

  await expect(ben.status).toContainText(/You are muted until \d.*: no advertising/);
  await expect(ben.composer).toBeDisabled();
  await expect(ben.send).toBeDisabled();
  await expect(ben.send).toContainText(/(9:\d\d|10:00)$/);
  await inBothThemes(ben, 'muted');

  await expect(mo.status).toContainText(/Ben.* is muted/);
  await inBothThemes(mo, 'has muted');
  await mo.element.getByRole('button', { name: 'Undo' }).click();
  await expect(ben.composer).toBeEnabled();
  await expect(ben.status).not.toContainText('muted');
  await expect(mo.status).toContainText(/Ben.* can write again/);
});

test('a mute ends at its time', async ({ openChats, relay }) => {
  const [ben] = await open(openChats, BEN);
  await relay.ask(MO, 'PUT', '/members/u_ben/mute', { for_s: 6, reason: 'calm down' });
  await expect(ben.status).toContainText('calm down');
  await expect(ben.composer).toBeDisabled();
  await expect(ben.composer).toBeEnabled();
  await ben.write('calm now');
  await expect(ben.message('calm now')).toHaveAttribute('data-state', 'sent');
});

test('a banned user leaves the room, reads the reason, and returns when the ban ends', async ({
  openChats,
  relay,
}) => {
  const [ada, ben] = await open(openChats, ADA, BEN);
  await ben.write('spam');
  await ada.settled(1);
  await choose(ada, 'spam', 'Ban');
  await dialogOf(ada).getByRole('combobox').selectOption('Until it is lifted');
  await dialogOf(ada).getByRole('textbox').fill('spam');
  await ada.page.keyboard.press('Enter');
  await expect(ben.element).toHaveJSProperty('isConnected', true);
  await expect(ben.status).toContainText('You are banned from this room: spam');
  await expect(ben.composer).toBeDisabled();
  await ben.message('spam').focus();
  await ben.page.keyboard.press('Enter');
  await expect(menuOf(ben)).toBeHidden();
  await inBothThemes(ben, 'banned');

  await ben.page.reload();
  await expect(ben.status, 'who comes again hears why').toContainText('You are banned from this room: spam');
  await relay.ask(ADA, 'PUT', '/members/u_ben/ban', { for_s: 6, reason: 'more spam' });
  await lookAgain(ben);
  await expect(ben.status).toContainText(/You are banned from this room until .*: more spam/);
  await ben.live();
  await expect(ben.composer).toBeEnabled();
});

test('a banned user returns with the next connection after the ban is lifted', async ({
  openChats,
  relay,
}) => {
  await relay.post(BEN, { text: 'here' });
  const [ben] = await open(openChats, BEN);
  await relay.ask(ADA, 'PUT', '/members/u_ben/ban', { reason: 'spam' });
  await expect(ben.status).toContainText('You are banned from this room');
  await lookAgain(ben);
  await expect(ben.status).toContainText('You are banned from this room: spam');
  await expect(ben.composer).toBeDisabled();
  await relay.ask(ADA, 'DELETE', '/members/u_ben/ban');
  await lookAgain(ben);
  await ben.live();
  await expect(ben.composer).toBeEnabled();
});

test('the author of a deleted message can be muted, and the mute can be lifted', async ({ openChats }) => {
  const [mo, ben] = await open(openChats, MO, BEN);
  await ben.write('buy my shoes');
  await mo.settled(1);
  await choose(mo, 'shoes', /^Delete Delete|^Delete\b(?! all)/);
  await dialogOf(mo).getByRole('button', { name: 'Delete' }).click();
  const gone = mo.message('Message deleted');
  await expect(gone).toBeVisible();
  await gone.hover();
  await expect(gone.getByRole('button')).toHaveCount(1); // the only tool is the button of the menu
  await gone.focus();
  await mo.page.keyboard.press('Enter');
  await expect(menuOf(mo).getByRole('menuitem')).toHaveText([/Mute/, /Ban/, /Delete all/, /Keyboard/]);
  await expect(menuOf(mo).getByRole('menuitem').first()).toBeFocused();
  await expect(menuOf(mo).getByRole('menuitemcheckbox')).toHaveCount(0);
  await inBothThemes(mo, 'the menu of what is deleted');
  await menuOf(mo).getByRole('menuitem', { name: 'Mute' }).click();
  await dialogOf(mo).getByRole('button', { name: 'Mute' }).click();
  await expect(ben.composer).toBeDisabled();

  await choose(mo, 'Message deleted', 'Mute');
  await dialogOf(mo).getByRole('button', { name: 'Let them write again' }).click();
  await expect(dialogOf(mo)).toBeHidden();
  await expect(gone).toBeFocused();
  await expect(ben.composer).toBeEnabled();
  await expect(mo.status).toContainText(/Ben.* can write again/);
  await mo.page.keyboard.press('ArrowDown'); // stays at the message, which the keyboard takes over from the pointer
  await gone.press('r'); // does nothing: a tombstone cannot be answered
  await expect(mo.composer).not.toBeFocused();
});

test('only organizers write in a frozen room, until it is thawed', async ({ openChats }) => {
  const [ada, ben] = await open(openChats, ADA, BEN);
  const room = ada.element.getByRole('button', { name: 'Room' });
  await expect(ben.element.getByRole('button', { name: 'Room' })).toBeHidden();
  await room.click();
  await inBothThemes(ada, 'the room’s settings');
  await dialogOf(ada).getByRole('checkbox', { name: 'Only organizers can write' }).check();
  await dialogOf(ada).getByRole('button', { name: 'Save' }).click();
  await expect(ben.composer).toBeDisabled();
  await expect(ben.status).toContainText('Only organizers can write now');
  await inBothThemes(ben, 'frozen');
  await expect(room).toBeFocused();
  await ada.write('listen');
  await ben.settled(1);
  await room.click();
  await expect(dialogOf(ada).getByRole('checkbox')).toBeChecked();
  await dialogOf(ada).getByRole('checkbox').uncheck();
  await dialogOf(ada).getByRole('button', { name: 'Save' }).click();
  await expect(ben.composer).toBeEnabled();
});

test('in slow mode the button counts down, and the written text waits', async ({ openChats }) => {
  const [mo, ben] = await open(openChats, MO, BEN);
  await mo.element.getByRole('button', { name: 'Room' }).click();
  await dialogOf(mo).getByRole('combobox').selectOption('5 seconds');
  await expect(dialogOf(mo).getByRole('checkbox')).toBeHidden();
  await dialogOf(mo).getByRole('button', { name: 'Save' }).click();
  await expect(dialogOf(mo)).toBeHidden();
  await mo.element.getByRole('button', { name: 'Room' }).click();
  await expect(dialogOf(mo).getByRole('combobox')).toHaveValue('5'); // the dialog follows the relay's answer
  await mo.page.keyboard.press('Escape');

  await ben.write('one');
  await expect(ben.send).toBeDisabled();
  await expect(ben.send).toContainText(/0:0\d$/);
  await ben.write('two');
  await expect(ben.composer).toHaveValue('two');
  await inBothThemes(ben, 'slow mode');
  await expect(ben.send).toBeEnabled();
  await ben.press('Enter');
  await mo.settled(2);
});

test('an open dialog shows the settings that another moderator saves, but keeps what its user has chosen', async ({
  openChats,
}) => {
  const [mo, ada] = await open(openChats, MO, ADA);
  const pause = (chat) => dialogOf(chat).getByRole('combobox');
  const set = async (chat, name) => {
    await chat.element.getByRole('button', { name: 'Room' }).click();
    await pause(chat).selectOption(name);
    await dialogOf(chat).getByRole('button', { name: 'Save' }).click();
  };
  await mo.element.getByRole('button', { name: 'Room' }).click();
  await expect(pause(mo)).toHaveValue('0');
  await set(ada, '30 seconds');
  await expect(pause(mo)).toHaveValue('30');
  await pause(mo).selectOption('5 seconds');
  await set(ada, '5 minutes');
  await ada.element.getByRole('button', { name: 'Room' }).click();
  await expect(pause(ada)).toHaveValue('300');
  await expect(pause(mo)).toHaveValue('5');
  await dialogOf(mo).getByRole('button', { name: 'Save' }).click();
  await expect(pause(ada)).toHaveValue('5');
});

test('all messages of a user are deleted after a confirmation', async ({ openChats }) => {
  const [mo, ben] = await open(openChats, MO, BEN);
  for (const text of ['one', 'two', 'three']) await ben.write(text);
  await mo.write('mine');
  await mo.settled(4);
  await choose(mo, 'two', 'Delete all');
  await expect(dialogOf(mo).getByRole('button', { name: 'Cancel' })).toBeFocused();
  await dialogOf(mo).getByRole('button', { name: 'Delete' }).click();
  await expect(mo.message('Message deleted')).toHaveCount(3);
  await expect(ben.message('Message deleted')).toHaveCount(3);
  await expect(mo.message('mine')).toBeVisible();
  await expect(mo.status).toContainText(/All messages of .*Ben.* are deleted/);
});

test('the chat explains a refused act', async ({ openChats, relay }) => {
  const [mo] = await open(openChats, MO);
  await relay.post({ sub: 'u_cy', name: 'Cy', role: 'participant' }, { text: 'hello' });
  await mo.settled(1);
  await openChats([{ sub: 'u_cy', name: 'Cy', role: 'organizer' }]).then(([cy]) => cy.live());
  await choose(mo, 'hello', 'Mute');
  await dialogOf(mo).getByRole('button', { name: 'Mute' }).click();
  await expect(mo.status).toContainText('Not done: you may not do that');
});

test('a dialog distinguishes two users with the same name before an act', async ({ openChats, relay }) => {
  await relay.post({ sub: 'u_alex_1', name: 'Alex' }, { text: 'the first' });
  await relay.post({ sub: 'u_alex_2', name: 'Alex' }, { text: 'the other' });
  const [mo] = await open(openChats, MO);
  await mo.settled(2);
  for (const does of ['Mute', 'Ban', 'Delete all']) {
    for (const [text, account, another] of [
      ['the first', 'u_alex_1', 'u_alex_2'],
      ['the other', 'u_alex_2', 'u_alex_1'],
    ]) {
      await choose(mo, text, does);
      await expect(dialogOf(mo)).toContainText('Alex');
      await expect(dialogOf(mo)).toContainText(account);
      await expect(dialogOf(mo)).toHaveAccessibleDescription(new RegExp(account));
      await expect(dialogOf(mo)).not.toContainText(another);
      if (does !== 'Delete all') await expect(dialogOf(mo)).toContainText(text);
      await dialogOf(mo).getByRole('button', { name: 'Cancel' }).click();
      await expect(dialogOf(mo)).toBeHidden();
    }
  }
});
