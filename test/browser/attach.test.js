// Attaching files: button, camera, paste, drag and drop, the strip above the composer, refusals, and waiting offline.

import { expectAccessible } from './axe.js';
import { Chat } from './chat.js';
import { ADA, BEN, expect, PHONE, test, UNREACHABLE } from './fixture.js';
import { pdf, png } from './pictures.js';
import { Relay } from './relay.js';
import { stored as onDevice } from './vault.js';

const strip = (chat) => chat.element.getByRole('list', { name: 'Attached files' });
const attached = (chat, name) => strip(chat).getByRole('listitem').filter({ hasText: name });

const PICTURE = { name: 'stage.png', mimeType: 'image/png', buffer: png(800, 600, 1) };
const PLAN = { name: 'plan.pdf', mimeType: 'application/pdf', buffer: pdf() };

/** Chooses files with the button. */
async function choose(chat, files) {
  const choosing = chat.page.waitForEvent('filechooser');
  await chat.element.getByRole('button', { name: 'Attach files' }).click();
  await (await choosing).setFiles(files);
}

/** Dispatches a synthetic event with a file at an element of the chat, like a drag or the clipboard. */
const give = (place, type, name) =>
  place.evaluate(
    (element, [is, called]) => {
      const data = new DataTransfer();
      data.items.add(new File(['%PDF-1.4\n'], called, { type: 'application/pdf' }));
      const init = { bubbles: true, cancelable: true, composed: true };
      const event =
        is === 'paste'
          ? new ClipboardEvent(is, { ...init, clipboardData: data })
          : new DragEvent(is, { ...init, dataTransfer: data });
      element.dispatchEvent(event);
    },
    [type, name],
  );

const stored = async (relay) => (await relay.history(relay.token(ADA))).messages;

test('several files are chosen, described and sent with a text', async ({ openChats, relay }) => {
  const [ada, ben] = await openChats([ADA, BEN]);
  await ada.live();
  await choose(ada, [PICTURE, PLAN]);
  await expect(attached(ada, 'stage.png')).toContainText('ready');
  await expect(attached(ada, 'stage.png').locator('img[src^="blob:"]')).toBeVisible();
  await expect(attached(ada, 'plan.pdf')).toContainText('45 byte, ready');
  await expect(ada.composer).toBeFocused();
  await expectAccessible(ada.page, 'with a strip');

  await attached(ada, 'stage.png').getByRole('button', { name: 'Describe stage.png' }).click();
  const dialog = ada.element.getByRole('dialog', { name: 'Describe the picture' });
  await dialog.getByRole('textbox', { name: 'Description' }).fill('The stage, empty');
  await expectAccessible(ada.page, 'with a dialog');
  await ada.page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(attached(ada, 'stage.png')).toContainText('The stage, empty');

  await ada.composer.fill('Two files');
  await ada.composer.press('Enter');
  await expect(strip(ada).getByRole('listitem')).toHaveCount(0);
  await ben.settled(1);
  await expect(ben.log.getByRole('button', { name: 'The stage, empty' })).toBeVisible();
  await expect(ben.messages.first()).toContainText('plan.pdf');
  const [message] = await stored(relay);
  expect(message.text).toBe('Two files');
  expect(message.files).toMatchObject([
    { name: 'stage.png', type: 'image/png', width: 800, height: 600, alt: 'The stage, empty' },
    { name: 'plan.pdf', type: 'application/pdf' },
  ]);
});

test('files are sent without a text, and an edit writes one', async ({ openChats, relay }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await choose(ada, [PICTURE]);
  await ada.send.click();
  await ada.settled(1);
  await expect(ada.messages.first().locator('.hallway-text')).toHaveText('');
  expect(await stored(relay)).toMatchObject([{ text: 'stage.png', auto_text: true }]); // the text that an older client shows
  await ada.press('ArrowUp');
  await expect(ada.composer).toHaveValue('');
  await ada.write('A caption');
  await expect(ada.messages.first()).toContainText('A caption');
  await expect(ada.log.getByRole('button', { name: 'stage.png' })).toBeVisible();
});

test('a refused file delays neither the other files nor the text', async ({
  newPage,
  relay: _relay,
  site,
  watch,
}) => {
  watch.expect(/403/);
  const strict = await Relay.start(['--allow-origin', site.url, '--rate', '0', '--file-types', 'image/*']);
  try {
    const page = await newPage();
    const attributes = { relay: strict.url, room: 'lobby', token: strict.token(ADA) };
    await page.goto(`${site.url}/chats.html?chat=${encodeURIComponent(JSON.stringify(attributes))}`);
    const ada = new Chat(page.locator('#chat-0'));
    await ada.live();
    await choose(ada, [PLAN, PICTURE]);
    const why = 'Not uploaded: files of this type are not allowed here';
    await expect(attached(ada, 'plan.pdf')).toContainText(why);
    await expect(ada.element.locator('[aria-live]', { hasText: `plan.pdf: ${why}` })).toBeAttached();
    await ada.write('the others');
    await ada.settled(1);
    expect((await strict.history(strict.token(ADA))).messages).toMatchObject([
      { text: 'the others', files: [{ name: 'stage.png' }] },
    ]);
    await attached(ada, 'plan.pdf').getByRole('button', { name: 'Upload plan.pdf again' }).click();
    await expect(attached(ada, 'plan.pdf')).toContainText(why); // refused again
    await attached(ada, 'plan.pdf').getByRole('button', { name: 'Remove plan.pdf' }).click();
    await expect(strip(ada).getByRole('listitem')).toHaveCount(0);
    await expect(ada.composer).toBeFocused();
    await page.close();
  } finally {
    await strict.stop();
  }
});

test('an upload shows how far it is, and ends when its file is removed', async ({ openChats, relay }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  let ended = 0;
  await ada.page.route('**/files/**', () => {}); // no answer
  ada.page.on('requestfailed', () => {
    ended++;
  });
  await choose(ada, [PICTURE]);
  await expect(
    attached(ada, 'stage.png').getByRole('progressbar', { name: 'Uploading stage.png' }),
  ).toBeVisible();
  await attached(ada, 'stage.png').getByRole('button', { name: 'Remove stage.png' }).click();
  await expect(strip(ada).getByRole('listitem')).toHaveCount(0);
  await expect.poll(() => ended).toBe(1);
  expect(await stored(relay)).toEqual([]);
});

test('files can be dropped anywhere in the chat, which shows the drop area', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  const drop = ada.element.getByText('Drop files here to attach them');
  await give(ada.log, 'dragenter', 'plan.pdf');
  await expect(drop).toBeVisible();
  await expect(drop).toHaveAttribute('aria-hidden', 'true'); // the button does the same by keyboard
  await give(drop, 'dragleave', 'plan.pdf');
  await expect(drop).toBeHidden();
  await give(ada.log, 'dragenter', 'plan.pdf');
  await give(drop, 'drop', 'plan.pdf');
  await expect(drop).toBeHidden();
  await expect(attached(ada, 'plan.pdf')).toContainText('ready');
  await expect(ada.element.locator('[aria-live]', { hasText: '1 file attached' })).toBeAttached();
  await give(ada.composer, 'paste', 'pasted.pdf');
  await expect(attached(ada, 'pasted.pdf')).toContainText('ready');
});

test('a message has at most ten files', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await choose(
    ada,
    Array.from({ length: 12 }, (_, i) => ({ ...PLAN, name: `p${i}.pdf` })),
  );
  await expect(strip(ada).getByRole('listitem')).toHaveCount(10);
  await expect(ada.status).toContainText('at most 10 files');
});

test('a phone offers its camera', async ({ openChats }) => {
  const [ada] = await openChats([ADA], { ...PHONE, viewport: { width: 320, height: 640 } });
  await ada.live();
  await expect(ada.element.getByRole('button', { name: 'Take a picture' })).toBeVisible();
  await expect(ada.element.locator('input[capture="environment"][accept="image/*"]')).toHaveCount(1);
  const beyond = await ada.element.evaluate((element) => {
    const write = element.shadowRoot.querySelector('.hallway-write');
    return write.scrollWidth - write.clientWidth;
  });
  expect(beyond).toBeLessThanOrEqual(0);
});

test('a picture in HEIC is sent as JPEG where the browser can decode it, else as a file', async ({
  openChats,
  relay,
}) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  const heic = { name: 'IMG_1.HEIC', mimeType: 'image/heic', buffer: Buffer.from('no picture') };
  await choose(ada, [heic]);
  await expect(attached(ada, 'IMG_1.HEIC')).toContainText('ready');
  await ada.page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 40;
    canvas.height = 30;
    canvas.getContext('2d').fillRect(0, 0, 40, 30);
    const decoded = await createImageBitmap(canvas);
    globalThis.createImageBitmap = async () => decoded; // a browser that knows HEIC
  });
  await choose(ada, [{ ...heic, name: 'IMG_2.HEIC' }]);
  await expect(attached(ada, 'IMG_2.jpg')).toContainText('ready');
  await ada.send.click();
  await ada.settled(1);
  expect(await stored(relay)).toMatchObject([
    {
      files: [
        { name: 'IMG_1.HEIC', type: 'text/plain' },
        { name: 'IMG_2.jpg', type: 'image/jpeg', width: 40, height: 30 },
      ],
    },
  ]);
});

test('files written offline survive a reload and are sent in their order', async ({
  openChats,
  relay,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  const [ada] = await openChats([ADA]);
  await ada.live();
  await relay.kill();
  await expect(ada.status).toContainText(/reconnecting/i);
  await choose(ada, [PICTURE]);
  await expect(attached(ada, 'stage.png').locator('img[src^="blob:"]')).toBeVisible();
  await ada.write('with a picture');
  await ada.write('and then');
  const own = ada.messages.first();
  await expect(own).toHaveAttribute('data-state', 'waiting');
  await expect(own.locator('img[src^="blob:"]')).toBeVisible();
  await ada.page.reload();
  await expect(ada.messages).toHaveCount(2);
  await expect(own).toHaveAttribute('data-state', 'waiting');
  await expect(own.locator('img[src^="blob:"]')).toBeVisible(); // its bytes were stored
  await relay.restart();
  await ada.settled(2, { timeout: 40_000 });
  const messages = await stored(relay);
  expect(messages.map((m) => m.text)).toEqual(['with a picture', 'and then']);
  expect(messages[0].files).toMatchObject([{ name: 'stage.png', width: 800 }]);
});

test('a message whose file is refused later lets the next one pass, and is sent without the file', async ({
  newPage,
  relay: _relay,
  site,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  watch.expect(/403/);
  const strict = await Relay.start(['--allow-origin', site.url, '--rate', '0', '--file-types', 'image/*']);
  try {
    const page = await newPage();
    const attributes = { relay: strict.url, room: 'lobby', token: strict.token(ADA) };
    await page.goto(`${site.url}/chats.html?chat=${encodeURIComponent(JSON.stringify(attributes))}`);
    const ada = new Chat(page.locator('#chat-0'));
    await ada.live();
    await strict.kill();
    await expect(ada.status).toContainText(/reconnecting/i);
    await choose(ada, [PLAN, PICTURE]);
    await ada.write('plan and stage');
    await ada.write('and then');
    await expect.poll(() => onDevice(page)).toContain('and then'); // stored: the reload must find it
    await page.reload();
    await expect(ada.messages).toHaveCount(2);
    await strict.restart();
    const failed = ada.message('plan and stage');
    await expect(failed).toHaveAttribute('data-state', 'failed', { timeout: 40_000 });
    await expect(failed).toContainText('files of this type are not allowed here');
    await expect(ada.message('and then')).toHaveAttribute('data-state', 'sent');
    await failed.hover();
    await failed.getByRole('button', { name: 'Remove plan.pdf' }).click();
    await ada.settled(2);
    const { messages } = await strict.history(strict.token(ADA));
    expect(messages.map((m) => [m.text, (m.files ?? []).map((f) => f.name)])).toEqual([
      ['and then', []],
      ['plan and stage', ['stage.png']],
    ]);
    await page.close();
  } finally {
    await strict.stop();
  }
});

test('the tab in which a message was written uploads its files, even if another tab sends the message', async ({
  openChats,
  relay,
}) => {
  const [first] = await openChats([ADA]);
  await first.live();
  const page = await first.page.context().newPage();
  await page.goto(first.page.url());
  const second = new Chat(page.locator('#chat-0'));
  await second.live();
  const uploads = [];
  const count = (name) => (request) => request.method() === 'PUT' && uploads.push(name);
  first.page.on('request', count('first'));
  page.on('request', count('second'));
  let goOn;
  const held = new Promise((resolve) => {
    goOn = resolve;
  });
  await page.route('**/files/**', async (route) => {
    await held;
    await route.continue();
  });
  await choose(second, [PICTURE]);
  await second.write('written before the upload has ended');
  for (const chat of [first, second]) {
    await expect(chat.messages.first()).toHaveAttribute('data-state', 'waiting');
  }
  goOn();
  for (const chat of [first, second]) await chat.settled(1);
  expect((await stored(relay))[0].files).toMatchObject([{ name: 'stage.png' }]);
  expect(uploads).toEqual(['second']);
});
