// The parts around the log, in every theme and size: header, search, composer and its modes.

import { expectAccessible } from './axe.js';
import { ADA, BEN, expect, test, UNREACHABLE } from './fixture.js';

const CY = { sub: 'u_cy', name: 'Cy with a rather long name for a chat', role: 'moderator' };

async function fill(relay) {
  await relay.post(BEN, { text: 'When do *doors* open? https://a.example `code`' });
  await relay.post(CY, { text: 'At nine, when the doors open '.repeat(20) });
  await relay.post(ADA, { text: 'See you' });
  await relay.finds('See you');
}

async function reply(chat, text) {
  await chat.message(text).first().hover();
  await chat.message(text).first().getByRole('button', { name: 'Reply', exact: true }).click();
}

for (const theme of ['light', 'dark']) {
  test(`search, answers and edits are accessible in the ${theme} theme`, async ({
    openChats,
    relay,
    watch,
  }) => {
    await fill(relay);
    const [ada, ben] = await openChats([{ ...ADA, attributes: { theme } }, BEN]);
    await ada.settled(3);
    await ben.settled(3);
    await ben.type('x');
    await expect(ada.element.getByText('Ben is writing…')).toBeVisible();
    await reply(ada, 'When do');
    await expectAccessible(ada.page, 'an answer, somebody writes');
    await ada.press('Escape');
    await ada.press('ArrowUp');
    await expect(ada.composer).toHaveValue('See you');
    await expectAccessible(ada.page, 'an edit');
    await ada.composer.fill('');
    await ada.press('Enter');
    await expect(ada.status).toContainText('Not saved');
    await expectAccessible(ada.page, 'an edit that is not taken');
    await ada.press('Escape');

    await ada.element.getByRole('button', { name: 'Search', exact: true }).click();
    const field = ada.element.getByRole('searchbox');
    const panel = ada.element.getByRole('region', { name: 'Search' });
    await expect(panel).toContainText('Finds messages');
    await expectAccessible(ada.page, 'an empty search');
    let answer;
    await ada.page.route(/[?&]q=doors/, async (route) => {
      await new Promise((resolve) => {
        answer = resolve;
      });
      await route.continue();
    });
    await field.fill('doors');
    await expect(panel).toContainText('Searching…');
    await expect.poll(() => typeof answer).toBe('function');
    await expectAccessible(ada.page, 'a search under way');
    answer();
    await expect(panel.getByRole('listitem')).toHaveCount(2);
    await panel.getByRole('listitem').first().getByRole('button').focus();
    await expectAccessible(ada.page, 'what was found');
    await field.fill('nowhere');
    await expect(panel).toContainText('Nothing found');
    await expectAccessible(ada.page, 'nothing found');
    watch.expect(UNREACHABLE);
    await ada.page.route(/[?&]q=broken/, (route) => route.abort());
    await field.fill('broken');
    await expect(panel).toContainText('did not work');
    await expectAccessible(ada.page, 'a search that failed');
  });
}

test('header, search and composer fit at 280 pixels and more, in every language and at 200 %', async ({
  openChats,
  relay,
}) => {
  await fill(relay);
  const [ada] = await openChats([ADA]);
  await ada.settled(3);
  const header = ada.element.locator('.hallway-header');
  const fits = (what) =>
    ada.element.evaluate((element, state) => {
      const frame = element.getBoundingClientRect();
      const parts =
        '.hallway-header *, .hallway-search, .hallway-hit, .hallway-composer, .hallway-composer *';
      return [...element.shadowRoot.querySelectorAll(parts)].flatMap((node) => {
        const { left, right, width, height } = node.getBoundingClientRect();
        if (width === 0) return [];
        const small = node.matches('button') && (width < 44 || height < 44);
        const cut =
          left < frame.left - 0.5 || right > frame.right + 0.5 || node.scrollWidth > node.clientWidth + 1;
        const hides =
          getComputedStyle(node).textOverflow === 'ellipsis' || node.closest('.hallway-mode-text');
        return small || (cut && !hides) ? [`${state}: ${node.className} ${left} to ${right}`] : [];
      });
    }, what);
  for (const lang of ['en', 'de', 'fr', 'ar']) {
    for (const [width, zoom] of [
      [280, 1],
      [600, 2],
      [1100, 1],
    ]) {
      await ada.appear({ lang, width, zoom });
      const at = `${lang}, ${width} px, zoom ${zoom}`;
      await ada.composer.click();
      const plain = await header.boundingBox();
      expect(plain.height, `${at}: the header is one line`).toBeLessThanOrEqual(zoom * 46);
      await ada.press('ArrowUp');
      await expect(ada.composer).toHaveValue('See you');
      expect(await fits(`${at}, an edit`)).toEqual([]);
      await ada.press('Escape');
      await ada.messages.last().focus();
      await ada.page.keyboard.press('/');
      await ada.element.getByRole('searchbox').fill('doors');
      await expect(ada.element.getByRole('region').getByRole('listitem')).toHaveCount(2);
      expect(await fits(`${at}, a search`)).toEqual([]);
      expect((await header.boundingBox()).height).toBe(plain.height);
      await ada.page.keyboard.press('Escape');
    }
  }
});

test('a closed composer keeps its answer, and its edit can be cancelled', async ({
  openChats,
  relay,
  watch,
}) => {
  await fill(relay);
  const [ada] = await openChats([{ ...ADA, attributes: { offline: 'disable' } }]);
  await ada.settled(3);
  await reply(ada, 'When do');
  await ada.composer.fill('At nine');
  await ada.messages.last().focus();
  await ada.page.keyboard.press('e');
  await expect(ada.composer).toHaveValue('See you');
  watch.expect(UNREACHABLE);
  await relay.kill();
  await expect(ada.composer).toBeDisabled();
  await ada.element.getByRole('button', { name: 'Cancel editing' }).click();
  await expect(ada.composer).toHaveValue('At nine');
  await expect(ada.composer).toHaveAccessibleDescription(/Replying to Ben/);
  await relay.restart();
  await expect(ada.composer).toBeEnabled();
  await ada.press('Enter');
  await ada.settled(4);
  await expect(ada.messages.last()).toContainText('When do doors open?');
});

test('the chat follows forced colours and reduced motion', async ({ openChats, relay }) => {
  await fill(relay);
  const [ada] = await openChats([ADA]);
  await ada.settled(3);
  await ada.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await ada.element.getByRole('button', { name: 'Search', exact: true }).click();
  await ada.element.getByRole('searchbox').fill('doors');
  await expect(ada.element.getByRole('region').getByRole('listitem')).toHaveCount(2);
  await expectAccessible(ada.page, 'what was found, in forced colours');
});
