// Four languages, one of them from right to left, and the host's own words.

import { ADA, BEN, expect, test } from './fixture.js';

test('the language changes while the chat runs', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'Guten *Morgen*' });
  const [ada] = await openChats([{ ...ADA, attributes: { lang: 'de' } }]);
  await expect(ada.element.getByRole('button', { name: 'Senden' })).toBeVisible();
  await expect(ada.element.getByRole('log', { name: 'Nachrichten' })).toBeVisible();
  await expect(ada.messages).toHaveCount(1);
  const day = ada.log.locator('.hallway-day');
  const written = (lang) =>
    new Date().toLocaleDateString(lang, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  await expect(day).toHaveText(written('de'));
  await ada.composer.fill('Entwurf');

  for (const [lang, send, dir] of [
    ['fr-CA', 'Envoyer', 'ltr'],
    ['ar', 'إرسال', 'rtl'],
    ['xx', 'Send', 'ltr'],
  ]) {
    await ada.element.evaluate((element, tag) => {
      element.lang = tag;
    }, lang);
    await expect(ada.element.getByRole('button', { name: send, exact: true })).toBeVisible();
    await expect(day).toHaveText(written(lang === 'xx' ? 'en' : lang));
    expect(await ada.log.evaluate((log) => getComputedStyle(log).direction)).toBe(dir);
    await expect(ada.messages).toContainText('Guten Morgen');
    await expect(ada.composer).toHaveValue('Entwurf');
  }
});

test('from right to left everything is mirrored', async ({ openChats }) => {
  const [ada, ben] = await openChats([
    { ...ADA, attributes: { lang: 'ar' } },
    { ...BEN, attributes: { lang: 'ar' } },
  ]);
  for (const chat of [ada, ben]) await expect(chat.status).toHaveText(/متصل/);
  await ada.write('مرحبا');
  const bubble = (chat) => chat.messages.locator('.hallway-bubble').boundingBox();
  await ada.settled(1);
  await ben.settled(1);
  const [own, others] = [await bubble(ada), await bubble(ben)];
  const [adas, bens] = [await ada.log.boundingBox(), await ben.log.boundingBox()];
  expect(own.x - adas.x).toBeLessThan(adas.width / 4);
  expect(bens.x + bens.width - others.x - others.width).toBeLessThan(bens.width / 4);
});

test('a host hands in words of its own, also later', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.element.evaluate((element) => {
    element.texts = { send: 'Post it', empty: '<b>Nobody</b> here', live: 7 };
  });
  await expect(ada.element.getByRole('button', { name: 'Post it' })).toBeVisible();
  await expect(ada.log.getByText('<b>Nobody</b> here')).toBeVisible();
  await ada.live(); // what is no text is left out
  await ada.element.evaluate((element) => {
    element.texts = undefined;
  });
  await expect(ada.send).toBeVisible();
});
