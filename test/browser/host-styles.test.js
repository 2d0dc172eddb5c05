// A page's styles: people can read and write in a box of any kind, and only tokens change the chat's look.

import { Chat } from './chat.js';
import { ADA, BEN, expect, test } from './fixture.js';

const MESSAGES = 200;

/** Opens a chat in a page without styles, with enough in it to scroll. */
async function open({ newPage, relay, site }, attributes = {}) {
  for (let i = 0; i < MESSAGES; i++) await relay.post(BEN, { text: `Message number ${i} of many` });
  const page = await newPage();
  const chat = { relay: relay.url, room: 'lobby', token: await relay.token(ADA), ...attributes };
  await page.goto(`${site.url}/plain.html?${new URLSearchParams({ chat: JSON.stringify(chat) })}`);
  const opened = new Chat(page.locator('hallway-chat'));
  await expect(opened.messages.last()).toBeAttached();
  return opened;
}

/** Replaces the page's stylesheet. */
function style(page, css) {
  return page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [sheet];
  }, css);
}

/** Scrolls a chat into sight and returns the faults of its boxes. Runs in the page. */
function faults(element) {
  const root = element.shadowRoot;
  const shell = root.querySelector('.hallway');
  const log = root.querySelector('[role=log]');
  const composer = root.querySelector('.hallway-composer');
  composer.scrollIntoView({ block: 'nearest' });
  const found = [];
  const { top, bottom, left, right } = composer.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight + 1)
    found.push(`the composer is from ${top} to ${bottom} px of ${innerHeight}`);
  if (left < -1 || right > innerWidth + 1 || right - left < 200)
    found.push(`the composer is from ${left} to ${right} px of ${innerWidth}`);
  for (const name of ['textbox', 'button[type=submit], .hallway-send']) {
    const part = name === 'textbox' ? root.querySelector('textarea') : root.querySelector(name);
    const box = part.getBoundingClientRect();
    const at = root.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (!part.contains(at)) found.push(`${name} is covered by ${at?.className}`);
  }
  if (log.clientHeight < 60) found.push(`the log is ${log.clientHeight} px high`);
  if (log.scrollHeight <= log.clientHeight) found.push('the log does not scroll');
  log.scrollTop = 0;
  const start = log.scrollTop;
  log.scrollTop = log.scrollHeight;
  if (start !== 0 || log.scrollTop === 0) found.push(`the log scrolls from ${start} to ${log.scrollTop}`);
  return { found, height: Math.round(shell.getBoundingClientRect().height) };
}

/** Each entry holds the page's styles of the chat, those of its surroundings, and the height of the chat with them (the default is 448 px without borders). */
const BY_ITSELF = 448;
const BOXES = [
  ...['block', 'inline-block', 'flex', 'inline-flex', 'grid', 'inline-grid', 'flow-root'].flatMap(
    (display) => [
      [`display: ${display}; height: 480px`, '', 478],
      [`display: ${display} !important; height: 320px !important`, '', 318],
      [`display: ${display}; height: 100%`, '', BY_ITSELF],
      [`display: ${display}; height: auto`, '', BY_ITSELF],
      [`display: ${display}`, '', BY_ITSELF],
      [`display: ${display}; height: 100%`, 'height: 500px', 498],
      [`display: ${display}; max-height: 300px`, ''],
      [`display: ${display}; min-height: 500px`, ''],
      [`display: ${display}; height: 60vh`, ''],
      [`display: ${display}; height: 100dvh`, '', 698],
      [`display: ${display}; height: 90%; max-height: 80%`, 'height: 600px', 478],
      [
        `display: ${display}; flex: 1; min-height: 0`,
        'display: flex; flex-direction: column; height: 560px',
        558,
      ],
      [`display: ${display}`, 'display: flex; flex-direction: column; height: 360px', 358],
      [
        `display: ${display}; flex: 1 1 0%; min-height: 0`,
        'display: flex; flex-direction: column; min-height: 100vh',
      ],
      [`display: ${display}; flex: 1`, 'display: flex; height: 400px', 398],
      [`display: ${display}`, 'display: grid; height: 420px', 418],
      [`display: ${display}`, 'display: grid; grid-template: auto 1fr / 3fr 1fr; height: 600px'],
      [`display: ${display}; position: fixed; inset: 100px 20px 50px`, '', 548],
      [`display: ${display}; position: fixed; bottom: 0; right: 0; width: 320px`, '', BY_ITSELF],
      [`display: ${display}; width: auto; float: left`, '', BY_ITSELF],
      [`display: ${display}; position: absolute; width: auto; inset-inline-start: 0`, '', BY_ITSELF],
      [`display: ${display}; padding: 12px; border: 3px solid; height: 480px`, '', 450],
      [`display: ${display}; box-sizing: content-box; height: 480px`, '', 480],
      [`display: ${display}; overflow: visible; height: 480px`, '', 478],
      [`display: ${display}; height: 440px`, 'writing-mode: vertical-rl', 438],
      [`display: ${display}; margin: 20px 30px; height: 440px`, '', 438],
    ],
  ),
  ...[
    'contents',
    'inline',
    'table',
    'inline-table',
    'table-cell',
    'table-row',
    'list-item',
    'ruby',
    '-webkit-box',
  ].flatMap((display) => [
    [`display: ${display}; height: 480px`, ''],
    [`display: ${display} !important`, ''],
    [`display: ${display}; height: 100%`, ''],
    [`display: ${display}; height: 100%`, 'height: 400px'],
    [`display: ${display}; max-height: 600px`, 'display: flex; flex-direction: column; height: 400px'],
    [`display: ${display}; width: 320px`, ''],
  ]),
  ['all: unset', '', BY_ITSELF],
  ['all: initial !important; height: 300px !important', ''],
  ['', 'height: 4000px'],
  ['', 'column-width: 300px', BY_ITSELF],
  [
    'position: static; contain: none; display: block; height: 480px; min-height: 0; max-height: none',
    '',
    478,
  ],
  ['height: fit-content', '', BY_ITSELF],
  ['height: max-content; display: block', '', BY_ITSELF],
  ['height: min-content; display: block', ''],
];

for (const [lang, size] of Object.entries({
  en: { width: 1000, height: 700 },
  ar: { width: 360, height: 700 },
})) {
  test(`in every kind of box, a chat in ${lang} at ${size.width} px has a log that scrolls and a visible composer`, async ({
    newPage,
    relay,
    site,
  }) => {
    test.setTimeout(180_000);
    const chat = await open({ newPage, relay, site }, { lang });
    const wrong = [];
    await chat.page.setViewportSize(size);
    for (const [host, around, high] of BOXES) {
      const css = `hallway-chat { ${host} } #around { ${around} }`;
      await style(chat.page, css);
      const { found, height } = await chat.element.evaluate(faults);
      if (height > 700) found.push(`it is ${height} px high`);
      if (high && Math.abs(height - high) > 1) found.push(`it is ${height} px high, not ${high}`);
      if (found.length > 0) wrong.push(`${css}: ${found.join(', ')}`);
    }
    expect(wrong).toEqual([]);
  });
}

/** Styles that pages set on their text. Some pages set them on every element. */
const LEAKS = [
  'font-size: 62.5%',
  'font: italic small-caps 700 30px / 3 cursive',
  'text-align: center',
  'text-align: justify; text-align-last: right; text-justify: inter-character',
  'text-transform: uppercase',
  'letter-spacing: 0.3em; word-spacing: 1em',
  'text-indent: 3em',
  'text-shadow: 2px 2px red',
  'line-height: 3',
  'color: red; caret-color: red; accent-color: red',
  'white-space: nowrap',
  'white-space: pre',
  'text-wrap: balance; text-wrap-style: pretty',
  'word-break: break-all; line-break: anywhere; overflow-wrap: normal; hyphens: auto',
  'font-variant: all-petite-caps; font-feature-settings: "smcp"; font-kerning: none; font-stretch: condensed',
  'font-variation-settings: "wght" 900; font-optical-sizing: none; font-size-adjust: 0.9; font-synthesis: none',
  'list-style: square inside; quotes: "<" ">"; tab-size: 40',
  'cursor: wait',
  'user-select: none; -webkit-user-select: none',
  'border-collapse: collapse; border-spacing: 30px; caption-side: bottom; empty-cells: hide',
  'direction: rtl',
  'writing-mode: vertical-rl; text-orientation: upright',
  'text-emphasis: filled dot red; text-underline-offset: 1em; text-underline-position: under; text-combine-upright: all',
  'text-rendering: geometricPrecision; -webkit-font-smoothing: antialiased; image-rendering: pixelated',
  '-webkit-text-stroke: 2px red; -webkit-text-fill-color: red; paint-order: stroke; fill: red; stroke: red',
  '-webkit-user-modify: read-write; -webkit-rtl-ordering: visual; -webkit-tap-highlight-color: red',
  'orphans: 5; widows: 5; hanging-punctuation: first; ruby-position: under; ruby-align: start',
  'scrollbar-color: red blue; forced-color-adjust: none; print-color-adjust: exact; text-size-adjust: 300%',
  'color-interpolation: linearrgb; speak: never; math-style: compact; math-depth: 5; text-spacing-trim: space-all',
  'text-box-edge: cap alphabetic; text-box-trim: trim-both; text-autospace: no-autospace',
  'font-palette: dark; font-variant-emoji: text; dominant-baseline: hanging; text-anchor: end; clip-rule: evenodd',
  'interpolate-size: allow-keywords; overflow-anchor: none; object-view-box: none; pointer-events: auto',
];

/** Records all computed styles of all elements of a chat, or returns the first difference from the recorded ones. Runs in the page. */
function compareStyles(element) {
  const nodes = [...element.shadowRoot.querySelectorAll('*')];
  const styles = nodes.map((node) => {
    const style = getComputedStyle(node);
    return Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)]));
  });
  window.noted ??= styles;
  for (const [i, own] of styles.entries()) {
    const was = window.noted[i];
    const others = Object.keys(own).filter((name) => own[name] !== was?.[name]);
    const { localName, className } = nodes[i];
    if (others.length > 0)
      return `<${localName} ${className}>: ${others.map((name) => `${name} ${was?.[name]} → ${own[name]}`).join(', ')}`;
  }
  return styles.length < 50 ? 'there is little to compare' : '';
}

test('the page’s styles affect the chat only by tokens', async ({ newPage, relay, site }) => {
  const id = await relay.post(ADA, { text: 'An *own* `message` https://a.example\n> quoted\nمرحبا' });
  await relay.post(BEN, { text: 'An answer', reply_to: id });
  await relay.post(ADA, { text: '👍' });
  const page = await newPage();
  const attributes = JSON.stringify({ relay: relay.url, room: 'lobby', token: await relay.token(ADA) });
  await page.goto(`${site.url}/plain.html?${new URLSearchParams({ chat: attributes })}`);
  const chat = new Chat(page.locator('hallway-chat'));
  await chat.settled(3);
  await chat.element.getByRole('button', { name: 'Room' }).click();
  await expect(chat.element.getByRole('combobox').first()).toBeVisible();
  const box = 'hallway-chat { position: fixed; inset: 0 auto auto 0; width: 600px; height: 480px; }';
  await style(page, box);
  expect(await chat.element.evaluate(compareStyles)).toBe('');
  const came = [];
  for (const leak of LEAKS) {
    await style(page, `html, body, #around, hallway-chat { ${leak} } ${box}`);
    const differs = await chat.element.evaluate(compareStyles);
    if (differs) came.push(`${leak}: ${differs}`);
  }
  expect(came).toEqual([]);
});

test('the size of letters is that of the token or of the browser, and at least 16 px in input fields', async ({
  newPage,
  relay,
  site,
}) => {
  await relay.post(BEN, { text: 'How large?' });
  const page = await newPage();
  const attributes = JSON.stringify({ relay: relay.url, room: 'lobby', token: await relay.token(ADA) });
  await page.goto(`${site.url}/plain.html?${new URLSearchParams({ chat: attributes })}`);
  const chat = new Chat(page.locator('hallway-chat'));
  await chat.settled(1);
  await chat.element.getByRole('button', { name: 'Search', exact: true }).click();
  const sizes = () =>
    chat.element.evaluate(({ shadowRoot }) =>
      ['.hallway-text', 'textarea', '[type=search]'].map(
        (part) => getComputedStyle(shadowRoot.querySelector(part)).fontSize,
      ),
    );
  for (const [css, want] of [
    ['', ['16px', '16px', '16px']],
    ['html { font-size: 62.5% } body { font-size: 1.2rem }', ['16px', '16px', '16px']],
    ['hallway-chat { --hallway-font-size: 12px }', ['12px', '16px', '16px']],
    ['hallway-chat { --hallway-font-size: 20px }', ['20px', '20px', '20px']],
    ['html { --hallway-font-size: 30px; font-size: 8px }', ['16px', '16px', '16px']],
    ['html { font-size: 8px } hallway-chat { --hallway-font-size: 3rem }', ['24px', '24px', '24px']],
  ]) {
    await style(page, css);
    expect(await sizes(), css).toEqual(want);
  }
});

test('a chat that the page hides or makes inert is hidden and inert, with any other styles', async ({
  newPage,
  relay,
  site,
}) => {
  const chat = await open({ newPage, relay, site });
  for (const css of [
    'body { visibility: hidden }',
    'hallway-chat { visibility: hidden; display: contents }',
    'hallway-chat { display: none }',
  ]) {
    await style(chat.page, css);
    await expect(chat.composer, css).toBeHidden();
  }
  await style(chat.page, 'hallway-chat { display: block !important; height: 400px }');
  for (const hide of [
    (element) => element.close(),
    (element) => {
      element.hidden = true;
    },
  ]) {
    await expect(chat.composer).toBeVisible();
    await chat.element.evaluate(hide);
    await expect(chat.element).toBeHidden();
    expect(await chat.page.evaluate(() => document.querySelector('#around').offsetHeight)).toBe(0);
    await chat.element.evaluate((element) => {
      element.hidden = false;
      element.open = true;
    });
  }
});
