// Reports: moderators are notified, and work through the queue.

import { ADA, BEN, expect, test, UNREACHABLE } from './fixture.js';
import { choose, dialogOf, inBothThemes, MO, open } from './moderators.js';

test('moderators see the number of open reports', async ({ openChats, relay }) => {
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

test('moderators handle the open reports one by one', async ({ openChats, relay }) => {
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
  const { reports: all } = await relay.ask(ADA, 'GET', '/reports');
  expect(all.map(({ state, closed_by }) => [state, closed_by])).toEqual([
    ['resolved', 'u_mo'],
    ['dismissed', 'u_mo'],
  ]);
});

test('a report that another moderator closes disappears, and a failed act can be tried again', async ({
  openChats,
  relay,
  watch,
}) => {
  watch.expect(/status of 503/);
  await relay.post({ sub: 'u_cy', name: 'Cy', role: 'participant' }, { text: 'rude' });
  const { messages } = await relay.ask(ADA, 'GET', '/messages');
  for (let i = 0; i < 52; i++) {
    const reporter = { sub: `u_${i}`, name: `Reporter ${i}`, role: 'participant' };
    await relay.ask(reporter, 'POST', `/messages/${messages[0].id}/report`, { reason: `reason ${i}` });
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

  const { reports: all } = await relay.ask(ADA, 'GET', '/reports?limit=52');
  const dismiss = (i) => reports.nth(i).getByRole('button', { name: 'Dismiss' });
  await dismiss(1).focus();
  await relay.ask(ADA, 'PATCH', `/reports/${all[0].n}`, { state: 'resolved' });
  await expect(reports).toHaveCount(51);
  await expect(reports.first()).toContainText('reason 50');
  await expect(dismiss(0), 'the keyboard stays with its report').toBeFocused();

  // The chat learns of this report only when it asks.
  await mo.page.route(broken, async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    await relay.ask(ADA, 'PATCH', `/reports/${all[1].n}`, { state: 'resolved' });
    await route.continue();
  });
  watch.expect(/status of 409/);
  await dismiss(0).click();
  await expect(reports).toHaveCount(50);
  await expect(reports.first()).toContainText('reason 49');
});

test('a user who lost the role sees neither the room’s settings nor the reports', async ({
  openChats,
  relay,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  await relay.post({ sub: 'u_cy', name: 'Cy', role: 'participant' }, { text: 'rude' });
  const { messages } = await relay.ask(ADA, 'GET', '/messages');
  await relay.ask(BEN, 'POST', `/messages/${messages[0].id}/report`, { reason: 'insults' });
  const [mo] = await open(openChats, MO);
  await mo.page.route('**/v1/rooms/lobby/reports**', () => {}); // the answer does not arrive
  const room = mo.element.getByRole('button', { name: 'Room, 1 open report' });
  const queue = mo.element.getByRole('dialog', { name: 'Reports' });
  /** Gives the chat a token with a role, which it uses from the next connection on. */
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
  test(`the reports fit into a narrow chat, in ${lang}`, async ({ openChats, relay }) => {
    await relay.post({ sub: 'u_cy', name: 'Cy', role: 'participant' }, { text: 'w'.repeat(60) });
    const { messages } = await relay.ask(ADA, 'GET', '/messages');
    await relay.ask(BEN, 'POST', `/messages/${messages[0].id}/report`, { reason: 'w'.repeat(200) });
    const [mo] = await open(openChats, MO);
    await mo.appear({ lang, width: 280, zoom: 1 });
    await mo.element.locator('.hallway-room').click();
    await dialogOf(mo).locator('[data-action="queue"]').click();
    const queue = mo.element.getByRole('dialog', { name: title });
    await expect(queue.getByRole('listitem')).toHaveCount(1);
    await expect(queue.getByRole('listitem').getByRole('button')).toHaveCount(3);
    expect(await queue.evaluate((e) => e.scrollWidth - e.clientWidth)).toBe(0);
    const reason = queue.locator('.hallway-hit-text').first(); // it is aligned by the reader's direction and not by its own
    await expect(reason).toHaveCSS('text-align', lang === 'ar' ? 'right' : 'left');
    await inBothThemes(mo, `the reports in ${lang}`);
  });
}
