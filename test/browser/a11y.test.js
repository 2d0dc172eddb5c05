// Accessibility in every state, theme and size.

import { expectAccessible } from './axe.js';
import { Chat } from './chat.js';
import { ADA, BEN, expect, test, UNREACHABLE } from './fixture.js';

/** Opens a room that has messages of every kind. */
async function fill(relay) {
  const asked = await relay.post(BEN, { text: 'When do *doors* open? https://a.example `code`' });
  await relay.post({ sub: 'u_mo', name: 'Mo', role: 'moderator' }, { text: 'At nine.', reply_to: asked });
  await relay.post(ADA, {
    text: 'See you\n```\nthere\n```',
    reply_to: '0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d',
  });
  await relay.post(BEN, { text: '👋' });
}

for (const theme of ['light', 'dark']) {
  test(`every state is accessible in the ${theme} theme`, async ({
    openChats,
    relay,
    watch,
    newPage,
    site,
  }) => {
    const attributes = { theme };
    const [empty] = await openChats([{ ...ADA, room: 'empty', attributes }]);
    await empty.live();
    await expectAccessible(empty.page, 'an empty room');
    await empty.page.close();

    await fill(relay);
    const [ada] = await openChats([{ ...ADA, attributes }]);
    await ada.live();
    await ada.settled(4);
    await expectAccessible(ada.page, 'live');
    await ada.composer.fill('x'.repeat(8300));
    await expectAccessible(ada.page, 'too long');
    await ada.press('Enter');
    await expect(ada.status).toContainText('Not sent');
    await expectAccessible(ada.page, 'refused');
    await ada.composer.fill('');
    await ada.messages.first().focus();
    await expectAccessible(ada.page, 'a message has the focus');

    watch.expect(UNREACHABLE);
    await relay.kill();
    await expect(ada.status).not.toContainText(/\blive\b/i);
    await ada.write('later');
    await expect(ada.message('later')).toHaveAttribute('data-state', 'waiting');
    await expectAccessible(ada.page, 'reconnecting');
    await ada.element.evaluate((element) => element.setAttribute('offline', 'disable'));
    await expect(ada.composer).toBeDisabled();
    await expectAccessible(ada.page, 'reconnecting, closed for now');

    const page = await newPage();
    const chat = JSON.stringify({ relay: relay.url, room: 'lobby', token: 'none', theme });
    await page.goto(`${site.url}/chats.html?${new URLSearchParams({ chat })}`);
    await expect(new Chat(page.locator('hallway-chat')).status).toBeVisible();
    await expectAccessible(page, 'loading');
    await relay.restart();
  });

  test(`initials are legible on every avatar in the ${theme} theme`, async ({ openChats }) => {
    const [ada] = await openChats([{ ...ADA, attributes: { theme } }]);
    await ada.live();
    const ratios = await ada.element.evaluate((element) => {
      const luminance = (colour) => {
        const [r, g, b] = colour
          .match(/\d+/g)
          .map((value) => value / 255)
          .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      return Array.from({ length: 8 }, (_, i) => {
        const avatar = document.createElement('span');
        avatar.className = 'hallway-avatar';
        avatar.dataset.colour = String(i);
        element.shadowRoot.querySelector('.hallway').append(avatar);
        const { color, backgroundColor } = getComputedStyle(avatar);
        const [dark, light] = [luminance(color), luminance(backgroundColor)].sort((a, b) => a - b);
        return { backgroundColor, ratio: (light + 0.05) / (dark + 0.05) };
      });
    });
    expect(new Set(ratios.map(({ backgroundColor }) => backgroundColor)).size).toBe(8);
    for (const { ratio } of ratios) expect(ratio).toBeGreaterThanOrEqual(4.5);
  });
}

test('at 280 pixels and more nothing is cut off, and all controls are large enough for a finger', async ({
  openChats,
  relay,
}) => {
  await fill(relay);
  await relay.post(BEN, { text: 'long'.repeat(60) });
  const [ada] = await openChats([ADA]);
  await ada.settled(5);
  await ada.write('mine');
  await ada.settled(6);
  for (const lang of ['en', 'de', 'fr', 'ar']) {
    for (const [width, zoom] of [
      [280, 1],
      [600, 1],
      [600, 2],
      [1100, 1],
    ]) {
      await ada.appear({ lang, width, zoom });
      const problems = await ada.element.evaluate((element) => {
        const frame = element.getBoundingClientRect();
        const inside = [
          ...element.shadowRoot.querySelectorAll('.hallway-message, .hallway-bubble, button, textarea'),
        ];
        return inside.flatMap((node) => {
          const { left, right, width, height } = node.getBoundingClientRect();
          if (width === 0) return [];
          const small = node.matches('button') && (width < 44 || height < 44);
          const cut = left < frame.left - 0.5 || right > frame.right + 0.5;
          return small || cut ? [`${node.className}: ${left} to ${right}, ${width} × ${height}`] : [];
        });
      });
      expect(problems, `${lang}, ${width} px, zoom ${zoom}`).toEqual([]);
      expect(await ada.log.evaluate((log) => log.scrollWidth - log.clientWidth)).toBe(0);
    }
  }
});

test('forced colours distinguish messages and states, and reduced motion limits animations', async ({
  openChats,
  relay,
}) => {
  await fill(relay);
  const [ada] = await openChats([ADA]);
  await ada.settled(4);
  const bubble = ada.messages.first().locator('.hallway-bubble');
  await ada.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await expect(bubble).toHaveCSS('border-top-width', '1px');
  await expect(bubble).toHaveCSS('transition-duration', '0s');
  await expectAccessible(ada.page, 'forced colours');
});
