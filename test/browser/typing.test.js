// After a click all typed text goes to the composer. Letters are commands only at a message reached by the keyboard.

import { ADA, BEN, expect, PHONE, test, UNREACHABLE } from './fixture.js';

const menuOf = (chat) => chat.element.getByRole('menu');

/** Opens a chat with a pinned message of its user, a message of another user with a reaction and a link, and an answer to that message. */
async function open(openChats, relay, user = ADA) {
  await relay.post(user, { text: 'on time' });
  const other = await relay.post(BEN, { text: 'see https://a.example/b' });
  await relay.post(BEN, { text: 'an answer', reply_to: other });
  await relay.post(BEN, { text: 'the last' });
  await relay.ask(BEN, 'PUT', `/messages/${other}/reactions/${encodeURIComponent('👍')}`);
  await relay.ask(ADA, 'PUT', `/messages/${other}/pin`);
  const [chat] = await openChats([user]);
  await chat.settled(4);
  await expect(chat.composer).toBeEnabled();
  return chat;
}

/** Sends the key events of another keyboard layout. */
async function pressRaw(page, { key, code, keyCode = 0, text = key, modifiers = 0 }) {
  const session = await page.context().newCDPSession(page);
  const common = { key, code, modifiers, windowsVirtualKeyCode: keyCode };
  await session.send('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', text, ...common });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...common });
  await session.detach();
}

const outlined = (chat) =>
  chat.messages.evaluateAll((items) =>
    items.filter((item) => getComputedStyle(item).outlineStyle !== 'none').map((item) => item.dataset.seq),
  );

const BY_POINTER = {
  'a message of one’s own': (chat) => chat.message('on time').locator('.hallway-text').click(),
  'a message beside its text': (chat) => chat.message('on time').click({ position: { x: 3, y: 3 } }),
  'a message of another': (chat) => chat.message('an answer').click(),
  'a double click on a word': (chat) => chat.message('on time').locator('.hallway-text').dblclick(),
  'a reaction': (chat) => chat.message('see https').first().getByRole('button', { name: /👍/ }).click(),
  'an emoji of the menu': async (chat) => {
    await chat.message('on time').hover();
    await chat.message('on time').getByRole('button', { name: 'More actions' }).click();
    await menuOf(chat).getByRole('menuitemcheckbox', { name: '🎉' }).click();
  },
  'an emoji of the choice': async (chat) => {
    await chat.message('on time').hover();
    await chat.message('on time').getByRole('button', { name: 'Add a reaction' }).click();
    await menuOf(chat).getByRole('menuitemcheckbox', { name: '😎' }).click();
  },
  'a menu that was left by Escape': async (chat) => {
    await chat.message('on time').hover();
    await chat.message('on time').getByRole('button', { name: 'More actions' }).click();
    await chat.page.keyboard.press('Escape');
  },
  'a menu that is open': async (chat) => {
    await chat.message('on time').hover();
    await chat.message('on time').getByRole('button', { name: 'More actions' }).click();
    await expect(menuOf(chat)).toBeVisible();
  },
  'a question that was cancelled': async (chat) => {
    await chat.message('on time').hover();
    await chat.message('on time').getByRole('button', { name: 'More actions' }).click();
    await menuOf(chat).getByRole('menuitem', { name: 'Delete' }).click();
    await chat.element.getByRole('button', { name: 'Cancel' }).click();
    await expect(chat.element.getByRole('alertdialog')).toBeHidden();
  },
  'a quotation': (chat) =>
    chat
      .message('an answer')
      .getByRole('button', { name: /Reply to Ben/ })
      .click(),
  'a pinned message': (chat) => chat.element.getByRole('button', { name: /Pinned message of Ben/ }).click(),
  'a search result': async (chat) => {
    await chat.element.getByRole('button', { name: 'Search', exact: true }).click();
    await chat.element.getByRole('searchbox').pressSequentially('time');
    await chat.element
      .getByRole('region', { name: 'Search' })
      .getByRole('listitem')
      .getByRole('button')
      .click();
  },
  'a copied text': async (chat) => {
    await chat.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await chat.message('on time').hover();
    await chat.message('on time').getByRole('button', { name: 'More actions' }).click();
    await menuOf(chat).getByRole('menuitem', { name: 'Copy text' }).click();
  },
  'the log': (chat) => chat.log.click({ position: { x: 200, y: 6 } }),
};

for (const [what, act] of Object.entries(BY_POINTER)) {
  test(`after a click on ${what} all that is typed goes to the composer`, async ({ openChats, relay }) => {
    const ada = await open(openChats, relay);
    const { keyboard } = ada.page;
    await act(ada);
    await keyboard.type('rude: hello everyone? +1 /e', { delay: 1 });
    await expect(ada.composer).toHaveValue('rude: hello everyone? +1 /e');
    await expect(menuOf(ada)).toBeHidden();
    await keyboard.press('Enter');
    await ada.settled(5);
    await expect(ada.messages.last()).toContainText('rude: hello everyone? +1 /e');
    await expect(ada.messages.last().locator('.hallway-quote')).toHaveCount(0);
    await expect(ada.message('edited')).toHaveCount(0);
    await expect(ada.message('on time')).toBeVisible();
  });
}

const WRITES = { Delete: '', Backspace: '', 'Shift+E': 'E' };

test('no key that is pressed after a click changes or deletes a message', async ({ openChats, relay }) => {
  const ada = await open(openChats, relay);
  const { keyboard } = ada.page;
  for (const act of ['a message of one’s own', 'a reaction', 'a double click on a word']) {
    for (const key of ['Delete', 'Backspace', 'e', 'r', '+', '?', '/', 'Shift+E', ' ']) {
      if (act === 'a reaction' && key === ' ') continue; // this key presses the button
      await ada.composer.fill('');
      await BY_POINTER[act](ada);
      expect(await outlined(ada), 'no message looks as if letters were commands').toEqual([]);
      await keyboard.press(key);
      await expect(ada.composer, `${act}, ${key}`).toHaveValue(WRITES[key] ?? key);
      await expect(menuOf(ada)).toBeHidden();
      await expect(ada.element.locator('dialog')).toBeHidden();
      await expect(ada.element.getByText('Editing your message')).toBeHidden();
      await expect(ada.element.getByText('Replying to')).toBeHidden();
    }
  }
});

test('a finger’s tap does not make letters commands, and opens no keyboard', async ({ openChats, relay }) => {
  await relay.post(ADA, { text: 'on time' });
  const [ada] = await openChats([ADA], PHONE);
  await expect(ada.composer).toBeEnabled();
  await ada.message('on time').locator('.hallway-text').tap();
  await expect(ada.message('on time').getByRole('button', { name: 'More actions' })).toBeVisible();
  await expect(ada.composer).not.toBeFocused();
  await ada.page.keyboard.type('edit e');
  await expect(ada.composer).toHaveValue('edit e');
});

test('a message that was reached by the keyboard takes letters on every layout, and shows it', async ({
  openChats,
  relay,
}) => {
  const ada = await open(openChats, relay);
  const { keyboard } = ada.page;
  const reach = async () => {
    await ada.composer.click();
    await keyboard.press('Shift+Tab');
    await expect(ada.message('the last')).toBeFocused();
    expect(await outlined(ada)).toEqual(['4']);
  };
  for (const key of [
    { key: 'r', code: 'KeyR', keyCode: 82 },
    { key: 'R', code: 'KeyR', keyCode: 82 },
    { key: 'к', code: 'KeyR', keyCode: 82 }, // Russian
    { key: 'ق', code: 'KeyR', keyCode: 82 }, // Arabic
    { key: 'ρ', code: 'KeyR', keyCode: 82 }, // Greek
    { key: 'ר', code: 'KeyR', keyCode: 82 },
    { key: 'r', code: 'KeyO', keyCode: 82 }, // Dvorak: R is at another place
    { key: 'r', code: '', keyCode: 82 },
  ]) {
    await reach();
    await pressRaw(ada.page, key);
    await expect(ada.element.getByText('Replying to Ben'), JSON.stringify(key)).toBeVisible();
    await expect(ada.composer).toHaveValue('');
    await keyboard.press('Escape');
    await expect(ada.element.getByText('Replying to Ben')).toBeHidden();
  }
  for (const key of [
    { key: 'у', code: 'KeyE', keyCode: 69 },
    { key: 'ث', code: 'KeyE', keyCode: 69 },
    { key: 'e', code: 'KeyE', keyCode: 69 },
  ]) {
    await ada.message('the last').focus();
    await keyboard.press('Home');
    await expect(ada.message('on time')).toBeFocused();
    await pressRaw(ada.page, key);
    await expect(ada.composer).toHaveValue('on time');
    await keyboard.press('Escape');
    await expect(ada.composer).toHaveValue('');
    await expect(ada.element.getByText('Editing your message')).toBeHidden();
  }
  await ada.message('on time').focus();
  await pressRaw(ada.page, { key: 'ظ', code: 'Slash', keyCode: 191 });
  await expect(ada.element.getByRole('searchbox')).toBeFocused();
});

test('keys with modifiers, dead keys and input methods are not commands', async ({ openChats, relay }) => {
  const ada = await open(openChats, relay);
  const { keyboard } = ada.page;
  await ada.composer.click();
  await keyboard.press('Shift+Tab');
  await expect(ada.messages.last()).toBeFocused();
  await keyboard.press('Home');
  await expect(ada.messages.first()).toBeFocused();
  const ALT = 1;
  const CTRL = 2;
  const META = 4;
  for (const key of [
    { key: 'r', code: 'KeyR', keyCode: 82, text: '', modifiers: ALT },
    { key: 'e', code: 'KeyE', keyCode: 69, text: '', modifiers: CTRL },
    { key: 'e', code: 'KeyE', keyCode: 69, text: '', modifiers: META },
    { key: '€', code: 'KeyE', keyCode: 69, text: '', modifiers: CTRL | ALT },
    { key: 'Dead', code: 'KeyE', keyCode: 69, text: '' },
    { key: 'Process', code: 'KeyR', keyCode: 229, text: '' },
    { key: 'Unidentified', code: 'KeyR', keyCode: 229, text: '' },
  ]) {
    await pressRaw(ada.page, key);
    await expect(ada.messages.first(), JSON.stringify(key)).toBeFocused();
  }
  await ada.messages.first().evaluate((item) => {
    const init = { key: 'ę', code: 'KeyE', bubbles: true, composed: true, modifierAltGraph: true };
    item.dispatchEvent(new KeyboardEvent('keydown', init));
    item.dispatchEvent(
      new KeyboardEvent('keydown', { ...init, key: 'e', isComposing: true, modifierAltGraph: false }),
    );
  });
  await expect(ada.messages.first()).toBeFocused();
  await expect(ada.composer).toHaveValue('');
});

test('the arrow keys continue from the clicked message, and letters are commands again', async ({
  openChats,
  relay,
}) => {
  const ada = await open(openChats, relay);
  const { keyboard } = ada.page;
  await ada
    .message('see https')
    .first()
    .locator('.hallway-text')
    .click({ position: { x: 2, y: 8 } });
  await keyboard.press('ArrowUp');
  await expect(ada.message('on time')).toBeFocused();
  expect(await outlined(ada)).toEqual(['1']);
  await keyboard.press('e');
  await expect(ada.composer).toHaveValue('on time');
  await keyboard.press('Escape');

  await BY_POINTER['an emoji of the menu'](ada);
  await keyboard.press('ArrowDown');
  await expect(ada.messages.nth(1)).toBeFocused();
  expect(await outlined(ada)).toEqual(['2']);
  await keyboard.press('r');
  await expect(ada.element.getByText('Replying to Ben')).toBeVisible();
  await keyboard.press('Escape');

  // Typing ends this, so Up edits the last message again.
  await ada
    .message('see https')
    .first()
    .locator('.hallway-text')
    .click({ position: { x: 2, y: 8 } });
  await keyboard.press('x');
  await keyboard.press('Backspace');
  await keyboard.press('ArrowUp');
  await expect(ada.composer).toHaveValue('on time');
});

test('selected text is copied, and typing after it goes to the composer', async ({ openChats, relay }) => {
  const ada = await open(openChats, relay);
  const { keyboard, mouse } = ada.page;
  await ada.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const box = await ada.message('on time').locator('.hallway-text').boundingBox();
  await mouse.move(box.x + 1, box.y + box.height / 2);
  await mouse.down();
  await mouse.move(box.x + box.width - 1, box.y + box.height / 2, { steps: 4 });
  await mouse.up();
  await keyboard.press('Control+c');
  await expect.poll(() => ada.page.evaluate(() => navigator.clipboard.readText())).toBe('on time');
  await keyboard.type('ready');
  await expect(ada.composer).toHaveValue('ready');

  await mouse.click(box.x + 1, box.y + box.height / 2);
  await keyboard.down('Shift');
  await mouse.click(box.x + box.width - 1, box.y + box.height / 2);
  await keyboard.up('Shift');
  expect(await ada.element.evaluate((element) => String(element.shadowRoot.getSelection()))).toBe('on time');
  await keyboard.type(' now');
  await expect(ada.composer).toHaveValue('ready now');

  await ada.composer.fill('');
  for (const act of [
    'a message of one’s own',
    'a double click on a word',
    'an emoji of the menu',
    'a reaction',
  ]) {
    await BY_POINTER[act](ada);
    await keyboard.press('Control+v');
    await expect(ada.composer, act).toHaveValue('on time');
    await ada.composer.fill('');
  }
  // The browser's own menu pastes into the element with the focus.
  await ada.messages.first().evaluate((item) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'from the menu');
    item.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true, composed: true }),
    );
  });
  await expect(ada.composer).toHaveValue('from the menu');
  await keyboard.press('Control+z');
  await expect(ada.composer).not.toHaveValue('from the menu');
});

test('text without key events, as from an input method, goes to the composer after a click on a message', async ({
  openChats,
  relay,
}) => {
  const ada = await open(openChats, relay);
  await ada.message('on time').locator('.hallway-text').click();
  await ada.page.keyboard.type('привет 你好 مرحبا 😀');
  await expect(ada.composer).toHaveValue('привет 你好 مرحبا 😀');
});

test('in a room where the user may not write, keys type nothing and carry out no command', async ({
  openChats,
  relay,
  watch,
}) => {
  watch.expect(UNREACHABLE);
  await relay.post(ADA, { text: 'on time' });
  const [ada] = await openChats([{ ...ADA, attributes: { offline: 'disable' } }]);
  await ada.settled(1);
  await ada.page.context().setOffline(true);
  await expect(ada.composer).toBeDisabled();
  await ada.messages.click();
  await ada.page.keyboard.type('rude + everyone ?');
  await ada.page.keyboard.press('Delete');
  await expect(ada.composer).toHaveValue('');
  await expect(ada.element.locator('dialog')).toBeHidden();
  await expect(menuOf(ada)).toBeHidden();
  await expect(ada.element.getByText('Replying to')).toBeHidden();
});
