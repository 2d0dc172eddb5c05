// A relay that withholds the newest turn of an encrypted room from a device that has kept it.

import { ADA, BEN, expect } from './fixture.js';
import { stored, test } from './vault.js';

/** Puts a relay between a page and the real one: while it withholds, it tells of the first turn that the page was told of. */
async function withholding(page) {
  const relay = { turns: [], withholds: false, sent: [], cut: undefined };
  await page.routeWebSocket(/\/v1\/ws$/, (socket) => {
    const server = socket.connectToServer();
    relay.cut = () => socket.close({ code: 4000 });
    socket.onMessage((data) => {
      relay.sent.push(JSON.parse(data));
      server.send(data);
    });
    server.onMessage((data) => {
      const frame = JSON.parse(data);
      const turn = frame.type === 'turned' ? frame.turn : frame.e2ee?.turn;
      if (turn && relay.withholds) frame.e2ee = { turn: relay.turns[0] };
      else if (turn) relay.turns.push(turn);
      socket.send(JSON.stringify(frame));
    });
  });
  return relay;
}

test('a relay that withholds the newest turn gets nothing under the one before', async ({
  open,
  newPage,
  relay,
  vault,
}) => {
  const page = await newPage();
  const between = await withholding(page);
  const ada = await open(ADA);
  const ben = await open(BEN, { page });
  await ada.write('The doors open at nine.');
  await expect(ben.message('The doors open at nine.')).toHaveCount(1);
  const answer = await fetch(`${relay.url}/v1/rooms/${vault}/members/u_eve/ban`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${relay.token({ ...ADA, room: '*' })}`,
      'content-type': 'application/json',
    },
    body: '{}',
  });
  expect(answer.ok, await answer.text()).toBe(true);
  await expect.poll(() => between.turns.at(-1)?.n).toBe(2);
  const newest = between.turns.at(-1).kid;
  await ben.write('And close at ten.');
  await ben.settled(2);
  const kids = () =>
    between.sent.filter(({ type }) => type === 'send').map(({ encrypted }) => encrypted?.kid);
  expect(kids()).toContain(newest);

  between.withholds = true;
  between.sent.length = 0;
  await page.reload();
  await expect(ben.element).toContainText('Waiting for the key');
  await ben.write('Nobody reads this yet.');
  await expect(ben.messages).toHaveCount(3);
  await expect(ben.element).toContainText('Waiting for the key');
  expect(kids().filter((kid) => kid !== newest)).toEqual([]);

  between.withholds = false;
  await between.cut();
  await expect(ada.message('Nobody reads this yet.')).toHaveCount(1);
  await ben.settled(3);
});
