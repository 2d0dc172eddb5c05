// A chat that a page moves: within its document, into another document, out of sight and back.

import { ADA, BEN, expect, test } from './fixture.js';

/** Opens a chat with many messages on a page that has a narrow and a hidden place for it. */
async function open(openChats, relay) {
  for (let i = 0; i < 40; i++) await relay.post(BEN, { text: `message ${i}.` });
  const [ada] = await openChats([ADA]);
  await ada.settled(40);
  await expect(ada.composer).toBeEnabled();
  await ada.page.evaluate(() => {
    const chat = document.querySelector('hallway-chat');
    const place = (id) => {
      const box = document.createElement('section');
      box.id = id;
      chat.parentElement.append(box);
      return box;
    };
    window.chat = chat;
    window.home = chat.parentElement;
    window.other = place('other');
    window.folded = place('folded');
    window.folded.hidden = true;
    window.narrow = place('narrow');
    window.narrow.style.inlineSize = '300px'; // by the object model, because the page's policy forbids inline styles
  });
  return ada;
}

const gap = (chat) =>
  chat.log.evaluate((log) => Math.round(log.scrollHeight - log.clientHeight - log.scrollTop));

/** Returns the first visible message and its position. */
const place = (chat) =>
  chat.log.evaluate((log) => {
    const { top } = log.getBoundingClientRect();
    const first = [...log.querySelectorAll('[data-id]')].find(
      (item) => item.getBoundingClientRect().top >= top,
    );
    return `${first.dataset.seq} ${Math.round(first.getBoundingClientRect().top - top)}`;
  });

const MOVES = {
  'appended elsewhere': () => window.other.append(window.chat),
  'inserted before something': () => window.home.insertBefore(window.chat, window.home.firstChild),
  'moved twice': () => {
    window.other.append(window.chat);
    window.home.append(window.chat);
  },
  'removed, and back in the same turn': () => {
    window.chat.remove();
    window.home.append(window.chat);
  },
  'removed, and back a microtask later': async () => {
    window.chat.remove();
    await undefined;
    window.home.append(window.chat);
  },
  'put into a hidden place and out of it': () => {
    window.folded.append(window.chat);
    window.home.append(window.chat);
  },
  'folded for a while': async () => {
    const frames = () =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    window.folded.append(window.chat);
    await frames();
    window.folded.hidden = false;
    await frames();
  },
  'hidden for a while': async () => {
    const frames = () =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    window.chat.hidden = true;
    await frames();
    window.chat.hidden = false;
    await frames();
  },
  'moved with its state': () => window.other.moveBefore(window.chat, null),
  'wrapped in a new element': () => {
    const wrap = document.createElement('div');
    window.chat.replaceWith(wrap);
    wrap.append(window.chat);
  },
};

for (const [what, move] of Object.entries(MOVES)) {
  test(`a chat keeps its place in the log when it is ${what}`, async ({ openChats, relay }) => {
    const ada = await open(openChats, relay);
    await ada.type('half a tho');
    await ada.composer.evaluate((field) => field.setSelectionRange(4, 6));
    await expect.poll(() => gap(ada)).toBe(0);
    await ada.page.evaluate(move);
    await expect.poll(() => gap(ada), 'at the end').toBe(0);
    if (!/hidden|folded/.test(what)) {
      await expect(ada.composer).toBeFocused();
      expect(await ada.composer.evaluate((field) => [field.selectionStart, field.selectionEnd])).toEqual([
        4, 6,
      ]);
    }
    await relay.post(BEN, { text: 'one more' });
    await expect(ada.message('one more')).toBeInViewport();
    await expect.poll(() => gap(ada), 'and stays there').toBe(0);

    await ada.messages.nth(20).evaluate((item) => item.scrollIntoView({ block: 'start' }));
    await expect(ada.element.getByRole('button', { name: 'Latest messages' })).toBeVisible();
    await ada.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const before = await place(ada);
    await ada.page.evaluate(() => window.home.append(window.chat));
    await ada.page.evaluate(move);
    await expect.poll(() => place(ada)).toBe(before);
    await relay.post(BEN, { text: 'the last' });
    await expect(ada.element.getByRole('button', { name: '1 new message' })).toBeVisible();
    expect(await place(ada)).toBe(before);
    await expect(ada.composer).toHaveValue('half a tho');
    await ada.composer.fill('whole');
    await ada.press('Enter');
    await expect(ada.message('whole')).toHaveAttribute('data-state', 'sent');
    expect(await ada.page.evaluate(() => window.chat.shadowRoot.querySelectorAll('[role=log]').length)).toBe(
      1,
    );
  });
}

test('the same message stays visible when the chat is moved to a narrow place', async ({
  openChats,
  relay,
}) => {
  const ada = await open(openChats, relay);
  await ada.messages.nth(20).evaluate((item) => item.scrollIntoView({ block: 'start' }));
  await expect(ada.element.getByRole('button', { name: 'Latest messages' })).toBeVisible();
  await ada.page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  const [seq] = (await place(ada)).split(' ');
  await ada.page.evaluate(() => window.narrow.append(window.chat));
  await expect.poll(async () => (await place(ada)).split(' ')[0]).toBe(seq);
});

test('an open dialog stays open over the page when its chat is moved', async ({ openChats, relay }) => {
  const ada = await open(openChats, relay);
  await ada.messages.last().focus();
  await ada.page.keyboard.press('Delete');
  const dialog = ada.element.getByRole('alertdialog');
  await expect(dialog).toBeVisible();
  await ada.page.evaluate(() => window.other.append(window.chat));
  expect(await dialog.evaluate((node) => node.matches(':modal'))).toBe(true);
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await ada.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

const elsewhere = {
  'a frame': async (page) => {
    await page.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.width = 500;
      frame.height = 600;
      window.home.append(frame);
      frame.contentDocument.body.append(window.chat);
    });
    return page.frameLocator('iframe').locator('hallway-chat');
  },
  'a window': async (page) => {
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate(() => {
        window.popup = window.open('about:blank', '', 'width=500,height=600');
        window.popup.document.body.append(window.popup.document.adoptNode(window.chat));
      }),
    ]);
    return popup.locator('hallway-chat');
  },
};

for (const [where, move] of Object.entries(elsewhere)) {
  test(`in ${where} a chat has its styles and works, and also after it comes back`, async ({
    openChats,
    relay,
  }) => {
    const ada = await open(openChats, relay);
    await ada.type('half a tho');
    const works = async (element, text) => {
      const composer = element.getByRole('textbox');
      await expect(element.getByRole('status')).toContainText(/\blive\b/i);
      await expect(composer).toHaveValue('half a tho');
      await expect(element.locator('.hallway-message').last()).toHaveCSS('display', 'grid');
      await expect(element.locator('.hallway-message').last()).toBeInViewport();
      await composer.fill(text);
      await composer.press('Enter');
      await expect(element.locator('[data-id]', { hasText: text })).toHaveAttribute('data-state', 'sent');
      await composer.pressSequentially('half a tho');
      await element.evaluate((chat) => {
        chat.theme = chat.theme === 'dark' ? 'light' : 'dark';
      });
    };
    const there = await move(ada.page);
    await works(there, 'from there');
    await ada.page.evaluate(() => window.home.append(window.chat));
    await works(ada.element, 'from home');
  });
}

test('a page may move a chat while it loads, and into a document that is never shown', async ({
  newPage,
  relay,
  site,
}) => {
  const page = await newPage();
  await page.goto(`${site.url}/chats.html`);
  await page.evaluate(
    async ([address, token]) => {
      await customElements.whenDefined('hallway-chat');
      const chat = document.createElement('hallway-chat');
      Object.assign(chat, { relay: address, room: 'lobby', token });
      const [a, b] = [document.createElement('div'), document.createElement('div')];
      document.body.append(a, b);
      a.append(chat);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      b.append(chat);
      const away = document.implementation.createHTMLDocument();
      away.body.append(chat);
      await new Promise((resolve) => setTimeout(resolve));
      const frame = document.createElement('iframe');
      a.append(frame);
      frame.contentDocument.body.append(chat);
      await Promise.resolve();
      b.append(chat);
    },
    [relay.url, await relay.token(ADA)],
  );
  const chat = page.locator('hallway-chat');
  await expect(chat.getByRole('status')).toContainText(/\blive\b/i);
  await expect(chat.locator('.hallway-header')).toHaveCSS('grid-row-start', 'header');
});
