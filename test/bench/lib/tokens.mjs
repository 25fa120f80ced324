// Access tokens to measure with: about 900 characters, as authorization servers make them. Signed here: the bench needs
// thousands, and no authorization server between the clock and them.
import crypto from 'node:crypto';
import fs from 'node:fs';

export const issuer = 'https://auth.bench.example';
export const resource = (path) => `https://mcp.bench.example${path}`;
const tokenSize = 900;

const makers = {
  RS256: () => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => crypto.generateKeyPairSync('ed25519'),
  HS256: () => ({ secret: crypto.randomBytes(32) }),
};
export const algorithms = Object.keys(makers);

export const makeKeys = () => Object.fromEntries(algorithms.map((alg) => [alg, { alg, kid: `bench-${alg.toLowerCase()}`, ...makers[alg]() }]));

const jwkOf = ({ alg, kid, publicKey, secret }) => ({
  ...(secret ? { kty: 'oct', k: secret.toString('base64url') } : publicKey.export({ format: 'jwk' })), alg, kid, use: 'sig',
});

export const writeKeySet = (file, keys) => fs.writeFileSync(file, JSON.stringify({ keys: keys.map(jwkOf) }));

function signature({ alg, privateKey, secret }, input) {
  if (secret) return crypto.createHmac('sha256', secret).update(input).digest();
  return crypto.sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
}

const encoded = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');

function claims(audience, serial, more) {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer, aud: audience, sub: '7f3d2c1a-5b6e-4f80-9a1b-2c3d4e5f6071', client_id: 'mcp-client', azp: 'mcp-client',
    scope: 'openid profile mcp:read mcp:write', iat: now, nbf: now, exp: now + 24 * 60 * 60,
    jti: `${crypto.randomUUID()}-${serial}`, name: 'Bench Mark', email: 'bench@bench.example', groups: ['staff'], ...more,
  };
}

export function sign(key, audience, serial = 0, more = {}) {
  const header = encoded({ alg: key.alg, kid: key.kid, typ: 'at+jwt' });
  const body = claims(audience, serial, more);
  const size = () => header.length + encoded(body).length + ({ RS256: 342, HS256: 43 }[key.alg] ?? 86);
  while (size() < tokenSize) body.groups.push(`group-${body.groups.length}`);
  const input = `${header}.${encoded(body)}`;
  return `${input}.${signature(key, input).toString('base64url')}`;
}

// The same token with a signature that is right for nothing.
export function forged(token) {
  const [header, body, bytes] = token.split('.');
  const flipped = Buffer.from(bytes, 'base64url');
  flipped[7] ^= 1;
  return `${header}.${body}.${flipped.toString('base64url')}`;
}

export const opaque = (count) => Array.from({ length: count }, () => crypto.randomBytes(32).toString('base64url'));
