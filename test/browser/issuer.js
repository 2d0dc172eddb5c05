// The host's token issuer for encrypted chats. It signs certificates for the devices of users.

import { generateKeyPairSync, sign } from 'node:crypto';

const b64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export class Issuer {
  #key = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** The issuer's key set (RFC 7517). */
  get keys() {
    const { kty, crv, x, y } = this.#key.publicKey.export({ format: 'jwk' });
    return { keys: [{ kty, crv, x, y, kid: '1', use: 'sig', alg: 'ES256' }] };
  }

  /** Returns a certificate for a user's device. `claims` replace the usual claims. */
  certify({ sub, name = sub, role = 'participant' }, jkt, claims = {}) {
    const now = Math.floor(Date.now() / 1000);
    const payload = { sub, name, role, rooms: ['*'], iat: now, exp: now + 86_400, cnf: { jkt }, ...claims };
    const signed = `${b64({ alg: 'ES256', typ: 'hallway-device+jwt', kid: '1' })}.${b64(payload)}`;
    const signature = sign('sha256', Buffer.from(signed), {
      key: this.#key.privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${signed}.${signature.toString('base64url')}`;
  }

  /** Serves the key set to a page, at the site's own address, and gives the page a function `certify(user, jkt)` that returns certificates. */
  async serve(page, site) {
    await page.route(`${site.url}/issuer.json`, (route) => route.fulfill({ json: this.keys }));
    await page.exposeFunction('certify', (user, jkt) => this.certify(user, jkt));
    return `${site.url}/issuer.json`;
  }
}
