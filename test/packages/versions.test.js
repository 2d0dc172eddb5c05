// Two versions of the package, on one page and with older and newer relays.

import { once } from 'node:events';
import { createServer, STATUS_CODES } from 'node:http';
import { Chat } from '../browser/chat.js';
import { ADA, BEN, expect, PINNED_RELAY, test, UNREACHABLE } from './fixture.js';
import { PINNED } from './pinned.js';
import { Project } from './project.js';

/** Opens the page with a chat of each version, first the pinned one. */
async function openBoth({ serve, newPage, relay }, users) {
  const site = await serve('versions', 'dist');
  const page = await newPage();
  const address = new URL(site);
  const names = ['hallway-chat', 'hallway-chat-now'];
  for (const [i, name] of names.entries()) {
    const attributes = { relay: relay.url, room: 'lobby', token: await relay.token(users[i]) };
    address.searchParams.set(name, JSON.stringify(attributes));
  }
  await page.goto(address.href);
  return names.map((name) => new Chat(page.locator(name)));
}

test('the pinned version is the recorded one, and the other is newer', async () => {
  const project = new Project('versions');
  const [pinned, now] = [
    await project.installed('hallway-chat-pinned'),
    await project.installed('hallway-chat'),
  ];
  expect(pinned.version).toBe(PINNED.version);
  const order = now.version.localeCompare(pinned.version, 'en', { numeric: true });
  expect(order, `${now.version} is to be above ${pinned.version}`).toBe(1);
});

test('both versions work on one page, each with its own name', async ({ serve, newPage, relay }) => {
  const [pinned, now] = await openBoth({ serve, newPage, relay }, [ADA, BEN]);
  await pinned.live();
  await now.live();
  await pinned.write('From the pinned version.');
  await expect(now.message('From the pinned version.')).toBeVisible();
  await now.write('From the present one.');
  await expect(pinned.message('From the present one.')).toBeVisible();
  await pinned.settled(2);
  await now.settled(2);
});

test('both versions share the outbox of one user', async ({ serve, newPage, relay, watch }) => {
  watch.expect(UNREACHABLE);
  const [pinned, now] = await openBoth({ serve, newPage, relay }, [ADA, ADA]);
  await pinned.live();
  await now.live();
  await relay.kill();
  await pinned.write('Written in the pinned version.');
  await now.write('Written in the present one.');
  await relay.restart();
  for (const chat of [pinned, now]) await chat.settled(2, { timeout: 45_000 });
  const texts = (await relay.history(await relay.token(ADA))).messages.map(({ text }) => text);
  expect(texts.sort()).toEqual(['Written in the pinned version.', 'Written in the present one.']);
});

test.describe('the relay of the pinned version', () => {
  test.use({ relayCommand: PINNED_RELAY });

  test('serves both versions, and can be updated while they run', async ({
    serve,
    newPage,
    relay,
    watch,
  }) => {
    watch.expect(UNREACHABLE);
    const [pinned, now] = await openBoth({ serve, newPage, relay }, [ADA, BEN]);
    await pinned.live();
    await now.live();
    await pinned.write('Before the update.');
    await expect(now.message('Before the update.')).toBeVisible();

    await relay.kill();
    await now.write('Meanwhile, by Ben.');
    await pinned.write('Meanwhile, by Ada.');
    relay.command = undefined; // the current relay
    await relay.restart();
    for (const chat of [pinned, now]) await chat.settled(3, { timeout: 45_000 });
    await now.write('After the update.');
    await expect(pinned.message('After the update.')).toBeVisible();

    const [first, second] = await Promise.all([pinned.shown(), now.shown()]);
    expect(first.map(({ id }) => id)).toEqual(second.map(({ id }) => id));
    expect(first.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });
});

/** Starts a relay of the future, which speaks only another version and refuses all others as the protocol says. */
async function startNewerRelay() {
  const status = 426;
  const problem = JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    code: 'bad_request',
    supported: ['hallway.v2'],
  });
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': problem.length,
    'access-control-allow-origin': '*',
    'access-control-allow-headers': '*',
    upgrade: 'websocket',
    connection: 'upgrade',
  };
  const server = createServer((_, response) => response.writeHead(status, headers).end(problem));
  server.on('upgrade', (_, socket) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${problem}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

test('a chat at a relay that speaks only newer versions needs an update', async ({
  serve,
  newPage,
  relay,
  watch,
}) => {
  watch.expect(/WebSocket connection to .* failed|status of 426/);
  const newer = await startNewerRelay();
  const page = await newPage();
  const address = new URL(await serve('vite', 'dist'));
  address.search = new URLSearchParams({ relay: newer.url, room: 'lobby', token: await relay.token(ADA) });
  await page.goto(address.href);
  const chat = new Chat(page.locator('hallway-chat'));
  await expect(chat.status).toContainText('Update needed');
  await expect(chat.status).toContainText('the relay speaks another version of the protocol');
  newer.stop();
});
