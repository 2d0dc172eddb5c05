// A conversation, end to end: two people in two browsers, a relay, a database file.

import { ADA, BEN, expect, test, UNREACHABLE } from './fixture.js';

test('two people chat both ways and find the history after a reload', async ({ openChats, relay }) => {
  const [ada] = await openChats([ADA]);
  const [ben] = await openChats([BEN]);
  await ada.live();
  await ben.live();

  await ada.write('Doors open at nine.');
  await expect(ben.message('Doors open at nine.')).toContainText('Ada');
  await ben.composer.fill('Thank you!');
  await ben.send.click();
  await expect(ada.message('Thank you!')).toContainText('Ben');
  await expect(ben.composer).toHaveValue('');
  await ada.write('<img src=x onerror="document.title=1"> **& such** 👋');
  await expect(ben.messages).toHaveCount(3);

  for (const chat of [ada, ben]) {
    await chat.settled(3);
    await chat.page.reload();
    await chat.live();
    await chat.settled(3);
  }
  await sameEverywhere([ada, ben], relay, [
    'Doors open at nine.',
    'Thank you!',
    '<img src=x onerror="document.title=1"> **& such** 👋',
  ]);
  await expect(ben.page).toHaveTitle('A frontend with chats');
});

test('no message is lost when the relay is killed while both people write', async ({
  openChats,
  relay,
  watch,
}) => {
  test.setTimeout(150_000); // a chat may wait up to 30 s before it reconnects
  const [ada] = await openChats([ADA]);
  const [ben] = await openChats([BEN]);
  await ada.live();
  await ben.live();
  await ada.write('before: Ada');
  await ben.write('before: Ben');
  await ada.settled(2);
  await ben.settled(2);

  watch.expect(UNREACHABLE);
  await ada.composer.fill('on the way: Ada');
  await ben.composer.fill('on the way: Ben');
  await Promise.all([ada.composer.press('Enter'), ben.composer.press('Enter'), relay.kill()]);
  await ada.type('1: Ada was in the ');
  await ben.type('2: Ben was in the ');
  for (const chat of [ada, ben]) await expect(chat.status).not.toContainText(/\blive\b/i);

  await ada.write('middle of a word');
  await ben.write('middle of a word');
  await ada.write('3: Ada again');
  await ben.write('4: Ben again');
  await ada.write('5: Ada once more');
  await expect(ada.message('5: Ada once more')).toHaveAttribute('data-state', 'waiting');
  await ada.page.reload();
  for (const text of ['1: Ada was in the middle of a word', '3: Ada again', '5: Ada once more']) {
    await expect(ada.message(text)).toHaveAttribute('data-state', 'waiting');
  }

  await relay.restart();
  for (const chat of [ada, ben]) await chat.settled(9, { timeout: 60_000 });
  const stored = await sameEverywhere([ada, ben], relay);
  for (const [chat, texts] of [
    [
      'u_ada',
      [
        'before: Ada',
        'on the way: Ada',
        '1: Ada was in the middle of a word',
        '3: Ada again',
        '5: Ada once more',
      ],
    ],
    ['u_ben', ['before: Ben', 'on the way: Ben', '2: Ben was in the middle of a word', '4: Ben again']],
  ]) {
    expect(stored.filter((message) => message.sender === chat).map((message) => message.text)).toEqual(texts);
  }
  for (const chat of [ada, ben]) await chat.live();
});

/** Checks that both logs, the history route and the database hold the same messages in the same order, and returns them. */
async function sameEverywhere(chats, relay, texts) {
  const stored = await relay.stored();
  const place = ({ id, seq }) => ({ id, seq });
  const token = await relay.token(ADA);
  const { messages, head } = await relay.history(token);

  expect(stored.map((message) => message.seq)).toEqual(stored.map((_, i) => i + 1));
  expect(head).toBe(stored.length);
  expect(
    messages.map(({ id, seq, rev, sender, text }) => ({ id, seq, rev, sender: sender.id, text })),
  ).toEqual(stored);
  for (const chat of chats) {
    const shown = await chat.shown();
    expect(shown.map(place)).toEqual(stored.map(place));
    for (const [i, { text }] of stored.entries()) expect(shown[i].text).toContain(text);
  }
  if (texts) expect(stored.map((message) => message.text)).toEqual(texts);
  return stored;
}
