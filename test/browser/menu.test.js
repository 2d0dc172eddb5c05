// The actions on a message, by pointer, by keyboard and by finger.

import { expectAccessible } from './axe.js';
import { ADA, BEN, expect, PHONE, test } from './fixture.js';

const MO = { sub: 'u_mo', name: 'Mo', role: 'moderator' };

const menuOf = (chat) => chat.element.getByRole('menu');
const itemsOf = (chat) => menuOf(chat).getByRole('menuitem');

/** Opens the menu of a message by the keyboard. */
async function openMenu(chat, text) {
  await chat.message(text).focus();
  await chat.page.keyboard.press('Enter');
  await expect(menuOf(chat)).toBeVisible();
}

test('the menu offers only the actions that the user may do', async ({ openChats, relay }) => {
  await relay.post(ADA, { text: 'of Ada' });
  await relay.post(BEN, { text: 'of Ben' });
  const chats = await openChats([ADA, BEN, MO]);
  const ofAnother = ['Report…', 'Mute…', 'Ban…', 'Delete all from this person…'];
  const offered = {
    'Ada of Ada': ['Add a reaction', 'Reply', 'Edit', 'Copy text', 'Pin', 'Delete', 'Keyboard shortcuts'],
    'Ada of Ben': [
      'Add a reaction',
      'Reply',
      'Copy text',
      'Pin',
      'Delete',
      ...ofAnother,
      'Keyboard shortcuts',
    ],
    'Ben of Ada': ['Add a reaction', 'Reply', 'Copy text', 'Report…', 'Keyboard shortcuts'],
    'Ben of Ben': ['Add a reaction', 'Reply', 'Edit', 'Copy text', 'Delete', 'Keyboard shortcuts'],
    'Mo of Ada': ['Add a reaction', 'Reply', 'Copy text', 'Pin', 'Delete', 'Report…', 'Keyboard shortcuts'],
  };
  for (const [key, names] of Object.entries(offered)) {
    const [who, ...text] = key.split(' ');
    const chat = chats[['Ada', 'Ben', 'Mo'].indexOf(who)];
    await chat.settled(2);
    await openMenu(chat, text.join(' '));
    for (const [i, name] of names.entries()) await expect(itemsOf(chat).nth(i)).toHaveAccessibleName(name);
    await expect(itemsOf(chat)).toHaveCount(names.length);
    await chat.page.keyboard.press('Escape');
  }
});

test('the keyboard operates the menu, which returns the focus', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'one' });
  await relay.post(BEN, { text: 'two' });
  const [ada] = await openChats([ADA]);
  await ada.settled(2);
  const { keyboard } = ada.page;
  for (const key of ['Enter', 'Shift+F10', 'ContextMenu']) {
    await ada.message('one').focus();
    await keyboard.press(key);
    await expect(menuOf(ada).getByRole('menuitemcheckbox').first()).toBeFocused();
    await keyboard.press('Escape');
    await expect(menuOf(ada)).toBeHidden();
    await expect(ada.message('one')).toBeFocused();
  }
  await keyboard.press('Enter');
  await keyboard.press('ArrowRight');
  await expect(menuOf(ada).getByRole('menuitemcheckbox').nth(1)).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(menuOf(ada).getByRole('menuitem', { name: 'Reply' })).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(menuOf(ada).getByRole('menuitem', { name: 'Copy text' })).toBeFocused();
  await keyboard.press('End');
  await expect(menuOf(ada).getByRole('menuitem', { name: 'Keyboard shortcuts' })).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(menuOf(ada).getByRole('menuitemcheckbox').first()).toBeFocused();
  await keyboard.press('Tab');
  await expect(menuOf(ada)).toBeHidden();
  await expect(ada.message('one')).toBeFocused();

  await keyboard.press('Enter');
  await ada.composer.click();
  await expect(menuOf(ada)).toBeHidden();
  await expect(ada.composer).toBeFocused();
});

test('tools appear beside the message under the pointer', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'one' });
  await relay.post(BEN, { text: 'two' });
  const [ada] = await openChats([ADA]);
  await ada.settled(2);
  const tools = ada.log.getByRole('button', { name: 'More actions' });
  await expect(tools).toHaveCount(0);
  await ada.message('one').hover();
  await expect(ada.message('one').locator('.hallway-bubble').getByRole('button')).toHaveCount(3);
  await ada.message('two').hover();
  await expect(tools).toHaveCount(1);
  await ada.message('two').getByRole('button', { name: 'More actions' }).click();
  await expect(menuOf(ada)).toBeVisible();
  await itemsOf(ada).filter({ hasText: 'Reply' }).click();
  await expect(menuOf(ada)).toBeHidden();
  await expect(ada.composer).toBeFocused();
  await ada.write('hello');
  await expect(ada.message('hello').getByRole('button', { name: 'Reply to Ben: two' })).toBeVisible();
  await ada.page.mouse.move(1, 1);
  await expect(tools).toHaveCount(0);
});

test('a touch shows one button beside the message, and a long touch opens the menu', async ({
  openChats,
  relay,
}) => {
  await relay.post(BEN, { text: 'one' });
  const [ada] = await openChats([ADA], PHONE);
  await ada.settled(1);
  await ada.message('one').locator('.hallway-text').tap();
  const more = ada.message('one').getByRole('button', { name: 'More actions' });
  await expect(more).toBeVisible();
  await expect(ada.message('one').locator('.hallway-bubble').getByRole('button')).toHaveCount(1);
  await more.tap();
  await expect(menuOf(ada)).toBeVisible();
  await ada.page.touchscreen.tap(180, 20);
  await expect(menuOf(ada)).toBeHidden();
  await ada.message('one').evaluate((item) => {
    const long = { pointerType: 'touch', bubbles: true, cancelable: true };
    item.dispatchEvent(new PointerEvent('contextmenu', long));
  });
  await expect(menuOf(ada)).toBeVisible();
});

test('an edited message shows the time of the edit at every width', async ({ openChats, relay }) => {
  await relay.post(ADA, { text: 'nien' });
  const [ada, ben] = await openChats([ADA, BEN]);
  await ada.settled(1);
  await ben.settled(1);
  await ada.message('nien').focus();
  await ada.page.keyboard.press('e');
  await expect(ada.composer).toHaveValue('nien');
  await ada.composer.fill('nine');
  await ada.press('Enter');
  for (const chat of [ada, ben]) {
    await expect(chat.message('nine')).toBeVisible();
    const mark = chat.message('nine').getByText('edited', { exact: true });
    await expect(mark).toHaveAttribute('title', new RegExp(String(new Date().getFullYear())));
  }
});

test('the focus stays on a message to which the user goes right after a dialog', async ({
  openChats,
  relay,
}) => {
  await relay.post(BEN, { text: 'one' });
  await relay.post(BEN, { text: 'two' });
  const [ada] = await openChats([ADA]);
  await ada.settled(2);
  for (const key of ['Delete', '?']) {
    await ada.message('one').focus();
    await ada.page.keyboard.press(key);
    await ada.closeDialogAndFocus('two');
    await expect(ada.message('two')).toBeFocused();
  }
});

test('a message is deleted after a confirmation, and leaves a tombstone', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'rude' });
  const [ada, ben] = await openChats([ADA, BEN]);
  await ada.settled(1);
  await ben.settled(1);
  const { keyboard } = ada.page;
  const dialog = ada.element.getByRole('alertdialog', { name: 'Delete this message?' });
  await ada.message('rude').focus();
  await keyboard.press('Delete');
  await expect(dialog).toContainText('rude');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(ada.message('rude')).toBeFocused();
  await keyboard.press('Delete');
  await keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(ben.message('rude')).toBeVisible();
  await keyboard.press('Delete');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  for (const chat of [ada, ben]) {
    await expect(chat.messages).toHaveCount(1);
    await expect(chat.messages).toContainText('Message deleted');
    await expect(chat.messages).not.toContainText('rude');
  }
  await expect(ada.messages).toBeFocused();
  await ben.messages.focus();
  await ben.page.keyboard.press('Enter');
  await expect(menuOf(ben)).toBeHidden();
});

test('a menu closes when its message disappears', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'soon gone' });
  const [ada, ben] = await openChats([ADA, BEN]);
  await ada.settled(1);
  await ben.settled(1);
  await openMenu(ada, 'soon gone');
  const id = await ada.messages.getAttribute('data-id');
  await relay.ask(BEN, 'DELETE', `/messages/${id}`);
  await expect(menuOf(ada)).toBeHidden();
  await expect(ada.messages).toContainText('Message deleted');
});

test('the text is copied, and the chat confirms it', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'a *bold* word' });
  const [ada] = await openChats([ADA]);
  await ada.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await ada.settled(1);
  await openMenu(ada, 'bold');
  await itemsOf(ada).filter({ hasText: 'Copy text' }).click();
  await expect(ada.status).toContainText('Copied');
  expect(await ada.page.evaluate(() => navigator.clipboard.readText())).toBe('a *bold* word');
});

test('the chat lists its keys on request, and they lead into a message', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'https://a.example and https://b.example' });
  const [ada] = await openChats([ADA]);
  await ada.settled(1);
  const { keyboard } = ada.page;
  await ada.messages.focus();
  await keyboard.press('?');
  const dialog = ada.element.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(dialog).toContainText('Open the menu of a message');
  await expect(dialog.getByRole('button', { name: 'Close' })).toBeFocused();
  await keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(ada.messages).toBeFocused();
  await keyboard.press('ArrowRight');
  await expect(ada.messages.getByRole('link').first()).toBeFocused();
  await keyboard.press('ArrowRight');
  await expect(ada.messages.getByRole('link').last()).toBeFocused();
  await keyboard.press('ArrowLeft');
  await keyboard.press('ArrowLeft');
  await expect(ada.messages).toBeFocused();
  await keyboard.press('ArrowRight');
  await keyboard.press('Escape');
  await expect(ada.messages).toBeFocused();
});

for (const theme of ['light', 'dark']) {
  test(`menus and dialogs are accessible in the ${theme} theme`, async ({ openChats, relay }) => {
    await relay.post(BEN, { text: 'one' });
    await relay.post(ADA, { text: 'two' });
    const [ada] = await openChats([{ ...ADA, attributes: { theme } }]);
    await ada.settled(2);
    const { keyboard } = ada.page;
    await ada.message('one').hover();
    await expectAccessible(ada.page, 'tools');
    await openMenu(ada, 'two');
    await expectAccessible(ada.page, 'a menu');
    await menuOf(ada).getByRole('menuitemcheckbox', { name: '🎉' }).click();
    await expect(ada.message('two').getByRole('button', { name: '🎉 1: You' })).toBeVisible();
    await keyboard.press('ArrowDown'); // after a click letters go to the composer, until the keyboard moves on
    await keyboard.press('+');
    await expect(menuOf(ada).getByRole('menuitemcheckbox', { name: '🎉' })).toHaveAttribute(
      'aria-checked',
      'true',
    );
    await expectAccessible(ada.page, 'the choice of emoji');
    await keyboard.press('Escape');
    await keyboard.press('Delete');
    await expectAccessible(ada.page, 'a question');
    await keyboard.press('Escape');
    await keyboard.press('?');
    await expectAccessible(ada.page, 'the list of keys');
  });
}

test('the chosen entry is visible with forced colours', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'one' });
  const [ada] = await openChats([ADA]);
  await ada.settled(1);
  await openMenu(ada, 'one');
  await menuOf(ada).getByRole('menuitemcheckbox').first().click();
  await expect(ada.message('one').getByRole('button', { name: '👍 1: You' })).toBeVisible();
  await ada.page.emulateMedia({ forcedColors: 'active' });
  await expect(ada.message('one').locator('.hallway-chip')).toHaveCSS('border-top-width', '2px');
  await openMenu(ada, 'one');
  await expect(menuOf(ada).getByRole('menuitemcheckbox').first()).toHaveCSS('border-top-width', '2px');
  await expectAccessible(ada.page, 'a menu in forced colours');
});

test('menus fit into 280 pixels, with room for a finger, in both directions', async ({
  openChats,
  relay,
}) => {
  await relay.post(BEN, { text: 'of Ben' });
  await relay.post(ADA, { text: 'of Ada' });
  const [ada] = await openChats([ADA]);
  await ada.settled(2);
  for (const lang of ['en', 'de', 'fr', 'ar']) {
    for (const [width, zoom] of [
      [280, 1],
      [600, 2],
      [1100, 1],
    ]) {
      await ada.appear({ lang, width, zoom });
      for (const text of ['of Ben', 'of Ada']) {
        for (const key of ['Enter', '+']) {
          await ada.message(text).focus();
          await ada.page.keyboard.press(key);
          const problems = await menuOf(ada).evaluate((menu, phone) => {
            const frame = menu.getRootNode().host.getBoundingClientRect();
            return [menu, ...menu.querySelectorAll('button')].flatMap((node) => {
              const { left, right, top, bottom, width, height } = node.getBoundingClientRect();
              const cut = left < frame.left || right > frame.right;
              const tall = node === menu && (top < frame.top || bottom > frame.bottom);
              const narrow = phone ? 32 : 44; // seven emoji stand in a line
              const small = node !== menu && (width < narrow || height < 44);
              return cut || tall || small
                ? [`${node.className}: ${left} to ${right}, ${width} × ${height}`]
                : [];
            });
          }, width === 280);
          expect(problems, `${lang}, ${width} px, zoom ${zoom}, ${text}, ${key}`).toEqual([]);
          await ada.page.keyboard.press('Escape');
        }
      }
    }
  }
});
