// The package where there is no page.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { ROOT } from './relay.js';

for (const entry of ['hallway-chat', 'hallway-chat/define']) {
  test(`importing ${entry} in Node does nothing and fails nothing`, async () => {
    const script = `
      const before = Object.getOwnPropertyNames(globalThis).join();
      const chat = await import('${entry}');
      if (Object.getOwnPropertyNames(globalThis).join() !== before) throw new Error('it left globals');
      chat.define?.();`;
    // A timer, socket or worker left behind would keep the process alive beyond the timeout.
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
