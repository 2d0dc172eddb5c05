// The number of people in the room, and the line that names the typing users.

import { Chat } from './chat.js';
import { ADA, BEN, expect, test } from './fixture.js';

const CY = { sub: 'u_cy', name: 'Cy' };

test('the header shows the number of people in the room', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await expect(ada.element.getByText('1 person here')).toBeVisible();
  const [ben] = await openChats([BEN]);
  await expect(ada.element.getByText('2 people here')).toBeVisible();
  await expect(ben.element.getByText('2 people here')).toBeVisible();
  await ada.element.evaluate((element) => {
    element.lang = 'de';
  });
  await expect(ada.element.getByText('2 Personen hier')).toBeVisible();
  await ben.page.close();
  await expect(ada.element.getByText('1 Person hier')).toBeVisible();
});

test('typing users are shown while they type; this moves nothing and is not read out', async ({
  openChats,
}) => {
  const [ada, ben, cy] = await openChats([ADA, BEN, CY]);
  for (const chat of [ada, ben, cy]) await chat.live();
  const typing = ada.element.locator('.hallway-typing');
  await expect(typing).toHaveText('');
  const before = await ada.log.boundingBox();
  await ben.type('H');
  await expect(typing).toHaveText('Ben is writing…');
  await cy.type('H');
  await expect(typing).toHaveText('Ben and Cy are writing…');
  expect(await ada.log.boundingBox()).toEqual(before);
  await expect(ada.element.locator('.hallway-announcer')).toHaveText('');
  expect(
    await typing.evaluate((line) => line.closest('[aria-live], [role="status"], [role="log"]')),
  ).toBeNull();
  await expect(ben.element.locator('.hallway-typing')).toHaveText('Cy is writing…');
  await ben.press('Enter'); // ends the typing
  await expect(typing).toHaveText(/^(Cy is writing…)?$/);
  await expect(typing).toHaveText('');
});

test('others see that a user types a text, but not an edit or an empty line', async ({
  newPage,
  relay,
  site,
}) => {
  await relay.post(BEN, { text: 'One' });
  const page = await newPage();
  const told = () => page.evaluate(() => window.sent.filter((type) => type === 'typing').length);
  await page.addInitScript(() => {
    window.sent = [];
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      window.sent.push(JSON.parse(data).type);
      return send.call(this, data);
    };
  });
  const chat = JSON.stringify({ relay: relay.url, room: 'lobby', token: await relay.token(BEN) });
  await page.goto(`${site.url}/chats.html?${new URLSearchParams({ chat })}`);
  const ben = new Chat(page.locator('hallway-chat'));
  await ben.live();
  await ben.settled(1);
  await ben.press('ArrowUp');
  await ben.type(' and two');
  await ben.press('Enter');
  await expect(ben.message('One and two')).toHaveCount(1);
  await ben.type(' ');
  await ben.press('Backspace');
  expect(await told()).toBe(0);
  await ben.type('now');
  await expect.poll(told).toBe(1);
});

test('a user without a name is called a guest in the reader’s language, and no id is shown', async ({
  openChats,
  relay,
}) => {
  const guest = { sub: 'ada.lovelace@mail.example', name: '' };
  const asked = await relay.post(guest, { text: 'doors?' });
  await relay.post(BEN, { text: 'At nine.', reply_to: asked });
  for (const [lang, name] of [
    ['en', /^Guest \d{3}$/],
    ['de', /^Gast \d{3}$/],
    ['fr', /^Invité \d{3}$/],
    ['ar', /^ضيف [\d٠-٩]{3}$/],
  ]) {
    const [ben] = await openChats([{ ...BEN, attributes: { lang } }]);
    await ben.settled(2);
    await expect(ben.message('doors?').locator('.hallway-sender').first()).toHaveText(name);
    await expect(ben.message('At nine.').locator('.hallway-quote-sender')).toHaveText(name);
    expect(await ben.element.evaluate((element) => element.shadowRoot.innerHTML)).not.toContain('lovelace');
  }
});
