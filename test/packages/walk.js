// Follows the ways of docs/EMBEDDING.md from an empty folder to a chat. Commands and files are the page's fenced blocks with the mark
// `walk=NAME`: a block with `file=PATH` is a file, one with `serve` is the command that serves, and all others are the first commands.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT } from '../browser/relay.js';
import { NAME } from './name.js';
import { Project } from './project.js';

const FENCE = /^```\w+ walk=(\w+)(?: (serve|file=(\S+)))?\n([\s\S]*?)^```$/gm;

/** The versions with which the other projects are tested; npm could install newer ones. */
const PINS = ['examples/organizer', 'test/packages/bundlers/next'];

/** Returns the ways as projects for prepare(). */
export const WALKS = ['walk-html', 'walk-react', 'walk-next'];

const text = await readFile(join(ROOT, 'docs/EMBEDDING.md'), 'utf8');

/** Returns the blocks of a way: its commands, its files by their path, and the command that serves it, if there is one. */
export function walk(name) {
  const walk = { commands: [], files: new Map(), serve: undefined };
  for (const [, of, kind, path, block] of text.matchAll(FENCE)) {
    if (of !== name) continue;
    if (path) walk.files.set(path, block);
    else if (kind === 'serve') walk.serve = block.trim();
    else walk.commands.push(...block.trim().split('\n'));
  }
  if (walk.commands.length === 0)
    throw new Error(`docs/EMBEDDING.md has no block of commands with walk=${name}`);
  return walk;
}

export class Walk extends Project {
  /** Follows a way in an empty folder. */
  async prepare(registry) {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true });
    const pins = await versions();
    for (const command of this.walk.commands) {
      const [program, ...args] = command.split(' ');
      if (program !== 'npm') throw new Error(`${this.name}: the test runs npm, not ${command}`);
      await registry.npm(this.folder, ...args.map((arg) => (pins[arg] ? `${arg}@${pins[arg]}` : arg)));
    }
    await this.write();
  }

  get walk() {
    return walk(this.name.replace('walk-', ''));
  }

  /** Writes the files, with the relay and the token of the test in place of the document's. */
  async write(relay = 'http://127.0.0.1:8080', token = 'TOKEN') {
    for (const [path, block] of this.walk.files) {
      const file = join(this.folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, block.replaceAll('http://127.0.0.1:8080', relay).replaceAll('TOKEN', token));
    }
  }
}

async function versions() {
  const pins = {};
  for (const folder of PINS) {
    const { dependencies, devDependencies } = JSON.parse(await readFile(join(ROOT, folder, 'package.json')));
    Object.assign(pins, dependencies, devDependencies);
  }
  delete pins[NAME]; // the published package
  return pins;
}
