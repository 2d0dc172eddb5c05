// Unread messages: the place where the log opens, the button to the end, the read marker, and distant messages.

import { ADA, BEN, expect, test } from './fixture.js';

const separatorOf = (chat) => chat.log.locator('.hallway-unread');

/** Opens a chat, waits until the relay knows that the user has read all messages, and closes the chat. */
async function readAll(openChats, relay, user, head) {
  const [chat] = await openChats([user]);
  await chat.live();
  await expect.poll(() => readOf(relay, user)).toBe(head);
  await chat.page.close();
}

/** Returns the user's read marker. */
async function readOf(relay, user) {
  const { members } = await relay.ask(user, 'GET', '/members');
  return members.find((member) => member.user.id === user.sub)?.read ?? 0;
}

test('the log opens at the first unread message, and a message by the user moves to the end', async ({
  openChats,
  relay,
}) => {
  for (let i = 0; i < 20; i++) await relay.post(BEN, { text: `old ${i}.` });
  await readAll(openChats, relay, ADA, 20);
  for (let i = 0; i < 25; i++) await relay.post(BEN, { text: `new ${i}.` });

  const [ada] = await openChats([ADA]);
  await ada.settled(45);
  await expect(separatorOf(ada)).toHaveText('New messages');
  await expect(ada.message('new 0.').locator('.hallway-unread')).toHaveCount(1);
  await expect(ada.log.getByRole('listitem')).toHaveCount(45);
  const [log, line] = [await ada.log.boundingBox(), await separatorOf(ada).boundingBox()];
  expect(line.y - log.y).toBeGreaterThanOrEqual(0);
  expect(line.y - log.y).toBeLessThan(log.height / 4);
  await expect(ada.message('new 24.')).not.toBeInViewport();

  const jump = ada.log.getByRole('button', { name: /^\d+ new messages$/ });
  await expect(jump).toBeVisible();
  await jump.click();
  await expect(ada.message('new 24.')).toBeInViewport({ ratio: 1 });
  await expect(separatorOf(ada)).toHaveCount(1);
  await ada.write('thanks');
  await expect(separatorOf(ada)).toHaveCount(0);
});

test('the log opens at the end if the user has seen all messages', async ({ openChats, relay }) => {
  for (let i = 0; i < 30; i++) await relay.post(BEN, { text: `old ${i}.` });
  await readAll(openChats, relay, ADA, 30);
  const [ada] = await openChats([ADA]);
  await ada.settled(30);
  await expect(ada.message('old 29.')).toBeInViewport({ ratio: 1 });
  await expect(separatorOf(ada)).toHaveCount(0);
});

test('only visible messages count as read', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'old' });
  await readAll(openChats, relay, ADA, 1);
  for (let i = 0; i < 40; i++) await relay.post(BEN, { text: `new ${i}.` });
  const [ada] = await openChats([ADA]);
  await ada.settled(41);
  await expect.poll(() => readOf(relay, ADA)).toBeGreaterThan(1);
  const inSight = await ada.log.evaluate((log) => {
    const { bottom } = log.getBoundingClientRect();
    const seen = [...log.querySelectorAll('[data-id]')].filter(
      (item) => item.getBoundingClientRect().bottom <= bottom + 1,
    );
    return Number(seen.at(-1).dataset.seq);
  });
  expect(inSight).toBeLessThan(30);
  await expect.poll(() => readOf(relay, ADA)).toBe(inSight);
  await ada.messages.last().evaluate((item) => item.scrollIntoView());
  await expect.poll(() => readOf(relay, ADA)).toBe(41);
});

test('a distant unread message is loaded before the log opens there', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'old' });
  await readAll(openChats, relay, ADA, 1);
  for (let i = 0; i < 130; i++) await relay.post(BEN, { text: `new ${i}.` });
  const [ada] = await openChats([ADA]);
  await expect(separatorOf(ada)).toBeInViewport();
  await expect(ada.message('new 0.').locator('.hallway-unread')).toHaveCount(1);
  await ada.log.getByRole('button', { name: 'New messages' }).click();
  await expect(ada.message('new 129.')).toBeInViewport({ ratio: 1 });
});

test('the button to the end shows the number of new messages', async ({ openChats, relay }) => {
  for (let i = 0; i < 40; i++) await relay.post(BEN, { text: `message ${i}.` });
  const [ada] = await openChats([ADA]);
  await ada.settled(40);
  await ada.messages.nth(10).evaluate((item) => item.scrollIntoView());
  await expect(ada.log.getByRole('button', { name: 'Latest messages' })).toBeVisible();
  await relay.post(BEN, { text: 'fresh 1' });
  await expect(ada.log.getByRole('button', { name: '1 new message', exact: true })).toBeVisible();
  await relay.post(BEN, { text: 'fresh 2' });
  await relay.post(BEN, { text: 'fresh 3' });
  await ada.log.getByRole('button', { name: '3 new messages', exact: true }).click();
  await expect(ada.message('fresh 3')).toBeInViewport({ ratio: 1 });
  await expect(ada.log.locator('.hallway-jump')).toBeHidden();
});

test('a quotation leads to a message that is not loaded, or reports that it does not exist', async ({
  openChats,
  relay,
}) => {
  const asked = await relay.post(ADA, { text: 'the question' });
  for (let i = 0; i < 120; i++) await relay.post(ADA, { text: `filler ${i}.` });
  await relay.post(BEN, { text: 'far', reply_to: asked });
  await relay.post(BEN, { text: 'nowhere', reply_to: '0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d' });
  const [ada] = await openChats([ADA]);
  await ada.live();
  await expect(ada.message('nowhere')).toBeInViewport();
  await ada.message('nowhere').getByRole('button', { name: 'Reply to an earlier message' }).click();
  await expect(ada.status).toContainText('This message is no longer there.');
  await expect(ada.message('nowhere')).toBeInViewport();
  await ada.message('far').getByRole('button', { name: 'Reply to an earlier message' }).click();
  await expect(ada.message('the question')).toBeFocused();
  await expect(ada.message('the question')).toBeInViewport({ ratio: 1 });
  await ada.element.evaluate(
    (element, id) => element.scrollTo(id),
    await ada.messages.nth(20).getAttribute('data-id'),
  );
  await expect(ada.messages.nth(20)).toBeFocused();
});
