// The look of messages in the log, and the keys that move between messages.

import { expectAccessible } from './axe.js';
import { Chat } from './chat.js';
import { ADA, BEN, expect, test, UNREACHABLE } from './fixture.js';

test('messages of one sender are a group under one name, and assistive technology gets the name of each message', async ({
  openChats,
  relay,
}) => {
  await relay.post(BEN, { text: 'one' });
  await relay.post(BEN, { text: 'two' });
  await relay.post({ ...ADA, role: 'moderator', sub: 'u_mo', name: 'Mo Salah' }, { text: 'three' });
  await relay.post(ADA, { text: 'four' });
  const [ben] = await openChats([BEN]);
  await ben.settled(4);
  await expect(ben.message('three').locator('.hallway-avatar')).toHaveText('MS');
  await expect(ben.message('three').getByText('Moderator')).toBeVisible();
  await expect(ben.message('four').getByText('Organizer')).toBeVisible();
  expect(await ben.messages.evaluateAll((items) => items.map((item) => 'head' in item.dataset))).toEqual([
    true,
    false,
    true,
    true,
  ]);
  for (const text of ['one', 'two']) await expect(ben.message(text)).toContainText('Ben');
  await expect(ben.log.getByRole('listitem')).toHaveCount(4);
  await expect(ben.log.locator('.hallway-day')).toHaveCount(1);
  const time = ben.message('four').locator('time');
  await expect(time).toHaveText(/^\d{1,2}:\d\d/);
  await expect(time).toHaveAttribute('title', new RegExp(String(new Date().getFullYear())));
});

test('markup and addresses are elements, everything else is text', async ({ openChats, relay }) => {
  const text = [
    'Some *bold _and italic_*, `code *raw*`,',
    '<b>no HTML</b> javascript:alert(1) snake_case',
    'See https://a.example/x?y=(1)&z. or mailto:ada@a.example',
    '```',
    'fenced <i>code</i>',
    '```',
  ].join('\n');
  await relay.post(BEN, { text });
  await relay.post(BEN, { text: '👋🏽 🎉' });
  await relay.post(BEN, { text: 'long'.repeat(300) });
  const [ada] = await openChats([ADA]);
  await ada.settled(3);
  const item = ada.messages.first();
  await expect(item.locator('strong')).toHaveText('bold and italic');
  await expect(item.locator('strong em')).toHaveText('and italic');
  await expect(item.locator('code')).toHaveText('code *raw*');
  await expect(item.locator('pre')).toHaveText('fenced <i>code</i>');
  await expect(item.locator('b, i')).toHaveCount(0);
  await expect(item).toContainText('<b>no HTML</b> javascript:alert(1) snake_case');
  const links = await item
    .getByRole('link')
    .evaluateAll((all) => all.map(({ href, rel, target }) => ({ href, rel, target })));
  const safe = { rel: 'noopener noreferrer nofollow', target: '_blank' };
  expect(links).toEqual([
    { href: 'https://a.example/x?y=(1)&z', ...safe },
    { href: 'mailto:ada@a.example', ...safe },
  ]);

  const size = (n) =>
    ada.messages
      .nth(n)
      .locator('.hallway-text')
      .evaluate((text) => Number.parseFloat(getComputedStyle(text).fontSize));
  expect(await size(1)).toBeGreaterThan(1.5 * (await size(0)));
  expect(await ada.log.evaluate((log) => log.scrollWidth <= log.clientWidth)).toBe(true);
});

test('a reply quotes its message and leads to it', async ({ openChats, relay }) => {
  const asked = await relay.post(ADA, { text: 'When do *doors* open?' });
  for (let i = 0; i < 30; i++) await relay.post(ADA, { text: `filler ${i}` });
  await relay.post(BEN, { text: 'At nine.', reply_to: asked });
  await relay.post(BEN, { text: 'To what?', reply_to: '0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d' });
  const [ada] = await openChats([ADA]);
  await ada.settled(33);
  await expect(ada.message('To what?')).toContainText('Reply to an earlier message');
  const quote = ada.message('At nine.').getByRole('button', { name: 'Reply to Ada: When do doors open?' });
  await expect(ada.messages.first()).not.toBeInViewport();
  await quote.click();
  await expect(ada.messages.first()).toBeInViewport();
  await expect(ada.messages.first()).toBeFocused();
});

test('arrow keys move from message to message, and Tab stops once in the log', async ({
  openChats,
  relay,
}) => {
  for (let i = 0; i < 40; i++) await relay.post(BEN, { text: `message ${i}` });
  const [ada] = await openChats([ADA]);
  await ada.settled(40);
  const focused = (i) => expect(ada.messages.nth(i)).toBeFocused();
  await ada.composer.click();
  await ada.page.keyboard.press('Shift+Tab');
  await focused(39);
  await ada.page.keyboard.press('ArrowUp');
  await focused(38);
  await ada.page.keyboard.press('ArrowDown');
  await focused(39);
  await ada.page.keyboard.press('ArrowDown');
  await focused(39);
  await ada.page.keyboard.press('Home');
  await focused(0);
  await expect(ada.messages.first()).toBeInViewport({ ratio: 1 });
  await ada.page.keyboard.press('PageDown');
  await expect(ada.messages.first()).not.toBeFocused();
  const after = await ada.messages.evaluateAll((items) =>
    items.indexOf(items[0].getRootNode().activeElement),
  );
  expect(after).toBeGreaterThan(2);
  await ada.page.keyboard.press('PageUp');
  await focused(0);
  await ada.page.keyboard.press('End');
  await focused(39);
  await expect(ada.messages.last()).toBeInViewport({ ratio: 1 });
  await ada.page.keyboard.press('Tab');
  await expect(ada.composer).toBeFocused();
  await ada.page.keyboard.press('Shift+Tab');
  await ada.page.keyboard.press('Escape');
  await expect(ada.composer).toBeFocused();
});

test('a change of a message’s state leaves the rest of the message in place', async ({
  openChats,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.page.context().setOffline(true);
  await ada.write('see https://a.example');
  await expect(ada.messages).toHaveAttribute('data-state', 'waiting');
  await expect(ada.messages.getByText('Waiting to be sent')).toBeVisible();
  await ada.messages.getByRole('link').evaluate((link) => {
    link.mark = true;
  });
  await ada.page.context().setOffline(false);
  await ada.settled(1);
  await expect(ada.messages.locator('.hallway-state')).toHaveAttribute('title', 'Sent');
  expect(await ada.messages.getByRole('link').evaluate((link) => link.mark)).toBe(true);
});

test('a refused message says why, and is retried or discarded', async ({ newPage, relay, site }) => {
  const page = await newPage();
  let refusing = true;
  await page.routeWebSocket(/\/v1\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => {
      const frame = JSON.parse(data);
      if (frame.type !== 'send' || !refusing) return server.send(data);
      const { room, id } = frame;
      socket.send(JSON.stringify({ type: 'error', code: 'forbidden', message: 'no', room, id }));
    });
  });
  const attributes = JSON.stringify({ relay: relay.url, room: 'lobby', token: await relay.token(ADA) });
  await page.goto(`${site.url}/chats.html?${new URLSearchParams({ chat: attributes })}`);
  const ada = new Chat(page.locator('hallway-chat'));
  await ada.live();
  await ada.write('first');
  await ada.write('second');
  for (const text of ['first', 'second']) {
    await expect(ada.message(text)).toHaveAttribute('data-state', 'failed');
    await expect(ada.message(text)).toContainText('Not sent: you may not write here');
  }
  await expectAccessible(page, 'with messages that failed');

  await ada.message('first').getByRole('button', { name: 'Discard' }).click();
  await expect(ada.messages).toHaveCount(1);
  refusing = false;
  await ada.message('second').getByRole('button', { name: 'Retry' }).click();
  await ada.settled(1);
  // If the pointer is over a message, its tools are shown.
  await expect(ada.messages.getByRole('button', { name: /Retry|Discard/ })).toHaveCount(0);
});

test('the messages stay in place when the status line appears and disappears', async ({
  openChats,
  relay,
  watch,
}) => {
  for (let i = 0; i < 40; i++) await relay.post(BEN, { text: `message ${i}` });
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.settled(40);
  await ada.messages.nth(20).evaluate((item) => item.scrollIntoView({ block: 'center' }));
  await expect(ada.log.getByRole('button', { name: 'Latest messages' })).toBeVisible();
  const place = () => ada.messages.nth(20).evaluate((item) => item.getBoundingClientRect().top);
  const before = await place();
  const moved = async () => Math.abs((await place()) - before);
  watch.expect(UNREACHABLE);
  await relay.kill();
  await expect(ada.status).not.toContainText(/\blive\b/i);
  await expect.poll(async () => (await ada.status.boundingBox()).height).toBeGreaterThan(10);
  await expect.poll(moved).toBeLessThan(1);
  await relay.restart();
  await ada.live();
  await expect.poll(moved).toBeLessThan(1);
});

test('an empty room shows an invitation, and a live chat tells its status to assistive technology only', async ({
  openChats,
}) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await expect(ada.log.getByText('No messages yet')).toBeVisible();
  await expect(ada.log.getByText('write the first one')).toBeVisible();
  const box = await ada.status.boundingBox();
  expect(box.width * box.height).toBeLessThan(2);
  await ada.write('hello');
  await expect(ada.log.getByText('No messages yet')).toBeHidden();
});

test('a user who may not enter the room is told what to do', async ({ openChats, watch }) => {
  watch.expect(/403|401/);
  const [ada] = await openChats([{ ...ADA, attributes: { room: 'elsewhere' } }]);
  await expect(ada.status).toContainText('Not allowed');
  await expect(ada.status).toContainText('Sign in again, or ask an organizer for access.');
  await expect(ada.log.locator('.hallway-loading')).toBeHidden();
});

test('only live messages are announced, and many at once make one announcement', async ({
  openChats,
  relay,
}) => {
  for (let i = 0; i < 3; i++) await relay.post(BEN, { text: `history ${i}` });
  const [ada] = await openChats([ADA]);
  await ada.element.locator('.hallway-announcer').waitFor({ state: 'attached' }); // the chat's program has started
  await ada.element.evaluate((element) => {
    const speaker = element.shadowRoot.querySelector('.hallway-announcer');
    window.said = [];
    new MutationObserver(() => {
      if (speaker.textContent) window.said.push(speaker.textContent);
    }).observe(speaker, { childList: true, characterData: true, subtree: true });
  });
  await ada.live();
  await ada.settled(3);
  await expect(ada.log).toHaveAttribute('aria-live', 'off');
  const said = () => ada.page.evaluate(() => window.said);
  await ada.write('my own');
  await relay.post(BEN, { text: 'hello *you*' });
  await expect.poll(said).toEqual(['Ben: hello you']);
  await Promise.all([0, 1, 2, 3, 4, 5].map((i) => relay.post(BEN, { text: `crowd ${i}` })));
  await expect.poll(said).toEqual(['Ben: hello you', '6 new messages']);
});
