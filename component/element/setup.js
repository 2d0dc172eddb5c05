// Checks the host's settings. Each mistake has one sentence with the mistake and its remedy.

const ROOM = /^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$/; // docs/PROTOCOL.md, section 1
const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;
const SPOKEN = ['en', 'de', 'fr', 'ar'];

/** Lists the values of each attribute. Any other value counts as the first one. */
const VALUES = {
  offline: ['queue', 'disable'],
  theme: ['auto', 'light', 'dark'],
  enter: ['send', 'newline'],
  open: ['true', 'false'],
};

/**
 * Returns the relay's address as an absolute http(s) URL without a slash at its end. An empty address means the page's own origin.
 *
 * @param {string} relay
 * @returns {string}
 * @throws {TypeError} names the mistake and the remedy
 */
export function relayAddress(relay) {
  if (!relay) return location.origin;
  const wrong = (what) => new TypeError(`the attribute relay="${relay}" ${what}`);
  let url;
  try {
    url = new URL(relay, document.baseURI);
  } catch {
    throw wrong('is not an http or https address');
  }
  if (/^wss?:$/.test(url.protocol)) {
    throw wrong(
      `is not an http or https address: write "${url.protocol.replace('ws', 'http')}//${url.host}"`,
    );
  }
  // A browser reads a host without a scheme as a scheme, or as a path of the page.
  if (/^[\w.-]+:\d+(\/|$)/.test(relay) || /^[\w-]+(\.[\w-]+)+(\/|$)/.test(relay)) {
    throw wrong(`is not an http or https address: write "${location.protocol}//${relay}"`);
  }
  if (!/^https?:$/.test(url.protocol)) throw wrong('is not an http or https address');
  const path = url.pathname.replace(/\/+$/, '');
  if (/\/v1(\/ws)?$/.test(path)) throw wrong('ends in /v1: leave that out, the chat adds it');
  if (location.protocol === 'https:' && url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw wrong('cannot be reached from a page served by https: have the relay serve https too');
  }
  return url.origin + path;
}

/**
 * Checks a room's name.
 *
 * @param {string} room
 * @throws {RoomError} says which names are valid
 */
export function checkRoom(room) {
  if (ROOM.test(room)) return;
  throw new RoomError(
    `the attribute room="${room}" is not a room's name: 1 to 128 letters a-z, digits and . _ : ~ - with a letter or digit first`,
  );
}

/**
 * Checks the URL of the issuer's keys. The issuer vouches for devices in an encrypted room.
 *
 * @param {string} issuer
 * @param {string} relay
 * @throws {TypeError} names the mistake and the remedy
 */
export function checkIssuer(issuer, relay) {
  if (!window.isSecureContext) {
    throw new InsecureError(
      'an encrypted chat needs a page that is served by https: browsers give others no cryptography',
    );
  }
  const wrong = (what) => new TypeError(`the attribute issuer="${issuer}" ${what}`);
  let url;
  try {
    url = new URL(issuer);
  } catch {
    throw wrong(
      "is not an https address: an encrypted chat needs that of the key set of your token's issuer",
    );
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    throw wrong('is not an https address');
  }
  if (url.origin === new URL(relay).origin) {
    throw wrong('is an address of the relay, which then could admit devices: it must be of another host');
  }
}

/** Reports an insecure context, in which a page cannot encrypt. */
export class InsecureError extends TypeError {
  code = 'insecure';
}

/** Reports an invalid room name. */
export class RoomError extends TypeError {}

/**
 * Returns a sentence for each attribute with an unknown value.
 *
 * @param {HTMLElement} element
 * @returns {string[]}
 */
export function oddAttributes(element) {
  const found = [];
  for (const [name, values] of Object.entries(VALUES)) {
    const value = element.getAttribute(name);
    if (value && !values.includes(value)) {
      found.push(
        `the attribute ${name}="${value}" is none of ${values.join(', ')}: it counts as ${values[0]}`,
      );
    }
  }
  const lang = element.getAttribute('lang');
  if (
    lang &&
    !SPOKEN.includes(
      lang
        .trim()
        .split(/[-_.@]/)[0]
        .toLowerCase(),
    )
  ) {
    found.push(`the attribute lang="${lang}" is none of ${SPOKEN.join(', ')}: the chat speaks English`);
  }
  return found;
}

/**
 * Finds out why a relay does not answer. A browser hides the reason from a page, so this makes another request to the relay.
 *
 * @param {string} relay
 * @param {typeof fetch} [request]
 * @returns {Promise<string>} a sentence
 */
export async function whyUnreached(relay, request = fetch) {
  const { origin } = new URL(relay);
  let forbidden = false;
  const note = ({ blockedURI }) => {
    forbidden ||= blockedURI.startsWith(origin);
  };
  document.addEventListener('securitypolicyviolation', note);
  try {
    await request(`${relay}/healthz`, { mode: 'no-cors', credentials: 'omit', cache: 'no-store' });
    return `${relay} answers, but takes no connection from this page: add ${location.origin} to the relay's --allow-origin, and let every proxy before it pass WebSockets on`;
  } catch {
    await new Promise((resolve) => setTimeout(resolve)); // the event comes after the failure
    return forbidden
      ? `the page's Content-Security-Policy forbids ${origin}: add it to connect-src, with ${origin.replace('http', 'ws')}`
      : `${relay} does not answer: is the relay running there, and are host and port right? The chat goes on trying`;
  } finally {
    document.removeEventListener('securitypolicyviolation', note);
  }
}
