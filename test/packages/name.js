// The package's name, from package.json.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../browser/relay.js';

export const { name: NAME } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
