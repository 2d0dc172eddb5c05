// Helpers of the tests of encrypted chats: an issuer, an encrypted room, and chats with devices.

import { Chat } from './chat.js';
import { ADA, test as base } from './fixture.js';
import { Issuer } from './issuer.js';

const ROOM = 'vault';

export const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern to see what a fixture needs
  issuer: async ({}, use) => use(new Issuer()),

  /** Opens an encrypted chat of a user, on a new page unless one is given. */
  open: async ({ newPage, relay, site, issuer }, use) => {
    await use(async (user, { page, attributes } = {}) => {
      const at = page ?? (await newPage());
      const keys = await issuer.serve(at, site);
      const token = relay.token({ ...user, room: '*' });
      const settings = { relay: relay.url, room: ROOM, token, encrypted: '', issuer: keys, device: user };
      const address = new URL('/chats.html', site.url);
      address.searchParams.append('chat', JSON.stringify({ ...settings, ...attributes }));
      await at.goto(address.href);
      return new Chat(at.locator('#chat-0'));
    });
  },

  /** Makes an encrypted room. */
  vault: async ({ relay }, use) => {
    await relay.ask(ADA, 'PUT', '', { settings: { e2ee: 1 } }, ROOM);
    await use(ROOM);
  },
});

/** Returns a text in each form in which a canary may appear: plain, escaped, in hex, and in base64 at each of three offsets. */
export function codings(text) {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((offset) => {
    const coded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return coded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3) - 1);
  });
  const escaped = [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  return [text, escaped, bytes.toString('hex'), bytes.toString('utf16le'), ...base64];
}

/** Returns everything that a page has stored as one text. Each byte becomes the character with its number. */
export const stored = (page) =>
  page.evaluate(async () => {
    const all = [{ ...localStorage }, { ...sessionStorage }];
    const characters = (bytes) => Array.from(new Uint8Array(bytes), (b) => String.fromCharCode(b)).join('');
    const readable = async (value) => {
      if (value instanceof Blob) return characters(await value.arrayBuffer());
      if (ArrayBuffer.isView(value)) return characters(value.slice().buffer);
      if (value?.constructor !== Object) return value;
      const entries = Object.entries(value).map(async ([name, part]) => [name, await readable(part)]);
      return Object.fromEntries(await Promise.all(entries));
    };
    for (const { name } of await indexedDB.databases()) {
      const opening = indexedDB.open(name);
      await new Promise((resolve) => {
        opening.onsuccess = resolve;
      });
      for (const store of opening.result.objectStoreNames) {
        const getting = opening.result.transaction(store).objectStore(store).getAll();
        await new Promise((resolve) => {
          getting.onsuccess = resolve;
        });
        all.push(...(await Promise.all(getting.result.map(readable))));
      }
      opening.result.close();
    }
    return JSON.stringify(all);
  });
