// Runs a cipher of component/element/e2ee.js for a test in Go. Each line of the input names an op and its fields (base64). The
// line that answers it has the result, or "!" and the error.

import { createInterface } from 'node:readline';
import { keysOf } from '../../../test/browser/pages/vectors.js';
import { createCipher } from '../../element/e2ee.js';

const given = process.argv[2];
const cipher = createCipher(given ? await keysOf(JSON.parse(given)) : undefined);
for await (const line of createInterface({ input: process.stdin })) {
  const [op, fields] = line.split(' ');
  try {
    const out = await cipher(op, Uint8Array.from(Buffer.from(fields, 'base64')));
    process.stdout.write(`${Buffer.from(out).toString('base64')}\n`);
  } catch (error) {
    process.stdout.write(`!${error}\n`);
  }
}
