// Texts of messages: links that show their target, markup that loses no character, lines of both directions.

import { ADA, BEN, expect, test } from './fixture.js';

test('a link shows its target, and ends where a reader expects it', async ({ openChats, relay }) => {
  const texts = {
    '请看https://a.example/页面。谢谢': ['https://a.example/页面', 'https://a.example/%E9%A1%B5%E9%9D%A2'],
    'https://аррӏе.com/x': ['https://xn--80ak6aa92e.com/x', 'https://xn--80ak6aa92e.com/x'],
    'https://münchen.de (gut)': ['https://münchen.de', 'https://xn--mnchen-3ya.de/'],
    'siehe www.example.org.': ['www.example.org', 'https://www.example.org/'],
    'mail:ada@example.org,': ['ada@example.org', 'mailto:ada@example.org'],
    'http://[::1]:8080/.': ['http://[::1]:8080/', 'http://[::1]:8080/'],
    'https://مثال.إختبار/أب?x': [
      'https://مثال.إختبار/أب?x',
      'https://xn--mgbh0fb.xn--kgbechtv/%D8%A3%D8%A8?x',
    ],
    'https://paypal.com@evil.example/login': undefined,
    'https://paypal.com⁄login.evil.example': undefined,
    'javascript:alert(1)//www': undefined,
  };
  for (const text of Object.keys(texts)) await relay.post(BEN, { text });
  const [ada] = await openChats([ADA]);
  await ada.settled(Object.keys(texts).length);
  const shown = await ada.messages.evaluateAll((items) =>
    items.map((item) => [...item.querySelectorAll('.hallway-text a')].map((a) => [a.textContent, a.href])),
  );
  expect(shown).toEqual(Object.values(texts).map((link) => (link ? [link] : [])));
  const mirrored = await places(ada.message('مثال'), [...'مأ']);
  expect(mirrored.م, 'the host stands before the path').toBeLessThan(mirrored.أ);
});

test('the text loses no typed character, and its markup is visible', async ({ openChats, relay }) => {
  const plain = ['¯\\_(ツ)_/¯', 'snake_case_words', '2*3*4', '```open', '\\*a\\*', '**', 'it`s Bob`s'];
  for (const text of plain) await relay.post(BEN, { text });
  await relay.post(BEN, { text: '这是*重点*内容' });
  await relay.post(BEN, { text: '```hello\nworld```' });
  await relay.post(BEN, { text: '```go\nfunc main()\n```' });
  const [ada] = await openChats([ADA]);
  await ada.settled(plain.length + 3);
  const texts = ada.messages.locator('.hallway-text');
  expect((await texts.allInnerTexts()).slice(0, plain.length)).toEqual(plain);
  const marked = ada.message('这是');
  await expect(marked.locator('strong')).toHaveText('重点');
  expect(await marked.locator('.hallway-text').innerText()).toBe('这是重点内容');
  expect(await ada.message('world').locator('pre').innerText()).toBe('hello\nworld');
  expect(await ada.message('main').locator('pre').innerText()).toBe('go\nfunc main()');
});

// Returns the place of a character: its distance from the left edge of the text, as a part of the text's width.
const places = (item, characters) =>
  item.locator('.hallway-text').evaluate((text, wanted) => {
    const box = text.getBoundingClientRect();
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const found = {};
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const c of wanted) {
        const at = node.data.indexOf(c);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const { left, right } = range.getBoundingClientRect();
        found[c] = ((left + right) / 2 - box.left) / box.width;
      }
    }
    return found;
  }, characters);

test('each line has its own direction and is aligned to its side', async ({ openChats, relay }) => {
  const long = 'a line of the text that is far longer than all of the other ones';
  await relay.post(BEN, { text: `A 1 ${long}\nب 2\nC *3*\n*د* 4\n5` });
  await relay.post(BEN, { text: `ب ${'كلمة طويلة جدا '.repeat(4)}\nA 1 Z\nث 2 د` });
  for (const lang of ['en', 'ar']) {
    const [ada] = await openChats([{ ...ADA, attributes: { lang } }]);
    await ada.settled(2);
    const first = await places(ada.messages.nth(0), [...'A1ب2C3د4']);
    for (const c of 'A1C3') expect(first[c], c).toBeLessThan(0.3);
    for (const c of 'ب2د4') expect(first[c], c).toBeGreaterThan(0.7);
    expect(first.A).toBeLessThan(first[1]);
    expect(first[2]).toBeLessThan(first.ب);
    expect(first.C).toBeLessThan(first[3]);
    expect(first[4]).toBeLessThan(first.د);
    const second = await places(ada.messages.nth(1), [...'بA1Zث2']);
    for (const c of 'A1Z') expect(second[c], c).toBeLessThan(0.3);
    for (const c of 'بث2') expect(second[c], c).toBeGreaterThan(0.7);
    expect(second.A).toBeLessThan(second.Z);
    expect(second[2]).toBeLessThan(second.ث);
    const field = await ada.composer.evaluate((input) => {
      const { unicodeBidi, textAlign } = getComputedStyle(input);
      return { unicodeBidi, textAlign };
    });
    expect(field).toEqual({ unicodeBidi: 'plaintext', textAlign: 'start' });
  }
});

const PASTED = 'a\r\nb\u000bc\u000cd\u0085e\u2028f\u2029g\u001b[31mh\u0000\u0007i\tj';
const CLEAN = 'a\nb\nc\nd\ne\nf\ng[31mhi\tj';

test('a text with the control characters of slides, terminals and other systems can be sent', async ({
  openChats,
  relay,
}) => {
  const [ada] = await openChats([{ ...ADA, attributes: { lang: 'de' } }]);
  await expect(ada.composer).toBeEnabled();
  await ada.composer.fill(PASTED);
  await ada.composer.press('Enter');
  await ada.settled(1);
  await expect(ada.composer).toHaveValue('');
  await ada.element.evaluate((element, text) => element.send(text), `2 ${PASTED}`);
  await ada.settled(2);
  await ada.composer.press('ArrowUp');
  await ada.composer.fill(`3 ${PASTED}`);
  await ada.composer.press('Enter');
  await expect(ada.message('3 a')).toContainText('bearbeitet');
  const { messages } = await relay.history(await relay.token(ADA));
  expect(messages.map((message) => message.text)).toEqual([CLEAN, `3 ${CLEAN}`]);
});

test('a text without a visible character is not sent', async ({ openChats }) => {
  const [ada] = await openChats([ADA]);
  await ada.live();
  for (const nothing of [
    '\u200b',
    '\u2800',
    '\u3164',
    '\u00ad\u200d\u2060',
    '\u000b\u0085',
    '\u115f\ufeff',
    '\u00a0\u3000',
  ]) {
    await ada.composer.fill(nothing);
    await ada.composer.press('Enter');
  }
  await ada.write('seen');
  await ada.settled(1);
  await expect(ada.messages).toHaveCount(1);
  await expect(ada.log.getByText('Not sent')).toHaveCount(0);
});

/** Selects everything between two texts, copies it, and returns the content of the clipboard. */
async function copied(chat, from, to) {
  await chat.element.evaluate(
    (element, [first, last]) => {
      const texts = [...element.shadowRoot.querySelectorAll('.hallway-text')];
      const place = ([text, at]) => {
        const walker = document.createTreeWalker(
          texts.find((t) => t.textContent.includes(text)),
          NodeFilter.SHOW_TEXT,
        );
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const found = node.data.indexOf(text);
          if (found >= 0) return [node, found + at];
        }
      };
      const [start, end] = [place(first), place(last)];
      getSelection().setBaseAndExtent(...start, ...end);
    },
    [from, to],
  );
  return chat.page.evaluate(() => {
    let got;
    addEventListener(
      'copy',
      (event) => {
        got = [event.clipboardData.getData('text/plain'), event.clipboardData.getData('text/html')];
        event.preventDefault();
      },
      { once: true },
    );
    document.execCommand('copy');
    return got;
  });
}

test('a copy of several messages has a line for each, and a copy of one message has its text', async ({
  openChats,
  relay,
}) => {
  await relay.post({ ...BEN, role: 'moderator' }, { text: 'first *bold* one' });
  await relay.post({ ...BEN, role: 'moderator' }, { text: 'second\nof two lines' });
  await relay.post(ADA, { text: 'third ```go\ncode``` after' });
  const [ada] = await openChats([ADA]);
  await ada.settled(3);
  const [a, b, c] = await ada.messages.locator('time').allTextContents();
  expect(await copied(ada, ['first', 0], ['after', 5])).toEqual([
    `Ben, ${a}: first bold one\nBen, ${b}: second\nof two lines\nAda, ${c}: third \ngo\ncode\n after`,
    '',
  ]);
  expect(await copied(ada, ['first', 2], ['second', 3])).toEqual([
    `Ben, ${a}: rst bold one\nBen, ${b}: sec`,
    '',
  ]);
  expect(await copied(ada, ['second', 3], ['first', 2])).toEqual([
    `Ben, ${a}: rst bold one\nBen, ${b}: sec`,
    '',
  ]);
  expect(await copied(ada, ['first', 0], ['one', 3])).toEqual(['first bold one', '']);
  expect(await copied(ada, ['first', 6], ['second', 0])).toEqual(['bold one', '']);
});

test('messages that are selected with the pointer are copied as they are shown', async ({
  openChats,
  relay,
}) => {
  for (const text of ['one', 'two', 'three']) await relay.post(BEN, { text });
  const [ada] = await openChats([ADA]);
  await ada.settled(3);
  const { page } = ada;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const box = (text) => ada.message(text).locator('.hallway-text').boundingBox();
  const [first, last] = [await box('one'), await box('three')];
  await page.mouse.move(first.x + 1, first.y + first.height / 2);
  await page.mouse.down();
  await page.mouse.move(last.x + last.width - 1, last.y + last.height / 2, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.press('ControlOrMeta+c');
  const times = await ada.messages.locator('time').allTextContents();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe(['one', 'two', 'three'].map((text, i) => `Ben, ${times[i]}: ${text}`).join('\n'));
  await ada.composer.fill('what is written');
  await ada.composer.press('ControlOrMeta+a');
  await ada.composer.press('ControlOrMeta+c');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('what is written');
});
