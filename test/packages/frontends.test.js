// The two frontends, each with its own backend: the organizers' with the current package, and the participants' with the release that it
// is pinned to.

import { randomUUID } from 'node:crypto';
import { Chat } from '../browser/chat.js';
import { test as base, expect, PINNED_RELAY, UNREACHABLE } from './fixture.js';
import { PINNED } from './pinned.js';
import { Project } from './project.js';

const test = base.extend({
  /** Serves both frontends and logs a user in to each: Ada as an organizer, Ben as a participant. */
  people: async ({ serve, newPage }, use) => {
    const people = {};
    for (const [name, frontend, submit] of [
      ['Ada', 'organizer', 'Log in'],
      ['Ben', 'participation', 'Join'],
    ]) {
      const page = await newPage();
      await page.goto(await serve(frontend, ['node', 'server/main.mjs']));
      await page.getByLabel('Your name').fill(name);
      await page.getByRole('button', { name: submit }).click();
      people[name] = { page, chat: new Chat(page.locator('hallway-chat')) };
    }
    await people.Ada.page.getByRole('link', { name: 'Lobby' }).click();
    await people.Ada.chat.live();
    await use(people);
  },
});

/** Opens a talk and waits until its page is there. Until then the chat is still that of the page before. */
async function toTalk(page, title) {
  await page.getByRole('link', { name: title }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
}

const bubble = (page) => page.getByRole('button', { name: /^Chat/ });

test('the participants’ frontend has the release that it is pinned to', async () => {
  const { version } = await new Project('participation').installed('hallway-chat');
  expect(version).toBe(PINNED.version);
});

test('the bubble counts unseen messages, and opens and closes the chat', async ({ people }) => {
  const { Ada, Ben } = people;
  await expect(bubble(Ben.page)).toHaveText('Chat');
  await expect(Ada.page.getByText('2 people here')).toBeVisible(); // Ben is connected before he opens the chat
  await Ada.chat.write('Doors open at nine.');
  await expect(bubble(Ben.page)).toHaveText('Chat1 unread');

  await bubble(Ben.page).click();
  await expect(Ben.chat.message('Doors open at nine.')).toBeVisible();
  await Ben.chat.write('Thanks, Ada.');
  await expect(Ada.chat.message('Thanks, Ada.')).toBeVisible();

  await Ben.page.getByRole('button', { name: 'Fold the chat' }).click();
  await expect(bubble(Ben.page)).toHaveText('Chat');
  await bubble(Ben.page).click();
  await Ben.page.getByRole('button', { name: 'Leave' }).click();
  await expect(Ada.page.getByText('1 person here')).toBeVisible();
  await Ada.chat.write('Nobody counts this.');
  await Ada.chat.settled(3);
  await bubble(Ben.page).click();
  await expect(Ben.chat.message('Nobody counts this.')).toBeVisible();
});

test('the chat follows the frontend’s router', async ({ people }) => {
  const { Ada, Ben } = people;
  await toTalk(Ben.page, 'Reading the tides');
  await bubble(Ben.page).click();
  await Ben.chat.live();
  await Ben.chat.write('Is the gauge at Brest in it?');
  await Ben.chat.settled(1);
  await Ada.chat.write('Only in the lobby.'); // a message that came here by mistake would be before this one
  await Ada.chat.settled(1);

  await toTalk(Ada.page, 'Reading the tides');
  await expect(Ada.chat.message('Is the gauge at Brest in it?')).toBeVisible();
  await Ada.page.goBack();
  await expect(Ada.page.getByRole('heading', { level: 1 })).toHaveText('Lobby');
  await Ada.chat.settled(1);
  await expect(Ada.chat.messages).toContainText('Only in the lobby.');
  await Ben.page.reload();
  await bubble(Ben.page).click();
  await expect(Ben.chat.message('Is the gauge at Brest in it?')).toBeVisible();
});

test('an organizer sees the unread messages of every room, and creates and deletes a room', async ({
  people,
}) => {
  const { Ada, Ben } = people;
  await toTalk(Ben.page, 'Opening');
  await bubble(Ben.page).click();
  await Ben.chat.write('Where is hall B?');
  const opening = Ada.page.getByRole('link', { name: /Opening/ });
  await expect(opening).toContainText('1 unread');
  await expect(opening).toContainText('Ben: Where is hall B?');
  await opening.click();
  await expect(Ada.page.getByRole('complementary', { name: 'Members' })).toContainText('Ben');

  await Ada.page.getByLabel('Title of the new room').fill('Speakers’ dinner');
  await Ada.page.getByRole('button', { name: 'Create' }).click();
  await expect(Ada.page).toHaveURL(/\/rooms\/speakers-dinner$/);
  await expect(Ada.page.getByRole('heading', { level: 1 })).toHaveText('Speakers’ dinner');
  await Ada.chat.live();
  await Ada.chat.write('Table for twelve.');
  await Ada.chat.settled(1);

  await Ada.page.getByRole('button', { name: 'Settings' }).click();
  await Ada.page.getByLabel('Title', { exact: true }).fill('Dinner');
  await Ada.page.getByRole('button', { name: 'Save' }).click();
  await expect(Ada.page.getByRole('heading', { level: 1 })).toHaveText('Dinner');
  await Ada.page.getByRole('button', { name: 'Settings' }).click();
  await Ada.page.getByRole('button', { name: 'Delete the room' }).click();
  await Ada.page.getByRole('button', { name: 'Delete all its messages, too?' }).click();
  await expect(Ada.page.getByRole('link', { name: /Dinner/ })).toHaveCount(0);
});

test('a chat has one socket also in development, where React mounts everything twice', async ({
  serve,
  newPage,
}) => {
  const page = await newPage();
  const sockets = [];
  page.on('websocket', (socket) => socket.url().endsWith('/v1/ws') && sockets.push(socket));
  const command = ['vite', '--host', '127.0.0.1', '--port', '{port}', '--strictPort'];
  await page.goto(`${await serve('organizer', command)}/rooms/lobby`);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Log in' }).click();
  const chat = new Chat(page.locator('hallway-chat'));
  await chat.live();
  await chat.write('Once.');
  await chat.settled(1);
  expect(sockets).toHaveLength(1);
});

test('the pinned release shows mentions and the names of files', async ({ people, relay }) => {
  const { Ada, Ben } = people;
  await bubble(Ben.page).click();
  await Ben.chat.write('Hello from the old one.');
  await expect(Ada.chat.message('Hello from')).toBeVisible();
  await Ada.chat.type('welcome @be');
  await expect(Ada.chat.element.getByRole('option', { name: 'Ben' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await Ada.chat.press('Enter');
  await Ada.chat.press('Enter');
  await expect(Ben.chat.message('welcome @Ben')).toBeVisible();
  const gus = { sub: 'u_gus', name: 'Gus', role: 'participant' };
  const { messages } = await relay.history(relay.token(gus));
  expect(messages.at(-1).mentions).toEqual([{ at: 8, len: 4, user: messages[0].sender.id }]);

  const files = [];
  for (const name of ['plan of hall B.txt', 'الخطة.txt']) {
    const id = randomUUID();
    const answer = await fetch(`${relay.url}/v1/rooms/lobby/files/${id}?name=${encodeURIComponent(name)}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${relay.token(gus)}` },
      body: `of ${name}`,
    });
    expect(answer.status, await answer.text()).toBe(201);
    files.push(id);
  }
  await relay.post(gus, { files });
  await expect(Ben.chat.message('plan of hall B.txt')).toContainText('الخطة.txt');
});

/** Kills the relay of both frontends, lets both users write meanwhile, and starts a relay again. */
async function survive({ people, relay, watch }, restart) {
  watch.expect(UNREACHABLE);
  const { Ada, Ben } = people;
  await bubble(Ben.page).click();
  await Ada.chat.write('Before.');
  await expect(Ben.chat.message('Before.')).toBeVisible();
  await relay.kill();
  await Ada.chat.write('Meanwhile, by Ada.');
  await Ben.chat.write('Meanwhile, by Ben.');
  await restart();
  for (const { chat } of [Ada, Ben]) await chat.settled(3, { timeout: 45_000 });
  const [first, second] = await Promise.all([Ada.chat.shown(), Ben.chat.shown()]);
  expect(first.map(({ id, seq }) => ({ id, seq }))).toEqual(second.map(({ id, seq }) => ({ id, seq })));
}

test('both frontends survive a kill of the relay', async ({ people, relay, watch }) => {
  await survive({ people, relay, watch }, () => relay.restart());
});

test.describe('the relay of the pinned release', () => {
  test.use({ relayCommand: PINNED_RELAY });
  // That relay had no list of rooms.
  test.beforeEach(({ watch }) => watch.expect(/status of 40[45].*\/v1\/rooms/));

  test('can be updated while both frontends run', async ({ people, relay, watch }) => {
    await survive({ people, relay, watch }, () => {
      relay.command = undefined; // the current relay
      return relay.restart();
    });
  });
});
