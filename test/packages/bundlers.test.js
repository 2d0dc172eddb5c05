// The package with bundlers: a page must load the program and chat, without any setting. docs/EMBEDDING.md describes the one
// exception.

import { Chat } from '../browser/chat.js';
import { ADA, BEN, expect, test } from './fixture.js';

const VITE = ['vite', '--host', '127.0.0.1', '--port', '{port}', '--strictPort'];
const BUNDLERS = {
  'Vite, built': ['vite', ['vite', 'preview', '--host', '127.0.0.1', '--port', '{port}', '--strictPort']],
  'Vite, in development': ['vite', VITE],
  'Vite 7, in development, with the one setting that it needs': ['vite-7', VITE],
  webpack: ['webpack', 'dist'],
  'Next, rendered on the server': ['next', ['next', 'start', '--hostname', '127.0.0.1', '--port', '{port}']],
  'Next, imported in the browser': [
    'next',
    ['next', 'start', '--hostname', '127.0.0.1', '--port', '{port}'],
    '/dynamic',
  ],
  'no bundler': ['plain', '.'],
};

for (const [name, [project, command, path = '/']] of Object.entries(BUNDLERS)) {
  test(`${name}: two people chat`, async ({ serve, newPage, relay }) => {
    const site = await serve(project, command);
    const chats = [];
    for (const user of [ADA, BEN]) {
      const page = await newPage();
      const address = new URL(path, site);
      for (const [key, value] of Object.entries({
        relay: relay.url,
        room: 'lobby',
        token: await relay.token(user),
      })) {
        address.searchParams.set(key, value);
      }
      await page.goto(address.href);
      chats.push(new Chat(page.locator('hallway-chat')));
    }
    const [ada, ben] = chats;
    await ada.live();
    await ben.live();
    await ada.write('Doors open at nine.');
    await expect(ben.message('Doors open at nine.')).toBeVisible();
    await ben.write('Thanks, Ada.');
    await expect(ada.message('Thanks, Ada.')).toBeVisible();
    await ada.settled(2);
  });
}

test('Next: the server renders the page with the element, without an error', async ({ serve }) => {
  const site = await serve(...BUNDLERS['Next, rendered on the server']);
  const html = await (await fetch(`${site}/?room=lobby`)).text();
  expect(html).toContain('Rendered on the server');
  expect(html).toMatch(/<hallway-chat[ >]/);
});
