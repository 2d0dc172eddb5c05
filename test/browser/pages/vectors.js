// A second implementation of the formats of encrypted rooms, written from docs/PROTOCOL.md for the tests. It makes vectors with the
// ciphers of component/element/e2ee.js, and verifies vectors that Go has made, in Node and in Chromium. `node vectors.js` prints vectors.

const bytesOf = (text) => new TextEncoder().encode(text);
const concat = (parts) => {
  const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
const lp = (field) => {
  const bytes = typeof field === 'string' ? bytesOf(field) : field;
  const length = [24, 16, 8, 0].map((bits) => (bytes.length >>> bits) & 255);
  return concat([Uint8Array.from(length), bytes]);
};
/** Returns fields as bytes, each after its length. */
export const pack = (...fields) => concat(fields.map(lp));
export const T = (label, ...fields) => pack(`hallway e2ee 1 ${label}`, ...fields);

export const encode = (bytes) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const decode = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

export const jwkBytes = ({ x, y }) => `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`;
export const xy = ({ x, y }) => concat([decode(x), decode(y)]);

const deviceBytes = (v) => T('device', v.user, jwkBytes(v.box));
const turnBytes = (v, t) =>
  T(
    'turn',
    v.room,
    String(t.n),
    t.kid,
    t.prev_kid ?? '',
    t.prev ?? '',
    t.link ?? '',
    pack(...t.out),
    t.by,
    t.at,
  );
const linkBytes = (v, t) => T('link', v.room, t.kid, t.prev_kid);
const wrapBytes = (v, t) => T('wrap', v.room, t.kid, v.device.id);
const messageBytes = (v, m) =>
  T('message', v.room, m.id, m.sender, m.encrypted.kid, m.reply_to ?? '', m.sent_at ?? '');

/** Returns the bytes of the vectors that are signed or bound. */
const allBytes = (v) => ({
  device: encode(deviceBytes(v)),
  turns: v.turns.map((turn) => encode(turnBytes(v, turn))),
  link: encode(linkBytes(v, v.turns[1])),
  wrap: encode(wrapBytes(v, v.turns[1])),
  messages: v.messages.map((message) => encode(messageBytes(v, message))),
});

/** Imports a device's private keys. */
export async function keysOf({ sign, box }) {
  const pair = async ({ x, y, d }, name, usages) => {
    const jwk = { kty: 'EC', crv: 'P-256', x, y };
    const algorithm = { name, namedCurve: 'P-256' };
    return {
      privateKey: await crypto.subtle.importKey('jwk', { ...jwk, d }, algorithm, false, usages),
      publicKey: await crypto.subtle.importKey(
        'jwk',
        jwk,
        algorithm,
        true,
        name === 'ECDSA' ? ['verify'] : [],
      ),
    };
  };
  return { sign: await pair(sign, 'ECDSA', ['sign']), box: await pair(box, 'ECDH', ['deriveBits']) };
}

export const split = (bytes) => {
  const fields = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 0; at < bytes.length; ) {
    const size = view.getUint32(at);
    fields.push(bytes.slice(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return fields;
};

/** Returns a function that does an op of a cipher, for the room of the vectors. */
export async function operate(createCipher, v) {
  const cipher = createCipher(await keysOf(v));
  const run = async (op, ...fields) => split(await cipher(op, pack(...fields)));
  const infos = ['id', 'message', 'link'].map((purpose) => T(`key ${purpose}`, v.room));
  await run('device', v.relay, v.user, ...infos);
  return run;
}

export const yes = (field) => field.length === 1 && field[0] === 49; // "1"

const digest = async (data) => new Uint8Array(await crypto.subtle.digest('SHA-256', data));

export async function checkDevice(run, v) {
  const [header, payload, signature] = v.device.cert.split('.');
  const { cnf, sub } = JSON.parse(new TextDecoder().decode(decode(payload)));
  const fields = [v.device.id, xy(v.device.sign), xy(v.device.box), jwkBytes(v.device.sign), cnf.jkt];
  const signed = [T('device', sub, jwkBytes(v.device.box)), decode(v.device.sig)];
  const [good] = await run(
    'check',
    JSON.stringify(v.issuer),
    ...fields,
    ...signed,
    `${header}.${payload}`,
    decode(signature),
  );
  return yes(good);
}

/** Throws unless the vectors open and altered ones are refused. Returns the number of checks. */
export async function verify(createCipher, v) {
  let tried = 0;
  const must = (good, what) => {
    tried++;
    if (!good) throw new Error(what);
  };
  must(JSON.stringify(allBytes(v)) === JSON.stringify(v.bytes), 'other bytes are signed or bound');
  const run = await operate(createCipher, v);
  must(await checkDevice(run, v), 'the device is refused');
  const [first, second] = v.turns;
  must(second.prev === encode(await digest(turnBytes(v, first))), 'prev is another hash');
  for (const turn of v.turns) {
    const [good] = await run('verify', turn.by, turnBytes(v, turn), decode(turn.sig));
    must(yes(good), `turn ${turn.n} is refused`);
  }
  const unwrap = async (enc, ct) => yes((await run('unwrap', second.kid, wrapBytes(v, second), enc, ct))[0]);
  const [enc, ct] = [decode(v.wrap.enc), decode(v.wrap.ct)];
  for (let i = 0; i < ct.length; i += 7) must(!(await unwrap(enc, flip(ct, i))), 'an altered wrap is taken');
  for (let i = 0; i < enc.length; i += 7) must(!(await unwrap(flip(enc, i), ct)), 'an altered enc is taken');
  must(await unwrap(enc, ct), 'the wrap is refused');
  const link = decode(second.link);
  const unlink = async (bytes) =>
    yes((await run('unlink', second.kid, first.kid, linkBytes(v, second), bytes))[0]);
  must(!(await unlink(flip(link, 3))), 'an altered link is taken');
  must(await unlink(link), 'the link is refused');
  for (const m of v.messages) await verifyMessage(run, v, m, must);
  await verifyFile(run, v, must);
  return tried;
}

/** Checks that the vectors' file opens with the key in the last message, and that an altered file does not. */
async function verifyFile(run, v, must) {
  const [about] = v.messages.at(-1).content.files;
  const [key, iv, ct] = [about.key, about.iv, v.file.ct].map(decode);
  const open = async (...fields) => run('openFile', ...fields);
  const [good, plain] = await open(key, iv, ct);
  must(yes(good) && encode(plain) === v.file.plain && plain.length === about.size, 'the file is refused');
  must(ct.length === plain.length + 16, 'the file has another size');
  for (const at of ct.keys()) must(!yes((await open(key, iv, flip(ct, at)))[0]), 'an altered file is opened');
  for (const at of key.keys()) must(!yes((await open(flip(key, at), iv, ct))[0]), 'another key opens');
  for (const at of iv.keys()) must(!yes((await open(key, flip(iv, at), ct))[0]), 'another iv opens');
}

/** Throws unless RFC 9180's own vector opens and an altered one does not. */
export async function verifyRFC9180(hpkeOpen, v) {
  const unhex = (text) => Uint8Array.from(text.match(/../g), (byte) => Number.parseInt(byte, 16));
  const point = unhex(v.pkRm).slice(1);
  const [x, y, d] = [point.slice(0, 32), point.slice(32), unhex(v.skRm)].map(encode);
  const { box } = await keysOf({ sign: { x, y, d }, box: { x, y, d } });
  const [info, enc, ct] = [v.info, v.enc, v.ct].map(unhex);
  const opened = await hpkeOpen(box, info, enc, ct);
  if (!opened || encode(opened) !== encode(unhex(v.pt))) throw new Error('the vector is refused');
  for (const altered of [
    [flip(info, 0), enc, ct],
    [info, flip(enc, 64), ct],
    [info, enc, flip(ct, 0)],
  ]) {
    if (await hpkeOpen(box, ...altered)) throw new Error('an altered vector is opened');
  }
}

const flip = (bytes, at) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

async function verifyMessage(run, v, m, must) {
  const { kid, iv, ct } = m.encrypted;
  const aad = messageBytes(v, m);
  const sealed = [decode(iv), decode(ct)];
  const [good, plaintext] = await run('open', kid, aad, ...sealed);
  must(yes(good), 'a message is refused');
  const end = plaintext.findLastIndex((byte) => byte !== 0);
  must(plaintext.length % 256 === 0 && plaintext[end] === 0x80, 'the padding is another');
  const content = plaintext.slice(80, end);
  must(content[0] === 1 && content[1] * 256 + content[2] === m.edit, 'the edit has another number');
  const said = JSON.parse(new TextDecoder().decode(content.slice(3)));
  must(JSON.stringify(said) === JSON.stringify(m.content), 'the content is another');
  const device = encode(plaintext.slice(0, 16));
  const signed = concat([aad, T('content', device, content)]);
  const [by] = await run('verify', device, signed, plaintext.slice(16, 80));
  must(device === v.device.id && yes(by), 'the signature is refused');
  const altered = [...sealed[1].keys()].flatMap((at) => [kid, aad, sealed[0], flip(sealed[1], at)]);
  for (const at of aad.keys()) altered.push(kid, flip(aad, at), ...sealed);
  for (const at of sealed[0].keys()) altered.push(kid, aad, flip(sealed[0], at), sealed[1]);
  const opened = await run('open', ...altered);
  for (let i = 0; i < opened.length; i += 2) must(!yes(opened[i]), 'an altered message is opened');
}

/** Makes vectors with fresh keys. */
export async function make(createCipher) {
  const { subtle } = crypto;
  const key = async (name, usages) => {
    const pair = await subtle.generateKey({ name, namedCurve: 'P-256' }, true, usages);
    const { x, y, d } = await subtle.exportKey('jwk', pair.privateKey);
    return { x, y, d };
  };
  const issuer = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const { x, y } = await subtle.exportKey('jwk', issuer.publicKey);
  const v = {
    room: 'hall.2',
    relay: 'https://chat.example.org',
    user: 'u_Ünal',
    sign: await key('ECDSA', ['sign']),
    box: await key('ECDH', ['deriveBits']),
    issuer: { keys: [{ kty: 'EC', crv: 'P-256', x, y }] },
  };
  const run = await operate(createCipher, v);
  const thumbprint = await digest(bytesOf(jwkBytes(v.sign)));
  const part = (value) => encode(bytesOf(JSON.stringify(value)));
  const iat = Math.floor(Date.now() / 1000);
  const claims = { sub: v.user, role: 'moderator', rooms: ['hall.*'], iat, exp: iat + 3600 };
  const cert = `${part({ alg: 'ES256', typ: 'hallway-device+jwt' })}.${part({ ...claims, cnf: { jkt: encode(thumbprint) } })}`;
  const byIssuer = new Uint8Array(
    await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, issuer.privateKey, bytesOf(cert)),
  );
  const open = ({ x, y }) => ({ x, y });
  const sign = async (bytes) => (await run('sign', bytes))[0];
  v.device = {
    id: encode(thumbprint.slice(0, 16)),
    sign: open(v.sign),
    box: open(v.box),
    sig: encode(await sign(deviceBytes(v))),
    cert: `${cert}.${encode(byIssuer)}`,
  };
  if (!(await checkDevice(run, v))) throw new Error('the own device is refused');
  v.turns = await makeTurns(run, v, sign);
  const [, second] = v.turns;
  const [enc, ct] = await run('wrap', second.kid, v.device.id, wrapBytes(v, second));
  v.wrap = { to: v.device.id, enc: encode(enc), ct: encode(ct) };
  v.messages = await Promise.all(
    [
      {
        id: 'm1',
        sent_at: '2026-11-23T09:15:01.002Z',
        edit: 0,
        content: { text: 'Grüße "aus" JavaScript\n👋' },
      },
      {
        id: 'm2',
        reply_to: 'm1',
        edit: 65535,
        content: { text: 'a', mentions: [{ at: 0, len: 1, user: 'u' }] },
      },
      { id: 'm3', edit: 1, content: { text: 'x'.repeat(3000) } },
      { id: 'm4', edit: 0, content: await sealFile(run, v) },
    ].map((m, i) =>
      seal(
        run,
        v,
        { ...m, sender: v.user, encrypted: { alg: 'A256GCM', kid: v.turns[Math.min(i, 1)].kid } },
        sign,
      ),
    ),
  );
  v.bytes = allBytes(v);
  return v;
}

/** Makes the vectors' file, and returns the content of the message that has it. */
async function sealFile(run, v) {
  const plain = bytesOf('a picture, as far as anybody outside can tell');
  const [key, iv, ct] = await run('sealFile', plain);
  v.file = { plain: encode(plain), ct: encode(ct) };
  const about = { id: '0199a1c4-8000-7000-8000-00000000000a', name: 'Bild ü.png', type: 'image/png' };
  return { text: 'Look.', files: [{ ...about, size: plain.length, key: encode(key), iv: encode(iv) }] };
}

async function makeTurns(run, v, sign) {
  const turns = [];
  for (const n of [1, 2]) {
    const turn = { n, kid: new TextDecoder().decode((await run('secret', String(n)))[0]) };
    const [before] = turns;
    if (before) {
      turn.prev_kid = before.kid;
      turn.prev = encode(await digest(turnBytes(v, before)));
      turn.link = encode((await run('link', turn.kid, before.kid, linkBytes(v, turn)))[0]);
    }
    Object.assign(turn, { out: n === 2 ? ['u_9', 'u_10'] : [], by: v.device.id, at: '2026-11-23T09:15:00Z' });
    turn.sig = encode(await sign(turnBytes(v, turn)));
    turns.push(turn);
  }
  return turns;
}

async function seal(run, v, m, sign) {
  const aad = messageBytes(v, m);
  const json = bytesOf(JSON.stringify(m.content));
  const content = concat([Uint8Array.from([1, m.edit >> 8, m.edit & 255]), json]);
  const sig = await sign(concat([aad, T('content', v.device.id, content)]));
  const plaintext = new Uint8Array(Math.ceil((81 + content.length) / 256) * 256);
  plaintext.set(concat([decode(v.device.id), sig, content, Uint8Array.from([0x80])]));
  const [iv, ct] = await run('seal', m.encrypted.kid, aad, plaintext);
  Object.assign(m.encrypted, { iv: encode(iv), ct: encode(ct) });
  return m;
}

if (globalThis.process?.argv[1]?.endsWith('/test/browser/pages/vectors.js')) {
  const { createCipher } = await import('../../../component/element/e2ee.js');
  process.stdout.write(JSON.stringify(await make(createCipher)));
}
