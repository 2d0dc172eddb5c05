// Follows docs/EMBEDDING.md word by word.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Chat } from '../browser/chat.js';
import { ROOT } from '../browser/relay.js';
import { SECRET } from '../browser/token.js';
import { expect, test } from './fixture.js';
import { Walk, walk } from './walk.js';

const run = promisify(execFile);

/** The server of each way: files, or the command in the document with these flags for the port of the test. */
const WAYS = {
  html: undefined,
  react: ['--host', '127.0.0.1', '--port', '{port}', '--strictPort'],
  next: ['--hostname', '127.0.0.1', '--port', '{port}'],
};

/** Returns the token that the command in the document prints. */
async function tokenAsWritten() {
  const line = walk('relay').commands.find((command) => command.startsWith('bin/hallway token '));
  const [program, ...args] = line.split(' ');
  const env = { ...process.env, HALLWAY_JWT_SECRET: SECRET };
  return (await run(join(ROOT, program), args, { env })).stdout.trim();
}

for (const [name, flags] of Object.entries(WAYS)) {
  test(`from an empty folder to a chat: ${name}`, async ({ serve, newPage, relay }) => {
    const way = `walk-${name}`;
    await new Walk(way).write(relay.url, await tokenAsWritten());
    const served = walk(name).serve?.split(' ').slice(1); // without npx
    const page = await newPage();
    await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
    await page.goto(await serve(way, served ? [...served, ...flags] : '.'));
    const chat = new Chat(page.locator('hallway-chat'));
    await chat.live();
    await chat.write('It works.');
    await chat.settled(1);
    expect((await chat.element.boundingBox()).height).toBe(480); // the 30rem that the document gives it
  });
}
