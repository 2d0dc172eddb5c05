// Lets `npm publish` go on only where the registry says that the package's name is the publisher's: package.json runs it
// (prepublishOnly), but not for a registry on loopback, as tests have one. docs/RELEASING.md tells how a name is claimed.

import { execFileSync } from 'node:child_process';

const { npm_package_name: name = '', npm_execpath: npm = '' } = process.env;

/** Returns npm's answer, or nothing if it fails. */
function ask(...args) {
  try {
    return execFileSync(process.execPath, [npm, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

const who = ask('whoami');
const scope = /^@([^/]+)\//.exec(name)?.[1];
// A scope is claimed as an organization, or is a user's own; a name without one belongs to those who published it first.
const owners = scope
  ? `${scope}\n${Object.keys(JSON.parse(ask('org', 'ls', scope, '--json') || '{}')).join('\n')}`
  : ask('owner', 'ls', name).replace(/ <.*>$/gm, '');
if (!who || !owners.split('\n').includes(who)) {
  const reader = who
    ? `${who} does not own the name`
    : 'npm does not know who you are (npm login), nor whether you own the name';
  console.error(`not published: ${reader} ${name}: claim it first, see docs/RELEASING.md`);
  process.exit(1);
}
