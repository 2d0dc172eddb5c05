// What a message looks like in the log, and how one gets about in it.

import { ADA, BEN, expect, test } from './fixture.js';

test('messages of one sender are a group under one name, each of them named to assistive technology', async ({
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

test('the keyboard goes from message to message, and the log is one stop of Tab', async ({
  openChats,
  relay,
}) => {
  for (let i = 0; i < 40; i++) await relay.post(BEN, { text: `message ${i}` });
  const [ada] = await openChats([ADA]);
  await ada.settled(40);
  const focused = (i) => expect(ada.messages.nth(i)).toBeFocused();
  await ada.composer.focus();
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

test('what a state changes leaves the rest of a message alone', async ({ openChats, watch }) => {
  watch.expect(/ERR_INTERNET_DISCONNECTED/);
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

test('an empty room invites, and a chat that is live says so to nobody who can see', async ({
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

test('who may not enter is told what to do', async ({ openChats, watch }) => {
  watch.expect(/403|401/);
  const [ada] = await openChats([{ ...ADA, attributes: { room: 'elsewhere' } }]);
  await expect(ada.status).toContainText('Not allowed');
  await expect(ada.status).toContainText('Sign in again, or ask an organizer for access.');
  await expect(ada.log.locator('.hallway-loading')).toBeHidden();
});

test('only what comes live is announced, and a crowd is one announcement', async ({ openChats, relay }) => {
  for (let i = 0; i < 3; i++) await relay.post(BEN, { text: `history ${i}` });
  const [ada] = await openChats([ADA]);
  await ada.element.evaluate((element) => {
    const speaker = element.shadowRoot.querySelector('[aria-live="polite"]:not([role])');
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
  for (let i = 0; i < 6; i++) await relay.post(BEN, { text: `crowd ${i}` });
  await expect.poll(said).toEqual(['Ben: hello you', '6 new messages']);
});
