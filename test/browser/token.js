// Signs tokens for the relay of the tests in this process, because a `hallway token` for each would take longer than most tests.

import { createHmac } from 'node:crypto';

export const SECRET = 'a secret of the browser tests, long enough';

const b64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs claims without checking them. By default a token opens every room, for an hour. */
export function tokenOf(claims) {
  const now = Math.floor(Date.now() / 1000);
  const signed = `${b64({ alg: 'HS256', typ: 'JWT' })}.${b64({ iat: now, exp: now + 3600, rooms: ['*'], ...claims })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}
