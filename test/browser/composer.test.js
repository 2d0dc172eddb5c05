// The composer: its size, its limit, its drafts and its keys.

import { ADA, BEN, expect, test } from './fixture.js';

const LIMIT = 8192; // the bytes of a text that the relay allows

test('the composer grows to eight lines', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  const heightOf = async (text) => {
    await ada.composer.fill(text);
    return (await ada.composer.boundingBox()).height;
  };
  const [one, two, eight, twenty] = [
    await heightOf('1'),
    await heightOf('1\n2'),
    await heightOf('1\n'.repeat(7) + 8),
    await heightOf('1\n'.repeat(20)),
  ];
  const line = (eight - two) / 6;
  expect(two).toBeGreaterThan(one);
  expect(line).toBeGreaterThan(16);
  expect(twenty).toBeLessThan(eight + line / 2);
  expect(await heightOf('')).toBe(one);
  expect(await heightOf('long line '.repeat(30))).toBeGreaterThan(two); // wrapped lines count as well
});

test('near the limit the composer shows the number of letters left, and refuses a longer paste with a notice', async ({
  openChats,
}) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.composer.fill('x'.repeat(LIMIT - 50));
  await expect(ada.composer).toHaveAccessibleDescription('50 left');
  await ada.composer.fill('x'.repeat(LIMIT - 2000));
  await expect(ada.element.getByText(/left$/)).toHaveCount(0);
  await ada.composer.fill('é'.repeat((LIMIT - 100) / 2));
  await expect(ada.composer).toHaveAccessibleDescription('50 left'); // letters, not bytes

  const paste = (text) =>
    ada.composer.evaluate((input, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      return input.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true, composed: true }),
      );
    }, text);
  expect(await paste('é'.repeat(50))).toBe(true);
  expect(await paste('é'.repeat(51))).toBe(false);
  await expect(ada.status).toContainText('Not pasted: the text is too long for one message.');
  await ada.press('Escape');
  await expect(ada.status).not.toContainText('Not pasted');
  await expect(ada.composer).toHaveValue('é'.repeat((LIMIT - 100) / 2));

  await ada.composer.fill('x'.repeat(LIMIT + 1));
  await expect(ada.composer).toHaveAccessibleDescription('-1 left');
  await ada.press('Enter');
  await expect(ada.status).toContainText('Not sent: it is too long');
  await expect(ada.messages).toHaveCount(0);
});

test('a draft survives a reload, and each user and room has a separate one', async ({ openChats }) => {
  const [ada, ben] = await openChats([ADA, BEN]);
  await ada.live();
  await ben.live();
  await ada.type('Half a th');
  await ada.page.reload();
  await expect(ada.composer).toHaveValue('Half a th');
  await ben.live();
  await expect(ben.composer).toHaveValue('');
  await ada.live();
  await ada.press('End');
  await ada.write('ought');
  await ada.settled(1);
  await expect(ada.messages).toContainText('Half a thought');
  await ada.page.reload();
  await ada.live();
  await expect(ada.composer).toHaveValue('');
});

test('Enter and Shift+Enter can be swapped', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.type('one');
  await ada.press('Shift+Enter');
  await ada.type('two');
  await expect(ada.composer).toHaveValue('one\ntwo');
  await ada.press('Enter');
  await ada.settled(1);

  await ada.element.evaluate((element) => element.setAttribute('enter', 'newline'));
  await expect(ada.composer).toHaveAttribute('enterkeyhint', 'enter');
  await ada.type('three');
  await ada.press('Enter');
  await ada.type('four');
  await expect(ada.composer).toHaveValue('three\nfour');
  await ada.press('Shift+Enter');
  await ada.settled(2);
  await expect(ada.composer).toHaveValue('');
});

test('the on-screen keyboard covers neither the composer nor the last message', async ({
  newPage,
  relay,
  site,
}) => {
  const page = await newPage();
  await page.setViewportSize({ width: 390, height: 700 });
  await page.addInitScript(() => {
    const viewport = Object.assign(new EventTarget(), { offsetTop: 0, height: innerHeight, scale: 1 });
    Object.defineProperty(window, 'visualViewport', { value: viewport });
    window.keyboard = (height) => {
      viewport.height = innerHeight - height;
      viewport.dispatchEvent(new Event('resize'));
    };
  });
  for (let i = 0; i < 30; i++) await relay.post(BEN, { text: `message ${i}` });
  const chat = { relay: relay.url, room: 'lobby', token: await relay.token(ADA) };
  await page.goto(`${site.url}/chats.html?${new URLSearchParams({ chat: JSON.stringify(chat) })}`);
  const element = page.locator('hallway-chat');
  const composer = element.getByRole('textbox');
  const last = element.getByRole('log').locator('[data-id]').last();
  await expect(last).toContainText('message 29');
  const bottom = async (locator) => {
    const box = await locator.boundingBox();
    return box.y + box.height;
  };
  await composer.click();
  const before = await bottom(composer);
  await page.evaluate(() => window.keyboard(300));
  await expect.poll(() => bottom(composer)).toBeLessThanOrEqual(400);
  await expect.poll(async () => (await bottom(last)) <= (await composer.boundingBox()).y).toBe(true);
  await page.evaluate(() => window.keyboard(0));
  await expect.poll(() => bottom(composer)).toBe(before);

  await element.getByRole('button', { name: 'Search', exact: true }).click();
  await page.evaluate(() => window.keyboard(300));
  await expect.poll(() => bottom(element.getByRole('region', { name: 'Search' }))).toBeLessThanOrEqual(400);
  await page.keyboard.press('Escape');
  await expect.poll(() => bottom(composer)).toBe(before);
});
