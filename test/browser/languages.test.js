// The chat's four languages, including Arabic from right to left, and the host's own words.

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

test('a host sets its own words, also later', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.element.evaluate((element) => {
    element.texts = { send: 'Post it', empty: '<b>Nobody</b> here', live: 7 };
  });
  await expect(ada.element.getByRole('button', { name: 'Post it' })).toBeVisible();
  await expect(ada.log.getByText('<b>Nobody</b> here')).toBeVisible();
  await ada.live(); // values that are not texts are left out
  await ada.element.evaluate((element) => {
    element.texts = undefined;
  });
  await expect(ada.send).toBeVisible();
});

test('the language is that of the attribute, or else of the page around the chat, also after a change', async ({
  openChats,
}) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  const { element, page } = ada;
  const says = (send) => expect(element.getByRole('button', { name: send, exact: true })).toBeVisible();
  const set = (lang) =>
    element.evaluate(
      (e, tag) => (tag === undefined ? e.removeAttribute('lang') : e.setAttribute('lang', tag)),
      lang,
    );
  for (const [lang, send] of [
    ['de_DE', 'Senden'],
    ['FR', 'Envoyer'],
    ['de_AT.UTF-8', 'Senden'],
    ['zh-Hant', 'Send'],
    ['AR_eg', 'إرسال'],
    ['xx-invalid-$$$', 'Send'],
    ['de-$$$', 'Senden'],
    ['$$$', 'Send'],
    ['fr-ca', 'Envoyer'],
    [undefined, 'Send'],
  ]) {
    await set(lang);
    await says(send);
  }
  const around = (selector, lang) =>
    page.evaluate(
      ([found, tag]) => {
        const e = document.querySelector(found);
        if (tag === undefined) e.removeAttribute('lang');
        else e.setAttribute('lang', tag);
      },
      [selector, lang],
    );
  await around('html', 'de');
  await says('Senden');
  await around('body', 'fr_FR');
  await says('Envoyer');
  await set('ar');
  await says('إرسال');
  await set(undefined);
  await says('Envoyer');
  await around('body', undefined);
  await says('Senden');
  await page.evaluate(() => {
    document.documentElement.lang = 'ar';
  });
  await says('إرسال');
});

test('a chat in a shadow root follows the language around its host', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  await ada.page.evaluate(() => {
    const host = document.createElement('section');
    document.body.append(host);
    host.attachShadow({ mode: 'open' }).append(document.createElement('div'));
    host.shadowRoot.firstChild.append(document.querySelector('hallway-chat'));
  });
  await ada.page.evaluate(() => {
    document.querySelector('section').lang = 'de_DE';
  });
  await expect(ada.page.getByRole('button', { name: 'Senden' })).toBeVisible();
  await ada.page.evaluate(() => {
    document.querySelector('section').shadowRoot.firstChild.lang = 'fr';
  });
  await expect(ada.page.getByRole('button', { name: 'Envoyer' })).toBeVisible();
});

test('times are written as in the browser’s region, unless the language tag names a region', async ({
  openChats,
  relay,
}) => {
  await relay.post(BEN, { text: 'now' });
  const british = /^\d\d:\d\d$/;
  const american = /^\d{1,2}:\d\d\s[AP]M$/;
  for (const [locale, lang, written] of [
    ['en-GB', 'en', british],
    ['en-US', 'en', american],
    ['en-GB', 'en_US', american],
    ['en-US', 'en-GB', british],
    ['de-DE', 'en', british],
    ['en-US', 'de', british],
    ['en-US', 'xx-invalid-$$$', american],
  ]) {
    const [ada] = await openChats([{ ...ADA, attributes: { lang } }], { locale });
    await expect(ada.message('now').locator('time'), `${lang} in ${locale}`).toHaveText(written);
  }
});
