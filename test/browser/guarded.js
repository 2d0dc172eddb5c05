// A guarded page, for tests with hostile texts: if it executes, requests or opens anything foreign, the test fails.

import { NAMES, USERS } from './corpus.js';
import { test as base, expect } from './fixture.js';
import { tokenOf } from './token.js';

const ROLES = ['participant', 'moderator', 'organizer'];
/** The largest height of a message, in CSS pixels. */
export const HIGHEST = 1200;

export const WIDE = { width: 1000, height: 800 };
export const NARROW = { width: 320, height: 640 };

/** Returns the hostile user with a number; a number always gives the same user. */
export const mallory = (i) =>
  tokenOf({ sub: `${USERS[i % USERS.length]}${i}`, name: NAMES[i % NAMES.length], role: ROLES[i % 3] });
export const READER = tokenOf({ sub: 'u_reader', name: 'Reader', role: 'organizer' });

export const test = base.extend({
  /** Sends a request to the relay with a user's token. */
  ask: async ({ relay }, use) => {
    await use(async (method, path, token, body = undefined) => {
      const answer = await fetch(relay.url + path, {
        method,
        headers: { authorization: `Bearer ${token}` },
        body: typeof body === 'object' ? JSON.stringify(body) : body,
      });
      const text = await answer.text();
      return {
        status: answer.status,
        type: answer.headers.get('content-type'),
        text,
        json: () => JSON.parse(text),
      };
    });
  },

  /**
   * Opens a chat on a page that may execute, request and open only its own resources. `attributes` are added to the element, and
   * `prepare` gets the page before it loads. Waits until the chat is live, unless told otherwise.
   */
  openGuarded: async ({ newPage, relay, site }, use) => {
    const alarms = [];
    await use(
      async (room, viewport = WIDE, { token = READER, attributes = {}, prepare, live = true } = {}) => {
        const page = await newPage();
        await page.setViewportSize(viewport);
        await prepare?.(page);
        await page.addInitScript(() => {
          globalThis.canary = () => console.error('a canary sings: hostile text was executed');
        });
        page.on('dialog', async (dialog) => {
          alarms.push(`a dialog: ${dialog.message()}`);
          await dialog.dismiss();
        });
        page.on('popup', (popup) => alarms.push(`a window: ${popup.url()}`));
        page.on('download', (download) => alarms.push(`a download: ${download.url()}`));
        page.on('framenavigated', (frame) => {
          if (new URL(frame.url()).origin !== site.url) alarms.push(`a visit: ${frame.url()}`);
        });
        page.on('request', (request) => {
          if (![site.url, relay.url].includes(new URL(request.url()).origin))
            alarms.push(`a request: ${request.url()}`);
        });
        page.on('websocket', (socket) => {
          if (new URL(socket.url()).host !== new URL(relay.url).host)
            alarms.push(`a socket: ${socket.url()}`);
        });
        const address = new URL('/chats.html', site.url);
        address.searchParams.append('chat', JSON.stringify({ relay: relay.url, room, token, ...attributes }));
        await page.goto(address.href);
        const chat = page.locator('#chat-0');
        if (live) await expect(chat.getByRole('status')).toContainText(/\blive\b/i);
        return chat;
      },
    );
    expect(alarms).toEqual([]);
  },
});

/** Returns the faults of a chat on the page: unknown elements and attributes, links to other places, broken boxes. */
export function faults(chat, highest) {
  const root = chat.shadowRoot;
  const found = [];
  const known = new Set(
    'a bdi button code dialog div em h2 input kbd label li mark option p path pre section select span strong svg textarea time ul'.split(
      ' ',
    ),
  );
  for (const e of root.querySelectorAll('*')) {
    if (!known.has(e.localName)) found.push(`an element <${e.localName}>`);
    for (const { name } of e.attributes) {
      if (name.startsWith('on') || ['src', 'srcdoc', 'action', 'formaction', 'xlink:href'].includes(name)) {
        found.push(`an attribute ${name} on <${e.localName}>`);
      }
    }
  }
  for (const link of root.querySelectorAll('a')) {
    if (!['http:', 'https:', 'mailto:'].includes(link.protocol)) found.push(`a link to ${link.href}`);
    if (!/noopener/.test(link.rel) || !/noreferrer/.test(link.rel) || link.target !== '_blank')
      found.push(`a link with rel ${link.rel}`);
    if (
      !['', 'https://', 'mailto:'].some((scheme) => scheme + link.textContent === link.getAttribute('href'))
    )
      found.push(`a link ${link.href} that reads ${link.textContent}`);
  }
  const log = root.querySelector('[role=log]');
  if (log.scrollWidth > log.clientWidth)
    found.push(`the log is ${log.scrollWidth - log.clientWidth} px too wide`);
  const { top, left, right, bottom } = chat.getBoundingClientRect();
  for (const part of root.querySelectorAll('.hallway > *, .hallway-menu-box, .hallway-dialog[open]')) {
    const box = part.getBoundingClientRect();
    const bounds = part.matches('dialog')
      ? { top: 0, left: 0, right: innerWidth, bottom: innerHeight }
      : { top, left, right, bottom };
    if (box.width <= 1) continue; // hidden, or only for assistive technology
    if (
      box.left < bounds.left - 1 ||
      box.right > bounds.right + 1 ||
      box.top < bounds.top - 1 ||
      box.bottom > bounds.bottom + 1
    )
      found.push(`.${part.className} leaves the chat`);
    const hangs = getComputedStyle(part).overflowX === 'hidden' ? 32 : 1; // marks may reach over an edge that clips them
    if (part.scrollWidth > part.clientWidth + hangs)
      found.push(`.${part.className} is ${part.scrollWidth - part.clientWidth} px too wide`);
  }
  if (log.clientHeight < 80) found.push(`the log has ${log.clientHeight} px left`);
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) found.push(`the page is ${page.scrollWidth - innerWidth} px too wide`);
  if (page.scrollHeight > innerHeight)
    found.push(`the page is ${page.scrollHeight - innerHeight} px too high`);
  let end = Number.NEGATIVE_INFINITY;
  const seen = log.getBoundingClientRect();
  for (const item of log.querySelectorAll('[data-id]')) {
    const says = item.textContent.slice(0, 60);
    const box = item.getBoundingClientRect();
    if (box.top < end - 1) found.push(`over the message before it: ${says}`);
    if (box.height > highest) found.push(`${Math.round(box.height)} px high: ${says}`);
    end = box.bottom;
    for (const part of item.querySelectorAll('*')) {
      const { width, left: from, right: to } = part.getBoundingClientRect();
      const unseen = part.closest('.hallway-from') && !item.matches('[data-head]:not([data-own])');
      if (width > 1 && !unseen && (from < seen.left - 1 || to > seen.right + 1))
        found.push(`<${part.localName} class=${part.className}> leaves the log: ${says}`);
    }
    for (const part of item.querySelectorAll(
      '.hallway-text, .hallway-sender, .hallway-quote-text, .hallway-quote-sender, .hallway-chip',
    )) {
      // Marks above and below a letter are painted over the neighbours unless they are clipped.
      const style = getComputedStyle(part);
      if (style.overflowY === 'visible') found.push(`not clipped: .${part.className}`);
      if (style.display !== 'flex' && !/isolate|plaintext/.test(style.unicodeBidi))
        found.push(`its direction leaks: .${part.className}`);
    }
  }
  return [...new Set(found)];
}
