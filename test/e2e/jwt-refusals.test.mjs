// Tokens that must be refused, each for one reason, and all with the same answer: 401 without an error code (snippets).
// They are signed with the authorization server's own keys wherever the signature is not the point.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { assertCleanLog, assertRefused, unauthorized } from '../peers/lib/expectations.mjs';
import { bearer, mcpCall, request } from '../peers/lib/http.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { goodClaims, issuedToken, now, signedToken } from '../peers/lib/tokens.mjs';
import { fetchIdToken } from '../peers/sdk-client.mjs';

let stack;
before(async () => { stack = await startStack(); });
after(async () => {
  await stopAll();
  assertCleanLog(stack.nginx);
});

const claims = (changes = {}) => ({ ...goodClaims(stack.issuer, stack.resource), ...changes });
const signed = (changes, options) => signedToken(stack.keysFile, claims(changes), options);
const encoded = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const privateKey = (alg) => {
  const jwk = JSON.parse(fs.readFileSync(stack.keysFile)).keys.find((key) => key.alg === alg);
  return crypto.createPrivateKey({ key: jwk, format: 'jwk' });
};

// RS256 over any header and payload text, well-formed or not.
function handSigned(header, payload = claims(), key = privateKey('RS256')) {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${crypto.sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

const goodHeader = { alg: 'RS256', kid: 'rs256-1', typ: 'at+jwt' };

// The old trick: the public RSA key, which everybody has, as an HMAC secret.
function hmacWithPublicKey() {
  const secret = crypto.createPublicKey(privateKey('RS256')).export({ type: 'spki', format: 'pem' });
  const input = `${encoded({ ...goodHeader, alg: 'HS256' })}.${encoded(claims())}`;
  return `${input}.${crypto.createHmac('sha256', secret).update(input).digest('base64url')}`;
}

async function changed(change) {
  return change((await signed()).split('.')).join('.');
}

const badTokens = {
  'expired (SPEC 14)': () => signed({ exp: now() - 1 }),
  'expiring this second': () => signed({ exp: now() }),
  'without an expiry': () => signed({ exp: undefined }),
  'with an expiry as text': () => signed({ exp: String(now() + 60) }),
  'not yet valid': () => signed({ nbf: now() + 60 }),
  'issued for another resource (SPEC 11, 12, 75)': () => issuedToken(stack.issuer, { resource: stack.otherResource }),
  'issued for others, as an array': () => signed({ aud: ['account', stack.otherResource] }),
  'without an audience (SPEC 75)': () => signed({ aud: undefined }),
  'with an empty array as audience': () => signed({ aud: [] }),
  'for our resource with a trailing slash': () => signed({ aud: `${stack.resource}/` }),
  'for our resource without its scheme': () => signed({ aud: stack.resource.replace('http://', '') }),
  'from another issuer (SPEC 80)': () => signed({ iss: 'https://other.example.com' }),
  'from our issuer with a trailing slash (SPEC 80)': () => signed({ iss: `${stack.issuer}/` }),
  'without an issuer (SPEC 80)': () => signed({ iss: undefined }),
  'an ID token (SPEC 77)': () => fetchIdToken(stack.resource, 'openid mcp:read'),
  'signed with somebody else\'s key and our kid': () =>
    handSigned(goodHeader, claims(), crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
  'signed with another key of the set than its kid says': () => handSigned({ ...goodHeader, kid: 'ps256-1' }),
  'with an algorithm that is not its key\'s (SPEC 70)': () => handSigned({ ...goodHeader, alg: 'PS256' }),
  'with a kid nobody has': () => handSigned({ ...goodHeader, kid: 'unknown' }),
  'HMAC with our public key as the secret (SPEC 70, 73)': () => hmacWithPublicKey(),
  'alg none, unsigned (SPEC 70)': () => `${encoded({ alg: 'none' })}.${encoded(claims())}.`,
  'alg none, with a good signature': () => handSigned({ ...goodHeader, alg: 'none' }),
  'with crit that is not understood (SPEC 78)': () => handSigned({ ...goodHeader, crit: ['b64'], b64: true }),
  'with a claim twice (SPEC 78)': () => {
    const text = JSON.stringify(claims());
    return handSigned(goodHeader, `{"scope":"mcp:write",${text.slice(1)}`);
  },
  'with its payload changed': () => changed(([h, , s]) => [h, encoded(claims({ sub: 'mallory' })), s]),
  'with its signature cut': () => changed(([h, p, s]) => [h, p, s.slice(0, -4)]),
  'with base64 padding': () => changed(([h, p, s]) => [h, p, `${s}=`]),
  'without its signature': () => changed(([h, p]) => [h, p, '']),
  'of two parts': () => changed(([h, p]) => [h, p]),
  'of five parts, a JWE': () => changed(([h, p, s]) => [h, p, s, 'a', 'b']),
  'that is opaque': () => issuedToken(stack.issuer, { client: 'm2m-opaque', resource: stack.resource }),
  'that is one letter': () => 'x',
};

for (const [name, make] of Object.entries(badTokens))
  test(`A token is refused: ${name}`, async () => {
    assertRefused(await request(stack.resource, { headers: bearer(await make()) }), unauthorized(stack));
  });

test('The same token with nothing wrong is accepted, made by hand or by the authorization server', async () => {
  for (const token of [handSigned(goodHeader), await signed(), await issuedToken(stack.issuer, { resource: stack.resource })])
    assert.equal((await mcpCall(stack.resource, 'tools/list', {}, bearer(token))).status, 200);
});

test('SPEC 22, 69: no part of a token is in the log, also at level info', () => {
  const log = stack.nginx.errorLog();
  assert.notEqual(log, '');
  assert.equal(/eyJ[A-Za-z0-9_-]{8}/.test(log), false);
});
