// What a client proves with that it is who it says: a key of its own, or a certificate.
import crypto from 'node:crypto';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';

// { file: of the private JWK, set: the public JWK set, sign(claims): an assertion }
export function makeKey() {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const named = (key) => ({ ...key.export({ format: 'jwk' }), kid: 'key-of-nginx', alg: 'ES256', use: 'sig' });
  const file = `${temporaryFolder('client-key')}/key.json`;
  fs.writeFileSync(file, JSON.stringify(named(privateKey)), { mode: 0o600 });
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const sign = (claims) => {
    const input = `${encoded({ alg: 'ES256', kid: 'key-of-nginx' })}.${encoded(claims)}`;
    return `${input}.${crypto.sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  return { file, set: { keys: [named(publicKey)] }, sign };
}

// A certification authority in a folder of its own, with a certificate for this machine and one for a client that is called nginx.
export function makeCertificates() {
  const folder = temporaryFolder('certificates');
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=authority', '-days', '2');
  for (const [name, extension] of [['server', 'subjectAltName=IP:127.0.0.1,DNS:localhost'], ['nginx', 'extendedKeyUsage=clientAuth']]) {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    fs.writeFileSync(`${folder}/${name}.ext`, extension);
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out', `${name}.crt`, '-days', '2', '-extfile', `${name}.ext`);
  }
  // Java reads trust from its own kind of file.
  execFileSync('keytool', ['-importcert', '-noprompt', '-alias', 'authority', '-file', 'ca.crt', '-keystore', 'trust.p12', '-storetype', 'PKCS12', '-storepass', 'changeit'],
    { cwd: folder, stdio: 'ignore' });
  return folder;
}
