// The checks that a server on the open web makes before it answers: the origin, path and size of a request. Both frontends have the
// same file. ORIGIN is the address under which browsers reach this server, as https://events.example.org; without it the server
// accepts only names of this machine.

/** The longest body that is read. */
const BODY_BYTES_MAX = 1024;

/** A request that is refused: status, and a reason that may be shown. */
export class Refused extends Error {
  constructor(status, reason, headers = {}) {
    super(reason);
    Object.assign(this, { status, headers });
  }
}

const ORIGIN = process.env.ORIGIN || undefined; // '' counts as none
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** Returns why ORIGIN is not valid, or undefined if it is. */
export function wrongOrigin() {
  if (
    !ORIGIN ||
    (URL.canParse(ORIGIN) && /^https?:$/.test(new URL(ORIGIN).protocol) && new URL(ORIGIN).origin === ORIGIN)
  )
    return undefined;
  return 'ORIGIN has to look like https://events.example.org, without a path';
}

/** Holds whether cookies may have the attribute Secure. */
export const secure = ORIGIN?.startsWith('https:') ?? false;

/**
 * Refuses a request for another host name than this server's. An attacker can let another name point to this server (DNS rebinding),
 * and a page under that name would count as this server's own page.
 */
export function checkHost(request) {
  const host = request.headers.host ?? '';
  const own = ORIGIN ? host.toLowerCase() === new URL(ORIGIN).host : LOOPBACK.test(host);
  if (!own) throw new Refused(403, 'this is not the address of this server');
}

/**
 * Refuses a request that another page's script or form has made. Browsers send the page's origin with every method but GET and HEAD.
 * Other programs need not send it, and have no cookies of a user.
 */
export function checkOwnPage(request) {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const own = ORIGIN ?? `http://${host}`;
  if ((origin !== undefined && origin !== own) || (site !== undefined && site !== 'same-origin'))
    throw new Refused(403, 'only pages of this server may do that');
}

/** Returns the decoded path of a request's target. Refuses a target that no browser sends. */
export function pathOf(request) {
  const [raw] = request.url.split('?', 1);
  let path;
  try {
    path = decodeURIComponent(raw);
  } catch {
    throw new Refused(400, 'the address is malformed');
  }
  const odd = !path.startsWith('/') || path.startsWith('//') || /[\p{Cc}\\]/u.test(path);
  if (odd || path.split('/').includes('..')) throw new Refused(400, 'the address is malformed');
  return path;
}

/** Returns the JSON object in a request's body. */
export async function readObject(request) {
  const [type] = (request.headers['content-type'] ?? '').split(';', 1);
  // A form on another page cannot send this content type, and a script there needs permission (CORS).
  if (type.trim().toLowerCase() !== 'application/json')
    throw new Refused(415, 'the body has to be application/json');
  if (request.headers['content-encoding'] !== undefined)
    throw new Refused(415, 'the body must not be compressed');
  let value;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await readBody(request)));
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(400, 'the body is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused(400, 'the body has to be a JSON object');
  return value;
}

/** Returns the bytes of a body. If there are too many, it leaves the rest unread, and the answer closes the connection. */
async function readBody(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) throw new Refused(413, 'the body is too long', { connection: 'close' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
