// A host's attributes and texts may come from hostile users: the chat treats them as data.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NAMES, TEXTS } from './corpus.js';
import { expect } from './fixture.js';
import { faults, HIGHEST, NARROW, test, WIDE } from './guarded.js';
import { ROOT } from './relay.js';

const VALUES = [
  ...TEXTS.filter((text) => text.length < 2000),
  ...NAMES,
  '',
  ' ',
  '__proto__',
  '../../metrics?',
  '..',
  'auto\n',
];

const status = (chat) => chat.getByRole('status').first();

test('an unknown language or theme becomes one that exists', async ({ openGuarded }) => {
  const chat = await openGuarded('lobby', NARROW);
  for (const [i, value] of VALUES.entries()) {
    await chat.evaluate(
      (element, [value, names]) => {
        for (const name of names) element.setAttribute(name, value);
      },
      [value, ['lang', 'theme', 'offline', 'enter', 'class', 'title']],
    );
    await expect(chat.getByRole('textbox')).toHaveAccessibleName('Message');
    if (i % 8 === 0) expect(await chat.evaluate(faults, HIGHEST), value).toEqual([]);
  }
  await expect(status(chat)).toContainText(/\blive\b/i);
});

test('a room with any name is requested by that name, and only from the relay', async ({
  openGuarded,
  relay,
  watch,
}) => {
  watch.expect(/Failed to load resource: the server responded with a status of 4/);
  const chat = await openGuarded('lobby', NARROW);
  const asked = [];
  chat.page().on('request', (request) => {
    if (request.url().startsWith(relay.url)) asked.push(new URL(request.url()).pathname);
  });
  for (const room of VALUES.filter((_, i) => i % 6 === 0)) {
    await chat.evaluate((element, room) => element.setAttribute('room', room), room);
    if (room !== '') await expect(status(chat), room).toContainText(/not allowed/i);
  }
  for (const path of asked) expect(path).toMatch(/^\/v1\/(ws|rooms\/[^/]*\/messages)$/);
});

test('an address that cannot be a relay’s is refused, and gets no request', async ({
  openGuarded,
  watch,
}) => {
  watch.expect(/\[hallway\] TypeError: the attribute relay=/);
  const chat = await openGuarded('lobby', NARROW);
  const refused = VALUES.filter((value) => {
    try {
      return !/^https?:$/.test(new URL(value, 'http://127.0.0.1/').protocol);
    } catch {
      return true;
    }
  });
  expect(refused.length).toBeGreaterThan(10);
  for (const value of refused) {
    await chat.evaluate((element, value) => {
      element.removeAttribute('relay');
      element.setAttribute('relay', value);
    }, value);
    await expect(status(chat), value).toContainText('The chat cannot start. (bad_request)');
    expect(
      await chat.evaluate(
        (element) => element.shadowRoot.querySelectorAll('a, img, script, iframe, hallway-chat').length,
      ),
    ).toBe(0);
  }
});

test('texts of the host are shown as text', async ({ openGuarded }) => {
  const types = await readFile(join(ROOT, 'component/element/index.d.ts'), 'utf8');
  const names = [...types.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, name]) => name);
  expect(names).toContain('muteAsk');
  const plurals = names.flatMap((name) => [
    name,
    ...['zero', 'one', 'two', 'few', 'many', 'other'].map((form) => `${name}.${form}`),
  ]);
  const chat = await openGuarded('lobby', WIDE);
  for (const text of [
    '<img src=x onerror=canary()> {name} {text} {n}',
    '"><svg onload=canary()>{name}{other}{{n}}',
    '$& $1 \\0 %s',
  ]) {
    await chat.evaluate(
      (element, [names, text]) => {
        element.texts = Object.fromEntries(
          [...names, '__proto__', 'constructor', 'toString'].map((name) => [name, text]),
        );
      },
      [plurals, text],
    );
    await expect.poll(() => chat.getByRole('log').getAttribute('aria-label')).toContain(text.slice(0, 10));
    expect(await chat.evaluate(faults, HIGHEST), text).toEqual([]);
  }
  await chat.evaluate((element) => {
    element.texts = { __proto__: null, live: 1, send: { toString: () => '<b>' }, 'a.b': null };
  });
  await expect(chat.getByRole('button', { name: 'Send', exact: true })).toBeVisible();
  await expect(status(chat)).toContainText(/\blive\b/i);
});
