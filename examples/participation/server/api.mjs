// The part of this frontend's own backend that the chat needs: who is logged in, and tokens for the relay. The login is a stub:
// it takes any name. Reads HALLWAY_JWT_SECRET (the relay's) and HALLWAY_RELAY (its address).

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const TOKEN_S = 15 * 60; // short: the chat asks for the next one by itself
const SESSION_S = 8 * 60 * 60;
const NAME_MAX = 40;
const BODY_BYTES_MAX = 1024;

/** What a participant may enter. */
const ROOMS = ['lobby', 'talk-*'];

const sessionKey = randomBytes(32); // sessions end with the process

const base64url = (data) => Buffer.from(data).toString('base64url');

/** A JWT as the relay takes it: HS256 over the claims. */
function sign(claims, key) {
  const body = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(JSON.stringify(claims))}`;
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
}

/** The claims of one of our own session cookies, if it is one and still good. */
function verify(token, key) {
  const claims = token?.split('.')[1];
  if (!claims) return undefined;
  const parsed = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}');
  const [given, wanted] = [Buffer.from(token), Buffer.from(sign(parsed, key))];
  const genuine = given.length === wanted.length && timingSafeEqual(given, wanted);
  return genuine && parsed.exp > Date.now() / 1000 ? parsed : undefined;
}

const inSeconds = (s) => Math.floor(Date.now() / 1000) + s;

function userOf(request) {
  const cookie = /(?:^|; )participation=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  try {
    return verify(cookie, sessionKey);
  } catch {
    return undefined; // no session of ours
  }
}

async function logIn(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > BODY_BYTES_MAX) return undefined;
  }
  const name = String(JSON.parse(text).name ?? '').trim();
  if (!name || name.length > NAME_MAX) return undefined;
  return { sub: `p_${base64url(name.toLowerCase())}`, name };
}

const seen = (user) => ({ user: { id: user.sub, name: user.name }, relay: process.env.HALLWAY_RELAY });

const cookie = (value, maxAge) =>
  `participation=${value}; Path=/api; HttpOnly; SameSite=Strict; Max-Age=${maxAge}`;

/** A middleware as Vite, Express and others take it. */
export async function api(request, response, next) {
  const answer = (status, body, headers = {}) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
      .end(JSON.stringify(body));
  try {
    const user = userOf(request);
    switch (`${request.method} ${request.url}`) {
      case 'POST /api/session': {
        const entered = await logIn(request);
        if (!entered) return answer(400, { error: `a name has 1 to ${NAME_MAX} characters` });
        const session = sign({ ...entered, exp: inSeconds(SESSION_S) }, sessionKey);
        return answer(200, seen(entered), { 'set-cookie': cookie(session, SESSION_S) });
      }
      case 'DELETE /api/session':
        return answer(200, {}, { 'set-cookie': cookie('', 0) });
      case 'GET /api/session':
        return answer(200, user ? seen(user) : {});
      case 'POST /api/token': {
        if (!user) return answer(401, { error: 'log in first' });
        const claims = {
          sub: user.sub,
          name: user.name,
          role: 'participant',
          rooms: ROOMS,
          exp: inSeconds(TOKEN_S),
        };
        return answer(200, { token: sign(claims, process.env.HALLWAY_JWT_SECRET) });
      }
      default:
        return next();
    }
  } catch (error) {
    return answer(error instanceof SyntaxError ? 400 : 500, { error: 'that could not be done' });
  }
}
