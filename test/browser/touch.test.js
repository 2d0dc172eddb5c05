// Phones and tablets: the key Enter, the button Send, and the menu of a long touch.

import { ADA, BEN, test as base, expect, PHONE } from './fixture.js';

const test = base.extend({
  /** Opens a chat on a phone, with `attributes` for the element and a style sheet for the page. */
  openPhone: async ({ openChats }, use) => {
    await use(async ({ attributes, device = PHONE, page: prepare } = {}) => {
      const [ada] = await openChats([{ ...ADA, attributes }], device);
      await expect(ada.composer).toBeEnabled();
      if (prepare) await ada.page.evaluate(prepare);
      return ada;
    });
  },
});

test('on a touch keyboard Enter breaks the line, with or without Shift, and the button sends', async ({
  openPhone,
}) => {
  const ada = await openPhone();
  await expect(ada.composer).toHaveAttribute('enterkeyhint', 'enter');
  await ada.composer.tap();
  await ada.type('one');
  await ada.press('Enter');
  await ada.type('two');
  await ada.press('Shift+Enter'); // a touch keyboard sets Shift by itself at the beginning of a sentence
  await ada.type('three');
  await expect(ada.composer).toHaveValue('one\ntwo\nthree');
  await ada.send.tap();
  await ada.settled(1);
  await expect(ada.composer).toHaveValue('');
  await expect(ada.composer).toBeFocused();
  await ada.type('four');
  await ada.press('Control+Enter'); // as on an attached keyboard
  await ada.settled(2);
});

test('a page may let Enter send on phones, too', async ({ openPhone }) => {
  const ada = await openPhone({ attributes: { enter: 'send' } });
  await expect(ada.composer).toHaveAttribute('enterkeyhint', 'send');
  await ada.type('one');
  await ada.press('Enter');
  await ada.settled(1);
  await ada.element.evaluate((element) => element.setAttribute('enter', 'newline'));
  await expect(ada.composer).toHaveAttribute('enterkeyhint', 'enter');
  await ada.type('two');
  await ada.press('Enter');
  await ada.type('three');
  await expect(ada.composer).toHaveValue('two\nthree');
});

test('with a mouse Enter still sends', async ({ openPhone }) => {
  const ada = await openPhone({ device: { viewport: { width: 1000, height: 700 } } });
  await expect(ada.composer).toHaveAttribute('enterkeyhint', 'send');
  await ada.write('one');
  await ada.settled(1);
});

const PAGES = {
  alone: undefined,
  'below a heading of the page': () => {
    const heading = document.createElement('div');
    heading.style.blockSize = '150px';
    document.querySelector('hallway-chat').before(heading);
  },
  'as high as the view': () => {
    document.querySelector('hallway-chat').style.blockSize = '100vh';
  },
  'between other things': () => {
    const chat = document.querySelector('hallway-chat');
    for (const add of ['before', 'after']) {
      const part = document.createElement('div');
      part.style.blockSize = '900px';
      chat[add](part);
    }
    chat.style.blockSize = '300px';
  },
};

/** Returns the hidden part of the composer. */
const outOfSight = (chat) =>
  chat.element.evaluate((element) => {
    const { height, offsetTop: top } = window.visualViewport;
    const [field, send] = ['.hallway-input', '.hallway-send'].map((part) =>
      element.shadowRoot.querySelector(part),
    );
    return [field, send].flatMap((part) => {
      const box = part.getBoundingClientRect();
      return box.top < top - 1 || box.bottom > top + height + 1
        ? [
            `${part.className}: ${Math.round(box.top)} to ${Math.round(box.bottom)} of ${top} to ${top + height}`,
          ]
        : [];
    });
  });

for (const [how, page] of Object.entries(PAGES)) {
  test(`Send is visible on a phone in landscape with an open keyboard: ${how}`, async ({
    openPhone,
    relay,
  }) => {
    for (let i = 0; i < 20; i++) await relay.post(BEN, { text: `message ${i}` });
    const ada = await openPhone({ page });
    for (const [width, height] of [
      [640, 360],
      [640, 180],
      [740, 140],
    ]) {
      await ada.page.setViewportSize({ width, height: 360 });
      await ada.composer.tap();
      await ada.page.setViewportSize({ width, height });
      await expect.poll(() => outOfSight(ada), `${width} × ${height}`).toEqual([]);
      await ada.composer.fill('a line\n'.repeat(12));
      await expect.poll(() => outOfSight(ada), `${width} × ${height}, twelve lines`).toEqual([]);
      await ada.composer.fill('');
      await ada.message('message 19').evaluate((item) => item.focus());
      await ada.page.keyboard.press('r');
      await expect(ada.element.getByText('Replying to Ben')).toBeVisible();
      await expect.poll(() => outOfSight(ada), `${width} × ${height}, an answer`).toEqual([]);
      await ada.page.keyboard.press('Escape');
      await expect(ada.element.getByText('Replying to Ben')).toBeHidden();
      await ada.page.keyboard.type('sent');
      await ada.send.tap();
      await expect(ada.composer).toHaveValue('');
    }
    await expect(ada.message('sent')).toHaveCount(3);
  });
}

test('a long touch on a link or on selected text opens the browser’s menu, and on a message the chat’s', async ({
  openPhone,
  relay,
}) => {
  await relay.post(BEN, { text: 'see https://a.example/b now' });
  const ada = await openPhone();
  await ada.settled(1);
  const menu = ada.element.getByRole('menu');
  const stay = (locator) =>
    locator.evaluate((node) =>
      node.dispatchEvent(
        new PointerEvent('contextmenu', {
          pointerType: 'touch',
          bubbles: true,
          cancelable: true,
          composed: true,
        }),
      ),
    );
  expect(await stay(ada.messages.getByRole('link'))).toBe(true);
  await expect(menu).toBeHidden();
  const text = ada.messages.locator('.hallway-text');
  await expect(text).toHaveCSS('user-select', 'text');
  await text.evaluate((node) => getSelection().selectAllChildren(node));
  expect(await stay(text)).toBe(true);
  await expect(menu).toBeHidden();
  await text.evaluate(() => getSelection().removeAllRanges());
  expect(await stay(text)).toBe(false);
  await expect(menu).toBeVisible();
});
