// The element in the page around it: its visibility, its focus, and its names.

import { Chat } from './chat.js';
import { ADA, BEN, expect, test } from './fixture.js';

/** Ways to hide a chat: each has the class that hides it, at the chat or around it, and the event that reports this. */
const WAYS = {
  'display: none': { name: 'away', at: 'chat' },
  'visibility: hidden around it': { name: 'folded', at: 'main', event: 'transitionend' },
  'scrolled away': { name: 'far', at: 'chat' },
};

/** Sets or removes a class, and waits until all listeners have noticed the change. */
function toggle(chat, { name, at, event }) {
  const root = chat.shadowRoot;
  const told = new Promise((done) => {
    if (event) root.addEventListener(event, done, { once: true });
    else new IntersectionObserver(done).observe(chat); // observers are called in the order of their creation
  });
  chat.closest(at === 'chat' ? 'hallway-chat' : at).classList.toggle(name);
  return told.then(() => {});
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`hallway-unread counts messages that arrive while the chat is out of sight: ${name}`, async ({
    openChats,
    relay,
  }) => {
    const [ada] = await openChats([ADA]);
    await ada.live();
    await ada.page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        '.away { display: none } .folded { visibility: hidden } .far { position: absolute; top: 5000px }',
      );
      document.adoptedStyleSheets = [sheet];
      window.counts = [];
      addEventListener('hallway-unread', ({ detail }) => window.counts.push(detail.count));
    });
    const counts = () => ada.page.evaluate(() => window.counts);

    await relay.post(BEN, { text: 'Seen.' });
    await ada.settled(1);
    expect(await counts()).toEqual([]);

    await ada.element.evaluate(toggle, way);
    await relay.post(BEN, { text: 'Not seen.' });
    await expect.poll(counts).toEqual([1]);
    await relay.post(BEN, { text: 'Nor this.' });
    await expect.poll(counts).toEqual([1, 2]);

    await ada.element.evaluate(toggle, way);
    await expect.poll(counts).toEqual([1, 2, 0]);
    await relay.post(BEN, { text: 'Seen again.' });
    await ada.settled(4);
    expect(await counts()).toEqual([1, 2, 0]);
  });
}

/** Returns another room and a token that opens it. */
function changeRoom(chat, [room, token]) {
  Object.assign(chat, { room, token });
}

test('the composer keeps the focus when the room changes', async ({ openChats, relay }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.composer.click();
  const token = await relay.token({ ...ADA, room: 'hall' });
  await ada.element.evaluate(changeRoom, ['hall', token]);
  expect(await ada.page.evaluate(() => document.activeElement.localName)).toBe('hallway-chat');
  await expect(ada.composer).toBeFocused();
  await ada.page.keyboard.type('To the hall.');
  await ada.page.keyboard.press('Enter');
  await ada.settled(1);
  expect((await relay.history(token, 'hall')).messages).toHaveLength(1);
});

test('a field of the page keeps the focus when the room changes', async ({ openChats, relay }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.page.evaluate(() => {
    const field = document.createElement('input');
    document.body.append(field);
    field.focus();
  });
  await ada.element.evaluate(changeRoom, ['hall', await relay.token({ ...ADA, room: 'hall' })]);
  await relay.post(BEN, { text: 'In the hall.' }, 'hall');
  await expect(ada.message('In the hall.')).toBeVisible();
  expect(await ada.page.evaluate(() => document.activeElement.localName)).toBe('input');
});

test('define gives the class a second name, and each name only once', async ({ openChats, relay }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  const token = await relay.token(BEN);
  await ada.page.evaluate(
    async ([url, text]) => {
      const { define, HallwayChat } = await import('/dist/index.js');
      define();
      define('other-chat');
      define('other-chat');
      const chat = document.createElement('other-chat');
      if (!(chat instanceof HallwayChat)) throw new Error('another class');
      Object.assign(chat, { relay: url, room: 'lobby', token: text });
      document.querySelector('main').append(chat);
    },
    [relay.url, token],
  );
  const ben = new Chat(ada.page.locator('other-chat'));
  await ben.live();
  await ben.write('By another name.');
  await expect(ada.message('By another name.')).toHaveCount(1);
});
