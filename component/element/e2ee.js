// The ciphers of end-to-end encrypted rooms: P-256, HPKE (RFC 9180), HKDF and AES-256-GCM by WebCrypto.
//
// A cipher holds a device's private keys, which cannot be exported, and the secrets of a room. It implements e2ee.Cipher of e2ee/cipher.go
// lists, for lists of bytes: each field has its length before it. Only that file knows the meaning of the bytes.

import { base64, join, pack, split, text, unbase64 } from './bytes.js';
import { pixelsOf, withoutMetadata } from './metadata.js';

const { subtle } = crypto;
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const ECDH = { name: 'ECDH', namedCurve: 'P-256' };
const ZERO = new Uint8Array(32); // an empty salt
const LINK_IV = new Uint8Array(12); // the same for all links, because the key of a link encrypts only once
const YES = '1';
const OWN_KID = '0'; // e2ee.OwnKid

const digest = async (data) => new Uint8Array(await subtle.digest('SHA-256', data));

async function hmac(key, ...data) {
  const by = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', by, join(...data)));
}

/** HKDF-Expand for up to 32 bytes. */
const expand = async (key, size, ...info) => (await hmac(key, ...info, '\x01')).slice(0, size);

const aes = (key) => subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
const encrypt = async (key, iv, additionalData, data) =>
  new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, data));

/** Returns undefined if the content was altered. */
const decrypt = async (key, iv, additionalData, data) => {
  try {
    return new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, data));
  } catch {
    return undefined;
  }
};

/** Encrypts bytes with a new key. Returns the key, the initialisation vector and the ciphertext. */
async function encryptFile(data) {
  const [key, iv] = [32, 12].map((size) => crypto.getRandomValues(new Uint8Array(size)));
  return [key, iv, await encrypt(await aes(key), iv, join(), data)];
}

const decryptFile = async (key, iv, data) => decrypt(await aes(key), iv, join(), data);

/** Encrypts a file. Removes the metadata of a picture first. */
export async function sealFile(file) {
  const parts = withoutMetadata(new Uint8Array(await file.arrayBuffer()));
  const [key, iv, data] = await encryptFile(await new Blob(parts).arrayBuffer());
  return { key: base64(key), iv: base64(iv), bytes: new Blob([data]) };
}

/** The types that a page may show from memory, because they cannot run scripts. A type with a + may be XML, which can. */
const INERT = /^(image|audio|video)\/[\w.-]+$/;

/** The highest number of pixels of a decoded picture, like the relay's limit: a small file can claim enough to crash a page. */
const PIXELS_MAX = 40e6;

/**
 * Decrypts a file from sealFile or from another client. Returns undefined if it was altered, or if it should become a thumbnail and
 * is not a decodable picture.
 *
 * @param {Blob} sealed
 * @param {string} key
 * @param {string} iv
 * @param {string} type as its sender has stated it
 * @param {number} size of the thumbnail to return; 0: return the file itself
 */
export async function openFile(sealed, key, iv, type, size) {
  const data = await decryptFile(unbase64(key), unbase64(iv), await sealed.arrayBuffer());
  const file = data && new Blob([data], { type: INERT.test(type) ? type : 'application/octet-stream' });
  if (!file || !size) return file;
  const pixels = pixelsOf(data);
  return pixels > 0 && pixels <= PIXELS_MAX ? thumbnail(file, size) : undefined;
}

/** Returns a picture that fits into a square: the same one, or a smaller copy. Returns undefined for a file that is not a picture. */
async function thumbnail(file, size) {
  const picture = await createImageBitmap(file).catch(() => {});
  if (!picture) return undefined;
  const { width, height } = picture;
  const scale = size / Math.max(width, height);
  const canvas = document.createElement('canvas');
  if (scale < 1) {
    canvas.width = Math.max(1, width * scale);
    canvas.height = Math.max(1, height * scale);
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  }
  picture.close();
  return scale < 1 ? new Promise((resolve) => canvas.toBlob(resolve, 'image/webp')) : file;
}

/** Imports a public key from x and y. Returns undefined if they are not a point of the curve. */
const point = (xy, algorithm, usages) =>
  subtle.importKey('raw', join('\x04', xy), algorithm, true, usages).catch(() => {});
const xy = async (key) => new Uint8Array(await subtle.exportKey('raw', key)).slice(1);
const verify = async (key, data, signature) => !!key && subtle.verify(ECDSA, key, signature, data);

const KEM = 'KEM\0\x10';
const SUITE = 'HPKE\0\x10\0\x01\0\x02';
const labeledExtract = (suite, salt, label, ...data) => hmac(salt, 'HPKE-v1', suite, label, ...data);
const labeledExpand = (suite, key, label, size, ...info) =>
  expand(key, size, `\0${String.fromCharCode(size)}HPKE-v1`, suite, label, ...info);

const agree = async (privateKey, publicKey) =>
  new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: publicKey }, privateKey, 256));

/** The key schedule of HPKE in base mode, between a private and a public key. */
async function schedule(privateKey, publicKey, enc, boxPoint, info) {
  const extracted = await labeledExtract(KEM, ZERO, 'eae_prk', await agree(privateKey, publicKey));
  const [secret, noPsk, about] = await Promise.all([
    labeledExpand(KEM, extracted, 'shared_secret', 32, enc, boxPoint).then((key) =>
      labeledExtract(SUITE, key, 'secret'),
    ),
    labeledExtract(SUITE, ZERO, 'psk_id_hash'),
    labeledExtract(SUITE, ZERO, 'info_hash', info),
  ]);
  const context = join('\0', noPsk, about);
  return Promise.all([
    labeledExpand(SUITE, secret, 'key', 32, context).then(aes),
    labeledExpand(SUITE, secret, 'base_nonce', 12, context),
  ]);
}

async function hpkeSeal(box, info, data) {
  const publicKey = await point(box, ECDH, []);
  if (!publicKey) return ['', ''];
  const pair = await subtle.generateKey(ECDH, false, ['deriveBits']);
  const enc = join('\x04', await xy(pair.publicKey));
  const [key, iv] = await schedule(pair.privateKey, publicKey, enc, join('\x04', box), info);
  return [enc, await encrypt(key, iv, join(), data)];
}

/** Decrypts bytes that were encrypted for a key pair. Returns undefined if they were altered. Exported for the vector of RFC 9180. */
export async function hpkeOpen(pair, info, enc, data) {
  const publicKey = enc[0] === 4 && (await point(enc.subarray(1), ECDH, []));
  if (!publicKey) return undefined;
  const box = join('\x04', await xy(pair.publicKey));
  const [key, iv] = await schedule(pair.privateKey, publicKey, enc, box, info);
  return decrypt(key, iv, join(), data);
}

const settled = (request, success, failure) =>
  new Promise((resolve, reject) => {
    request[success] = () => resolve(request.result);
    request[failure] = () => reject(request.error);
  });
const result = (request) => settled(request, 'onsuccess', 'onerror');

/** Returns a store in the browser's database, which all tabs share. It closes the database each time. */
const databaseShelf = {
  async change(key, change) {
    const opening = indexedDB.open('hallway-keys', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
    const database = await result(opening);
    try {
      const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' });
      const done = settled(transaction, 'oncomplete', 'onabort');
      done.catch(() => {}); // if put throws, the caller gets that error instead
      const store = transaction.objectStore('keys');
      const before = await result(store.get(key));
      const value = change(before);
      if (value !== before) store.put(value, key);
      await done;
      return value;
    } finally {
      database.close();
    }
  },
};

const page = new Map();

/** A store in memory, for a page whose keys cannot be stored. All chats of the page share it. */
const pageShelf = {
  async change(key, change) {
    const name = JSON.stringify(key);
    const value = change(page.get(name));
    page.set(name, value);
    return value;
  },
};

const issuers = new Map(); // the imported keys of each key set

async function issuerKeys(set) {
  const name = text(set);
  if (!issuers.has(name)) {
    const keys = (JSON.parse(name).keys ?? []).filter((key) => key.kty === 'EC' && key.crv === 'P-256');
    const imported = keys.map(({ x, y }) =>
      subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, ECDSA, true, ['verify']).catch(() => {}),
    );
    issuers.set(name, await Promise.all(imported));
  }
  return issuers.get(name);
}

/**
 * Returns a cipher: a function that carries out ops. A test of the vectors may pass the device's keys.
 *
 * @param {{sign: CryptoKeyPair, box: CryptoKeyPair}} [given]
 * @returns {(op: string, fields: Uint8Array) => Promise<Uint8Array>}
 */
export function createCipher(given) {
  let who; // the relay and the user of the keys
  let shelf;
  let keys; // the device's keys
  let infos; // the infos from which the kid and the keys of a secret are derived
  const secrets = new Map(); // by kid
  const devices = new Map(); // the checked devices, by id

  /** Stores a secret under its kid, unless another kid is wanted. Returns its kid. */
  async function take(number, bytes, wanted) {
    const extracted = await hmac(ZERO, bytes);
    const [id, messages, link] = await Promise.all(
      infos.map((info, i) => expand(extracted, i ? 32 : 16, info)),
    );
    const kid = `${number}.${base64(id)}`;
    if (wanted && wanted !== kid) return undefined;
    secrets.set(kid, { bytes, messages: await aes(messages), link: await aes(link) });
    return kid;
  }

  /** Stores bytes if they are the secret of a kid. Returns whether they are. */
  async function took(kid, bytes) {
    return bytes?.length === 32 && (await take(kid.split('.')[0], bytes, kid)) ? YES : '';
  }

  async function checkDevice(set, [id, sign, box, jwk, jkt, data, signature, signed, byIssuer]) {
    const [sum, key, known] = await Promise.all([
      digest(jwk),
      point(sign, ECDSA, ['verify']),
      issuerKeys(set),
    ]);
    const good = await Promise.all([
      base64(sum.slice(0, 16)) === text(id) && base64(sum) === text(jkt),
      verify(key, data, signature),
      Promise.all(known.map((issuer) => verify(issuer, signed, byIssuer))).then((by) => by.includes(true)),
    ]);
    if (good.includes(false)) return '';
    devices.set(text(id), { key, box: box.slice() });
    return YES;
  }

  // Each op has the number of its first fields, and the number of fields in each group after them.
  const ops = {
    device: [
      5,
      0,
      async ([relay, user, ...rest]) => {
        who = [text(relay), text(user)];
        infos = rest.map((info) => info.slice());
        secrets.clear();
        devices.clear();
        const made = given ?? {
          sign: await subtle.generateKey(ECDSA, false, ['sign', 'verify']),
          box: await subtle.generateKey(ECDH, false, ['deriveBits']),
        };
        shelf = databaseShelf;
        const get = () => shelf.change(who, (before) => (given ? made : (before ?? made)));
        keys = await get().catch(() => {
          shelf = pageShelf;
          return get();
        });
        const own = await hmac(ZERO, await agree(keys.box.privateKey, keys.box.publicKey));
        secrets.set(OWN_KID, { messages: await aes(await expand(own, 32, infos[1])) });
        return [await xy(keys.sign.publicKey), await xy(keys.box.publicKey), shelf === pageShelf ? YES : ''];
      },
    ],
    keep: [
      3,
      0,
      async ([name, number, value]) => {
        const n = Number(text(number));
        const kept = await shelf.change([...who, text(name)], (before) =>
          before?.n > n ? before : { n, value: value.slice() },
        );
        return [String(kept.n)];
      },
    ],
    kept: [1, 0, async ([name]) => [(await shelf.change([...who, text(name)], (kept) => kept))?.value]],
    digest: [0, 1, async (_, [data]) => [await digest(data)]],
    sign: [0, 1, async (_, [data]) => [new Uint8Array(await subtle.sign(ECDSA, keys.sign.privateKey, data))]],
    check: [1, 9, async ([set], device) => [await checkDevice(set, device)]],
    verify: [
      0,
      3,
      async (_, [id, data, signature]) => {
        const device = devices.get(text(id));
        return [device && ((await verify(device.key, data, signature)) ? YES : '0')];
      },
    ],
    secret: [
      1,
      0,
      async ([number]) => [await take(text(number), crypto.getRandomValues(new Uint8Array(32)))],
    ],
    link: [
      3,
      0,
      async ([kid, before, aad]) => {
        const secret = secrets.get(text(kid));
        const inner = secrets.get(text(before));
        return [secret && inner && (await encrypt(secret.link, LINK_IV, aad, inner.bytes))];
      },
    ],
    unlink: [
      4,
      0,
      async ([kid, before, aad, link]) => {
        const secret = secrets.get(text(kid));
        return [secret && (await took(text(before), await decrypt(secret.link, LINK_IV, aad, link)))];
      },
    ],
    wrap: [
      1,
      2,
      async ([kid], [id, info]) => {
        const secret = secrets.get(text(kid));
        const device = devices.get(text(id));
        return secret && device ? hpkeSeal(device.box, info, secret.bytes) : ['', ''];
      },
    ],
    unwrap: [
      4,
      0,
      async ([kid, info, enc, ct]) => [await took(text(kid), await hpkeOpen(keys.box, info, enc, ct))],
    ],
    seal: [
      1,
      2,
      async ([kid], [aad, data]) => {
        const secret = secrets.get(text(kid));
        const iv = crypto.getRandomValues(new Uint8Array(12));
        return secret ? [iv, await encrypt(secret.messages, iv, aad, data)] : ['', ''];
      },
    ],
    open: [
      0,
      4,
      async (_, [kid, aad, iv, ct]) => {
        const secret = secrets.get(text(kid));
        const data = secret && (await decrypt(secret.messages, iv, aad, ct));
        return secret ? [data ? YES : '0', data] : ['', ''];
      },
    ],
    sealFile: [0, 1, async (_, [data]) => encryptFile(data)],
    openFile: [
      0,
      3,
      async (_, [key, iv, ct]) => {
        const data = key.length === 32 && iv.length === 12 && (await decryptFile(key, iv, ct));
        return [data ? YES : '0', data || ''];
      },
    ],
  };

  return async (name, bytes) => {
    const fields = split(bytes);
    const [first, each, op] = ops[name];
    const begin = fields.slice(0, first);
    const groups = [];
    for (let at = first; at < fields.length; at += each) groups.push(fields.slice(at, at + each));
    if (!each) groups.push([]);
    return pack((await Promise.all(groups.map((group) => op(begin, group)))).flat());
  };
}
