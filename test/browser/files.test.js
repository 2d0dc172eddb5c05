// Files in the log: the places of pictures, cards, players, and the large view.

import { readFile } from 'node:fs/promises';
import { expectAccessible } from './axe.js';
import { Chat } from './chat.js';
import { ADA, BEN, expect, test } from './fixture.js';
import { pdf, png, wav } from './pictures.js';
import { startSite } from './site.js';

const large = (chat) => chat.element.getByRole('dialog', { name: 'Pictures' });
const shown = (chat) => large(chat).getByRole('img');
const picture = (chat, name) => chat.log.getByRole('button', { name, exact: true });

/** Waits until the browser has drawn all pictures in the log. */
async function drawn(chat, count) {
  await expect
    .poll(() =>
      chat.log.evaluate(
        (log) =>
          [...log.querySelectorAll('img')].filter((img) => img.complete && img.naturalWidth > 0).length,
      ),
    )
    .toBe(count);
}

/** Posts a message with pictures; returns the ids of the files. */
async function post(relay, user, pictures, text) {
  const files = [];
  for (const [name, bytes, alt] of pictures) {
    const id = await relay.upload(user, name, bytes);
    files.push(alt ? { id, alt } : id);
  }
  const message = await relay.post(user, { text, files });
  return { message, files: files.map((file) => file.id ?? file) };
}

test('pictures keep their place from the first paint, and thumbnails come first', async ({
  openChats,
  relay,
}) => {
  await post(relay, ADA, [['hall.png', png(1600, 1000), 'The hall']]);
  await post(
    relay,
    BEN,
    [1, 2, 3].map((i) => [`p${i}.png`, png(500, 300, i)]),
    'three',
  );
  await post(relay, BEN, [
    ['tall.png', png(300, 900)],
    ['tiny.png', png(16, 16)],
  ]);
  await relay.post(ADA, { text: 'after them' });
  const [chat] = await openChats([{ ...ADA, room: 'elsewhere' }]);
  const page = chat.page;
  let open;
  const gate = new Promise((resolve) => {
    open = resolve;
  });
  const asked = [];
  await page.route('**/files/**', async (route) => {
    asked.push(new URL(route.request().url()).searchParams.get('size'));
    await gate;
    await route.continue();
  });
  const token = relay.token(ADA);
  await chat.element.evaluate((element, is) => {
    element.token = is;
    element.setAttribute('room', 'lobby');
  }, token);
  await chat.settled(4);
  const places = () =>
    chat.log.evaluate((log) =>
      [...log.querySelectorAll('[data-id], .hallway-photo')].map((e) => {
        const { x, y, width, height } = e.getBoundingClientRect();
        return [x, y, width, height];
      }),
    );
  await expect.poll(() => asked.length).toBeGreaterThan(3);
  const before = await places();
  open();
  await chat.log.evaluate((log) => {
    log.scrollTop = 0;
  });
  await drawn(chat, 6);
  await chat.log.evaluate((log) => {
    log.scrollTop = log.scrollHeight;
  });
  await expect.poll(places).toEqual(before);
  expect(new Set(asked)).toEqual(new Set(['320']));
  await expect(picture(chat, 'The hall')).toBeVisible(); // its alternative text
  await expect(picture(chat, 'tall.png')).toBeVisible(); // else its name
  await expect(chat.messages.nth(0).locator('.hallway-text')).toHaveText(''); // not the text that the relay has made from the names
});

test('the large view has keys, returns the focus, zooms and saves', async ({ openChats, relay }) => {
  const bytes = png(1600, 1200, 1);
  await post(relay, ADA, [['one.png', bytes, 'One']]);
  await post(relay, BEN, [
    ['two.png', png(400, 300, 2)],
    ['three.png', png(300, 400, 3)],
  ]);
  const [chat] = await openChats([ADA]);
  const asked = [];
  chat.page.on('request', (request) => {
    if (request.url().includes('/files/')) asked.push(new URL(request.url()).search);
  });
  await chat.settled(2);
  await picture(chat, 'two.png').click();
  await expect(shown(chat)).toHaveAttribute('alt', 'two.png');
  await expect(large(chat)).toContainText('Picture 2 of 3');
  const { page } = chat;
  await page.keyboard.press('ArrowLeft');
  await expect(shown(chat)).toHaveAttribute('alt', 'One');
  await page.keyboard.press('ArrowLeft'); // the first one
  await expect(large(chat)).toContainText('Picture 1 of 3');
  await page.keyboard.press('End');
  await expect(shown(chat)).toHaveAttribute('alt', 'three.png');
  await page.keyboard.press('Home');
  await expect(large(chat).getByRole('button', { name: 'Previous picture' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expectAccessible(page);

  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab'); // more presses than the dialog has controls
    const within = await chat.element.evaluate((element) => {
      const active = element.shadowRoot.activeElement;
      return !active || Boolean(active.closest('dialog[open]')); // or in the browser's own controls
    });
    expect(within).toBe(true);
  }

  await expect.poll(() => shown(chat).evaluate((img) => img.naturalWidth)).toBe(1280); // a thumbnail
  expect(asked).not.toContain('');
  const width = () => shown(chat).evaluate((img) => img.getBoundingClientRect().width);
  const fits = await width();
  await large(chat).getByRole('button', { name: 'Zoom in' }).click();
  expect(await width()).toBeCloseTo(fits * 2, 0);
  await expect.poll(() => shown(chat).evaluate((img) => img.naturalWidth)).toBe(1600); // the picture itself
  await page.keyboard.press('0');
  expect(await width()).toBeCloseTo(fits, 0);
  await shown(chat).dblclick();
  expect(await width()).toBeCloseTo(fits * 2, 0);

  const saving = page.waitForEvent('download');
  await large(chat).getByRole('button', { name: 'Download one.png' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('one.png');
  expect((await readFile(await saved.path())).equals(bytes)).toBe(true);

  await page.keyboard.press('Escape');
  await expect(large(chat)).toBeHidden();
  await expect(picture(chat, 'two.png')).toBeFocused();
});

test('the keyboard moves from a message to its picture and back', async ({ openChats, relay }) => {
  await post(relay, BEN, [['one.png', png(400, 300)]]);
  const [chat] = await openChats([ADA]);
  await chat.settled(1);
  await chat.messages.first().focus();
  await chat.page.keyboard.press('ArrowRight');
  await expect(picture(chat, 'one.png')).toBeFocused();
  await chat.page.keyboard.press('Enter');
  await expect(shown(chat)).toBeVisible();
  await chat.page.keyboard.press('Escape');
  await expect(picture(chat, 'one.png')).toBeFocused();
  await chat.page.keyboard.press('Escape');
  await expect(chat.messages.first()).toBeFocused();
});

test('when a message is deleted, its picture disappears, also from the large view', async ({
  openChats,
  relay,
}) => {
  const { message } = await post(relay, BEN, [['one.png', png(400, 300)]], 'with a caption');
  await post(relay, BEN, [['two.png', png(400, 300)]]);
  const [chat] = await openChats([ADA]);
  await chat.settled(2);
  await picture(chat, 'one.png').click();
  await expect(shown(chat)).toBeVisible();
  await relay.ask(ADA, 'DELETE', `/messages/${message}`);
  await expect(large(chat)).toBeHidden();
  await expect(chat.messages.first()).toContainText('Message deleted');
  await expect(picture(chat, 'one.png')).toHaveCount(0);
  await expect(picture(chat, 'two.png')).toBeVisible();
});

test('other files are cards, which save the file under its name', async ({ openChats, relay }) => {
  await post(relay, BEN, [['plan of the hall.pdf', pdf()]], 'the plan');
  await post(relay, BEN, [['evil\u202efdp.exe', Buffer.from([0, 1, 2, 3])]]);
  const [chat] = await openChats([ADA]);
  await chat.settled(2);
  await expect(chat.messages.first()).toContainText('PDF');
  await expect(chat.messages.first()).toContainText('plan of the hall.pdf');
  await expect(chat.messages.first()).toContainText('45 byte');
  await expect(chat.messages.first()).toContainText('the plan');
  await expect(chat.messages.nth(1).locator('.hallway-card-name')).toHaveText('evilfdp.exe'); // no character changes the direction of the name
  const saving = chat.page.waitForEvent('download');
  await chat.log.getByRole('button', { name: 'Download plan of the hall.pdf' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('plan of the hall.pdf');
  expect((await readFile(await saved.path())).equals(pdf())).toBe(true);
});

test('a missing file is reported in its place', async ({ openChats, relay, watch }) => {
  watch.expect(/404/);
  await post(relay, BEN, [
    ['plan.pdf', pdf()],
    ['one.png', png(400, 300)],
  ]);
  const [chat] = await openChats([{ ...ADA, room: 'elsewhere' }]);
  await chat.page.route('**/files/**', (route) => route.fulfill({ status: 404 }));
  await chat.element.evaluate((element, is) => {
    element.token = is;
    element.setAttribute('room', 'lobby');
  }, relay.token(ADA));
  await chat.settled(1);
  await expect(chat.log.getByText('one.png')).toBeVisible(); // the file's name takes its place
  await chat.log.getByRole('button', { name: 'Download plan.pdf' }).click();
  await expect(chat.log.getByRole('alert')).toHaveText('This file cannot be loaded now.');
  await chat.page.unroute('**/files/**');
  await chat.log.locator('.hallway-photo button').click(); // tries again
  await drawn(chat, 1);
});

test('audio plays only on demand', async ({ openChats, relay }) => {
  await post(relay, BEN, [['interview.wav', wav(1)]]);
  const [chat] = await openChats([ADA]);
  const asked = [];
  chat.page.on('request', (request) => {
    if (request.url().includes('/files/')) asked.push(request.url());
  });
  await chat.settled(1);
  await expect(chat.element.locator('audio')).toHaveCount(0);
  expect(asked).toEqual([]);
  await chat.log.getByRole('button', { name: 'Play interview.wav' }).click();
  const player = chat.element.locator('audio');
  await expect.poll(() => player.evaluate((audio) => audio.ended)).toBe(true);
  await expect(player).toBeFocused();
  expect(asked[0]).toMatch(/\/link$/);
  expect(asked[1]).toMatch(/\?link=/);
  await chat.page.keyboard.press(' '); // goes to the player, not to the composer
  await expect(chat.composer).not.toBeFocused();
});

test('a page whose policy forbids pictures from memory shows cards', async ({ newPage, relay, watch }) => {
  watch.expect(/img-src|media-src/);
  const site = await startSite((policy) =>
    policy.replace(' blob:', '').replace('media-src http: blob:', "media-src 'none'"),
  );
  const own = await relay.constructor.start(['--allow-origin', site.url, '--rate', '0']);
  try {
    await post(
      own,
      BEN,
      [
        ['one.png', png(400, 300)],
        ['two.png', png(400, 300)],
      ],
      'two pictures',
    );
    await post(own, BEN, [['talk.wav', wav(1)]]);
    const page = await newPage();
    const attributes = { relay: own.url, room: 'lobby', token: own.token(ADA) };
    await page.goto(`${site.url}/chats.html?chat=${encodeURIComponent(JSON.stringify(attributes))}`);
    const chat = new Chat(page.locator('#chat-0'));
    await chat.settled(2);
    await expect(chat.log.getByRole('button', { name: 'Download one.png' })).toBeVisible();
    await expect(chat.log.getByRole('button', { name: 'Download two.png' })).toBeVisible();
    await expect(chat.log.locator('img')).toHaveCount(0);
    await chat.log.getByRole('button', { name: 'Play talk.wav' }).click();
    await expect(chat.log.getByRole('alert')).toHaveText('This cannot be played here. You can download it.');
    const saving = page.waitForEvent('download');
    await chat.log.getByRole('button', { name: 'Download one.png' }).click();
    expect((await saving).suggestedFilename()).toBe('one.png');
    await page.close();
  } finally {
    await own.stop();
    await site.close();
  }
});

for (const [lang, width, zoom] of [
  ['en', 320, 1],
  ['ar', 320, 1],
  ['de', 320, 2],
  ['fr', 900, 1],
]) {
  test(`files fit at ${width} px in ${lang}, letters ×${zoom}, and are accessible`, async ({
    openChats,
    relay,
  }) => {
    await post(
      relay,
      BEN,
      [1, 2, 3, 4].map((i) => [`p${i}.png`, png(500, 300, i)]),
      'four',
    );
    await post(relay, ADA, [
      ['A programme with a very long name that fills several lines at once.pdf', pdf()],
    ]);
    await post(relay, BEN, [
      ['wide.png', png(900, 300, 1)],
      ['talk.wav', wav(1)],
    ]);
    const [chat] = await openChats([ADA]);
    await chat.appear({ lang, width, zoom });
    await chat.settled(3);
    await expect(chat.log.locator('img[src]').last()).toBeVisible();
    const beyond = await chat.log.evaluate((log) => {
      const { left, right } = log.getBoundingClientRect();
      return [...log.querySelectorAll('.hallway-files, .hallway-files *')].filter((e) => {
        const box = e.getBoundingClientRect();
        return box.width > 0 && (box.left < left - 1 || box.right > right + 1);
      }).length;
    });
    expect(beyond).toBe(0);
    expect(await chat.log.evaluate((log) => log.scrollWidth - log.clientWidth)).toBe(0);
    await expectAccessible(chat.page);
    await chat.log.locator('.hallway-photo button').first().click();
    await expect(chat.element.locator('dialog.hallway-lightbox')).toBeVisible();
    await expectAccessible(chat.page);
    const bar = await chat.element
      .locator('.hallway-light-bar')
      .evaluate((e) => e.scrollWidth - e.clientWidth);
    expect(bar).toBeLessThanOrEqual(0);
  });
}

test('the focus stays on a message to which the user goes right after the large view', async ({
  openChats,
  relay,
}) => {
  await post(relay, BEN, [['one.png', png(400, 300)]]);
  await relay.post(BEN, { text: 'two' });
  const [chat] = await openChats([ADA]);
  await chat.settled(2);
  await picture(chat, 'one.png').click();
  await chat.closeDialogAndFocus('two');
  await expect(chat.message('two')).toBeFocused();
});

test('in a chat from right to left, the arrow keys go the other way', async ({ openChats, relay }) => {
  await post(relay, BEN, [
    ['one.png', png(400, 300)],
    ['two.png', png(400, 300)],
  ]);
  const [chat] = await openChats([{ ...ADA, attributes: { lang: 'ar' } }]);
  await chat.settled(1);
  await picture(chat, 'one.png').click();
  await chat.page.keyboard.press('ArrowLeft');
  await expect(chat.element.locator('.hallway-light-image')).toHaveAttribute('alt', 'two.png');
});
