// Pinned messages: the bar above the log, and the panel with all of them.

import { expectAccessible } from './axe.js';
import { ADA, BEN, expect, test } from './fixture.js';

/** Pins a message with its menu. */
async function pin(chat, text) {
  await chat.message(text).focus();
  await chat.page.keyboard.press('Enter');
  await chat.element.getByRole('menuitem', { name: 'Pin' }).click();
}

const barOf = (chat) => chat.element.getByRole('group', { name: 'Pinned' });

for (const theme of ['light', 'dark']) {
  test(`a pinned message is shown above the log and leads to its place, in the ${theme} theme`, async ({
    openChats,
    relay,
  }) => {
    await relay.post(BEN, { text: 'The *first* rule' });
    for (let i = 0; i < 30; i++) await relay.post(BEN, { text: `filler ${i}.` });
    await relay.post(BEN, { text: 'The second rule' });
    const [ada, ben] = await openChats([
      { ...ADA, attributes: { theme } },
      { ...BEN, attributes: { theme } },
    ]);
    await ada.settled(32);
    await ben.settled(32);
    await expect(barOf(ada)).toBeHidden();
    await pin(ada, 'The first rule');
    for (const chat of [ada, ben]) {
      await expect(
        barOf(chat).getByRole('button', { name: 'Pinned message of Ben: The first rule' }),
      ).toBeVisible();
      await expect(chat.message('The first rule').getByText('Pinned')).toBeAttached();
    }
    await expect(barOf(ben).getByRole('button')).toHaveCount(1);
    await expect(barOf(ada).getByRole('button', { name: 'Unpin' })).toBeVisible();
    await pin(ada, 'The second rule');
    const all = barOf(ada).getByRole('button', { name: 'All 2 pinned messages' });
    await expect(all).toHaveAttribute('aria-expanded', 'false');
    await expectAccessible(ada.page, 'two are pinned');

    await barOf(ben).getByRole('button', { name: 'All 2 pinned messages' }).click();
    await barOf(ben)
      .getByRole('listitem')
      .getByRole('button', { name: /The first rule/ })
      .click();
    await expect(ben.message('The first rule')).toBeInViewport();
    await expect(ben.message('The first rule')).toBeFocused();
    await expect(barOf(ben).getByRole('listitem')).toHaveCount(0);

    await all.focus();
    await ada.page.keyboard.press('Enter');
    await expect(all).toHaveAttribute('aria-expanded', 'true');
    await expectAccessible(ada.page, 'the panel is open');
    await ada.page.keyboard.press('Escape');
    await expect(all).toHaveAttribute('aria-expanded', 'false');
    await expect(all).toBeFocused();
    await ada.page.keyboard.press('Enter');
    await barOf(ada).getByRole('listitem').first().getByRole('button', { name: 'Unpin' }).click();
    await expect(all).toBeHidden();
    await expect(barOf(ada).getByRole('button', { name: /The first rule/ })).toBeFocused();
    await barOf(ada).getByRole('button', { name: 'Unpin' }).click();
    for (const chat of [ada, ben]) await expect(barOf(chat)).toBeHidden();
  });
}

test('a distant pinned message is loaded, and so are the messages on the way back', async ({
  openChats,
  relay,
}) => {
  await relay.post(BEN, { text: 'The first rule' });
  const [first] = await openChats([ADA]);
  await first.settled(1);
  await pin(first, 'The first rule');
  await expect(barOf(first)).toBeVisible();
  await first.page.close();
  for (let i = 0; i < 150; i++) await relay.post(ADA, { text: `filler ${i}.` });

  const [ada] = await openChats([ADA]);
  await ada.live();
  await expect(ada.message('filler 149.')).toBeInViewport();
  await expect(ada.message('The first rule')).toHaveCount(0);
  await barOf(ada)
    .getByRole('button', { name: /The first rule/ })
    .click();
  await expect(ada.message('The first rule')).toBeFocused();
  await expect(ada.message('The first rule')).toBeInViewport();
  for (let i = 0; i < 6; i++) await ada.page.keyboard.press('PageDown'); // newer pages are loaded automatically
  await expect(ada.messages.last()).not.toContainText('filler 49.');
  await ada.log.getByRole('button', { name: 'Latest messages' }).click();
  await expect(ada.message('filler 149.')).toBeInViewport();
});
