// The ciphers of encrypted chats in a real browser: test vectors, and the storage of keys.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from './fixture.js';
import { ROOT } from './relay.js';

const read = async (name) => JSON.parse(await readFile(join(ROOT, `e2ee/native/testdata/${name}.json`)));

test('the browser opens the vectors of Go and of RFC 9180, and Go opens those of the browser', async ({
  newPage,
  site,
}) => {
  const page = await newPage();
  await page.goto(`${site.url}/chats.html`);
  const made = await page.evaluate(
    async ([ofGo, ofRFC]) => {
      const { createCipher, hpkeOpen } = await import('/dist/e2ee.js');
      const { make, verify, verifyRFC9180 } = await import('/vectors.js');
      await verifyRFC9180(hpkeOpen, ofRFC);
      await verify(createCipher, ofGo);
      return make(createCipher);
    },
    [await read('vectors'), await read('rfc9180')],
  );
  const folder = await mkdtemp(join(tmpdir(), 'hallway-'));
  const file = join(folder, 'vectors.json');
  await writeFile(file, JSON.stringify(made));
  const args = ['test', '-count=1', '-run', '^TestVectors$', './component/vault', '-vectors', file];
  await promisify(execFile)('go', args, { cwd: ROOT });
  await rm(folder, { recursive: true });
});

test('keys are stored, cannot be exported, and are the same in all tabs', async ({ newPage, site }) => {
  const page = await newPage();
  const other = await page.context().newPage();
  const device = async () => {
    const { createCipher } = await import('/dist/e2ee.js');
    const { pack } = await import('/vectors.js');
    const answer = await createCipher()('device', pack('https://relay', 'u_ada', 'a', 'b', 'c'));
    return Array.from(answer).join(' ');
  };
  for (const tab of [page, other]) await tab.goto(`${site.url}/chats.html`);
  const [first, second] = await Promise.all([page.evaluate(device), other.evaluate(device)]);
  expect(second).toBe(first);
  await page.reload();
  expect(await page.evaluate(device)).toBe(first);
  const exported = await page.evaluate(async () => {
    const opening = indexedDB.open('hallway-keys');
    await new Promise((resolve) => {
      opening.onsuccess = resolve;
    });
    const getting = opening.result.transaction('keys').objectStore('keys').getAll();
    await new Promise((resolve) => {
      getting.onsuccess = resolve;
    });
    const [{ sign, box }] = getting.result;
    const tries = [sign.privateKey, box.privateKey].flatMap((key) =>
      ['jwk', 'pkcs8'].map((format) => crypto.subtle.exportKey(format, key)),
    );
    return (await Promise.allSettled(tries)).map(({ status }) => status);
  });
  expect(exported).toEqual(Array(4).fill('rejected'));
});

test('if keys cannot be stored, the device lives as long as the page', async ({ newPage, site }) => {
  const page = await newPage();
  await page.addInitScript(() => {
    Object.defineProperty(window, 'indexedDB', { value: undefined });
  });
  const devices = () =>
    page.evaluate(async () => {
      const { createCipher } = await import('/dist/e2ee.js');
      const { pack } = await import('/vectors.js');
      const fields = pack('https://relay', 'u_ada', 'a', 'b', 'c');
      const answers = [await createCipher()('device', fields), await createCipher()('device', fields)];
      return answers.map((answer) => Array.from(answer).join(' '));
    });
  await page.goto(`${site.url}/chats.html`);
  const [first, second] = await devices();
  expect(first).toMatch(/ 0 0 0 1 49$/); // the last field: fleeting
  expect(second).toBe(first);
  await page.reload();
  expect((await devices())[0]).not.toBe(first);
});
