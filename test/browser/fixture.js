// Gives each test a relay, a site, and watched browser contexts. A violated policy, an unexpected error on the
// console or an uncaught exception in any page fails the test.

import { test as base, expect } from '@playwright/test';
import { Chat } from './chat.js';
import { Relay } from './relay.js';
import { startSite } from './site.js';

export { expect };

/**
 * The messages that Chromium prints when a relay cannot be reached; a test that takes the relay or the network away expects it. After a
 * handshake that failed, a chat asks the relay why. If the relay is back by then, it answers 426, which Chromium prints as well.
 */
export const UNREACHABLE =
  /net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|FAILED|INTERNET_DISCONNECTED)|WebSocket connection to .* failed|status of 426 .*\/v1\/ws\)/;

/** Reports violations of the page's policy on the console. Runs in the page before its own scripts. */
function reportViolations() {
  addEventListener('securitypolicyviolation', (event) => {
    console.error(
      `policy violated: ${event.violatedDirective} by ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`,
    );
  });
}

class Watch {
  #expected = [];
  #errors = [];

  /** Accepts errors that match the pattern from now on. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  async attach(context) {
    await context.addInitScript(reportViolations);
    context.on('console', (message) => {
      if (message.type() === 'error') this.#note(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.#note(`uncaught: ${error.error().stack ?? error.error()}`));
  }

  #note(text) {
    if (!this.#expected.some((pattern) => pattern.test(text))) this.#errors.push(text);
  }

  get errors() {
    return this.#errors;
  }
}

export const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern to see what a fixture needs
  site: async ({}, use) => {
    const site = await startSite();
    await use(site);
    await site.close();
  },

  relay: async ({ site }, use, info) => {
    const relay = await Relay.start(['--allow-origin', site.url, '--rate', '0']);
    await use(relay);
    await relay.stop();
    if (info.status !== info.expectedStatus) await info.attach('relay.log', { body: relay.log });
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern to see what a fixture needs
  watch: async ({}, use) => {
    const watch = new Watch();
    await use(watch);
    expect(watch.errors, 'errors on the console and policy violations').toEqual([]);
  },

  /**
   * Opens a page in a separate context, and so with a separate storage. It depends on the relay only so that it ends before the relay:
   * a page without its relay reports errors.
   */
  newPage: async ({ browser, watch, relay: _relay }, use) => {
    const contexts = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      await watch.attach(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },

  /**
   * Opens a page with a chat for each user, with the given `attributes`, and returns the chats in the order of the users. The options
   * are options of the browser's context.
   */
  openChats: async ({ newPage, relay, site }, use) => {
    await use(async (users, options) => {
      const page = await newPage(options);
      const address = new URL('/chats.html', site.url);
      for (const user of users) {
        const token = await relay.token(user);
        const room = user.room ?? 'lobby';
        const attributes = { relay: relay.url, room, token, ...user.attributes };
        address.searchParams.append('chat', JSON.stringify(attributes));
      }
      await page.goto(address.href);
      return users.map((_, i) => new Chat(page.locator(`#chat-${i}`)));
    });
  },
});

/** Options of a context that make it a phone. */
export const PHONE = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 700 } };

export const ADA = { sub: 'u_ada', name: 'Ada', role: 'organizer' };
export const BEN = { sub: 'u_ben', name: 'Ben', role: 'participant' };
