// Several pages of one user: one outbox, and one page at a time that sends from it.

import { Chat } from './chat.js';
import { ADA, BEN, expect, test, UNREACHABLE } from './fixture.js';

test('the tabs of a user show one outbox, and another sends it when the first is closed', async ({
  openChats,
  relay,
  watch,
}) => {
  test.setTimeout(120_000); // a chat may wait up to 30 s before it reconnects
  const [first] = await openChats([ADA]);
  const [ben] = await openChats([BEN]);
  await first.live();
  const second = await anotherTab(first);
  const third = await anotherTab(first);
  await first.write('Written in the first tab');
  await second.write('Written in the second tab');
  for (const chat of [first, second, third, ben]) await chat.settled(2);

  watch.expect(UNREACHABLE);
  await relay.kill();
  for (const chat of [first, second, third]) await expect(chat.status).not.toContainText(/\blive\b/i);
  await first.write('A: offline, in the first');
  await expect(second.message('A:')).toHaveAttribute('data-state', 'waiting');
  await second.write('B: offline, in the second');
  await expect(first.message('B:')).toHaveAttribute('data-state', 'waiting');
  await first.write('C: offline, in the first again');
  for (const chat of [first, second, third]) {
    await expect(chat.messages).toContainText(['first tab', 'second tab', 'A:', 'B:', 'C:']);
  }

  await first.page.close();
  await third.write('D: offline, in the third');
  await expect(second.message('D:')).toHaveAttribute('data-state', 'waiting');
  await relay.restart();
  for (const chat of [second, third, ben]) {
    await chat.settled(6, { timeout: 60_000 });
    await expect(chat.messages).toContainText(['first tab', 'second tab', 'A:', 'B:', 'C:', 'D:']);
  }
  const stored = await relay.stored();
  expect(stored.map(({ text }) => text[0])).toEqual(['W', 'W', 'A', 'B', 'C', 'D']);
});

/** Opens the same page again, in the same browser profile. */
async function anotherTab(chat) {
  const page = await chat.page.context().newPage();
  await page.goto(chat.page.url());
  const other = new Chat(page.locator('#chat-0'));
  await other.live();
  return other;
}
