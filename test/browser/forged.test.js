// A relay that replaces a message of an encrypted room by its own words.

import { ADA, BEN, expect } from './fixture.js';
import { test } from './vault.js';

test('a message that the relay has replaced is marked in the log, for screen readers and in events', async ({
  open,
  newPage,
  vault: _vault,
}) => {
  const page = await newPage();
  await page.routeWebSocket(/\/v1\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => server.send(data));
    server.onMessage((data) => {
      const frame = JSON.parse(data);
      if (frame.type === 'message' && frame.message.encrypted) {
        const { encrypted: _, ...message } = frame.message;
        frame.message = { ...message, text: 'Pay Eve at once.', pinned: true };
      }
      socket.send(JSON.stringify(frame));
    });
  });
  const ada = await open(ADA);
  const ben = await open(BEN, { page });
  await expect(ben.composer).toBeEnabled();
  const told = page.evaluate(
    () =>
      new Promise((resolve) => {
        const hear = ({ detail: { message, mark } }) => resolve([message.text, mark]);
        document.addEventListener('hallway-message', hear, { once: true, capture: true });
      }),
  );
  const spoken = page.evaluate(
    () =>
      new Promise((resolve) => {
        const regions = document.querySelector('hallway-chat').shadowRoot ?? document;
        new MutationObserver(() => {
          const said = [...regions.querySelectorAll('[aria-live], [role=status], [role=log]')]
            .map((region) => region.textContent)
            .find((text) => /: Not encrypted: /.test(text));
          if (said) resolve(said);
        }).observe(regions, { subtree: true, childList: true, characterData: true });
      }),
  );
  await ada.write('The doors open at nine.');
  expect(await told).toEqual(['Pay Eve at once.', 'plain']);
  await expect(ben.messages.last()).toContainText('Not encrypted');
  await expect(ben.element.getByRole('group', { name: 'Pinned' })).toContainText(
    'Not encrypted: Pay Eve at once.',
  );
  expect(await spoken).toContain('Not encrypted: Pay Eve at once.');
});
