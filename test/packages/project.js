// A frontend: a folder with a package.json. Its dependencies are installed and it is built in a copy, so that the folder itself stays
// clean.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT } from '../browser/relay.js';
import { NAME } from './name.js';
import { exists } from './pinned.js';

const BUILD_MS = 240_000;
const START_MS = 60_000;
const STOP_MS = 5_000;
const POLL_MS = 50;

const run = promisify(execFile);

/** The folders of all frontends. Those in examples are for readers, those in bundlers only for tests. */
export const PROJECTS = {
  organizer: 'examples/organizer',
  participation: 'examples/participation',
  versions: 'test/packages/bundlers/versions',
  vite: 'test/packages/bundlers/vite',
  'vite-7': 'test/packages/bundlers/vite-7',
  webpack: 'test/packages/bundlers/webpack',
  next: 'test/packages/bundlers/next',
  plain: 'test/packages/bundlers/plain',
};

export class Project {
  /** @param {keyof typeof PROJECTS} name */
  constructor(name) {
    this.name = name;
    this.folder = join(ROOT, 'test/packages/.build', name);
  }

  /** Copies the sources, installs their dependencies and builds them. It keeps packages from an earlier call. */
  async prepare(registry) {
    await mkdir(this.folder, { recursive: true });
    for (const stale of [
      'src',
      'app',
      'package-lock.json',
      'node_modules/.package-lock.json',
      'node_modules/.vite',
    ]) {
      await rm(join(this.folder, stale), { recursive: true, force: true });
    }
    for (const version of [NAME, 'hallway-chat-pinned']) {
      await rm(join(this.folder, 'node_modules', version), { recursive: true, force: true });
    }
    const built = new Set(['node_modules', 'dist', '.next']);
    const source = join(ROOT, PROJECTS[this.name]);
    await cp(source, this.folder, { recursive: true, filter: (path) => !built.has(basename(path)) });
    await registry.install(this.folder);
    const { scripts = {} } = JSON.parse(await readFile(join(this.folder, 'package.json')));
    if (scripts.build) await this.#build();
  }

  async #build() {
    const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
    try {
      await run('npm', ['run', 'build'], { cwd: this.folder, timeout: BUILD_MS, env });
    } catch (error) {
      throw new Error(`${this.name} cannot be built:\n${error.stdout}${error.stderr}`);
    }
  }

  /** Returns whether an earlier prepare() has succeeded. */
  prepared() {
    return exists(join(this.folder, 'node_modules', NAME));
  }

  /** Reads the package.json of an installed package. */
  async installed(name) {
    return JSON.parse(await readFile(join(this.folder, 'node_modules', name, 'package.json')));
  }

  /**
   * Runs a command of the project that serves it, until stop() is called.
   *
   * @param {string[]} command of node or of an installed package; {port} stands for the port
   * @param {number} port
   * @param {Record<string, string>} [environment]
   */
  async serve([program, ...args], port, environment = {}) {
    const path = program === 'node' ? process.execPath : join(this.folder, 'node_modules/.bin', program);
    const server = spawn(
      path,
      args.map((arg) => arg.replace('{port}', String(port))),
      {
        cwd: this.folder,
        env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', PORT: String(port), ...environment },
        detached: true, // the server and the processes that it starts can be ended as a group
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let log = '';
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        log += text;
      });
    }
    const url = `http://127.0.0.1:${port}`;
    const stop = () => end(server);
    for (const deadline = Date.now() + START_MS; ; await wait(POLL_MS)) {
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.ok) return { url, stop };
      if (server.exitCode !== null || Date.now() > deadline) {
        await stop();
        throw new Error(`${this.name} cannot be served:\n${log}`);
      }
    }
  }
}

async function end(server) {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  process.kill(-server.pid, 'SIGTERM');
  const late = setTimeout(() => process.kill(-server.pid, 'SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(late);
}
