// Takes the pictures of docs/screens: `make screens`. Each shows a state of the chat in real Chromium over a real relay.
// `node test/browser/screens.js menu card` takes only these states. No test compares the pictures, because fonts differ between systems.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { Chat } from './chat.js';
import { ADA, BEN } from './fixture.js';
import { pdf, png, wav } from './pictures.js';
import config from './playwright.config.js';
import { Relay, ROOT } from './relay.js';
import { startSite } from './site.js';

const CY = { sub: 'u_cy', name: 'Cyrine Haddad', role: 'moderator' };
const DI = { sub: 'u_di', name: 'Di', role: 'participant' };
const ONLY = process.argv.slice(2); // the states to take; an empty list means all
const FOLDER = join(ROOT, 'docs/screens');
const SIZES = { narrow: [280, 560], phone: [390, 720], wide: [760, 640] };

/** Users with pictures and titles, for a room with mentions. */
const FACES = 'https://faces.example';
const STAGE = [
  {
    sub: 'u_ada',
    name: 'Ada Lindqvist',
    role: 'organizer',
    title: 'Head of programme',
    picture: `${FACES}/3`,
  },
  { sub: 'u_ben', name: 'Ben Okafor', role: 'participant', title: 'Speaker, Monday', picture: `${FACES}/1` },
  { sub: 'u_cy', name: 'Cyrine Haddad', role: 'moderator', title: 'Light and sound', picture: `${FACES}/2` },
  { sub: 'u_di', name: 'Dimitri Papadopoulos', role: 'participant', title: 'Volunteer' },
].map((user) => ({ ...user, room: 'stage' }));

/** Returns a drawn portrait. */
function portrait(n) {
  const [wall, skin, hair, shirt] = [
    ['#cfe3f1', '#8d5a3b', '#1d1512', '#2c5d8a'],
    ['#f3dfc8', '#d9a47a', '#3a2416', '#7a2f45'],
    ['#dcd3ea', '#f0c6a4', '#b5803c', '#2f6b57'],
  ][n - 1];
  const long = n > 1 ? `<path d="M26 96V46a24 24 0 0 1 48 0v50Z" fill="${hair}"/>` : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="200" height="200"><rect width="100" height="100" fill="${wall}"/>${long}
    <path d="M12 104a38 34 0 0 1 76 0Z" fill="${shirt}"/><rect x="42" y="58" width="16" height="20" rx="8" fill="${skin}"/>
    <circle cx="50" cy="46" r="19" fill="${skin}"/><path d="M30 46a20 21 0 0 1 40 0c-8-3-12-8-14-13-6 8-15 12-26 13Z" fill="${hair}"/></svg>`;
}

const site = await startSite();
const relay = await Relay.start(['--allow-origin', site.url, '--rate', '0']);
const browser = await chromium.launch(config.use.launchOptions);

const call = (user, method, path, body) => relay.ask(user, method, `/messages/${path}`, body);

/** Posts the conversation of a morning at an event. */
async function converse() {
  const doors = await relay.post(ADA, {
    text: 'Good morning! Doors open at *nine*, the keynote is in hall 2.',
  });
  await relay.post(BEN, { text: 'Is there a cloakroom?' });
  const yes = await relay.post(CY, {
    text: 'Yes, at the left of the entrance. Plans: https://event.example/plan',
  });
  await relay.post(CY, { text: 'And the wardrobe takes `cash` only 🙈' });
  await relay.post(BEN, { text: 'Great, thank you', reply_to: yes });
  const typo = await relay.post(DI, { text: 'Anybody for lunch at twelf?' });
  await call(DI, 'PATCH', typo, { text: 'Anybody for lunch at twelve?' });
  for (const user of [ADA, BEN]) await call(user, 'PUT', `${typo}/reactions/${encodeURIComponent('🍜')}`);
  await call(CY, 'PUT', `${typo}/reactions/${encodeURIComponent('👍')}`);
  const spam = await relay.post(DI, { text: 'Buy now' });
  await call(CY, 'DELETE', spam);
  for (const user of [BEN, CY, DI]) await call(user, 'PUT', `${doors}/reactions/${encodeURIComponent('👍')}`);
  await call(BEN, 'PUT', `${doors}/reactions/${encodeURIComponent('🎉')}`);
  await call(ADA, 'PUT', `${doors}/pin`);
  await relay.post(BEN, { text: '🎉🎉' });
}

/** Posts a picture with an alternative text, several pictures with a caption, a document and a recording. */
async function sendFiles() {
  const send = async (user, files, text) => {
    const sent = [];
    for (const [name, bytes, alt] of files) {
      const id = await relay.upload(user, name, bytes);
      sent.push(alt ? { id, alt } : id);
    }
    await relay.post(user, { text, files: sent });
  };
  await send(ADA, [['stage.png', png(1600, 1000, 1), 'The stage, seen from the balcony']]);
  await send(
    BEN,
    [2, 3, 4].map((i) => [`hall ${i}.png`, png(800, 600, i)]),
    'Which hall is it?',
  );
  await send(CY, [['Programme of the second day.pdf', pdf()]], 'All halls are in here:');
  await send(CY, [['Welcome.wav', wav(2)]]);
}

/** Opens a chat that fills a window of the given size, and returns it when its composer takes text. */
async function open(user, { size = 'wide', theme = 'light', lang = 'en' } = {}) {
  const room = user.room ?? 'lobby';
  const [width, height] = SIZES[size];
  const context = await browser.newContext({
    viewport: { width, height },
    locale: lang,
    colorScheme: theme,
    timezoneId: 'Europe/Berlin',
    deviceScaleFactor: 1.5,
  });
  const page = await context.newPage();
  await page.route(`${FACES}/*`, (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: portrait(Number(route.request().url().at(-1))) }),
  );
  const attributes = { relay: relay.url, room, token: await relay.token(user), lang, theme: 'auto' };
  const query = new URLSearchParams({ chat: JSON.stringify(attributes), 'img-src': FACES });
  await page.goto(`${site.url}/chats.html?${query}`);
  const chat = new Chat(page.locator('#chat-0'));
  await chat.element.evaluate((element) => {
    document.querySelector('header').hidden = true;
    document.body.style.margin = 0;
    element.style.blockSize = '100vh';
  });
  await chat.page.waitForFunction(() => {
    const composer = document.querySelector('hallway-chat').shadowRoot.querySelector('textarea');
    return composer && !composer.disabled;
  });
  return chat;
}

/** Moves a user's read marker to the end of the room. */
async function readAll(user) {
  const chat = await open(user);
  for (;;) {
    const { members } = await relay.ask(user, 'GET', '/members');
    const last = Math.max(...(await chat.shown()).map((row) => row.seq));
    if (members.find((member) => member.user.id === user.sub)?.read === last) break;
    await chat.page.waitForTimeout(100);
  }
  await chat.page.context().close();
}

const wanted = (name) => ONLY.length === 0 || ONLY.includes(name.split('-')[0]);

async function picture(name, chat) {
  if (!wanted(name)) return;
  await chat.page.evaluate(() => document.fonts.ready);
  await chat.page.mouse.move(0, 0);
  await chat.page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
  console.log(name);
}

/** Brings a chat to a state with `reach`, and takes a picture of it in each variant. */
async function state(name, user, variants, reach = async () => {}) {
  if (!wanted(name)) return;
  for (const variant of variants) {
    const chat = await open(user, variant);
    await reach(chat);
    await picture([name, ...Object.values(variant)].join('-'), chat);
    await chat.page.context().close();
  }
}

const LIGHT = { size: 'wide', theme: 'light' };
const DARK = { size: 'wide', theme: 'dark' };
const both = [LIGHT, DARK];

if (ONLY.length === 0) await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
await state('empty', ADA, both);
await converse();
await state('conversation', ADA, [
  ...both,
  { size: 'narrow', theme: 'light' },
  { size: 'narrow', theme: 'dark' },
  { size: 'phone', theme: 'light', lang: 'ar' },
  { size: 'wide', theme: 'dark', lang: 'ar' },
  { size: 'phone', theme: 'light', lang: 'de' },
  { size: 'phone', theme: 'dark', lang: 'fr' },
]);
await state('menu', ADA, both, async (chat) => {
  await chat.message('cloakroom').focus();
  await chat.message('cloakroom').press('Enter');
});
await state('emoji', BEN, [LIGHT, { size: 'narrow', theme: 'dark' }], async (chat) => {
  await chat.message('cloakroom').focus();
  await chat.message('cloakroom').press('+');
});
await state('delete', ADA, both, async (chat) => {
  await chat.message('cloakroom').focus();
  await chat.message('cloakroom').press('Delete');
});
await state('keys', ADA, [LIGHT], async (chat) => {
  await chat.message('cloakroom').focus();
  await chat.message('cloakroom').press('?');
});
await state('reply', BEN, both, async (chat) => {
  await chat.message('for lunch').focus();
  await chat.message('for lunch').press('r');
  await chat.composer.fill('With pleasure!');
});
await state('edit', DI, [LIGHT], async (chat) => {
  await chat.press('ArrowUp');
});
await state('search', BEN, [...both, { size: 'narrow', theme: 'light' }], async (chat) => {
  await chat.element.getByRole('button', { name: 'Search', exact: true }).click();
  await chat.element.getByRole('searchbox').fill('the');
  await chat.element.getByRole('region', { name: 'Search' }).getByRole('listitem').first().waitFor();
});
await state('typing', BEN, both, async (chat) => {
  const ada = await open(ADA);
  await ada.type('I wi');
  await chat.element.getByText('Ada is writing…').waitFor();
  await ada.page.context().close();
  await chat.composer.fill('Which hall?');
});
await readAll(BEN);
await relay.post(ADA, { text: 'The keynote begins in five minutes.' });
await relay.post(CY, { text: 'Seats are left in the balcony.' });
for (const variant of both) {
  const chat = await open(BEN, variant);
  await chat.message('balcony').first().waitFor();
  await picture(['unread', ...Object.values(variant)].join('-'), chat);
  // The page is closed before the messages count as read, so they are unread for the next picture.
  await chat.page.context().close();
  await relay.post(CY, { text: 'Two more seats in the balcony.' });
}
const offer = await relay.post(DI, { text: 'Tickets half price, write to me!' });
await call(BEN, 'POST', `${offer}/report`, { reason: 'Advertising, the third time today' });
await call(ADA, 'POST', `${offer}/report`, { reason: 'Nobody may sell tickets here.' });
await state('reports', CY, [...both, { size: 'narrow', theme: 'dark', lang: 'ar' }], async (chat) => {
  await chat.element.locator('.hallway-room').click();
  await chat.element.getByRole('dialog').locator('[data-action="queue"]').click();
  await chat.element.getByRole('dialog').getByRole('listitem').last().waitFor();
});
const mute = (method, body) => relay.ask(CY, method, `/members/${DI.sub}/mute`, body);
for (const variant of both) {
  const chat = await open(DI, variant);
  await mute('PUT', { for_s: 600, reason: 'Advertising' });
  await chat.element.getByText('Advertising').first().waitFor();
  await picture(['muted', ...Object.values(variant)].join('-'), chat);
  await mute('DELETE');
  await chat.page.context().close();
}
const [ada, ben, cy, di] = STAGE;
for (const user of STAGE) {
  const chat = await open(user); // the relay tells titles of members only
  await chat.page.context().close();
}
const say = (user, text, ...named) =>
  relay.post(
    user,
    {
      text,
      mentions: named.map((who) => ({
        at: Buffer.byteLength(text.slice(0, text.indexOf(`@${who.name}`))),
        len: Buffer.byteLength(`@${who.name}`),
        user: who.sub,
      })),
    },
    'stage',
  );
await say(cy, 'Microphones are checked. Who opens?');
await say(ada, '@Ben Okafor does, and @Dimitri Papadopoulos holds the door.', ben, di);
await say(ben, 'Thank you. Is the clicker on the desk?');
await say(cy, '@Ben Okafor it is, with new batteries.', ben);
await say(di, 'Door is open, people come in.');
const faced = [...both, { size: 'phone', theme: 'light', lang: 'ar' }, { size: 'narrow', theme: 'dark' }];
await state('faces', ben, faced);
await state('card', ada, faced, async (chat) => {
  const name = chat.log.locator('.hallway-profile', { hasText: 'Ben Okafor' }).first();
  await name.click();
  await chat.element.getByText('Speaker, Monday').waitFor();
});
await state('people', ada, faced, async (chat) => {
  await chat.composer.focus();
  await chat.composer.pressSequentially('Thanks, @');
  await chat.element.getByRole('option').first().waitFor();
});
await sendFiles();
await state('files', BEN, [...both, { size: 'phone', theme: 'light', lang: 'ar' }], async (chat) => {
  await chat.element.getByText('Welcome.wav').waitFor();
  await chat.page.waitForFunction(() => {
    const images = document.querySelector('hallway-chat').shadowRoot.querySelectorAll('.hallway-log img');
    return images.length > 3 && [...images].every((img) => img.naturalWidth);
  });
});
await state('attach', BEN, both, async (chat) => {
  await chat.element
    .locator('input[type=file]')
    .first()
    .setInputFiles([
      { name: 'foyer.png', mimeType: 'image/png', buffer: png(800, 600, 5) },
      { name: 'Seats.pdf', mimeType: 'application/pdf', buffer: pdf() },
    ]);
  await chat.element.getByText('45 byte, ready').waitFor();
});
await state('lightbox', BEN, [LIGHT, { size: 'phone', theme: 'dark' }], async (chat) => {
  await chat.element.getByRole('button', { name: 'The stage, seen from the balcony' }).click();
  await chat.page.waitForFunction(() => {
    const image = document.querySelector('hallway-chat').shadowRoot.querySelector('.hallway-light-image');
    return image?.naturalWidth === 1280;
  });
});
const chats = [];
for (const variant of both) chats.push([variant, await open(BEN, variant)]);
await relay.kill();
for (const [variant, chat] of chats) {
  await chat.element.getByRole('button', { name: 'Try now' }).waitFor();
  await chat.write('Written while the relay is away');
  await chat.message('Written while').waitFor();
  await picture(['away', ...Object.values(variant)].join('-'), chat);
}
await browser.close();
await relay.restart();
await relay.stop();
await site.close();
