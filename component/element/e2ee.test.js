import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { make, verify, verifyRFC9180 } from '../../test/browser/pages/vectors.js';
import { createCipher, hpkeOpen } from './e2ee.js';

const read = async (name) =>
  JSON.parse(await readFile(new URL(`../../e2ee/native/testdata/${name}.json`, import.meta.url)));

test('opens the vectors that Go has made', async () => {
  assert.ok((await verify(createCipher, await read('vectors'))) > 1000);
});

test('opens the vectors that it has made itself', async () => {
  assert.ok((await verify(createCipher, await make(createCipher))) > 1000);
});

test('opens the vector of RFC 9180', async () => verifyRFC9180(hpkeOpen, await read('rfc9180')));
