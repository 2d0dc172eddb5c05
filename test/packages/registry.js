// A registry on loopback. It keeps published packages in a temporary folder, and forwards
// all other requests to the registry that this machine uses.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../browser/relay.js';
import { NAME } from './name.js';

const COMMAND = new URL('node_modules/verdaccio/bin/verdaccio', import.meta.url).pathname;
const START_MS = 30_000;
const INSTALL_MS = 240_000;
const POLL_MS = 50;

const run = promisify(execFile);

/** Returns a setting of this machine's npm, or an empty text. */
async function setting(key) {
  const { stdout } = await run('npm', ['config', 'get', key], { cwd: tmpdir() });
  return stdout.trim().replace(/^(null|undefined)$/, '');
}

export class Registry {
  #folder;
  #process;
  #environment;
  #log = '';

  static async start() {
    const registry = new Registry();
    const folder = await mkdtemp(join(tmpdir(), 'hallway-registry-'));
    registry.#folder = folder;
    registry.url = `http://127.0.0.1:${await freePort()}`;
    // npm publishes only with a token; this registry accepts any.
    const npmrc = join(folder, 'npmrc');
    await writeFile(
      npmrc,
      `registry=${registry.url}/\n${registry.url.slice('http:'.length)}/:_authToken=any\n`,
    );
    registry.#environment = {
      ...process.env,
      npm_config_userconfig: npmrc,
      npm_config_registry: `${registry.url}/`,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    };
    await writeFile(join(folder, 'config.yaml'), await configuration(folder));
    try {
      await registry.#serve();
    } catch (error) {
      await registry.stop();
      throw error;
    }
    return registry;
  }

  async #serve() {
    const args = [COMMAND, '--config', join(this.#folder, 'config.yaml'), '--listen', this.url];
    this.#process = spawn(process.execPath, args, {
      cwd: this.#folder,
      env: { NODE_EXTRA_CA_CERTS: await setting('cafile'), ...process.env }, // trusts the authorities that npm trusts
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#log += text;
      });
    }
    for (const deadline = Date.now() + START_MS; ; await wait(POLL_MS)) {
      const answer = await fetch(`${this.url}/-/ping`).catch(() => undefined);
      if (answer?.ok) return;
      if (this.#process.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the registry does not start:\n${this.#log}`);
      }
    }
  }

  /** Publishes the package in a folder under a tag. */
  async publish(folder, tag) {
    await this.npm(folder, 'publish', '--tag', tag, '--provenance=false');
  }

  /** Installs the packages that a folder's package.json and lock file name. */
  async install(folder) {
    await this.npm(folder, 'install', '--prefer-offline');
  }

  /** Runs npm in a folder with this registry. */
  async npm(folder, ...args) {
    try {
      await run('npm', args, { cwd: folder, env: this.#environment, timeout: INSTALL_MS });
    } catch (error) {
      throw new Error(
        `npm ${args.join(' ')} in ${folder}:\n${error.stdout}${error.stderr}\n${this.#log.slice(-4000)}`,
      );
    }
  }

  async stop() {
    if (this.#process && this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill();
      await ended;
    }
    await rm(this.#folder, { recursive: true });
  }
}

async function configuration(folder) {
  return JSON.stringify({
    storage: join(folder, 'storage'),
    web: { enable: false },
    uplinks: {
      machine: { url: await setting('registry'), maxage: '1h', timeout: '60s', max_fails: 10 },
    },
    packages: {
      [NAME]: { access: '$all', publish: '$all' },
      '**': { access: '$all', proxy: 'machine' },
    },
    log: { type: 'stdout', format: 'pretty', level: 'warn' },
  });
}
