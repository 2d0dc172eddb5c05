// A page with shortcuts does not get the keys that are typed in a chat, but gets the keys that the chat does not use.

import { ADA, BEN, expect, test } from './fixture.js';

/** Listens as pages do, on the document and the window, for key and input events. */
async function listen(page) {
  await page.evaluate(() => {
    window.heard = [];
    const note = (event) => {
      if (!['Shift', 'Control', 'Alt', 'Meta'].includes(event.key))
        window.heard.push(`${event.type} ${event.key ?? event.data ?? ''}`.trim());
    };
    const types = ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'paste', 'cut'];
    for (const [i, type] of types.entries()) (i % 2 ? document : window).addEventListener(type, note);
    for (const type of types) document.body.addEventListener(type, note);
  });
}

const heard = (page) => page.evaluate(() => [...new Set(window.heard.splice(0))].sort());

test('keys that the chat uses do not reach the page, other keys do', async ({ openChats, relay }) => {
  await relay.post(ADA, { text: 'on time' });
  await relay.post(BEN, { text: 'https://a.example/b' });
  const [ada] = await openChats([ADA]);
  await ada.settled(2);
  const { keyboard } = ada.page;
  await listen(ada.page);
  const used = async (what) => expect(await heard(ada.page), what).toEqual([]);
  const left = async (...events) => expect(await heard(ada.page)).toEqual(events.sort());
  await ada.composer.click();

  await keyboard.type('go /? .#+g1é €');
  await keyboard.insertText('你好');
  for (const key of [
    'Enter',
    'Shift+Enter',
    'Backspace',
    'Delete',
    'ArrowLeft',
    'Home',
    'End',
    'PageUp',
    'Space',
    'Control+a',
    'Control+c',
    'Control+x',
    'Control+v',
    'Control+z',
    'Control+ArrowLeft',
    'Control+Backspace',
    'Control+Enter',
  ]) {
    await keyboard.press(key);
  }
  await used('in the composer');
  for (const key of ['F2', 'Control+k', 'Control+/', 'Alt+g', 'Control+Shift+p', 'Meta+k']) {
    await keyboard.press(key);
    const name = key.split('+').at(-1);
    expect(await heard(ada.page), key).toEqual(
      expect.arrayContaining([expect.stringMatching(new RegExp(`^keydown ${name}$`, 'i'))]),
    );
  }
  await ada.composer.fill('');
  await keyboard.press('Escape'); // ends the answer that the keys above have begun
  await heard(ada.page);
  await keyboard.press('Escape'); // the chat has nothing to end, so the page gets the key
  await left('keydown Escape', 'keyup Escape');

  // At a message that the keyboard has reached.
  const first = ada.messages.first();
  const reach = async () => {
    await first.focus();
    await heard(ada.page);
  };
  await reach();
  await keyboard.press('g');
  await left('keydown g', 'keypress g', 'keyup g');
  for (const key of ['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageUp', 'e', 'Escape'])
    await keyboard.press(key);
  await expect(ada.composer).toHaveValue('');
  await reach();
  await keyboard.press('r');
  await keyboard.press('Escape'); // ends the answer
  await reach();
  await keyboard.press('/');
  await expect(ada.element.getByRole('searchbox')).toBeFocused();
  await keyboard.type('gone');
  await keyboard.press('Escape');
  await expect(first).toBeFocused();
  await keyboard.press('?');
  await keyboard.press('Escape');
  await expect(ada.element.getByRole('dialog')).toBeHidden();
  await expect(first).toBeFocused();
  await keyboard.press('Enter');
  await expect(ada.element.getByRole('menu')).toBeVisible();
  await keyboard.press('ArrowDown');
  await keyboard.press('Escape');
  await expect(ada.element.getByRole('menu')).toBeHidden();
  await keyboard.press('Escape'); // to the composer
  await expect(ada.composer).toBeFocused();
  await used('commands');

  // After a click.
  await first.click();
  await keyboard.type('g/?');
  await ada.messages.last().dblclick({ position: { x: 3, y: 3 } });
  await keyboard.type('g');
  await expect(ada.composer).toHaveValue('g/?g');
  await used('after a click');

  // A button uses only the keys that press it.
  await ada.element.getByRole('button', { name: 'Search', exact: true }).focus();
  await heard(ada.page);
  await keyboard.press('Enter');
  await expect(ada.element.getByRole('searchbox')).toBeFocused();
  await keyboard.press('Escape');
  await used('a button');
  await ada.element.getByRole('button', { name: 'Search', exact: true }).focus();
  await keyboard.press('Tab');
  await left('keydown Tab', 'keyup Tab');
});

test('keys of an input method stay in the chat, and a page still gets the events of its own fields', async ({
  openChats,
}) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.page.evaluate(() => document.body.append(document.createElement('input')));
  await listen(ada.page);
  await ada.composer.focus();
  const session = await ada.page.context().newCDPSession(ada.page);
  await session.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  await session.send('Input.dispatchKeyEvent', {
    type: 'rawKeyDown',
    key: 'Process',
    code: 'KeyI',
    windowsVirtualKeyCode: 229,
  });
  await session.send('Input.dispatchKeyEvent', {
    type: 'keyUp',
    key: 'i',
    code: 'KeyI',
    windowsVirtualKeyCode: 73,
  });
  await session.send('Input.insertText', { text: '日' });
  await expect(ada.composer).toHaveValue('日');
  expect(await heard(ada.page)).toEqual([]);
  await ada.page.locator('body > input').focus();
  await ada.page.keyboard.press('g');
  expect(await heard(ada.page)).toEqual(['beforeinput g', 'input g', 'keydown g', 'keypress g', 'keyup g']);
});
