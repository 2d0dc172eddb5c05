// Encrypted chats on real pages, over a real relay. The tests of the core and of the relay cover the rules of such rooms.

import { expectAccessible } from './axe.js';
import { ADA, BEN, expect, UNREACHABLE } from './fixture.js';
import { stored, test } from './vault.js';

test('present users read new messages, and users who join later read the earlier ones', async ({
  open,
  relay,
  vault,
}) => {
  const ada = await open(ADA);
  const ben = await open(BEN);
  await ada.write('The doors open at nine.');
  await expect(ben.message('The doors open at nine.')).toHaveCount(1);
  await ben.write('And close at ten?');
  await expect(ada.message('And close at ten?')).toHaveCount(1);
  await ada.settled(2);
  const cy = await open({ sub: 'u_cy', name: 'Cy' });
  await expect(cy.message('The doors open at nine.')).toHaveCount(1);
  await expect(cy.message('And close at ten?')).toHaveCount(1);
  const stored = JSON.stringify(await relay.history(relay.token({ ...ADA, room: vault }), vault));
  expect(stored).toContain('A256GCM');
  expect(stored).not.toContain('nine');
});

/** Opens the list of readers by the keyboard, and returns it. */
async function readers(chat) {
  await chat.element.getByRole('button', { name: 'Encrypted: who can read' }).press('Enter');
  const dialog = chat.element.getByRole('dialog');
  await expect(dialog).toBeVisible();
  return {
    dialog,
    code: dialog.getByText(/^\d{5}( \d{5}){5}$/),
    renew: dialog.getByRole('button', { name: 'New keys' }),
  };
}

test('a moderator makes new keys, and all users write with them', async ({ open, relay, vault }) => {
  const ada = await open(ADA);
  const ben = await open(BEN);
  await ada.write('With the first key.');
  await expect(ben.message('With the first key.')).toHaveCount(1);
  const his = await readers(ben);
  await expect(his.code).toBeVisible();
  await expect(his.renew).toHaveCount(0);
  const hers = await readers(ada);
  await expect(hers.code).toBeVisible();
  const first = await hers.code.textContent();
  expect(await his.code.textContent()).toBe(first);
  await expect(hers.renew).toHaveAccessibleDescription(/a stolen key opens no later messages/);
  await expectAccessible(ada.page, 'the list of readers of a moderator');
  await hers.renew.press('Enter');
  await expect(hers.code).not.toHaveText(first);
  await expect(hers.renew).toBeFocused();
  await expect(his.code).toHaveText(await hers.code.textContent());
  await ada.page.keyboard.press('Escape');
  await ben.page.keyboard.press('Escape');
  await ben.write('With the second key.');
  await expect(ada.message('With the second key.')).toHaveCount(1);
  await expect(ada.message('With the first key.')).toHaveCount(1);
  const { messages } = await relay.history(relay.token({ ...ADA, room: vault }), vault);
  expect(messages.map(({ encrypted }) => Number.parseInt(encrypted.kid, 10))).toEqual([1, 2]);
});

test('if no device has the key any more, a moderator starts again with new keys', async ({
  open,
  vault: _vault,
}) => {
  const ada = await open(ADA);
  await ada.write('Nobody else has this key.');
  await ada.settled(1);
  await ada.page.close();
  const mo = await open({ sub: 'u_mo', name: 'Mo', role: 'moderator' });
  await expect(mo.element).toContainText('Waiting for the key to this room.');
  await expect(mo.composer).toBeDisabled();
  const list = await readers(mo);
  await list.renew.press('Enter');
  await expect(list.code).toBeVisible();
  await mo.page.keyboard.press('Escape');
  await mo.write('A new chapter.');
  await mo.settled(2);
  await expect(mo.messages.first()).toContainText('From before you could read');
});

test('waiting messages and drafts are not on the device in the clear', async ({
  open,
  relay,
  vault,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  const ada = await open(ADA);
  await ada.write(`The first word in the ${vault}.`);
  await ada.settled(1);
  await relay.kill();
  await ada.write('A canary waits.');
  await expect(ada.message('A canary waits.')).toHaveCount(1);
  await ada.type('A finch is being written.');
  await ada.page.waitForTimeout(1500); // a chat that does not encrypt stores a draft after some hundred milliseconds
  const kept = await stored(ada.page);
  expect(kept).toContain('"relay"');
  expect(kept).not.toMatch(/canary|finch|first word/);
  await relay.restart();
  await ada.settled(2);
});

test('tabs are one device, and after a reload it reads the room without another device', async ({
  open,
  vault,
  relay,
}) => {
  const ada = await open(ADA);
  const devices = new Set();
  const watchFrames = (page) =>
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const { type, device } = JSON.parse(String(payload));
        if (type === 'device') devices.add(device.id);
      }),
    );
  await ada.write('Before the reload.');
  await ada.settled(1);
  const page = await ada.page.context().newPage();
  for (const tab of [page, ada.page]) watchFrames(tab);
  const other = await open(ADA, { page });
  await expect(other.message('Before the reload.')).toHaveCount(1);
  await page.close();
  await ada.page.reload();
  await expect(ada.message('Before the reload.')).toHaveCount(1);
  await ada.write('And after it.');
  await ada.settled(2);
  expect(devices.size).toBe(1);
  expect((await relay.history(relay.token({ ...ADA, room: vault }), vault)).messages).toHaveLength(2);
});

test('a chat that does not encrypt does not load the ciphers', async ({ openChats, newPage: _newPage }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.write('Plain.');
  await ada.settled(1);
  const loaded = await ada.page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => name),
  );
  expect(loaded.some((name) => name.endsWith('/index.js'))).toBe(true);
  expect(loaded.some((name) => name.endsWith('/e2ee.js'))).toBe(false);
});

/** Opens a chat with a wrong setup, and returns the error that it reports to the page's developer. */
async function complaint(open, options) {
  const page = options.page;
  const warnings = [];
  page.on('console', (message) => {
    if (/hallway/.test(message.text())) warnings.push(message.text());
  });
  const chat = await open(ADA, options);
  await expect.poll(() => warnings.join('\n')).not.toBe('');
  return { chat, said: warnings.join('\n') };
}

test('without getDevice the chat reports an error and sends nothing', async ({
  open,
  newPage,
  vault,
  relay,
}) => {
  const { chat, said } = await complaint(open, { page: await newPage(), attributes: { device: undefined } });
  expect(said).toContain('getDevice is missing');
  await expect(chat.composer).toBeDisabled();
  expect((await relay.history(relay.token({ ...ADA, room: vault }), vault)).messages).toHaveLength(0);
});

test('the chat calls a getDevice that the page sets later', async ({ open, vault: _vault }) => {
  const ada = await open(ADA, { attributes: { late: 1000 } });
  await ada.write('Certified late.');
  await ada.settled(1);
});

test('a certificate for another user is refused with an explanation', async ({
  open,
  newPage,
  vault: _vault,
}) => {
  const { said } = await complaint(open, { page: await newPage(), attributes: { device: BEN } });
  expect(said).toContain('a certificate that the issuer has not signed for this device and this user');
});

for (const [name, issuer, words] of [
  ['none', '', 'is not an https address'],
  ['one over http', 'http://keys.example.org/keys.json', 'is not an https address'],
  ['the relay', undefined, 'is an address of the relay'],
]) {
  test(`the chat reports an issuer that is ${name}`, async ({ open, newPage, relay, watch }) => {
    watch.expect(/hallway/);
    const attributes = { issuer: issuer ?? `${relay.url}/keys.json` };
    const { said } = await complaint(open, { page: await newPage(), attributes });
    expect(said).toContain(words);
  });
}

test('the chat reports a page that is not secure', async ({ open, newPage, watch }) => {
  watch.expect(/hallway/);
  const page = await newPage();
  await page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
  const { chat, said } = await complaint(open, { page });
  expect(said).toContain('served by https');
  await expect(chat.element).toContainText('Encrypted messages need one');
});
