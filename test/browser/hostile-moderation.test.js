// Hostile texts in moderation: names in confirmations, reasons, reports, titles.

import { BAD_TEXTS, KEPT_NAMES, NAMES, TEXTS, USERS } from './corpus.js';
import { expect } from './fixture.js';
import { faults, HIGHEST, mallory, NARROW, READER, test, WIDE } from './guarded.js';
import { tokenOf } from './token.js';

const short = (bytes) => TEXTS.filter((text) => Buffer.byteLength(text) <= bytes);
/** The reasons: the whole corpus, and words up to the limit of 500 bytes. */
const REASONS = [
  ...short(500),
  'W'.repeat(500),
  'why '.repeat(120),
  '字'.repeat(166),
  '\n'.repeat(200).concat('why'),
];
/** The titles: at most 200 bytes, without control characters, and with something visible. */
const TITLES = [
  ...short(200).filter((text) => !/[\n\t]/.test(text)),
  ...NAMES.filter((_, i) => KEPT_NAMES[i]),
  'W'.repeat(200),
];

const writer = (claims = {}) => tokenOf({ sub: 'u_writer', name: 'Writer', role: 'participant', ...claims });
const path = (room, rest) => `/v1/rooms/${room}/${rest}`;

for (const viewport of [WIDE, NARROW]) {
  test(`the reason of a mute or a ban is shown as text, ${viewport.width} px wide`, async ({
    ask,
    openGuarded,
  }) => {
    const chat = await openGuarded('reasons', viewport, { token: writer() });
    const status = chat.getByRole('status');
    for (const [i, reason] of REASONS.entries()) {
      const kind = i % 12 === 5 ? 'ban' : 'mute'; // not the first one: during a ban the relay would refuse the chat's request for pinned messages
      const sanction = path('reasons', `members/u_writer/${kind}`);
      const done = await ask('PUT', sanction, READER, { for_s: 600, reason });
      expect(done.status, `${reason}: ${done.text}`).toBe(200);
      expect(done.json().reason).toBe(reason);
      await expect.poll(() => status.evaluate((e) => e.textContent), reason).toContain(`: ${reason}`);
      expect(await chat.evaluate(faults, HIGHEST), reason).toEqual([]);
      if (kind === 'mute') continue;
      await ask('DELETE', sanction, READER);
      await chat.evaluate((e, token) => e.setAttribute('token', token), writer({ again: i }));
      await expect(status).toContainText(/\blive\b/i);
    }
  });
}

test('names and texts in the confirmation of a ban or removal are shown as text', async ({
  ask,
  openGuarded,
}) => {
  for (const [i, name] of NAMES.entries()) {
    const token = tokenOf({ sub: `${USERS[i % USERS.length]}${i}`, name, role: 'participant' });
    const text = TEXTS[(i * 7) % TEXTS.length];
    expect((await ask('POST', path('dialogs', 'messages'), token, { id: id(i), text })).status).toBe(201);
  }
  const chat = await openGuarded('dialogs', NARROW);
  const dialog = chat.getByRole('dialog').or(chat.getByRole('alertdialog'));
  const keyboard = chat.page().keyboard;
  for (const [i, name] of NAMES.entries()) {
    const message = chat.locator(`[data-id="${id(i)}"]`);
    for (const item of ['Report', 'Mute', 'Ban', 'Delete all']) {
      await message.focus();
      await keyboard.press('Enter');
      expect(await chat.evaluate(faults, HIGHEST), `the menu of ${name}`).toEqual([]);
      await chat.getByRole('menuitem', { name: item }).click();
      await expect(dialog).toBeVisible();
      if (item !== 'Report') expect(await dialog.textContent()).toContain(KEPT_NAMES[i]);
      expect(await chat.evaluate(faults, HIGHEST), `${item} ${name}`).toEqual([]);
      await keyboard.press('Escape');
      await expect(dialog).toBeHidden();
      await expect(message).toBeFocused();
    }
  }
});

test('reasons, reports and titles come back unchanged to the byte, as JSON that no browser takes for a page', async ({
  ask,
}) => {
  await ask('POST', path('kept', 'messages'), mallory(0), { id: id(0), text: 'hello' });
  const said = [];
  for (const [i, reason] of REASONS.entries()) {
    if (reason.trim() === '') continue;
    const made = await ask('POST', path('kept', `messages/${id(0)}/report`), mallory(i + 1), { reason });
    expect(made.status, `${reason}: ${made.text}`).toBe(201);
    expect(
      (
        await ask(
          'PUT',
          path('kept', `members/${encodeURIComponent(`${USERS[i % USERS.length]}${i}`)}/mute`),
          READER,
          { reason },
        )
      ).status,
    ).toBe(200);
    said.push(reason);
  }
  const all = async (what, member) => {
    const answer = await ask('GET', path('kept', what), READER);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.type).toBe('application/json');
    return answer.json()[member];
  };
  const reports = await all('reports?limit=500', 'reports');
  expect(reports.map((report) => report.reason).reverse()).toEqual(said);
  expect(new Set(reports.map((report) => report.by.name))).toEqual(new Set(KEPT_NAMES));
  const sanctions = await all('sanctions', 'sanctions');
  expect(new Set(sanctions.map((sanction) => sanction.reason))).toEqual(new Set(said));
  const audit = await all('audit?limit=500', 'entries');
  expect(new Set(audit.filter(({ act }) => act === 'mute').map(({ details }) => details.reason))).toEqual(
    new Set(said),
  );
  for (const title of TITLES) {
    const set = await ask('PUT', '/v1/rooms/kept', READER, { title });
    expect(set.status, `${title}: ${set.text}`).toBe(200);
    const listed = (await ask('GET', '/v1/rooms', READER)).json().rooms.find(({ room }) => room === 'kept');
    expect([set.json().title, listed.title]).toEqual([title, title]);
  }
});

for (const viewport of [WIDE, NARROW]) {
  test(`moderators read the reports as text, ${viewport.width} px wide`, async ({ ask, openGuarded }) => {
    const said = REASONS.filter((reason) => reason.trim() !== '');
    for (const [i, reason] of said.entries()) {
      const message = { id: id(i), text: TEXTS[(i * 7) % TEXTS.length] };
      expect((await ask('POST', path('queue', 'messages'), mallory(i), message)).status).toBe(201);
      const made = await ask('POST', path('queue', `messages/${id(i)}/report`), mallory(i + 1), { reason });
      expect(made.status, `${reason}: ${made.text}`).toBe(201);
    }
    const chat = await openGuarded('queue', viewport);
    await chat.getByRole('button', { name: 'Room, ' }).click();
    await chat.getByRole('dialog').getByRole('button', { name: 'open reports' }).click();
    const queue = chat.getByRole('dialog', { name: 'Reports' });
    const reports = queue.getByRole('listitem');
    for (let shown = 50; shown < said.length; shown += 50) {
      await expect(reports).toHaveCount(shown);
      await queue.getByRole('button', { name: 'Show more' }).click();
    }
    await expect(reports).toHaveCount(said.length);
    const texts = await reports.evaluateAll((items) => items.map((item) => item.textContent));
    for (const [i, reason] of said.toReversed().entries()) expect(texts[i]).toContain(reason);
    expect(await chat.evaluate(faults, HIGHEST)).toEqual([]);
  });
}

test('invalid reasons and times are refused, and no answer repeats them', async ({ ask }) => {
  await ask('POST', path('refused', 'messages'), mallory(0), { id: id(0), text: 'hello' });
  const report = path('refused', `messages/${id(0)}/report`);
  const mute = path('refused', 'members/u_1/mute');
  const bodies = [
    ...BAD_TEXTS.map((reason) => [report, 'POST', `{"reason":${reason}}`]),
    // A reason is optional here.
    ...BAD_TEXTS.filter((reason) => !/^(null|"[\s\\nrt]*")$/.test(reason)).map((reason) => [
      mute,
      'PUT',
      `{"reason":${reason}}`,
    ]),
    ...[
      '-1',
      '0',
      '1e99',
      '1.5',
      '"600"',
      '"<b>"',
      '{}',
      '[]',
      'true',
      '99999999999999999999',
      '315360001',
    ].map((time) => [mute, 'PUT', `{"for_s":${time}}`]),
    ...TEXTS.slice(0, 40).flatMap((text) => [
      [path('refused', 'reports/1'), 'PATCH', JSON.stringify({ state: text })],
      [path('refused', `reports/${encodeURIComponent(text)}`), 'PATCH', '{"state":"resolved"}'],
      [path('refused', `reports?state=${encodeURIComponent(text)}`), 'GET', undefined],
      [path('refused', `audit?before=${encodeURIComponent(text)}`), 'GET', undefined],
      [path('refused', `members/u_1/${encodeURIComponent(text)}`), 'PUT', '{}'],
      ['/v1/rooms/refused', 'PUT', JSON.stringify({ title: text.repeat(200) })],
      ['/v1/rooms/refused', 'PUT', JSON.stringify({ settings: { frozen: text } })],
      ['/v1/rooms/refused', 'PUT', JSON.stringify({ settings: { slow_mode_s: text } })],
    ]),
  ];
  for (const [path, method, body] of bodies) {
    const answer = await ask(method, path, READER, body);
    const what = `${method} ${path} ${body?.slice(0, 200)}: ${answer.text}`;
    expect(answer.status, what).toBeGreaterThanOrEqual(400);
    expect(answer.status, what).toBeLessThan(500);
    expect(answer.type, what).toBe('application/problem+json');
    expect(answer.text, what).not.toMatch(/canary|evil\.invalid/);
  }
  const { sanctions } = (await ask('GET', path('refused', 'sanctions'), READER)).json();
  expect(sanctions).toEqual([]);
});

/** Returns the id of the message with a number; a number always gives the same id. */
function id(n) {
  return `0199a1c4-7f3e-7c21-9f6a-${String(n).padStart(12, '0')}`;
}
