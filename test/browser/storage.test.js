// The outbox's own Go tests, run in a browser with IndexedDB.

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from './fixture.js';
import { ROOT } from './relay.js';

test('the outbox in IndexedDB passes the tests that every storage passes', async ({
  newPage,
  site,
}, info) => {
  await mkdir(info.outputDir, { recursive: true });
  const built = join(info.outputDir, 'driver.wasm');
  await promisify(execFile)('go', ['test', '-c', '-o', built, './component/driver'], {
    cwd: ROOT,
    env: { ...process.env, GOOS: 'js', GOARCH: 'wasm', CGO_ENABLED: '0' },
  });
  const page = await newPage();
  await page.route('**/driver.wasm', (route) =>
    route.fulfill({ path: built, contentType: 'application/wasm' }),
  );
  const { stdout } = await promisify(execFile)('go', ['env', 'GOROOT'], { cwd: ROOT });
  await page.route('**/go.js', (route) =>
    route.fulfill({ path: join(stdout.trim(), 'lib/wasm/wasm_exec.js') }),
  );
  await page.goto(`${site.url}/chats.html`);
  const { code, output } = await page.evaluate(runGoTest, ['-test.v', '-test.run=IndexedDB|Notes']);
  expect(output).toContain('--- PASS: TestIndexedDBStorage/');
  expect(output).toContain('--- PASS: TestNotesComeBack');
  expect(code, output).toBe(0);
});

/** Runs a Go test program in the page with its arguments, and returns its exit code and output. */
async function runGoTest(args) {
  const decoder = new TextDecoder();
  let output = '';
  const refuse = (...all) => all.at(-1)(Object.assign(new Error('no files here'), { code: 'ENOSYS' }));
  const fs = new Proxy(
    {
      constants: new Proxy({}, { get: () => -1 }),
      writeSync(_, bytes) {
        output += decoder.decode(bytes, { stream: true });
        return bytes.length;
      },
      write(fd, bytes, _offset, _length, _position, done) {
        done(null, fs.writeSync(fd, bytes));
      },
    },
    { get: (own, name) => own[name] ?? refuse },
  );
  window.fs = fs; // wasm_exec.js expects it there
  await import('/go.js');
  const go = new window.Go();
  go.argv = ['driver.test', ...args];
  const code = new Promise((resolve) => {
    go.exit = resolve;
  });
  const { instance } = await WebAssembly.instantiateStreaming(fetch('/driver.wasm'), go.importObject);
  await go.run(instance);
  return { code: await code, output };
}
