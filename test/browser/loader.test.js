// A program that cannot be loaded: the element tells people in their language, and reports the error to the page.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Chat } from './chat.js';
import { ADA, expect, test } from './fixture.js';
import { ROOT } from './relay.js';

const MODULE = '**/dist/chat.wasm';

/** Records the errors that the page gets. Runs in the page before its own scripts. */
function listen() {
  window.codes = [];
  addEventListener('hallway-error', ({ detail }) => window.codes.push(detail.code));
}

const codes = (page) => page.evaluate(() => window.codes);

/** Opens a page with one chat. Before that, `prepare` changes the page's environment. */
async function open({ newPage, relay, site, watch }, prepare, attributes = {}) {
  watch.expect(/\[hallway\]|Failed to load resource/);
  watch.expect(/Failed to find a valid digest in the 'integrity' attribute|SRI's integrity checks failed/); // Chromium's own words
  const page = await newPage();
  await page.addInitScript(listen);
  await prepare(page);
  const chat = { relay: relay.url, room: 'lobby', token: await relay.token(ADA), ...attributes };
  await page.goto(`${site.url}/chats.html?${new URLSearchParams({ chat: JSON.stringify(chat) })}`);
  return new Chat(page.locator('hallway-chat'));
}

test('a missing module is requested again', async ({ newPage, relay, site, watch }) => {
  const chat = await open({ newPage, relay, site, watch }, (page) =>
    page.route(MODULE, (route) => route.fulfill({ status: 404 })),
  );
  await expect(chat.status).toHaveText(/could not be loaded\. Next try in \d+ s/);
  expect((await codes(chat.page))[0]).toBe('not_found');
  await chat.page.unroute(MODULE);
  await chat.live();
});

test('a module with an unknown type still starts', async ({ newPage, relay, site, watch }) => {
  const chat = await open({ newPage, relay, site, watch }, (page) =>
    page.route(MODULE, (route) =>
      route.fulfill({ path: join(ROOT, 'dist/chat.wasm'), contentType: 'text/plain' }),
    ),
  );
  await chat.live();
  expect(await codes(chat.page)).toEqual([]);
});

test('a slow download of the module shows its progress', async ({ newPage, relay, site, watch }) => {
  let release;
  const chat = await open({ newPage, relay, site, watch }, (page) =>
    page.route(MODULE, async (route) => {
      await new Promise((resolve) => {
        release = resolve;
      });
      await route.continue();
    }),
  );
  await expect(chat.element.getByRole('progressbar', { name: 'Loading the chat…' })).toBeVisible();
  await expect.poll(() => typeof release).toBe('function');
  release();
  await chat.live();
  await expect(chat.element.getByRole('progressbar')).toHaveCount(0);
});

/** Returns the module with one byte of its program changed. Length and version stay the same. */
async function foreignModule() {
  const body = await readFile(join(ROOT, 'dist/chat.wasm'));
  body[body.length >> 1] ^= 1;
  return body;
}

/** Makes every compilation fail, because a foreign module must not even be compiled. Runs in the page before its own scripts. */
function forbidCompiling() {
  for (const name of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming']) {
    WebAssembly[name] = () => {
      console.error(`a foreign module went to WebAssembly.${name}`);
      return Promise.reject(new Error('not in this test'));
    };
  }
}

for (const [how, place] of Object.entries({
  'the attribute wasm': (element) => element.setAttribute('wasm', '/elsewhere.wasm'),
  'HallwayChat.wasmUrl': () => {
    customElements.get('hallway-chat').wasmUrl = '/elsewhere.wasm';
  },
})) {
  test(`a foreign module at ${how} is refused, and the right one runs`, async ({
    newPage,
    relay,
    site,
    watch,
  }) => {
    let served = await foreignModule();
    const chat = await open({ newPage, relay, site, watch }, (page) =>
      page.route('**/elsewhere.wasm', (route) =>
        route.fulfill({ contentType: 'application/wasm', body: served }),
      ),
    );
    await chat.live();
    /** Closes the chat, changes something, and opens it again. */
    const reopen = async (change) => {
      await chat.element.evaluate((element) => element.close());
      await expect(chat.element).toBeHidden();
      await change();
      await chat.element.evaluate((element) => {
        element.open = true;
      });
    };
    await reopen(() => chat.element.evaluate(place));
    await expect(chat.status).toHaveText('The chat cannot start. (integrity_mismatch)');
    expect(await codes(chat.page)).toEqual(['integrity_mismatch']);
    await reopen(async () => {
      served = await readFile(join(ROOT, 'dist/chat.wasm'));
    });
    await chat.live();
    expect(await codes(chat.page)).toEqual(['integrity_mismatch']);
  });
}

test('the module is requested once, by its hash, and compiled as a stream', async ({
  newPage,
  relay,
  site,
  watch,
}) => {
  const { integrity } = JSON.parse(await readFile(join(ROOT, 'dist/integrity.json'), 'utf8'))['chat.wasm'];
  const chat = await open({ newPage, relay, site, watch }, (page) =>
    page.addInitScript(() => {
      window.seen = [];
      const { fetch } = window;
      const { compile, compileStreaming } = WebAssembly;
      window.fetch = (url, options) => {
        window.seen.push(`fetch ${options.integrity}`);
        return fetch(url, options);
      };
      WebAssembly.compile = (bytes) => {
        window.seen.push('compile');
        return compile(bytes);
      };
      WebAssembly.compileStreaming = (response) => {
        window.seen.push('compileStreaming');
        return compileStreaming(response);
      };
    }),
  );
  await chat.live();
  const seen = await chat.page.evaluate(() => window.seen);
  expect(seen.slice(0, 2)).toEqual([`fetch ${integrity}`, 'compileStreaming']);
  expect(seen).not.toContain('compile');
});

/** Failures after which the element does not try again. It shows one final message. */
const FINAL = {
  not_wasm: {
    prepare: (page) =>
      page.route(MODULE, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' })),
    says: { en: 'The chat cannot start. (not_wasm)', de: 'Der Chat kann nicht starten. (not_wasm)' },
  },
  version_mismatch: {
    prepare: async (page) => {
      const body = await readFile(join(ROOT, 'dist/chat.wasm'));
      body.write('9.9.9', body.length - 5); // the module ends with the version
      await page.route(MODULE, (route) => route.fulfill({ contentType: 'application/wasm', body }));
    },
    says: { fr: 'La discussion a été mise à jour. Veuillez recharger la page. (version_mismatch)' },
  },
  integrity_mismatch: {
    prepare: async (page) => {
      await page.addInitScript(forbidCompiling);
      await page.route(MODULE, async (route) =>
        route.fulfill({ contentType: 'application/wasm', body: await foreignModule() }),
      );
    },
    says: {
      en: 'The chat cannot start. (integrity_mismatch)',
      de: 'Der Chat kann nicht starten. (integrity_mismatch)',
    },
  },
  blocked: {
    prepare: (page) =>
      page.route('**/chats.html*', async (route) => {
        const response = await route.fetch();
        const policy = response.headers()['content-security-policy'].replace("'wasm-unsafe-eval'", '');
        await route.fulfill({
          response,
          headers: { ...response.headers(), 'content-security-policy': policy },
        });
      }),
    says: { ar: 'سياسة الأمان في هذه الصفحة تمنع المحادثة. (blocked)' },
    expect: /policy violated: script-src.*wasm-eval|WebAssembly/,
  },
  unsupported: {
    prepare: (page) =>
      page.addInitScript(() => {
        delete window.WebAssembly;
      }),
    says: { en: 'This browser is too old for the chat. (unsupported)' },
  },
};

for (const [code, { prepare, says, expect: noise }] of Object.entries(FINAL)) {
  for (const [lang, text] of Object.entries(says)) {
    test(`${code} is explained in ${lang}`, async ({ newPage, relay, site, watch }) => {
      if (noise) watch.expect(noise);
      const chat = await open({ newPage, relay, site, watch }, prepare, { lang });
      await expect(chat.status).toHaveText(text);
      expect(await codes(chat.page)).toEqual([code]);
    });
  }
}
