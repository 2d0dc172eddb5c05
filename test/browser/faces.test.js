// Faces: pictures over initials, and the card of a user.

import { expectAccessible } from './axe.js';
import { Chat } from './chat.js';
import { ADA, BEN, expect, PHONE, test } from './fixture.js';
import { MO } from './moderators.js';

const CY = { sub: 'u_cy', name: 'Cyril Ångström', role: 'moderator', title: 'Light and sound' };

const SQUARE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="900"><rect width="2000" height="900" fill="#0a0"/></svg>';

const card = (chat, name) => chat.element.getByRole('dialog', { name, exact: true });
const actions = (dialog) => dialog.locator('.hallway-item');
const nameIn = (chat, text) => chat.message(text).locator('.hallway-profile');
const face = (chat, text) => chat.message(text).locator('.hallway-avatar');

const PICTURE = 'https://faces.example/ben.png';

/** Opens Ada's chat on a page that allows pictures of that host, unless `blocked`; `answer` is the host. */
async function openWithPictures({ newPage, relay, site, blocked = false, answer = async () => {} }) {
  const page = await newPage();
  await page.route('https://faces.example/**', answer);
  const attributes = { relay: relay.url, room: 'lobby', token: relay.token(ADA) };
  const query = new URLSearchParams({ chat: JSON.stringify(attributes) });
  if (!blocked) query.set('img-src', 'https://faces.example');
  await page.goto(`${site.url}/chats.html?${query}`);
  return new Chat(page.locator('#chat-0'));
}

/** Returns the positions of all elements in the log, to a pixel. */
const places = (chat) =>
  chat.log.evaluate((log) =>
    [...log.querySelectorAll('li, li *:not(img)')].map((e) => {
      const { x, y, width, height } = e.getBoundingClientRect();
      return [e.className, x, y, width, height].join(' ');
    }),
  );

test.describe('a picture', () => {
  const withPicture = { ...BEN, picture: PICTURE };
  const image = (chat) => face(chat, 'hello').locator('img');
  /** Returns the pixels of a face, as bytes. */
  const drawn = async (chat) => (await face(chat, 'hello').screenshot()).toString('base64');

  test.beforeEach(({ relay }) => relay.post(withPicture, { text: 'hello' }));

  test('that arrives late covers the initials, and nothing moves', async ({ newPage, relay, site }) => {
    const held = [];
    const chat = await openWithPictures({ newPage, relay, site, answer: (route) => held.push(route) });
    await chat.settled(1);
    await expect(face(chat, 'hello')).toHaveText('B');
    await expect.poll(() => held.length).toBe(1);
    expect(await held[0].request().headerValue('referer')).toBeNull();
    const [before, initials] = [await places(chat), await drawn(chat)];
    await held[0].fulfill({ contentType: 'image/svg+xml', body: SQUARE });
    await expect.poll(() => image(chat).evaluate((img) => img.complete && img.naturalWidth)).toBe(2000);
    await expect.poll(() => drawn(chat)).not.toBe(initials);
    expect(await places(chat)).toEqual(before);
    const [box, around] = [await image(chat).boundingBox(), await face(chat, 'hello').boundingBox()];
    expect(box).toEqual(around);
  });

  for (const [what, options, error] of [
    ['is not there', { answer: (route) => route.fulfill({ status: 404, body: '' }) }, /status of 404/],
    ['cannot be reached', { answer: (route) => route.abort() }, /net::ERR_FAILED/],
    [
      'is none',
      { answer: (route) => route.fulfill({ contentType: 'image/png', body: '<script>alert(1)</script>' }) },
      /^never$/,
    ],
    ['is blocked by the page’s policy', { blocked: true }, /img-src|Content Security Policy/],
  ])
    test(`that ${what} leaves the initials, and nothing moves`, async ({ newPage, relay, site, watch }) => {
      watch.expect(error);
      const chat = await openWithPictures({ newPage, relay, site, ...options });
      await chat.settled(1);
      await expect.poll(() => image(chat).evaluate((img) => img.complete && img.naturalWidth)).toBe(0);
      await expect(face(chat, 'hello')).toHaveText('B');
      const [before, broken] = [await places(chat), await drawn(chat)];
      await image(chat).evaluate((img) => img.remove());
      expect(await drawn(chat)).toBe(broken); // nothing was drawn
      expect(await places(chat)).toEqual(before);
    });

  test('is in the list of people, in the card, and in the list of users who reacted', async ({
    newPage,
    relay,
    site,
    openChats,
  }) => {
    const [ben] = await openChats([withPicture]);
    await ben.live();
    const answer = (route) => route.fulfill({ contentType: 'image/svg+xml', body: SQUARE });
    const chat = await openWithPictures({ newPage, relay, site, answer });
    await chat.settled(1);
    await chat.type('@');
    await expect(chat.element.getByRole('option').first().locator('img')).toHaveAttribute('src', PICTURE);
    await chat.press('Escape');
    await nameIn(chat, 'hello').click();
    await expect(card(chat, 'Ben').locator('img')).toHaveAttribute('src', PICTURE);
  });
});

test.describe('the card of a user', () => {
  test('opens by a click on a face or a name, and describes the user', async ({ openChats }) => {
    const [ben, cy] = await openChats([BEN, CY]);
    for (const chat of [ben, cy]) await chat.live();
    await cy.write('lights on');
    await ben.settled(1);
    await face(ben, 'lights').click();
    const dialog = card(ben, CY.name);
    await expect(dialog.getByRole('heading', { name: CY.name })).toBeVisible();
    await expect(dialog).toContainText('Moderator');
    await expect(dialog).toContainText('Light and sound'); // the title, which the message does not contain
    await expect(actions(dialog)).toHaveText(['Mention', 'Report…']);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(dialog).toBeHidden();
    await expect(ben.message('lights')).toBeFocused();
    await ben.message('lights').getByRole('button', { name: CY.name }).click();
    await expect(dialog).toBeVisible();
    await ben.page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });

  test('is reached by the arrow keys, and returns the focus', async ({ openChats, relay }) => {
    await relay.post(CY, { text: 'see https://a.example' });
    const [ben] = await openChats([BEN]);
    await ben.settled(1);
    const { keyboard } = ben.page;
    await ben.messages.focus();
    await keyboard.press('ArrowLeft');
    const name = ben.messages.getByRole('button', { name: CY.name });
    await expect(name).toBeFocused();
    await keyboard.press('Enter');
    const dialog = card(ben, CY.name);
    await expect(dialog.getByRole('button', { name: 'Mention' })).toBeFocused();
    await keyboard.press('Tab');
    await expect(dialog.getByRole('button', { name: 'Report…' })).toBeFocused();
    await keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(name).toBeFocused();
    await keyboard.press('ArrowRight');
    await expect(ben.messages).toBeFocused();
    await keyboard.press('ArrowRight');
    await expect(ben.messages.getByRole('link')).toBeFocused();
  });

  test('offers only the acts that the rules allow, and follows changes of the rules', async ({
    openChats,
    relay,
  }) => {
    for (const user of [BEN, CY, ADA]) await relay.post(user, { text: `by ${user.name}` });
    const [mo] = await openChats([MO]);
    await mo.settled(3);
    const offers = async (user, says) => {
      await nameIn(mo, `by ${user.name}`).click();
      await expect(actions(card(mo, user.name))).toHaveText(says);
      await mo.page.keyboard.press('Escape');
    };
    await offers(BEN, ['Mention', 'Report…', 'Mute…', 'Ban…', 'Delete all from this person…']);
    await offers(CY, ['Mention', 'Report…']);
    await offers(ADA, ['Mention', 'Report…']);
    await nameIn(mo, 'by Ben').click();
    await relay.ask(ADA, 'PUT', '/members/u_mo/mute', {});
    await expect(actions(card(mo, 'Ben'))).toHaveText(['Report…', 'Mute…', 'Ban…', /Delete all/]);
  });

  test('inserts a mention at the cursor', async ({ openChats, relay }) => {
    await relay.post(CY, { text: 'lights on' });
    const [ben] = await openChats([BEN]);
    await ben.settled(1);
    await ben.type('hi, again');
    for (let i = 0; i < 7; i++) await ben.composer.press('ArrowLeft');
    await nameIn(ben, 'lights').click();
    await card(ben, CY.name).getByRole('button', { name: 'Mention' }).click();
    await expect(ben.composer).toBeFocused();
    await expect(ben.composer).toHaveValue('hi @Cyril Ångström , again');
    await ben.composer.press('Enter');
    await ben.settled(2);
    const message = (await relay.history(relay.token(ADA))).messages.at(-1);
    expect(message.mentions).toEqual([{ at: 3, len: 17, user: 'u_cy' }]);
  });

  test('offers to mute and to report', async ({ openChats }) => {
    const [mo, ben] = await openChats([MO, BEN]);
    for (const chat of [mo, ben]) await chat.live();
    await ben.write('buy my shoes');
    await mo.settled(1);
    await nameIn(mo, 'shoes').click();
    await card(mo, 'Ben').getByRole('button', { name: 'Mute…' }).click();
    const question = mo.element.getByRole('dialog', { name: /Mute .*Ben/ });
    await question.getByRole('button', { name: 'Mute', exact: true }).click();
    await expect(mo.status).toContainText(/Ben.* is muted\./);
    await expect(ben.composer).toBeDisabled();
    await nameIn(mo, 'shoes').click();
    await card(mo, 'Ben').getByRole('button', { name: 'Report…' }).click();
    const report = mo.element.getByRole('dialog', { name: 'Report this message?' });
    await report.getByRole('textbox').fill('spam');
    await report.getByRole('button', { name: 'Report' }).click();
    await expect(mo.status).toContainText('Reported.');
  });

  test('opens from the list of users who have reacted', async ({ openChats, relay }) => {
    const [mo, ben] = await openChats([MO, BEN]);
    for (const chat of [mo, ben]) await chat.live();
    const id = await relay.post(ADA, { text: 'hello' });
    await relay.ask(BEN, 'PUT', `/messages/${id}/reactions/${encodeURIComponent('👍')}`);
    await relay.ask(MO, 'PUT', `/messages/${id}/reactions/${encodeURIComponent('👍')}`);
    await expect(mo.messages.getByRole('button', { name: /👍 2/ })).toBeVisible();
    const open = async (name) => {
      await mo.message('hello').focus();
      await mo.page.keyboard.press('Enter');
      await mo.element.getByRole('menuitem', { name: 'Who reacted' }).click();
      const all = mo.element.getByRole('dialog', { name: 'Who reacted' });
      await all.getByRole('button', { name }).click();
    };
    await open('Mo');
    await expect(actions(card(mo, 'Mo'))).toHaveCount(0);
    await card(mo, 'Mo').getByRole('button', { name: 'Close' }).click();
    await expect(mo.message('hello')).toBeFocused();
    await open('Ben');
    await expect(actions(card(mo, 'Ben'))).toHaveText(['Mention', 'Mute…', 'Ban…', /Delete all/]);
    await card(mo, 'Ben').getByRole('button', { name: 'Mute…' }).click();
    await mo.element
      .getByRole('dialog', { name: /Mute .*Ben/ })
      .getByRole('button', { name: 'Mute', exact: true })
      .click();
    await expect(ben.composer).toBeDisabled();
  });

  test('opens by a touch, and its controls are large enough for a finger', async ({ openChats, relay }) => {
    await relay.post(CY, { text: 'lights on' });
    const [ben] = await openChats([BEN], PHONE);
    await ben.settled(1);
    await face(ben, 'lights').tap();
    const dialog = card(ben, CY.name);
    await expect(dialog).toBeVisible();
    for (const button of await dialog.getByRole('button').all())
      expect((await button.boundingBox()).height).toBeGreaterThanOrEqual(44);
    await dialog.getByRole('button', { name: 'Close' }).tap();
    await expect(dialog).toBeHidden();
    await nameIn(ben, 'lights').tap();
    await dialog.getByRole('button', { name: 'Mention' }).tap();
    await expect(ben.composer).toHaveValue('@Cyril Ångström ');
    await expect(ben.composer).toBeFocused();
  });

  for (const lang of ['en', 'ar'])
    test(`opens by a touch from the list of users who have reacted, at 320 pixels in ${lang}`, async ({
      openChats,
      relay,
    }) => {
      const device = { ...PHONE, viewport: { width: 320, height: 568 } };
      const [mo] = await openChats([{ ...MO, attributes: { lang } }], device);
      const id = await relay.post(ADA, { text: 'hello' });
      const long = { ...BEN, name: 'Benjamin Bartholomew von und zu Hohenlohe-Schillingsfürst' };
      for (const chat of await openChats([CY, long])) await chat.live(); // members have names
      for (const user of [CY, long]) {
        await relay.post(user, { text: `by ${user.sub}` });
        await relay.ask(user, 'PUT', `/messages/${id}/reactions/${encodeURIComponent('👍')}`);
      }
      await mo.settled(3);
      await expect(mo.message('hello').locator('[aria-pressed]')).toHaveCount(1);
      await mo.message('hello').locator('.hallway-text').tap();
      await mo.message('hello').locator('[data-action=menu]').tap();
      await mo.element.getByRole('menu').locator('[data-action=reactors]').tap();
      const dialog = mo.element.getByRole('dialog');
      const people = dialog.getByRole('listitem').getByRole('button');
      await expect(people).toHaveCount(2);
      const problems = await dialog.evaluate((e) => {
        const inside = [e, ...e.querySelectorAll('button:not([hidden])')].map((part) =>
          part.getBoundingClientRect(),
        );
        return inside.filter(({ left, right, height }) => left < 0 || right > innerWidth || height < 44);
      });
      expect(problems).toEqual([]);
      await expectAccessible(mo.page, `who reacted in ${lang}`);
      await people.first().tap();
      await expect(dialog.getByRole('heading')).toHaveText(/Cyril|Benjamin/);
    });

  for (const lang of ['en', 'ar'])
    test(`fits at 320 pixels in ${lang}, and is accessible`, async ({ openChats, relay }) => {
      const long = { ...BEN, name: 'Benjamin Bartholomew von und zu Hohenlohe-Schillingsfürst' };
      await relay.post(long, { text: 'hello' });
      const [mo] = await openChats([{ ...MO, attributes: { lang } }], {
        viewport: { width: 320, height: 568 },
      });
      await mo.settled(1);
      await nameIn(mo, 'hello').click();
      const dialog = card(mo, long.name);
      await expect(actions(dialog)).toHaveCount(5);
      const fits = await dialog.evaluate((e) => {
        const { left, right, top, bottom } = e.getBoundingClientRect();
        return (
          left >= 0 &&
          right <= innerWidth &&
          top >= 0 &&
          bottom <= innerHeight &&
          e.scrollWidth <= e.clientWidth
        );
      });
      expect(fits).toBe(true);
      for (const theme of ['light', 'dark']) {
        await mo.element.evaluate((element, to) => element.setAttribute('theme', to), theme);
        await expectAccessible(mo.page, `the card, ${theme}`);
      }
    });
});
