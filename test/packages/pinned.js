// Builds the released package to which frontends are pinned, and its relay, from the commit in pinned.json.

import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../browser/relay.js';
import { NAME } from './name.js';

const BUILD_MS = 300_000;
const FETCH_MS = 60_000;

const run = promisify(execFile);

export const PINNED = JSON.parse(await readFile(new URL('pinned.json', import.meta.url)));

/** The folder of the built release, with its package, and with its relay as bin/hallway. A release never changes, so it is built once. */
export const PINNED_FOLDER = join(
  ROOT,
  'test/packages/.build',
  `hallway-${PINNED.version}-${PINNED.commit.slice(0, 12)}`,
);

/** Makes sure that a commit is present. A shallow clone fetches it from its origin, if possible. */
async function findCommit(commit) {
  const git = (...args) => run('git', args, { cwd: ROOT, timeout: FETCH_MS });
  const find = () => git('cat-file', '-e', `${commit}^{commit}`);
  await find().catch(async () => {
    await git('fetch', '--quiet', '--depth=1', 'origin', commit).catch(() =>
      git('fetch', '--quiet', '--unshallow'),
    );
    await find();
  });
}

export async function buildPinned() {
  if (await exists(PINNED_FOLDER)) return;
  const { version, commit } = PINNED;
  await findCommit(commit).catch(() => {
    throw new Error(
      `${NAME} ${version} is built from commit ${commit}, which this clone does not have: run git fetch --unshallow`,
    );
  });
  const folder = `${PINNED_FOLDER}.part`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // bash with pipefail, so that a failure of git archive is noticed.
  await run('bash', ['-c', 'set -o pipefail; git archive "$0" | tar -x -C "$1"', commit, folder], {
    cwd: ROOT,
  });
  const go = (...args) => run('go', args, { cwd: folder, timeout: BUILD_MS });
  await go('run', './component/build', '-out', 'dist');
  await go('build', '-trimpath', '-ldflags', `-X main.version=${version}`, '-o', 'bin/hallway', './relay');
  await rename(folder, PINNED_FOLDER);
}

export const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );
