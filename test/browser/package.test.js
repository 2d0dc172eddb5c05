// The package outside of a page: imports in Node, and the check before it is published.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { ROOT } from './relay.js';

const { name, scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));

for (const entry of [name, `${name}/define`]) {
  test(`an import of ${entry} in Node does nothing and does not fail`, async () => {
    const script = `
      const before = Object.getOwnPropertyNames(globalThis).join();
      const chat = await import('${entry}');
      if (Object.getOwnPropertyNames(globalThis).join() !== before) throw new Error('it left globals');
      chat.define?.();`;
    // A timer, socket or worker that the import leaves would keep the process alive beyond the timeout.
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      {
        cwd: ROOT,
        timeout: 10_000,
      },
    );
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });
}

/** Runs the script that npm runs before it publishes the folder, with a fake registry and a fake npm. */
async function beforePublishing(registry, answers = {}, publishes = name) {
  const folder = await mkdtemp(join(tmpdir(), 'hallway-npm-'));
  try {
    const npm = join(folder, 'npm.cjs');
    await writeFile(
      npm,
      `const answer = ${JSON.stringify(answers)}[process.argv[2]]; if (answer === undefined) process.exit(1); console.log(answer);`,
    );
    const env = {
      ...process.env,
      npm_config_registry: registry,
      npm_package_name: publishes,
      npm_execpath: npm,
    };
    await promisify(execFile)('sh', ['-c', scripts.prepublishOnly], { cwd: ROOT, env });
    return '';
  } catch (error) {
    return error.stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('nothing is published unless the registry says that the user owns the name', async () => {
  const registry = 'https://registry.example/';
  const refused = [
    [{}],
    [{ whoami: 'ada' }],
    [{ whoami: 'ada', owner: 'mallory <m@example.org>' }],
    [{ whoami: 'ada', owner: 'adam <a@example.org>' }],
    [{ whoami: 'ada', org: '{"mallory":"owner"}' }, '@acme/hallway-chat'],
    [{ whoami: 'ada' }, '@acme/hallway-chat'],
  ];
  for (const [answers, publishes] of refused) {
    expect(await beforePublishing(registry, answers, publishes)).toMatch(
      /^not published: .*claim it first, see docs\/RELEASING\.md\n$/,
    );
  }
  for (const [answers, publishes] of [
    [{ whoami: 'ada', owner: 'mallory <m@example.org>\nada <a@example.org>' }],
    [{ whoami: 'ada', org: '{"ada":"developer"}' }, '@acme/hallway-chat'],
    [{ whoami: 'ada' }, '@ada/hallway-chat'],
  ])
    expect(await beforePublishing(registry, answers, publishes)).toBe('');
  for (const loopback of ['http://127.0.0.1:4873/', 'http://localhost:4873', 'http://[::1]:4873/'])
    expect(await beforePublishing(loopback)).toBe('');
  for (const other of ['https://127.0.0.1.example/', 'http://localhost.example:80/'])
    expect(await beforePublishing(other)).toMatch(/^not published/);
});
