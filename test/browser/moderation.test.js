// What moderators do, and what those see whom it concerns: by a real relay, in two or three browsers.

import { expectAccessible } from './axe.js';
import { ADA, BEN, expect, test } from './fixture.js';

const MO = { sub: 'u_mo', name: 'Mo', role: 'moderator' };

const menuOf = (chat) => chat.element.getByRole('menu');
const dialogOf = (chat) => chat.element.getByRole('dialog').or(chat.element.getByRole('alertdialog'));

/** Each user in a browser of their own, all of them live. */
async function open(openChats, ...users) {
  const chats = [];
  for (const user of users) {
    const [chat] = await openChats([user]);
    await chat.live();
    chats.push(chat);
  }
  return chats;
}

/** Chooses something from the menu of a message. */
async function choose(chat, text, item) {
  await chat.message(text).focus();
  await chat.page.keyboard.press('Enter');
  await menuOf(chat).getByRole('menuitem', { name: item }).click();
  await expect(dialogOf(chat)).toBeVisible();
}

/** As the relay's REST has it, so that a test need not wait ten minutes. */
async function rest(relay, user, method, path, body) {
  const answer = await fetch(`${relay.url}/v1/rooms/lobby/${path}`, {
    method,
    headers: { authorization: `Bearer ${await relay.token(user)}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
  return answer.status === 204 ? undefined : answer.json();
}

/** Has the chat try anew, as it does when the device is back in its network. */
const lookAgain = (chat) => chat.page.evaluate(() => dispatchEvent(new Event('online')));

async function inBothThemes(chat, what) {
  for (const theme of ['light', 'dark']) {
    await chat.element.evaluate((element, theme) => element.setAttribute('theme', theme), theme);
    await expectAccessible(chat.page, `${what}, ${theme}`);
  }
}

test('who is muted is told why and until when, and it can be taken back', async ({ openChats }) => {
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

test('a mute is over when its time is', async ({ openChats, relay }) => {
  const [ben] = await open(openChats, BEN);
  await rest(relay, MO, 'PUT', 'members/u_ben/mute', { for_s: 6, reason: 'calm down' });
  await expect(ben.status).toContainText('calm down');
  await expect(ben.composer).toBeDisabled();
  await expect(ben.composer).toBeEnabled();
  await ben.write('calm now');
  await expect(ben.message('calm now')).toHaveAttribute('data-state', 'sent');
});

test('who is banned is out, with the words, and comes back when it is over', async ({ openChats, relay }) => {
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
  await rest(relay, ADA, 'PUT', 'members/u_ben/ban', { for_s: 6, reason: 'more spam' });
  await lookAgain(ben);
  await expect(ben.status).toContainText(/You are banned from this room until .*: more spam/);
  await ben.live();
  await expect(ben.composer).toBeEnabled();
});

test('who was banned is back, at the next look, once the ban is lifted', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'here' });
  const [ben] = await open(openChats, BEN);
  await rest(relay, ADA, 'PUT', 'members/u_ben/ban', { reason: 'spam' });
  await expect(ben.status).toContainText('You are banned from this room');
  await lookAgain(ben);
  await expect(ben.status).toContainText('You are banned from this room: spam');
  await expect(ben.composer).toBeDisabled();
  await rest(relay, ADA, 'DELETE', 'members/u_ben/ban');
  await lookAgain(ben);
  await ben.live();
  await expect(ben.composer).toBeEnabled();
});

test('who wrote what is deleted can be muted, and be let write again', async ({ openChats }) => {
  const [mo, ben] = await open(openChats, MO, BEN);
  await ben.write('buy my shoes');
  await mo.settled(1);
  await choose(mo, 'shoes', /^Delete Delete|^Delete\b(?! all)/);
  await dialogOf(mo).getByRole('button', { name: 'Delete' }).click();
  const gone = mo.message('Message deleted');
  await expect(gone).toBeVisible();
  await gone.hover();
  await expect(gone.getByRole('button')).toHaveCount(1); // of the tools, the menu's
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
  await mo.page.keyboard.press('ArrowDown'); // stays there: the keyboard takes over from the pointer
  await gone.press('r'); // there is nothing to answer
  await expect(mo.composer).not.toBeFocused();
});

test('a frozen room is the organizers’, until it is thawed', async ({ openChats }) => {
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
  await dialogOf(ada).getByRole('checkbox').uncheck();
  await dialogOf(ada).getByRole('button', { name: 'Save' }).click();
  await expect(ben.composer).toBeEnabled();
});

test('in slow mode the button counts down, and what is written waits', async ({ openChats }) => {
  const [mo, ben] = await open(openChats, MO, BEN);
  await mo.element.getByRole('button', { name: 'Room' }).click();
  await dialogOf(mo).getByRole('combobox').selectOption('5 seconds');
  await expect(dialogOf(mo).getByRole('checkbox')).toBeHidden();
  await dialogOf(mo).getByRole('button', { name: 'Save' }).click();
  await expect(dialogOf(mo)).toBeHidden();
  await mo.element.getByRole('button', { name: 'Room' }).click();
  await expect(dialogOf(mo).getByRole('combobox')).toHaveValue('5');
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

test('a report is counted for those who moderate', async ({ openChats, relay }) => {
  const [mo, ada, ben] = await open(openChats, MO, ADA, BEN);
  const heard = mo.element.evaluate(
    (element) =>
      new Promise((resolve) => element.addEventListener('hallway-reports', (e) => resolve(e.detail))),
  );
  await relay.post({ sub: 'u_cy', name: 'Cy', role: 'participant' }, { text: 'rude' });
  await ben.settled(1);
  await choose(ben, 'rude', 'Report');
  await dialogOf(ben).getByRole('button', { name: 'Report' }).click();
  await expect(dialogOf(ben).getByRole('textbox'), 'it wants to know why').toBeFocused();
  await inBothThemes(ben, 'asked what is wrong');
  await ben.page.keyboard.type('insults');
  await ben.page.keyboard.press('Enter');
  await expect(ben.status).toContainText('Reported');
  expect(await heard).toEqual({ open: 1 });
  for (const chat of [mo, ada]) {
    await expect(chat.element.getByRole('button', { name: 'Room, 1 open report' })).toBeVisible();
  }
  await inBothThemes(ada, 'a report is open');
});

test('those who moderate go through the open reports', async ({ openChats, relay }) => {
  const [mo, ada, ben] = await open(openChats, MO, ADA, BEN);
  for (const text of ['rude', 'spam']) {
    await relay.post({ sub: 'u_cy', name: 'Cy', role: 'participant' }, { text });
    await choose(ben, text, 'Report');
    await ben.page.keyboard.type(`because it is ${text}`);
    await ben.page.keyboard.press('Enter');
    await expect(ben.status).toContainText('Reported');
  }
  const room = mo.element.getByRole('button', { name: 'Room, 2 open reports' });
  await room.click();
  await dialogOf(mo).getByRole('button', { name: '2 open reports' }).click();
  const queue = mo.element.getByRole('dialog', { name: 'Reports' });
  const reports = queue.getByRole('listitem');
  await expect(reports).toHaveText([
    /Reported by .*Ben.*because it is spam.*Cy.*spam/,
    /Reported by .*Ben.*because it is rude.*Cy.*rude/,
  ]);
  await inBothThemes(mo, 'the reports');

  const show = reports.getByRole('button', { name: 'Show message' });
  await show.first().focus();
  await mo.page.keyboard.press('ArrowDown');
  await expect(show.last()).toBeFocused();
  await mo.page.keyboard.press('Enter');
  await expect(queue).toBeHidden();
  await expect(mo.message('rude')).toBeFocused();

  await room.click();
  await dialogOf(mo).getByRole('button', { name: '2 open reports' }).click();
  const resolve = reports.getByRole('button', { name: 'Resolve' });
  await resolve.first().click();
  await expect(reports).toHaveText([/because it is rude/]);
  await expect(resolve, 'the keyboard is at the next report').toBeFocused();
  await expect(ada.element.getByRole('button', { name: 'Room, 1 open report' })).toBeVisible();
  await reports.getByRole('button', { name: 'Dismiss' }).click();
  await expect(queue).toContainText('No report is open.');
  await expect(queue.getByRole('button', { name: 'Close' })).toBeFocused();
  await expect(ada.element.getByRole('button', { name: 'Room', exact: true })).toBeVisible();
  await mo.page.keyboard.press('Escape');
  await expect(mo.element.getByRole('button', { name: 'Room', exact: true })).toBeFocused();
  const { reports: all } = await rest(relay, ADA, 'GET', 'reports');
  expect(all.map(({ state, closed_by }) => [state, closed_by])).toEqual([
    ['resolved', 'u_mo'],
    ['dismissed', 'u_mo'],
  ]);
});

test('what another moderator closes goes, and what fails can be tried again', async ({
  openChats,
  relay,
  watch,
}) => {
  watch.expect(/status of 503/);
  await relay.post({ sub: 'u_cy', name: 'Cy', role: 'participant' }, { text: 'rude' });
  const { messages } = await rest(relay, ADA, 'GET', 'messages');
  for (let i = 0; i < 52; i++) {
    const reporter = { sub: `u_${i}`, name: `Reporter ${i}`, role: 'participant' };
    await rest(relay, reporter, 'POST', `messages/${messages[0].id}/report`, { reason: `reason ${i}` });
  }
  const [mo] = await open(openChats, MO);
  const broken = '**/v1/rooms/lobby/reports**';
  await mo.page.route(broken, (route) => route.fulfill({ status: 503 }));
  await mo.element.getByRole('button', { name: 'Room, 52 open reports' }).click();
  await dialogOf(mo).getByRole('button', { name: '52 open reports' }).click();
  const queue = mo.element.getByRole('dialog', { name: 'Reports' });
  const reports = queue.getByRole('listitem');
  await expect(queue).toContainText('That did not work.');
  await inBothThemes(mo, 'the reports cannot be read');
  await mo.page.unroute(broken);
  await queue.getByRole('button', { name: 'Retry' }).click();
  await expect(reports).toHaveCount(50);
  await expect(queue).toContainText('50+ open reports');
  await queue.getByRole('button', { name: 'Show more' }).click();
  await expect(reports).toHaveCount(52);
  await expect(queue.getByRole('button', { name: 'Show more' })).toBeHidden();

  const { reports: all } = await rest(relay, ADA, 'GET', 'reports?limit=52');
  const dismiss = (i) => reports.nth(i).getByRole('button', { name: 'Dismiss' });
  await dismiss(1).focus();
  await rest(relay, ADA, 'PATCH', `reports/${all[0].n}`, { state: 'resolved' });
  await expect(reports).toHaveCount(51);
  await expect(reports.first()).toContainText('reason 50');
  await expect(dismiss(0), 'the keyboard stays with its report').toBeFocused();

  // Nobody tells it of this one before it asks.
  await mo.page.route(broken, async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    await rest(relay, ADA, 'PATCH', `reports/${all[1].n}`, { state: 'resolved' });
    await route.continue();
  });
  watch.expect(/status of 409/);
  await dismiss(0).click();
  await expect(reports).toHaveCount(50);
  await expect(reports.first()).toContainText('reason 49');
});

test('who moderates no longer is shown neither the room’s settings nor the reports', async ({
  openChats,
  relay,
  watch,
}) => {
  watch.expect(/ERR_INTERNET_DISCONNECTED/);
  await relay.post({ sub: 'u_cy', name: 'Cy', role: 'participant' }, { text: 'rude' });
  const { messages } = await rest(relay, ADA, 'GET', 'messages');
  await rest(relay, BEN, 'POST', `messages/${messages[0].id}/report`, { reason: 'insults' });
  const [mo] = await open(openChats, MO);
  await mo.page.route('**/v1/rooms/lobby/reports**', () => {}); // an answer that is long in coming
  const room = mo.element.getByRole('button', { name: 'Room, 1 open report' });
  const queue = mo.element.getByRole('dialog', { name: 'Reports' });
  /** Gives it a token of a role, which counts from the next connection on. */
  const become = async (role) => {
    const token = await relay.token({ ...MO, role });
    await mo.page.context().setOffline(true);
    await expect(mo.status).not.toContainText(/\blive\b/i);
    await mo.element.evaluate((element, token) => element.setAttribute('token', token), token);
    await mo.page.context().setOffline(false);
    await mo.live();
  };

  await room.click();
  await expect(dialogOf(mo)).toBeVisible();
  await become('participant');
  await expect(dialogOf(mo)).toBeHidden();
  await expect(room).toBeHidden();
  await expect(mo.log).toBeFocused();

  await become('moderator');
  await room.click();
  await dialogOf(mo).getByRole('button', { name: '1 open report' }).click();
  await expect(queue).toContainText('Loading');
  await become('participant');
  await expect(queue).toBeHidden();
  await expect(room).toBeHidden();
});

for (const [lang, title] of [
  ['de', 'Meldungen'],
  ['fr', 'Signalements'],
  ['ar', 'البلاغات'],
]) {
  test(`the reports have room in a narrow chat, in ${lang}`, async ({ openChats, relay }) => {
    await relay.post({ sub: 'u_cy', name: 'Cy', role: 'participant' }, { text: 'w'.repeat(60) });
    const { messages } = await rest(relay, ADA, 'GET', 'messages');
    await rest(relay, BEN, 'POST', `messages/${messages[0].id}/report`, { reason: 'w'.repeat(200) });
    const [mo] = await open(openChats, MO);
    await mo.appear({ lang, width: 280, zoom: 1 });
    await mo.element.locator('.hallway-room').click();
    await dialogOf(mo).locator('[data-action="queue"]').click();
    const queue = mo.element.getByRole('dialog', { name: title });
    await expect(queue.getByRole('listitem')).toHaveCount(1);
    await expect(queue.getByRole('listitem').getByRole('button')).toHaveCount(3);
    expect(await queue.evaluate((e) => e.scrollWidth - e.clientWidth)).toBe(0);
    const reason = queue.locator('.hallway-hit-text').first(); // stands at this side, whatever its own direction
    await expect(reason).toHaveCSS('text-align', lang === 'ar' ? 'right' : 'left');
    await inBothThemes(mo, `the reports in ${lang}`);
  });
}

test('all messages of one are deleted, after one question', async ({ openChats }) => {
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

test('what may not be done is said', async ({ openChats, relay }) => {
  const [mo] = await open(openChats, MO);
  await relay.post({ sub: 'u_cy', name: 'Cy', role: 'participant' }, { text: 'hello' });
  await mo.settled(1);
  await openChats([{ sub: 'u_cy', name: 'Cy', role: 'organizer' }]).then(([cy]) => cy.live());
  await choose(mo, 'hello', 'Mute');
  await dialogOf(mo).getByRole('button', { name: 'Mute' }).click();
  await expect(mo.status).toContainText('Not done: you may not do that');
});

test('two users of one name are told apart before anything is done to one', async ({ openChats, relay }) => {
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
