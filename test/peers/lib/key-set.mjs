// The authorization server's private keys live in a file, so that tests can sign tokens of their own with them.
import fs from 'node:fs';
import { exportJWK, generateKeyPair } from 'jose';

async function generate(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${alg.toLowerCase()}-1` };
}

export async function privateKeySet(file) {
  if (!fs.existsSync(file)) {
    const keys = await Promise.all(['RS256', 'PS256', 'ES256', 'EdDSA'].map(generate));
    fs.writeFileSync(file, JSON.stringify({ keys }), { mode: 0o600 });
  }
  return JSON.parse(fs.readFileSync(file));
}
