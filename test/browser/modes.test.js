// The composer while its user answers or edits a message.

import { ADA, BEN, expect, test } from './fixture.js';

/** Begins an answer to a message with the pointer. */
async function reply(chat, text) {
  await chat.message(text).hover();
  await chat.message(text).getByRole('button', { name: 'Reply', exact: true }).click();
}

test('an answer names the author of its message, and survives a reload', async ({ openChats, relay }) => {
  const asked = await relay.post(BEN, { text: 'When do *doors* open?' });
  await relay.post(BEN, { text: 'And where?' });
  const [ada] = await openChats([ADA]);
  await ada.live();
  await reply(ada, 'And where?');
  await expect(ada.composer).toBeFocused();
  await expect(ada.composer).toHaveAccessibleDescription('Replying to Ben And where?');
  await reply(ada, 'When do doors open?');
  await expect(ada.composer).toHaveAccessibleDescription('Replying to Ben When do doors open?');
  await ada.type('At nine');

  await ada.page.reload();
  await ada.live();
  await expect(ada.composer).toHaveValue('At nine');
  await expect(ada.composer).toHaveAccessibleDescription('Replying to Ben When do doors open?');
  await ada.press('Enter');
  await ada.settled(3);
  await expect(ada.composer).toHaveAccessibleDescription('');
  const { messages } = await relay.history(await relay.token(ADA));
  expect(messages[2]).toMatchObject({ text: 'At nine', reply_to: asked });

  await reply(ada, 'And where?');
  await ada.type('By the');
  await ada.element.getByRole('button', { name: 'Cancel reply' }).click();
  await expect(ada.composer).toBeFocused();
  await expect(ada.composer).toHaveValue('By the');
  await reply(ada, 'And where?');
  await ada.press('Escape');
  await expect(ada.composer).toHaveAccessibleDescription('');
  await ada.write(' gate');
  await ada.settled(4);
  expect((await relay.history(await relay.token(ADA))).messages[3].reply_to).toBeUndefined();
});

test('Up edits the user’s last message, and Escape restores the draft', async ({ openChats, relay }) => {
  const own = await relay.post(ADA, { text: 'Doors at nien' });
  await relay.post(BEN, { text: 'Fine' });
  const [ada, ben] = await openChats([ADA, BEN]);
  await ada.settled(2);
  await ben.settled(2);

  await ada.press('ArrowUp');
  await expect(ada.composer).toHaveValue('Doors at nien');
  await expect(ada.composer).toHaveAccessibleDescription('Editing your message');
  await expect(ada.send).toBeVisible();
  await ada.composer.fill('  ');
  await ada.press('Enter');
  await expect(ada.status).toContainText('a message cannot be empty');
  await expect(ada.composer).toHaveAccessibleDescription('Editing your message');
  await ada.composer.fill('Doors at *nine*');
  await ada.press('Enter');
  await expect(ada.composer).toHaveValue('');
  await expect(ada.composer).toHaveAccessibleDescription('');
  for (const chat of [ada, ben]) await expect(chat.messages.first()).toContainText('Doors at nine');
  const edited = (await relay.history(await relay.token(ADA))).messages[0];
  expect(edited).toMatchObject({ id: own, text: 'Doors at *nine*' });
  expect(edited.edited_at).toBeTruthy();

  // An unchanged text is not an edit.
  await ada.press('ArrowUp');
  await ada.press('Enter');
  await expect(ada.composer).toHaveValue('');
  expect((await relay.history(await relay.token(ADA))).messages[0].rev).toBe(edited.rev);

  // An edit keeps the draft, which comes back after it.
  await ada.composer.fill('A draft');
  await ada.press('ArrowUp');
  await expect(ada.composer).toHaveValue('A draft');
  await ada.message('Doors at nine').hover();
  await ada.message('Doors at nine').getByRole('button', { name: 'More' }).click();
  await ada.element.getByRole('menuitem', { name: 'Edit' }).click();
  await expect(ada.composer).toHaveValue('Doors at *nine*');
  await expect(ada.composer).toBeFocused();
  await ada.press('Escape');
  await expect(ada.composer).toHaveValue('A draft');
  await expect(ada.composer).toHaveAccessibleDescription('');
});

test('if a message is deleted during its edit, the text stays in the composer', async ({
  openChats,
  relay,
}) => {
  const id = await relay.post(BEN, { text: 'To be or not' });
  const [ben] = await openChats([BEN]);
  await ben.settled(1);
  await ben.press('ArrowUp');
  await ben.type(' to be');
  await relay.ask(ADA, 'DELETE', `/messages/${id}`);
  await expect(ben.status).toContainText('deleted meanwhile');
  await expect(ben.composer).toHaveAccessibleDescription('');
  await expect(ben.composer).toHaveValue('To be or not to be');
  await ben.press('Enter');
  await ben.settled(2);
  await expect(ben.message('To be or not to be')).toHaveCount(1);
});

test('a refused edit returns to the composer with the reason', async ({ relay, newPage, site }) => {
  await relay.post(BEN, { text: 'First' });
  const page = await newPage();
  await page.addInitScript(() => {
    window.refuse = false;
    // A relay that refuses edits: this answer replaces the real one.
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      const frame = JSON.parse(data);
      if (frame.type !== 'edit') return send.call(this, data);
      const { room, id } = frame;
      const refusal = { type: 'error', code: 'forbidden', message: 'no', room, id };
      this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(refusal) }));
    };
  });
  const chat = JSON.stringify({ relay: relay.url, room: 'lobby', token: await relay.token(BEN) });
  await page.goto(`${site.url}/chats.html?${new URLSearchParams({ chat })}`);
  const composer = page.getByRole('textbox');
  await expect(page.getByRole('log').locator('[data-id]')).toHaveCount(1);
  await expect(composer).toBeEnabled();
  await composer.press('ArrowUp');
  await composer.fill('Second');
  await composer.press('Enter');
  await expect(page.getByRole('status')).toContainText('Not done: you may not do that');
  await expect(composer).toHaveValue('Second');
  await expect(composer).toHaveAccessibleDescription('Editing your message');
  await composer.press('Escape');
  await expect(page.getByRole('status')).not.toContainText('Not done');
  await expect(composer).toHaveValue('');
});
