// The demo page, used as a newcomer uses it.

import { Chat } from './chat.js';
import { expect, test } from './fixture.js';
import { Relay } from './relay.js';

test('the demo shows queueing and catch-up when a connection is cut and restored', async ({ newPage }) => {
  const relay = await Relay.start(['--demo']);
  const page = await newPage();
  await page.goto(relay.url);
  const side = (name) => page.locator('section').filter({ has: page.getByRole('heading', { name }) });
  const [olga, paul] = ['Olga, organizer', 'Paul, participant'].map(
    (name) => new Chat(side(name).locator('hallway-chat')),
  );
  for (const chat of [olga, paul]) await chat.live();
  await olga.write('Doors open at nine.');
  await paul.settled(1);

  const button = side('Olga').getByRole('button', { name: 'Cut the connection' });
  await button.click();
  await expect(olga.status).not.toContainText(/\blive\b/i);
  await olga.write('Written while cut off');
  await expect(olga.message('Written while cut off')).toHaveAttribute('data-state', 'waiting');
  await paul.write('Missed by Olga');
  await paul.settled(2);
  await expect(olga.messages).toHaveCount(2);
  await expect(olga.message('Missed by Olga')).toHaveCount(0);

  await side('Olga').getByRole('button', { name: 'Restore' }).click();
  for (const chat of [olga, paul]) {
    await chat.settled(3);
    await expect(chat.messages).toContainText([
      'Doors open at nine.',
      'Missed by Olga',
      'Written while cut off',
    ]);
    await chat.live();
  }
  await page.close();
  await relay.stop();
});
