// Runs `make examples`: the organizer's and the participants' frontend, each with its own backend, and one relay for both, until it is
// interrupted. The relay uses PORT, 8080 by default, and the frontends use the next two ports.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../browser/relay.js';
import { Project } from './project.js';

const FRONTENDS = ['organizer', 'participation'];

const base = Number(process.env.PORT || 8080);
const [relayPort, ...ports] = [base, base + 1, base + 2];
const urls = ports.map((port) => `http://127.0.0.1:${port}`);

let stopping = false;
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);

try {
  for (const port of [relayPort, ...ports]) await checkFree(port);
  if ((await end(start(process.execPath, ['test/packages/prepare.js', ...FRONTENDS]))) === 0) await serve();
  else process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function serve() {
  const folder = await mkdtemp(join(tmpdir(), 'hallway-examples-'));
  const environment = {
    HALLWAY_JWT_SECRET: randomBytes(32).toString('hex'),
    HALLWAY_RELAY: `http://127.0.0.1:${relayPort}`,
    HALLWAY_ALLOW_ORIGINS: urls.join(),
    HALLWAY_LOG_LEVEL: 'warn',
  };
  const flags = ['serve', '--addr', `127.0.0.1:${relayPort}`, '--db', join(folder, 'hallway.db')];
  const processes = [start(join(ROOT, 'bin/hallway'), flags, { env: environment })];
  for (const [i, name] of FRONTENDS.entries()) {
    const env = { ...environment, PORT: String(ports[i]) };
    processes.push(start(process.execPath, ['server/main.mjs'], { env, cwd: new Project(name).folder }));
  }
  console.log('Ctrl-C ends all of it.');
  await Promise.race(processes.map(end)); // they run until a signal; if one ends, all end
  if (!stopping) process.exitCode = 1;
  stop();
  await Promise.all(processes.map(end));
  await rm(folder, { recursive: true });
}

function start(program, args, { env = {}, cwd = ROOT } = {}) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  running.add(child);
  child.on('exit', () => running.delete(child));
  if (stopping) child.kill('SIGTERM');
  return child;
}

/** Waits for the end of a process; returns its exit code. */
async function end(child) {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

function stop() {
  stopping = true;
  for (const child of running) child.kill('SIGTERM');
}

async function checkFree(port) {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const reason =
      error.code === 'EADDRINUSE'
        ? `in use already; PORT=n takes n, n+1 and n+2 instead of ${base} and the next two`
        : error.message;
    throw new Error(`port ${port} of 127.0.0.1 is ${reason}`);
  }
  server.close();
  await once(server, 'close');
}
