// Files in encrypted chats, over a real relay, which cannot read them.

import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ADA, BEN, expect, UNREACHABLE } from './fixture.js';
import { pdf, png, wav, withMetadata } from './pictures.js';
import { stored, test } from './vault.js';

const strip = (chat) => chat.element.getByRole('list', { name: 'Attached files' });
const attached = (chat, name) => strip(chat).getByRole('listitem').filter({ hasText: name });
const picture = (chat, name) => chat.log.getByRole('button', { name, exact: true });

const PICTURE = { name: 'canary-stage.png', mimeType: 'image/png', buffer: png(800, 600, 1) };
const PLAN = { name: 'canary-plan.pdf', mimeType: 'application/pdf', buffer: pdf() };

/** Chooses files with the button, once the chat has a key. */
async function choose(chat, files) {
  await expect(chat.composer).toBeEnabled();
  const choosing = chat.page.waitForEvent('filechooser');
  await chat.element.getByRole('button', { name: 'Attach files' }).click();
  await (await choosing).setFiles(files);
}

/** Waits until the log has drawn this number of pictures. */
const drawn = (chat, count) =>
  expect
    .poll(() =>
      chat.log.evaluate(
        (log) =>
          [...log.querySelectorAll('img')].filter((img) => img.complete && img.naturalWidth > 0).length,
      ),
    )
    .toBe(count);

/** Downloads a file from the log; returns its name and its bytes. */
async function download(chat, name) {
  const downloading = chat.page.waitForEvent('download');
  await chat.log.getByRole('button', { name: `Download ${name}` }).click();
  const got = await downloading;
  return { name: got.suggestedFilename(), bytes: await readFile(await got.path()) };
}

/** Returns the bytes of all files that a relay has on its disk. */
async function onDisk(relay) {
  const folder = dirname(relay.database);
  const all = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) all.push(await readFile(join(entry.parentPath, entry.name)));
  }
  return Buffer.concat(all);
}

/** Alters the relay's answer for every file. */
const alter = (page, change) =>
  page.route('**/files/**', async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const response = await route.fetch();
    return route.fulfill({ response, body: change(await response.body()) });
  });

test('a picture and a document go from one page to another, and the relay cannot read them', async ({
  open,
  relay,
  vault,
}) => {
  const ada = await open(ADA);
  const ben = await open(BEN);
  await choose(ada, [PICTURE, PLAN]);
  await expect(attached(ada, PICTURE.name)).toContainText('ready');
  await expect(attached(ada, PICTURE.name).locator('img[src^="blob:"]')).toBeVisible();
  await attached(ada, PICTURE.name)
    .getByRole('button', { name: `Describe ${PICTURE.name}` })
    .click();
  const dialog = ada.element.getByRole('dialog', { name: 'Describe the picture' });
  await dialog.getByRole('textbox', { name: 'Description' }).fill('A canary on the stage');
  await ada.page.keyboard.press('Enter');
  await ada.composer.fill('Two files.');
  await ada.press('Enter');
  await ada.settled(1);
  await ben.settled(1);
  for (const chat of [ada, ben]) {
    await expect(picture(chat, 'A canary on the stage')).toBeVisible();
    await drawn(chat, 1);
  }
  const got = await download(ben, PLAN.name);
  expect(got.name).toBe(PLAN.name);
  expect(got.bytes.equals(PLAN.buffer)).toBe(true);
  await picture(ben, 'A canary on the stage').click();
  const large = ben.element.getByRole('dialog', { name: 'Pictures' });
  await expect(large.getByRole('img')).toHaveAttribute('src', /^blob:/);
  await expect(large).toContainText(PICTURE.name);
  await ben.page.keyboard.press('Escape');

  const [message] = (await relay.history(relay.token({ ...ADA, room: vault }), vault)).messages;
  expect(message.files).toMatchObject([
    { name: 'file', type: 'application/octet-stream', size: PICTURE.buffer.length + 16 },
    { name: 'file', type: 'application/octet-stream', size: PLAN.buffer.length + 16 },
  ]);
  expect(message.files.some((file) => file.alt || file.width)).toBe(false);
  const disk = await onDisk(relay);
  for (const part of ['canary', '%PDF-1.4', PICTURE.buffer.subarray(0, 16), PICTURE.buffer.subarray(-64)])
    expect(disk.includes(part), `the relay's disk has ${part}`).toBe(false);
  expect(relay.log).not.toMatch(/canary/i);
  for (const chat of [ada, ben]) expect(await stored(chat.page)).not.toMatch(/canary/i);
});

test('a waiting message with files is encrypted on the device, survives a reload without a network, and arrives', async ({
  open,
  relay,
  vault: _vault,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  const ben = await open(BEN);
  const ada = await open(ADA);
  await expect(ada.composer).toBeEnabled();
  await ada.live();
  await ben.live();
  await relay.kill();
  await choose(ada, [PICTURE, PLAN]);
  await expect(attached(ada, PLAN.name)).toBeVisible();
  await ada.composer.fill('Two files wait.');
  await ada.press('Enter');
  await expect(ada.message('Two files wait.')).toContainText(PLAN.name);
  await drawn(ada, 1); // from the encrypted bytes on the device
  await expect.poll(() => stored(ada.page)).toContain('"sealed');
  const kept = await stored(ada.page);
  expect(kept).not.toMatch(/canary|Two files/);
  const bytes = await ada.page.evaluate(async () => {
    const opening = indexedDB.open('hallway');
    await new Promise((resolve) => {
      opening.onsuccess = resolve;
    });
    const getting = opening.result.transaction('outbox').objectStore('outbox').getAll();
    await new Promise((resolve) => {
      getting.onsuccess = resolve;
    });
    opening.result.close();
    const blobs = getting.result.flatMap((record) => record.bytes ?? []);
    return Promise.all(blobs.map(async (blob) => Array.from(new Uint8Array(await blob.arrayBuffer()))));
  });
  expect(bytes.map((file) => file.length).sort()).toEqual(
    [PICTURE, PLAN].map(({ buffer }) => buffer.length + 16).sort(),
  );
  for (const file of bytes) expect(Buffer.from(file).includes('%PDF') || file[1] === 0x50).toBe(false);

  await ada.page.reload();
  await relay.restart();
  await ada.settled(1);
  await ben.settled(1);
  await expect(ben.message('Two files wait.')).toContainText(PLAN.name);
  await drawn(ben, 1);
  expect((await download(ben, PLAN.name)).bytes.equals(PLAN.buffer)).toBe(true);
});

test('an altered file is refused with an explanation', async ({ open, vault: _vault }) => {
  const ada = await open(ADA);
  await choose(ada, [PICTURE, PLAN]);
  await expect(attached(ada, PLAN.name)).toContainText('ready');
  await ada.press('Enter');
  await ada.settled(1);
  const page = await ada.page.context().newPage();
  await alter(page, (body) => {
    body[body.length >> 1] ^= 1;
    return body;
  });
  const ben = await open(ADA, { page });
  await ben.settled(1);
  await expect(ben.messages.first()).toContainText(`${PICTURE.name}: This file cannot be decrypted`);
  await ben.log.getByRole('button', { name: `Download ${PLAN.name}` }).click();
  await expect(ben.log.getByRole('alert')).toContainText('cannot be decrypted');
});

test('a file in place of another is refused', async ({ open, vault: _vault }) => {
  const ada = await open(ADA);
  const twins = ['one.txt', 'two.txt'].map((name) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(name),
  }));
  for (const twin of twins) {
    await choose(ada, [twin]);
    await expect(attached(ada, twin.name)).toContainText('ready');
    await ada.press('Enter');
  }
  await ada.settled(2);
  const swapped = [];
  await ada.page.route('**/files/**', async (route) => {
    const { url } = { url: route.request().url() };
    swapped.push(url);
    const other = swapped[0].replace(/[^/]+$/, await otherId(ada, url));
    await route.fulfill({ response: await route.fetch({ url: other }) });
  });
  await ada.log.getByRole('button', { name: 'Download one.txt' }).click();
  await expect(ada.log.getByRole('alert')).toContainText('cannot be decrypted');
  expect(swapped).toHaveLength(1);
});

/** Returns the id of the other of two files in the log. */
const otherId = (chat, url) =>
  chat.log.evaluate(
    (log, asked) =>
      [...log.querySelectorAll('[data-file]')]
        .map((card) => card.dataset.file)
        .find((id) => !asked.includes(id)),
    url,
  );

test('a sound is played from memory, and a file that could run in the page is only downloaded', async ({
  open,
  vault: _vault,
}) => {
  const ada = await open(ADA);
  const active = '<svg xmlns="http://www.w3.org/2000/svg"><script>parent.hacked=1</script></svg>';
  await choose(ada, [
    { name: 'bell.wav', mimeType: 'audio/wav', buffer: wav() },
    { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(active) },
    { name: 'drawing.xml', mimeType: 'image/x+xml', buffer: Buffer.from(active) },
    { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<script>parent.hacked=1</script>') },
  ]);
  await expect(attached(ada, 'page.html')).toContainText('ready');
  await ada.press('Enter');
  await ada.settled(1);
  await ada.log.getByRole('button', { name: 'Play bell.wav' }).click();
  const player = ada.log.locator('audio');
  await expect(player).toHaveAttribute('src', /^blob:/);
  await expect.poll(() => player.evaluate((audio) => audio.duration)).toBeGreaterThan(0.5);
  const made = [];
  await ada.page.exposeFunction('made', (type) => made.push(type));
  await ada.page.evaluate(() => {
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      window.made(blob.type);
      return make.call(URL, blob);
    };
  });
  for (const name of ['drawing.svg', 'drawing.xml', 'page.html']) {
    await expect(picture(ada, name)).toHaveCount(0);
    expect((await download(ada, name)).name).toBe(name);
  }
  expect(made).toEqual(Array(3).fill('application/octet-stream'));
});

test('a picture that claims more pixels than a page can hold is not decoded', async ({
  open,
  vault: _vault,
}) => {
  const ada = await open(ADA);
  const bomb = png(800, 600, 1);
  bomb.writeUInt32BE(60_000, 16);
  bomb.writeUInt32BE(60_000, 20);
  await ada.page.evaluate(() => {
    window.createImageBitmap = async () => ({ width: 800, height: 600, close() {} }); // a hostile client may claim this size
  });
  await choose(ada, [{ name: 'bomb.png', mimeType: 'image/png', buffer: bomb }, PICTURE]);
  await expect(attached(ada, PICTURE.name)).toContainText('ready');
  await expect(attached(ada, 'bomb.png')).toContainText('ready');
  await ada.press('Enter');
  await ada.settled(1);
  const page = await ada.page.context().newPage();
  await page.addInitScript(() => {
    const decode = window.createImageBitmap;
    window.decoded = [];
    window.createImageBitmap = (file) => {
      window.decoded.push(file.size);
      return decode(file);
    };
  });
  const ben = await open(BEN, { page });
  await ben.settled(1);
  await drawn(ben, 1);
  await expect(ben.log.locator('[data-file][data-failed]')).toHaveCount(1);
  const decoded = await page.evaluate(() => window.decoded);
  expect(decoded).toEqual([expect.any(Number)]);
  await picture(ben, PICTURE.name).click();
  const light = ben.page.getByRole('dialog', { name: 'Pictures' });
  await expect(light).toBeVisible();
  const count = () => page.evaluate(() => window.decoded.length);
  await expect.poll(count).toBe(decoded.length + 1); // the large view decodes the other picture
  await page.keyboard.press('ArrowLeft');
  await expect(light).toContainText('bomb.png');
  await page.keyboard.press('+');
  await page.keyboard.press('Escape');
  await expect(light).toBeHidden();
  expect(await count()).toBe(decoded.length + 1);
});

test('a large picture is loaded on request', async ({ open, vault: _vault }) => {
  const ada = await open(ADA);
  const huge = png(1500, 1200, 0, 0);
  await choose(ada, [{ name: 'huge.png', mimeType: 'image/png', buffer: huge }]);
  await expect(attached(ada, 'huge.png')).toContainText('ready');
  await ada.press('Enter');
  await ada.settled(1);
  const ben = await open(BEN);
  await ben.settled(1);
  const asked = [];
  ben.page.on('request', (request) => request.url().includes('/files/') && asked.push(request.url()));
  await expect(ben.messages.first()).toContainText('huge.png, 5.4 MB');
  expect(asked).toEqual([]);
  await ben.log.getByRole('button', { name: 'huge.png' }).click();
  await drawn(ben, 1);
  expect(asked).toHaveLength(1);
});

test('a picture loses its metadata before it is encrypted, and keeps its orientation', async ({
  open,
  vault: _vault,
}) => {
  const ada = await open(ADA);
  const plain = await ada.page.evaluate(async () => {
    const canvas = new OffscreenCanvas(60, 40);
    canvas.getContext('2d').fillRect(0, 0, 30, 40);
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())];
  });
  const photo = withMetadata(Buffer.from(plain));
  await choose(ada, [{ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo }]);
  await expect(attached(ada, 'photo.jpg')).toContainText('ready');
  await ada.press('Enter');
  const ben = await open(BEN);
  await ben.settled(1);
  await drawn(ben, 1);
  const size = await ben.log.evaluate((log) => {
    const { naturalWidth, naturalHeight } = log.querySelector('img');
    return [naturalWidth, naturalHeight];
  });
  expect(size).toEqual([40, 60]);
  await picture(ben, 'photo.jpg').click();
  const downloading = ben.page.waitForEvent('download');
  await ben.element
    .getByRole('dialog')
    .getByRole('button', { name: /Download|Save/ })
    .click();
  const got = await readFile(await (await downloading).path());
  expect(photo.includes('canary')).toBe(true);
  expect(got.includes('canary')).toBe(false);
  expect(got.length).toBeGreaterThan(plain.length);
});
