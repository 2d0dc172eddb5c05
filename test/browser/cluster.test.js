// Chats on several relays.

import { Chat } from './chat.js';
import { Cluster } from './cluster.js';
import { ADA, BEN, expect, test, UNREACHABLE } from './fixture.js';

test('two chats on two relays lose nothing when one relay is killed', async ({ newPage, site, watch }) => {
  test.setTimeout(180_000);
  const cluster = await Cluster.start(site.url);
  const open = async (user, relay) => {
    const page = await newPage();
    const address = new URL('/chats.html', site.url);
    const attributes = { relay, room: 'lobby', token: await cluster.token(user) };
    address.searchParams.append('chat', JSON.stringify(attributes));
    await page.goto(address.href);
    const chat = new Chat(page.locator('#chat-0'));
    await chat.live();
    return chat;
  };
  try {
    const ada = await open(ADA, cluster.url);
    const [hers] = await cluster.busy();
    const others = cluster.relays.filter((relay) => relay !== hers);
    const ben = await open(BEN, others[0].url);
    expect((await cluster.busy()).length).toBe(2);

    await ada.write('Doors open at nine.');
    await expect(ben.message('Doors open at nine.')).toBeVisible();
    await ben.write('I am here.');
    await expect(ada.message('I am here.')).toBeVisible();

    watch.expect(UNREACHABLE);
    process.kill(hers.pid, 'SIGKILL');
    await ben.write('Ada, are you there?');
    await ada.write('My relay is gone.');
    for (const chat of [ada, ben]) {
      await chat.settled(4, { timeout: 30_000 });
      await chat.live();
    }
    const order = async (chat) => (await chat.shown()).map(({ id, seq }) => ({ id, seq }));
    expect(await order(ada)).toEqual(await order(ben));
    expect((await cluster.busy()).includes(hers)).toBe(false);
    await ada.page.close();
    await ben.page.close();
  } finally {
    await cluster.stop();
  }
});
