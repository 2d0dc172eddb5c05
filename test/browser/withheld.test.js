// A relay that withholds the newest turn of an encrypted room from a device that has kept it.

import { ADA, BEN, expect } from './fixture.js';
import { codings, stored, test } from './vault.js';

/** Puts a relay between a page and the real one. While it withholds, it replaces each turn by the first one that the page got. */
async function withholding(page) {
  const relay = { turns: [], withholds: false, mute: false, sent: [], cut: undefined };
  await page.routeWebSocket(/\/v1\/ws$/, (socket) => {
    const server = socket.connectToServer();
    relay.cut = () => socket.close({ code: 4000 });
    socket.onMessage((data) => {
      const frame = JSON.parse(data);
      if (relay.mute && ['send', 'wraps'].includes(frame.type)) return;
      relay.sent.push(frame);
      server.send(data);
    });
    server.onMessage((data) => {
      const frame = JSON.parse(data);
      const turn = frame.type === 'turned' ? frame.turn : frame.e2ee?.turn;
      if (turn && relay.withholds) frame.e2ee = { turn: relay.turns[0] };
      else if (turn) relay.turns.push(turn);
      if (relay.mute && frame.type === 'wrapped') return;
      if (relay.mute && frame.e2ee) delete frame.e2ee.wrap;
      socket.send(JSON.stringify(frame));
    });
  });
  return relay;
}

/** Lets Ada and Ben talk until the room has turn 2, and returns both, the relay before Ben's page, and the kid of turn 2. */
async function atTurnTwo({ open, newPage, relay, vault }) {
  const page = await newPage();
  const between = await withholding(page);
  const ada = await open(ADA);
  const ben = await open(BEN, { page });
  await ada.write('The doors open at nine.');
  await expect(ben.message('The doors open at nine.')).toHaveCount(1);
  await relay.ask(ADA, 'PUT', '/members/u_eve/ban', {}, vault);
  await expect.poll(() => between.turns.at(-1)?.n).toBe(2);
  await ben.write('And close at ten.');
  await ben.settled(2);
  return { ada, ben, between, newest: between.turns.at(-1).kid };
}

/** Returns the kids of the messages that a page has sent to a relay. */
const kids = (between) =>
  between.sent.filter(({ type }) => type === 'send').map(({ encrypted }) => encrypted?.kid);

/** Deletes the keys of the device, as a browser that needs room may do. */
const deleteKeys = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const deleting = indexedDB.deleteDatabase('hallway-keys');
        deleting.onsuccess = resolve;
        deleting.onerror = reject;
      }),
  );

/** Reloads a page while the relay before it withholds the newest turn. */
async function reloadWithheld(chat, between) {
  between.withholds = true;
  between.sent.length = 0;
  await chat.page.reload();
  await expect(chat.element).toContainText('Waiting for the key');
}

test('a relay that withholds the newest turn gets no message with an older key', async ({
  open,
  newPage,
  relay,
  vault,
}) => {
  const { ada, ben, between, newest } = await atTurnTwo({ open, newPage, relay, vault });
  expect(kids(between)).toContain(newest);

  await reloadWithheld(ben, between);
  await ben.write('Nobody reads this yet.');
  await expect(ben.messages).toHaveCount(3);
  await expect(ben.element).toContainText('Waiting for the key');
  expect(kids(between).filter((kid) => kid !== newest)).toEqual([]);

  between.withholds = false;
  await between.cut();
  await expect(ada.message('Nobody reads this yet.')).toHaveCount(1);
  await ben.settled(3);
});

test('a canary is found in each of its forms', () => {
  const inside = ['', 'x', 'xy'].map((before) => Buffer.from(`${before}A canary waits. And more.`));
  const hiding = inside.flatMap((bytes) => [bytes.toString('base64'), bytes.toString('hex'), `${bytes}`]);
  for (const text of hiding)
    expect(codings('A canary waits.').some((coding) => text.includes(coding))).toBe(true);
});

test('a message that is written while the chat waits for a key survives a reload, and nobody else can read it', async ({
  open,
  newPage,
  relay,
  vault,
}) => {
  const { ada, ben, between, newest } = await atTurnTwo({ open, newPage, relay, vault });
  await reloadWithheld(ben, between);
  await ben.write('A canary waits.');
  await ben.write('A finch waits behind it.');
  const waits = [
    ben.message('A canary waits.').and(ben.page.locator('[data-state="waiting"]')),
    ben.message('A finch waits behind it.').and(ben.page.locator('[data-state="waiting"]')),
  ];
  for (const one of waits) await expect(one).toHaveCount(1);
  await expect.poll(async () => (await stored(ben.page)).match(/\\"kid\\":\\"0\\"/g)?.length).toBe(2);
  const kept = await stored(ben.page);
  for (const text of ['A canary waits.', 'A finch waits behind it.'].flatMap(codings)) {
    expect(kept).not.toContain(text);
  }

  expect(kids(between)).toEqual([]);

  await reloadWithheld(ben, between);
  for (const one of waits) await expect(one).toHaveCount(1);
  expect(kids(between)).toEqual([]);

  between.withholds = false;
  await between.cut();
  await expect(ada.messages).toContainText([
    'The doors open at nine.',
    'And close at ten.',
    'A canary waits.',
    'A finch waits behind it.',
  ]);
  await ben.settled(4);
  expect(kids(between)).toEqual([newest, newest]);
  const { messages } = await relay.history(relay.token({ ...ADA, room: vault }), vault);
  expect(messages).toHaveLength(4);
});

test('a message that waits for a key is shown as lost if the browser has deleted the keys of the device', async ({
  open,
  newPage,
  relay,
  vault,
}) => {
  const { ada, ben, between } = await atTurnTwo({ open, newPage, relay, vault });
  await reloadWithheld(ben, between);
  await ben.write('A canary waits.');
  await expect.poll(async () => (await stored(ben.page)).includes('\\"kid\\":\\"0\\"')).toBe(true);
  await deleteKeys(ben.page);
  await reloadWithheld(ben, between);
  const lost = ben.messages.filter({ hasText: 'Not sent: this device no longer has it' });
  await expect(lost).toHaveAttribute('data-state', 'failed');
  between.withholds = false;
  await between.cut();
  await ben.write('Written again.');
  await expect(ada.message('Written again.')).toHaveCount(1);
  await lost.getByRole('button', { name: 'Discard' }).press('Enter');
  await expect(lost).toHaveCount(0);
});

test('a message that was encrypted with a key of an earlier chapter is shown after a reload and sent with the newest key', async ({
  open,
  newPage,
  relay,
  vault,
}) => {
  const { ada, ben, between } = await atTurnTwo({ open, newPage, relay, vault });
  between.mute = true;
  await ben.write('A canary waits.');
  await expect.poll(async () => (await stored(ben.page)).includes('\\"own\\":')).toBe(true);
  await deleteKeys(ada.page);
  await ada.page.reload();
  await expect(ada.element).toContainText('Waiting for the key to this room.');
  await ada.element.getByRole('button', { name: 'Encrypted: who can read' }).press('Enter');
  await ada.element.getByRole('button', { name: 'New keys' }).press('Enter');
  await expect.poll(() => between.turns.at(-1)?.n).toBe(3);
  const newest = between.turns.at(-1);
  expect(newest.link ?? '').toBe('');
  await expect.poll(async () => (await stored(ben.page)).includes(newest.kid)).toBe(true);

  await ben.page.reload();
  const waits = ben.message('A canary waits.').and(ben.page.locator('[data-state="waiting"]'));
  await expect(waits).toHaveCount(1);
  for (const text of codings('A canary waits.')) expect(await stored(ben.page)).not.toContain(text);

  between.mute = false;
  between.sent.length = 0;
  await between.cut();
  await expect(ada.message('A canary waits.')).toHaveCount(1);
  await expect(ben.element.locator('[data-state="waiting"], [data-state="failed"]')).toHaveCount(0);
  expect(kids(between).at(-1)).toBe(newest.kid);
});
