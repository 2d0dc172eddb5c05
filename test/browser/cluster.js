// A real cluster: `make cluster`'s command with its PostgreSQL, NATS, relays and balancer, each on a free loopback port.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './relay.js';
import { SECRET, tokenOf } from './token.js';

const START_MS = 60_000; // includes the time in which PostgreSQL creates its files

export class Cluster {
  #process;
  /** The whole output of the command. */
  log = '';
  /** The balancer's address. */
  url;
  /** The relays: `url` and `pid`. */
  relays = [];

  /** Starts a cluster whose relays accept pages of an origin. */
  static async start(origin) {
    await promisify(execFile)('go', ['build', '-o', 'bin/cluster', './test/cluster'], { cwd: ROOT });
    const cluster = new Cluster();
    cluster.#process = spawn(join(ROOT, 'bin/cluster'), ['-port', '0'], {
      cwd: ROOT,
      env: { ...process.env, HALLWAY_JWT_SECRET: SECRET, HALLWAY_ALLOW_ORIGINS: origin, HALLWAY_RATE: '0' },
    });
    await cluster.#started();
    for (const [, url, pid] of cluster.log.matchAll(/^relay \d+ +(\S+) +process (\d+)/gm)) {
      cluster.relays.push({ url, pid: Number(pid) });
    }
    return cluster;
  }

  /** Waits until the cluster serves the demo. */
  #started() {
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`no cluster (${why}):\n${this.log}`));
      const late = setTimeout(fail, START_MS, 'too late');
      for (const stream of [this.#process.stdout, this.#process.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => {
          this.log += text;
          this.url = /^Hallway demo: (\S+)$/m.exec(this.log)?.[1];
          if (!this.url) return;
          clearTimeout(late);
          resolve();
        });
      }
      this.#process.on('exit', fail);
    });
  }

  /** Returns a user's token for the lobby. */
  token(user) {
    return tokenOf({ ...user, rooms: ['lobby'] });
  }

  /** Returns the relays that have connections: a chat can be at no other. */
  async busy() {
    const busy = [];
    for (const relay of this.relays) {
      const answer = await fetch(`${relay.url}/metrics`).catch(() => undefined); // the relay may have been killed
      if (/^hallway_connections [1-9]/m.test((await answer?.text()) ?? '')) busy.push(relay);
    }
    return busy;
  }

  /** Ends all processes. */
  async stop() {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGINT');
    const [code] = await ended;
    if (code !== 0) throw new Error(`the cluster ended with ${code}:\n${this.log}`);
  }
}
