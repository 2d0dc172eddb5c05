// Menus open at their message, however the page transforms the chat. Pasted or dropped files are attached.

import { ADA, BEN, expect, test } from './fixture.js';

const STYLES = {
  'as it is': {},
  zoomed: { zoom: '1.5' },
  'zoomed out': { zoom: '0.6' },
  'made smaller': { transform: 'scale(0.6)', transformOrigin: '0 0' },
  'made larger': { transform: 'scale(1.4)', transformOrigin: '0 0' },
  shifted: { transform: 'translate(40px, 60px)' },
  turned: { transform: 'rotate(7deg)' },
  'turned upside down': { transform: 'rotate(180deg)' },
  'in a container that scrolls': { overflow: 'auto', blockSize: '300px', contain: 'layout paint' },
  'in a page with perspective': { transform: 'perspective(900px) rotateY(10deg)' },
};

for (const [how, style] of Object.entries(STYLES)) {
  test(`a menu opens at its message in a chat that is ${how}`, async ({ openChats, relay }) => {
    for (let i = 0; i < 30; i++) await relay.post(i % 2 ? ADA : BEN, { text: `message ${i}.` });
    const [ada] = await openChats([ADA]);
    await ada.settled(30);
    await ada.page.evaluate((rules) => Object.assign(document.querySelector('main').style, rules), style);
    for (const text of ['message 29.', 'message 26.']) {
      for (const key of ['Enter', '+']) {
        await ada.message(text).focus();
        await ada.page.keyboard.press(key);
        await expect(ada.element.getByRole('menu')).toBeVisible();
        // The distance between menu and bubble, in the chat's own pixels, and whether the menu is within the chat.
        const found = await ada.message(text).evaluate((item) => {
          const root = item.getRootNode();
          const [chat, menu, bubble] = [
            root.querySelector('.hallway'),
            root.querySelector('[role=menu]'),
            item.querySelector('.hallway-bubble'),
          ];
          const own = (node) => {
            let [x, y] = [0, 0];
            for (let at = node; at !== chat; at = at.offsetParent) {
              x += at.offsetLeft;
              y += at.offsetTop - (at.offsetParent === chat ? 0 : at.offsetParent.scrollTop);
            }
            return { left: x, right: x + node.offsetWidth, top: y, bottom: y + node.offsetHeight };
          };
          const [m, b] = [own(menu), own(bubble)];
          const seen = (node) => {
            const { left, right, top, bottom } = node.getBoundingClientRect();
            return { x: (left + right) / 2, y: (top + bottom) / 2 };
          };
          const apart = Math.max(m.top - b.bottom, b.top - m.bottom);
          return {
            apart,
            sides: Math.min(Math.abs(m.left - b.left), Math.abs(m.right - b.right)),
            inside: m.left >= 0 && m.top >= 0 && m.right <= chat.offsetWidth && m.bottom <= chat.offsetHeight,
            centres: [seen(menu), seen(bubble)],
          };
        });
        expect(found.inside, `${text} ${key}`).toBe(true);
        expect(found.apart, `${text} ${key}`).toBeLessThanOrEqual(6);
        expect(found.sides, `${text} ${key}`).toBeLessThanOrEqual(6);
        await ada.page.keyboard.press('Escape');
        await expect(ada.element.getByRole('menu')).toBeHidden();
      }
    }
  });
}

for (const how of ['zoomed', 'made smaller', 'made larger']) {
  test(`jumps and messages that load above keep their place in a chat that is ${how}`, async ({
    openChats,
    relay,
  }) => {
    const ids = [];
    for (let i = 0; i < 40; i++) ids.push(await relay.post(BEN, { text: `message ${i}.` }));
    await relay.post(BEN, { text: 'an answer', reply_to: ids[15] });
    const [ada] = await openChats([ADA]);
    await ada.settled(41);
    await ada.page.evaluate(
      (rules) => Object.assign(document.querySelector('main').style, rules),
      STYLES[how],
    );
    await ada
      .message('an answer')
      .getByRole('button', { name: /Reply to Ben/ })
      .click();
    const off = () =>
      ada.messages.nth(15).evaluate((item) => {
        const [log, row] = [item.closest('[role=log]'), item].map((node) => node.getBoundingClientRect());
        return Math.abs((row.top + row.bottom - log.top - log.bottom) / 2);
      });
    await expect.poll(off).toBeLessThan(6);
    const before = await ada.messages.nth(16).evaluate((item) => item.getBoundingClientRect().top);
    await relay.ask(BEN, 'PATCH', `/messages/${ids[3]}`, { text: 'a long edit of many words '.repeat(40) });
    await expect(ada.message('a long edit')).toHaveCount(1);
    const after = await ada.messages.nth(16).evaluate((item) => item.getBoundingClientRect().top);
    expect(Math.abs(after - before)).toBeLessThan(1.5);
  });
}

/** Dispatches the events of a paste or drop of files or text at an element, and returns whether the browser would also handle it. */
const give = (locator, type, { text = '', file = true }) =>
  locator.evaluate(
    (node, [kind, words, withFile]) => {
      const data = new DataTransfer();
      if (withFile) data.items.add(new File(['picture'], 'screenshot.png', { type: 'image/png' }));
      if (words) data.setData('text/plain', words);
      const init = { bubbles: true, cancelable: true, composed: true };
      return node.dispatchEvent(
        kind === 'paste'
          ? new ClipboardEvent(kind, { ...init, clipboardData: data })
          : new DragEvent(kind, { ...init, dataTransfer: data }),
      );
    },
    [type, text, file],
  );

test('files pasted or dropped anywhere in a chat are attached, and the browser does not leave the page', async ({
  openChats,
  relay,
}) => {
  await relay.post(BEN, { text: 'hello' });
  const [ada] = await openChats([ADA]);
  await ada.settled(1);
  await expect(ada.composer).toBeEnabled();
  const attached = ada.element.getByRole('list', { name: 'Attached files' }).getByRole('listitem');
  let count = 0;
  for (const [place, type] of [
    [ada.composer, 'paste'],
    [ada.messages, 'paste'],
    [ada.composer, 'drop'],
    [ada.messages, 'drop'],
    [ada.element.locator('.hallway-header'), 'drop'],
  ]) {
    if (type === 'drop') expect(await give(place, 'dragover', {})).toBe(false);
    expect(await give(place, type, {}), type).toBe(false);
    count++;
    await expect(attached, `${type}, ${place}`).toHaveCount(count);
  }
  await expect(ada.composer).toHaveValue('');
});

test('if the clipboard has a picture and a text, as from a spreadsheet, the text is pasted', async ({
  openChats,
  relay,
}) => {
  await relay.post(BEN, { text: 'hello' });
  const [ada] = await openChats([ADA]);
  await ada.settled(1);
  await expect(ada.composer).toBeEnabled();
  await give(ada.composer, 'paste', { text: '1\t2' });
  await expect(ada.composer).toHaveValue('1\t2');
  await give(ada.messages, 'paste', { text: ' and 3' });
  await expect(ada.composer).toHaveValue('1\t2 and 3');
  await expect(ada.status).not.toContainText('cannot be sent');
  expect(
    await give(ada.composer, 'drop', { text: 'words', file: false }),
    'text into the composer is the browser’s',
  ).toBe(true);
  expect(await give(ada.messages, 'drop', { text: 'https://a.example', file: false }), 'no link opens').toBe(
    false,
  );
});
