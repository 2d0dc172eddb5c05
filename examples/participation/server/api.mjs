// The part of this frontend's own backend that the chat needs: sessions of users, and tokens for the relay. The login is a stub:
// it takes any name. Reads HALLWAY_JWT_SECRET (the relay's) and HALLWAY_RELAY (its address).

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { checkHost, checkOwnPage, pathOf, Refused, readObject, secure } from './guard.mjs';

const TOKEN_S = 15 * 60; // a short time, because the chat asks for a new token before that
const SESSION_S = 8 * 60 * 60;
const NAME_MAX = 40;

/** The rooms that a participant may enter. */
const ROOMS = ['lobby', 'talk-*'];

const sessionKey = randomBytes(32); // sessions end with the process

const base64url = (data) => Buffer.from(data).toString('base64url');

/** Returns a JWT that the relay accepts: the claims, signed with HS256. */
function sign(claims, key) {
  const body = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(JSON.stringify(claims))}`;
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
}

/** Returns the claims of a session cookie that this server has signed, or undefined if the cookie is not valid. */
function verify(token, key) {
  const [head, claims, signature, ...rest] = token.split('.');
  if (!claims || !signature || rest.length > 0) return undefined;
  const wanted = createHmac('sha256', key).update(`${head}.${claims}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const parsed = JSON.parse(Buffer.from(claims, 'base64url').toString()); // well-formed, because this server has signed it
  return parsed.exp > Date.now() / 1000 ? parsed : undefined;
}

const inSeconds = (s) => Math.floor(Date.now() / 1000) + s;

function userOf(request) {
  const cookie = /(?:^|; )participation=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  return cookie && verify(cookie, sessionKey);
}

async function logIn(request) {
  const { name } = await readObject(request);
  const trimmed = typeof name === 'string' ? name.trim() : '';
  if (!trimmed || trimmed.length > NAME_MAX || /\p{Cc}/u.test(trimmed) || !trimmed.isWellFormed())
    throw new Refused(400, `a name has 1 to ${NAME_MAX} characters`);
  return { sub: `p_${base64url(trimmed.toLowerCase())}`, name: trimmed };
}

const seen = (user) => ({ user: { id: user.sub, name: user.name }, relay: process.env.HALLWAY_RELAY });

const cookie = (value, maxAge) =>
  `participation=${value}; Path=/api; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${secure ? '; Secure' : ''}`;

const JSON_HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** The answers, by method and path. */
const routes = {
  'GET /api/session': async (request) => {
    const user = userOf(request);
    return { body: user ? seen(user) : {} };
  },
  'POST /api/session': async (request) => {
    const user = await logIn(request);
    const session = sign({ ...user, exp: inSeconds(SESSION_S) }, sessionKey);
    return { body: seen(user), headers: { 'set-cookie': cookie(session, SESSION_S) } };
  },
  'DELETE /api/session': async () => ({ body: {}, headers: { 'set-cookie': cookie('', 0) } }),
  'POST /api/token': async (request) => {
    const user = userOf(request);
    if (!user) throw new Refused(401, 'log in first');
    const claims = {
      sub: user.sub,
      name: user.name,
      role: 'participant',
      rooms: ROOMS,
      exp: inSeconds(TOKEN_S),
    };
    return { body: { token: sign(claims, process.env.HALLWAY_JWT_SECRET) } };
  },
};

const METHODS = ['GET', 'POST', 'DELETE'];

async function handle(request, path) {
  checkHost(request);
  const route = routes[`${request.method} ${path}`];
  if (!route) {
    const allow = METHODS.filter((method) => routes[`${method} ${path}`]).join(', ');
    throw allow
      ? new Refused(405, 'there is no such method here', { allow })
      : new Refused(404, 'there is nothing here');
  }
  if (request.method !== 'GET') checkOwnPage(request);
  return route(request);
}

/** A middleware for Vite, Express and others. It answers each request or passes it on, and never throws. */
export async function api(request, response, next) {
  const answer = (status, body, headers = {}) => {
    if (response.headersSent || response.destroyed) return;
    const text = JSON.stringify(body);
    const length = { 'content-length': Buffer.byteLength(text) };
    response.writeHead(status, { ...JSON_HEADERS, ...length, ...headers }).end(text);
  };
  try {
    const path = pathOf(request);
    if (path !== '/api' && !path.startsWith('/api/')) return next();
    const { body, headers } = await handle(request, path);
    answer(200, body, headers);
  } catch (error) {
    if (error instanceof Refused) answer(error.status, { error: error.message }, error.headers);
    else answer(500, { error: 'the request failed' }); // for example because the client has gone
  }
}
