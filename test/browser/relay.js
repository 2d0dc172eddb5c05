// A real relay: the built command in a separate process, on a free loopback port, with its own database file.

import { execFile, spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SECRET, tokenOf } from './token.js';

export const ROOT = new URL('../../', import.meta.url).pathname;
const COMMAND = process.env.HALLWAY_PROGRAM || join(ROOT, 'bin/hallway');
const START_MS = 15_000;
const POLL_MS = 20;

const run = promisify(execFile);

/**
 * Returns a port that was free a moment ago; the relay keeps it over its restarts. It is below the ports of outgoing connections,
 * one of which could otherwise take it while the relay is down.
 */
export async function freePort() {
  for (;;) {
    const server = createServer().listen(20_000 + randomInt(10_000), '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue; // the port is in use
    }
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
  }
}

export class Relay {
  #folder;
  #flags;
  #process;
  /** The program that the next start runs; undefined: the built relay. */
  command;
  /** The output of the relay since its first start. */
  log = '';

  /**
   * Starts a relay.
   *
   * @param {string[]} flags of `hallway serve`, beside --addr and --db
   * @param {string} [command] see `command`
   */
  static async start(flags = [], command = undefined) {
    const relay = new Relay();
    relay.command = command;
    relay.#folder = await mkdtemp(join(tmpdir(), 'hallway-'));
    relay.#flags = flags;
    relay.port = await freePort();
    relay.url = `http://127.0.0.1:${relay.port}`;
    relay.database = join(relay.#folder, 'hallway.db');
    await relay.restart();
    return relay;
  }

  /** Starts the relay again, on the same port and database, and waits until it is ready. */
  async restart() {
    const args = ['serve', '--addr', `127.0.0.1:${this.port}`, '--db', this.database, ...this.#flags];
    const process_ = spawn(this.command ?? COMMAND, args, {
      env: { ...process.env, HALLWAY_JWT_SECRET: SECRET },
    });
    this.#process = process_;
    for (const stream of [process_.stdout, process_.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.log += text;
      });
    }
    for (const deadline = Date.now() + START_MS; ; await wait(POLL_MS)) {
      if (process_.exitCode !== null || process_.signalCode !== null) {
        throw new Error(
          `the relay ended at once (${process_.exitCode ?? process_.signalCode}):\n${this.log}`,
        );
      }
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > deadline) throw new Error(`the relay is not ready after ${START_MS} ms:\n${this.log}`);
    }
  }

  /** Kills the relay, as a power cut does. */
  async kill() {
    const ended = once(this.#process, 'close'); // a stand-in's own processes have ended, too
    this.#process.kill('SIGKILL');
    await ended;
  }

  /** Stops the relay in an orderly way and removes its database. */
  async stop() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`the relay ended with ${code}:\n${this.log}`);
    }
    await rm(this.#folder, { recursive: true });
  }

  /** Returns a user's token for a room. */
  token({ sub, name = sub, role = 'participant', room = 'lobby', picture, title }) {
    return tokenOf({ sub, name, role, rooms: [room], picture, title });
  }

  /**
   * Sends a request about a room as a user, and returns the JSON of the answer. The body is bytes or an object. A refusal is an error.
   * `path` is behind the room's, as `/members`.
   */
  async ask(user, method, path, body, room = 'lobby') {
    const json = body?.constructor === Object;
    const answer = await fetch(`${this.url}/v1/rooms/${room}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token({ ...user, room })}`,
        ...(json && { 'content-type': 'application/json' }),
      },
      body: json ? JSON.stringify(body) : body,
    });
    if (!answer.ok) throw new Error(`${method} ${room}${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  }

  /** Sends a message as a user, without a chat; returns its id. */
  async post(user, message, room) {
    const id = randomUUID();
    await this.ask(user, 'POST', '/messages', { id, ...message }, room);
    return id;
  }

  /** Uploads a file as a user; returns its id. */
  async upload(user, name, bytes, room) {
    const id = randomUUID();
    await this.ask(user, 'PUT', `/files/${id}?${new URLSearchParams({ name })}`, bytes, room);
    return id;
  }

  /** Reads a room's history over REST. */
  async history(token, room = 'lobby') {
    const answer = await fetch(`${this.url}/v1/rooms/${room}/messages?limit=500`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`history: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** Waits until a search finds a message with these words. The relay's index is a little behind the store. */
  async finds(words, room = 'lobby') {
    const query = new URLSearchParams({ q: words });
    for (const deadline = Date.now() + START_MS; ; await wait(POLL_MS)) {
      const { messages } = await this.ask({ sub: 'u_finder' }, 'GET', `/messages?${query}`, undefined, room);
      if (messages.length > 0) return;
      if (Date.now() > deadline) throw new Error(`"${words}" is not found after ${START_MS} ms`);
    }
  }

  /** Returns the messages of a room in the database file, ascending by `seq`, without the relay. */
  async stored(room = 'lobby') {
    const { stdout } = await run('go', ['run', './test/browser/dbdump', this.database, room], { cwd: ROOT });
    return JSON.parse(stdout);
  }
}
