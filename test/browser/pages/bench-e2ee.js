// The part of test/browser/bench-e2ee.js that runs in the page.

import { checkDevice, encode, jwkBytes, keysOf, make, operate, pack, split, T, xy, yes } from './vectors.js';

const MESSAGE_BYTES = 512;
const DEVICES = 1000;

/** Returns the fields of an op that checks n devices, with certificates of an issuer that it makes. */
async function devices(n) {
  const { subtle } = crypto;
  const by = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const issuer = await subtle.generateKey(by, true, ['sign', 'verify']);
  const { x, y } = await subtle.exportKey('jwk', issuer.publicKey);
  const signed = async (key, data) => new Uint8Array(await subtle.sign(by, key, data));
  const ids = [];
  const fields = [JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', x, y }] })];
  for (let i = 0; i < n; i++) {
    const pair = await subtle.generateKey(by, true, ['sign', 'verify']);
    const box = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const keys = [
      await subtle.exportKey('jwk', pair.publicKey),
      await subtle.exportKey('jwk', box.publicKey),
    ];
    const jwk = jwkBytes(keys[0]);
    const sum = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(jwk)));
    const bytes = T('device', `u_${i}`, jwkBytes(keys[1]));
    const certificate = new TextEncoder().encode(`certificate of ${encode(sum)}`);
    ids.push(encode(sum.slice(0, 16)));
    fields.push(
      ids[i],
      xy(keys[0]),
      xy(keys[1]),
      jwk,
      encode(sum),
      bytes,
      await signed(pair.privateKey, bytes),
    );
    fields.push(certificate, await signed(issuer.privateKey, certificate));
  }
  return { ids, fields };
}

/** Seals n messages, and returns the fields of the ops that open and verify them. */
async function sealed(run, v, kid, n) {
  const aads = Array.from({ length: n }, (_, i) => T('message', v.room, `m${i}`, v.user, kid, '', ''));
  const plaintext = crypto.getRandomValues(new Uint8Array(MESSAGE_BYTES));
  const out = await run('seal', kid, ...aads.flatMap((aad) => [aad, plaintext]));
  const signatures = await run('sign', ...aads);
  return {
    open: pack(...aads.flatMap((aad, i) => [kid, aad, out[2 * i], out[2 * i + 1]])),
    verify: pack(...aads.flatMap((aad, i) => [v.device.id, aad, signatures[i]])),
  };
}

/** Returns the times of each kind of work, in milliseconds. */
export async function measure(createCipher, runs) {
  const v = await make(createCipher);
  const cipher = createCipher(await keysOf(v));
  const run = await operate(() => cipher, v);
  const others = await devices(DEVICES);
  if (!(await checkDevice(run, v))) throw new Error('the own device is refused');
  const [kid] = (await run('secret', '3')).map((bytes) => new TextDecoder().decode(bytes));
  const times = {};
  const time = async (name, work) => {
    const began = performance.now();
    await work();
    times[name] = [...(times[name] ?? []), performance.now() - began];
  };
  for (let i = 0; i <= runs; i++) {
    for (const n of [500, 50]) {
      const { open, verify } = await sealed(run, v, kid, n);
      await time(`${n} messages opened`, async () => {
        const opened = split(await cipher('open', open));
        const verified = split(await cipher('verify', verify));
        if (!opened.every((field, at) => at % 2 || yes(field)) || !verified.every(yes))
          throw new Error('refused');
      });
    }
    await time('a turn for 1,000 devices', async () => {
      const checked = await run('check', ...others.fields);
      const [turn] = (await run('secret', String(4 + i))).map((bytes) => new TextDecoder().decode(bytes));
      const wraps = await run('wrap', turn, ...others.ids.flatMap((id) => [id, T('wrap', v.room, turn, id)]));
      if (!checked.every(yes) || wraps.length !== 2 * DEVICES || !wraps[0].length) throw new Error('refused');
    });
  }
  for (const all of Object.values(times)) all.shift(); // the first run does not count
  return times;
}
