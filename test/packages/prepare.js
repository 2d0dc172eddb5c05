// node test/packages/prepare.js [PROJECT…]
//
// Publishes the current package, and the release to which frontends are pinned, in a registry on loopback. Then it installs and builds
// the named projects, or all, from that registry. dist/ must be built before.

import { join } from 'node:path';
import { ROOT } from '../browser/relay.js';
import { buildPinned, PINNED_FOLDER } from './pinned.js';
import { PROJECTS, Project } from './project.js';
import { Registry } from './registry.js';
import { WALKS, Walk } from './walk.js';

const known = [...Object.keys(PROJECTS), ...WALKS];
const names = process.argv.length > 2 ? process.argv.slice(2) : known;

let registry;
try {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) throw new Error(`there is no project ${unknown}: ${known.join(', ')}`);
  await step('building the pinned release', buildPinned);
  registry = await Registry.start();
  await step('publishing both versions', async () => {
    await registry.publish(PINNED_FOLDER, 'pinned');
    await registry.publish(join(ROOT), 'latest');
  });
  for (const name of names) {
    const project = WALKS.includes(name) ? new Walk(name) : new Project(name);
    await step(`installing and building ${name}`, () => project.prepare(registry));
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await registry?.stop();
}

async function step(what, work) {
  const from = performance.now();
  await work();
  console.log(`${what}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
}
