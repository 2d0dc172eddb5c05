// The fixtures of the tests, besides a watched browser: served projects, and a relay that accepts their pages.

import { join } from 'node:path';
import { test as base } from '../browser/fixture.js';
import { freePort, Relay } from '../browser/relay.js';
import { SECRET } from '../browser/token.js';
import { PINNED_FOLDER } from './pinned.js';
import { Project } from './project.js';
import { serveFolder } from './static.js';

export { ADA, BEN, expect, UNREACHABLE } from '../browser/fixture.js';

const SITES = 2; // the most sites that a test serves

/** The program of the relay that was released with the pinned package. */
export const PINNED_RELAY = join(PINNED_FOLDER, 'bin/hallway');

export const test = base.extend({
  /** The ports for the sites of a test. The relay must know their origins before the sites run. */
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern to see what a fixture needs
  ports: async ({}, use) => {
    await use(await Promise.all(Array.from({ length: SITES }, freePort)));
  },

  /** The program of the first relay of a test; undefined: the current relay. */
  relayCommand: [undefined, { option: true }],

  relay: async ({ ports, relayCommand }, use, info) => {
    const origins = ports.map((port) => `http://127.0.0.1:${port}`).join();
    const relay = await Relay.start(['--allow-origin', origins, '--rate', '0'], relayCommand);
    await use(relay);
    await relay.stop();
    if (info.status !== info.expectedStatus) await info.attach('relay.log', { body: relay.log });
  },

  /**
   * Serves a project on the test's next port and returns its URL: with the project's command, or, if the command is the name of a
   * folder of it, as plain files.
   */
  serve: async ({ ports, relay }, use) => {
    const sites = [];
    await use(async (name, command) => {
      const project = new Project(name);
      if (!(await project.prepared())) throw new Error(`${name} is not prepared: make test-packages does it`);
      const port = ports[sites.length];
      const site = Array.isArray(command)
        ? await project.serve(command, port, { HALLWAY_RELAY: relay.url, HALLWAY_JWT_SECRET: SECRET })
        : await serveFolder(join(project.folder, command), port);
      sites.push(site);
      return site.url;
    });
    for (const site of sites) await site.stop();
  },
});
