// The checks of a server on the open web before it answers, the same for both frontends: origin, path and size of a request.
// Reads ORIGIN, the address under which browsers reach this server, as https://events.example.org; without it only names of this
// machine are good.

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

/** Why ORIGIN cannot be one; undefined: it can. */
export function wrongOrigin() {
  if (
    !ORIGIN ||
    (URL.canParse(ORIGIN) && /^https?:$/.test(new URL(ORIGIN).protocol) && new URL(ORIGIN).origin === ORIGIN)
  )
    return undefined;
  return 'ORIGIN has to look like https://events.example.org, without a path';
}

/** Whether cookies may be kept from plain HTTP. */
export const secure = ORIGIN?.startsWith('https:') ?? false;

/**
 * Refuses a request that came under another name than ours: a page elsewhere can have its own name lead here (DNS rebinding), and
 * would then count as ours.
 */
export function checkHost(request) {
  const host = request.headers.host ?? '';
  const own = ORIGIN ? host.toLowerCase() === new URL(ORIGIN).host : LOOPBACK.test(host);
  if (!own) throw new Refused(403, 'this is not the address of this server');
}

/**
 * Refuses a request that another page's script or form has made. Browsers name the page's origin with all but GET and HEAD; a
 * program that is not a browser need not, and has no cookies of a user.
 */
export function checkOwnPage(request) {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const own = ORIGIN ?? `http://${host}`;
  if ((origin !== undefined && origin !== own) || (site !== undefined && site !== 'same-origin'))
    throw new Refused(403, 'only pages of this server may do that');
}

/** The decoded path of a request's target. Refuses a target that no browser or link would have. */
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

/** The object in a request's body. */
export async function readObject(request) {
  const [type] = (request.headers['content-type'] ?? '').split(';', 1);
  // A form of another page can send everything but this without asking.
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

/** The bytes of a body. If they are too many, the rest stays unread, and the answer ends the connection. */
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
