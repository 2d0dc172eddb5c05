// Drafts after a reload and in several tabs.

import { Chat } from './chat.js';
import { ADA, BEN, expect, test } from './fixture.js';

/** Opens the same page again, in the same browser profile. */
async function anotherTab(chat) {
  const page = await chat.page.context().newPage();
  await page.goto(chat.page.url());
  const other = new Chat(page.locator('#chat-0'));
  await other.live();
  await expect(other.composer).toBeEnabled();
  return other;
}

async function reload(chat) {
  await chat.page.reload();
  await chat.live();
}

test('a half-written edit and the draft before it survive a reload', async ({ openChats, relay }) => {
  await relay.post(ADA, { text: 'Doors at nien' });
  await relay.post(BEN, { text: 'a question' });
  const [ada] = await openChats([ADA]);
  await ada.settled(2);
  const editing = ada.element.getByText('Editing your message');
  await ada.message('a question').focus();
  await ada.page.keyboard.press('r');
  await ada.type('a draft');
  await ada.message('Doors').focus();
  await ada.page.keyboard.press('e');
  await expect(ada.composer).toHaveValue('Doors at nien');
  await reload(ada);
  await expect(ada.composer, 'nothing was changed yet').toHaveValue('Doors at nien');
  await expect(editing).toBeVisible();
  await ada.composer.fill('Doors at nine');
  await reload(ada);
  await expect(ada.composer).toHaveValue('Doors at nine');
  await expect(editing).toBeVisible();
  await ada.press('Enter');
  await expect(ada.message('Doors at nine')).toContainText('edited');
  await expect(ada.messages).toHaveCount(2);
  await expect(ada.composer).toHaveValue('a draft');
  await expect(ada.element.getByText('Replying to Ben')).toBeVisible();
  await ada.press('Enter');
  await ada.settled(3);
  await expect(ada.messages.last().locator('.hallway-quote')).toHaveCount(1);
  await reload(ada);
  await ada.settled(3);
  await expect(ada.composer).toHaveValue('');
  await expect(editing).toBeHidden();
});

test('if a message is deleted while its user edits it, the text of the edit stays in the composer', async ({
  openChats,
  relay,
}) => {
  const id = await relay.post(ADA, { text: 'Doors at nien' });
  const [ada] = await openChats([ADA]);
  await ada.settled(1);
  await ada.messages.focus();
  await ada.page.keyboard.press('e');
  await ada.composer.fill('Doors at nine');
  await ada.page.goto('about:blank');
  await relay.ask(ADA, 'DELETE', `/messages/${id}`);
  await ada.page.goBack();
  await ada.live();
  await expect(ada.composer).toHaveValue('Doors at nine');
  await expect(ada.element.getByText('Editing your message')).toBeHidden();
  await expect(ada.status).toContainText('deleted meanwhile');
});

test('each tab has a separate draft, and a new tab takes the latest draft of a closed one', async ({
  openChats,
}) => {
  const [first] = await openChats([ADA]);
  await first.live();
  await first.type('from the first');
  const second = await anotherTab(first);
  await expect(second.composer).toHaveValue('');
  await second.type('from the second');
  await reload(first);
  await expect(first.composer).toHaveValue('from the first');
  await reload(second);
  await expect(second.composer).toHaveValue('from the second');
  await first.composer.fill('the first again');
  await reload(second);
  await expect(second.composer).toHaveValue('from the second');

  await second.page.close();
  const third = await anotherTab(first);
  await expect(third.composer).toHaveValue('from the second');
  await reload(third);
  await expect(third.composer).toHaveValue('from the second');
  await third.press('Enter');
  await expect(third.composer).toHaveValue('');
  await third.page.close();
  const fourth = await anotherTab(first);
  await expect(fourth.composer).toHaveValue('');
  await expect(first.composer).toHaveValue('the first again');

  // Two chats of one room and user on one page have separate drafts, too.
  await fourth.page.evaluate(() => {
    const chat = document.querySelector('#chat-0');
    const twin = chat.cloneNode();
    twin.id = 'twin';
    chat.after(twin);
  });
  const twin = new Chat(fourth.page.locator('#twin'));
  await twin.live();
  await fourth.type('of the fourth');
  await twin.type('of its twin');
  await expect(fourth.composer).toHaveValue('of the fourth');
});

test('the counter counts visible letters, not bytes or code points', async ({ openChats }) => {
  const LIMIT = 8192;
  const [ada] = await openChats([ADA]);
  await ada.live();
  const left = async (text) => {
    await ada.composer.fill(text);
    return ada.composer.evaluate((field) =>
      Number.parseInt(field.getRootNode().querySelector('.hallway-counter').textContent, 10),
    );
  };
  const bytes = (text) => Buffer.byteLength(text);
  for (const letter of ['x', 'é', 'e\u0301', 'д', '字', '한', 'क्षि', '😀', '👍🏽', '🇩🇪', '👨‍👩‍👧‍👦', '1️⃣']) {
    const most = Math.floor(LIMIT / bytes(letter));
    for (const n of [7, 1, 0])
      await expect.poll(() => left(letter.repeat(most - n)), `${letter}, ${n} left`).toBe(n);
    await expect.poll(() => left(letter.repeat(most + 2)), `${letter}, two too many`).toBe(-2);
  }
  await ada.composer.fill('字'.repeat(1000));
  await expect(ada.element.getByText(/left$/)).toHaveCount(0);
});

test('keycaps and signs with an emoji selector are large, signs without one are not', async ({
  openChats,
  relay,
}) => {
  const [ada] = await openChats([ADA]);
  const large = ['1️⃣ *️⃣ #️⃣', '©️', '❤️', '👩🏽‍🚀', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🇩🇪'];
  const plain = ['©', '™', '7', '*', '#', '12', '🇩'];
  for (const text of [...large, ...plain]) await relay.post(BEN, { text });
  await ada.settled(large.length + plain.length);
  const sizes = await ada.messages.evaluateAll((items) =>
    items.map((item) => Number.parseFloat(getComputedStyle(item.querySelector('.hallway-text')).fontSize)),
  );
  expect(sizes.map((size) => size > 24)).toEqual([...large.map(() => true), ...plain.map(() => false)]);
});
