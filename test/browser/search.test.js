// The search in a room.

import { ADA, BEN, expect, test, UNREACHABLE } from './fixture.js';

test.beforeEach(async ({ relay }) => {
  await relay.post(BEN, { text: 'The *doors* open at nine' });
  for (let i = 0; i < 120; i++) await relay.post(BEN, { text: `filler ${i}` });
  await relay.post(ADA, { text: 'The door opens at ten' });
  await relay.finds('door ten');
});

/** Opens the search with its button; returns its field. */
async function openSearch(chat) {
  await chat.element.getByRole('button', { name: 'Search', exact: true }).click();
  const field = chat.element.getByRole('searchbox', { name: 'Search' });
  await expect(field).toBeFocused();
  return field;
}

const results = (chat) => chat.element.getByRole('region', { name: 'Search' });

test('found messages are shown with their context, and a click leads to them', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  const field = await openSearch(ada);
  await expect(ada.composer).toHaveCount(1); // the page has only one search field
  await field.pressSequentially('door');
  const hits = results(ada).getByRole('listitem');
  await expect(hits).toHaveCount(2);
  await expect(results(ada)).toContainText('2 messages found');
  await expect(hits.first()).toContainText('The door opens at ten');
  await expect(hits.last()).toContainText('The doors open at nine');
  await expect(hits.last().locator('mark')).toHaveText('doors');
  await expect(hits.last()).toContainText('Ben');

  await field.pressSequentially(' open nine');
  await expect(hits).toHaveCount(0);
  await expect(results(ada)).toContainText('Nothing found');
  await field.fill('nine');
  await expect(hits).toHaveCount(1);
  await hits.first().getByRole('button').click();
  await expect(results(ada)).toBeHidden();
  await expect(ada.message('The doors open at nine')).toBeInViewport();
  await expect(ada.message('The doors open at nine')).toBeFocused();
});

test('the keyboard opens the search, moves through the results and returns', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  const last = ada.messages.last();
  await last.focus();
  await ada.page.keyboard.press('/');
  const field = ada.element.getByRole('searchbox');
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('');
  await field.pressSequentially('filler 1');
  await expect(results(ada)).toContainText(/\d+ messages found/);
  await ada.page.keyboard.press('ArrowDown');
  const hits = results(ada).getByRole('listitem').getByRole('button');
  await expect(hits.first()).toBeFocused();
  await ada.page.keyboard.press('ArrowDown');
  await expect(hits.nth(1)).toBeFocused();
  await ada.page.keyboard.press('ArrowUp');
  await ada.page.keyboard.press('ArrowUp');
  await expect(field).toBeFocused();
  await ada.page.keyboard.press('Escape');
  await expect(results(ada)).toBeHidden();
  await expect(last).toBeFocused();

  await ada.composer.fill('');
  await ada.press('/'); // in the composer the key types a character
  await expect(ada.composer).toHaveValue('/');
  await openSearch(ada);
  await ada.page.keyboard.press('Escape');
  await expect(ada.element.getByRole('button', { name: 'Search', exact: true })).toBeFocused();
});

test('accents and case make no difference', async ({ openChats, relay }) => {
  await relay.post(BEN, { text: 'Im CAFÉ Größenwahn' });
  await relay.finds('Größenwahn');
  const [ada] = await openChats([ADA]);
  await ada.live();
  const field = await openSearch(ada);
  const hits = results(ada).getByRole('listitem');
  await field.fill('cafe große');
  await expect(hits).toHaveCount(1);
  await expect(hits.locator('mark')).toHaveText(['CAFÉ', 'Größenwahn']);
});

test('found words are marked in many languages', async ({ openChats, relay }) => {
  const texts = {
    作: ['我在北京工作', ['作']],
    たわー: ['東京タワーに行きました', ['タワー']],
    '서울 회의': ['서울에서 회의가 있습니다', ['서울', '회의']],
    กรุงเทพ: ['ผมทำงานที่กรุงเทพ', ['กรุงเทพ']],
    مدرسة: ['ذهبت إلى المَدرَسة', ['مَدرَسة']],
    strasse: ['Die Straße', ['Straße']],
    oeuv: ['Son œuvre', ['œuvre']],
    Versammlung: ['Jahresversammlungsraum', ['versammlung']],
    'C++': ['Cobol and C++, not C', ['C++']],
    '.NET': ['internet or .NET', ['.NET']],
    ｗｉｄ: ['a wide net', ['wide']],
  };
  for (const [text] of Object.values(texts)) await relay.post(BEN, { text });
  await relay.finds('wide');
  const [ada] = await openChats([ADA]);
  await ada.live();
  const field = await openSearch(ada);
  const hits = results(ada).getByRole('listitem');
  for (const [query, [text, marks]] of Object.entries(texts)) {
    await field.fill(query);
    await expect(hits).toHaveCount(1);
    await expect(hits).toContainText(text);
    await expect(hits.locator('mark')).toHaveText(marks);
  }
});

test('a search loads more results on request', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  const field = await openSearch(ada);
  await field.fill('filler');
  await expect(results(ada)).toContainText(/^\d+\+ messages found/);
  const hits = results(ada).getByRole('listitem');
  const more = results(ada).getByRole('button', { name: 'Show more' });
  for (const shown of [50, 100]) {
    await expect(hits).toHaveCount(shown);
    await more.click();
  }
  await expect(hits).toHaveCount(120);
  await expect(more).toBeHidden();
  await expect(results(ada)).toContainText('120 messages found');
});

test('a failed search is reported and can be tried again', async ({ openChats, watch }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  watch.expect(UNREACHABLE);
  await ada.page.route(/[?&]q=/, (route) => route.abort());
  const field = await openSearch(ada);
  await field.fill('door');
  await expect(results(ada)).toContainText('The search did not work.');
  await ada.page.unroute(/[?&]q=/);
  await results(ada).getByRole('button', { name: 'Retry' }).click();
  await expect(results(ada).getByRole('listitem')).toHaveCount(2);
});
