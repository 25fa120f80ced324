// Access tokens: real ones from the authorization server, and ones signed with its keys that it would never issue.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { importJWK, SignJWT } from 'jose';

export const clientSecret = 'known-to-every-test-and-worth-nothing'; // of all machine clients

const basic = (client) => ({ authorization: `Basic ${Buffer.from(`${client}:${clientSecret}`).toString('base64')}` });

// A machine client's token (client credentials grant); client chooses the format, see the configuration.
export async function issuedToken(issuer, { client = 'm2m-rs256', resource, scope = 'mcp:read' }) {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: basic(client),
    body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
  });
  const { access_token: token, ...rest } = await answer.json();
  if (!token) throw new Error(`no token for ${client}: ${JSON.stringify(rest)}`);
  return token;
}

// At the authorization server (RFC 7009); client is the one that the token was issued to.
export async function revokeToken(issuer, { client, token }) {
  const answer = await fetch(`${issuer}/token/revocation`, {
    method: 'POST', headers: basic(client), body: new URLSearchParams({ token }),
  });
  if (answer.status !== 200) throw new Error(`token of ${client} not revoked: ${answer.status} ${await answer.text()}`);
}

export const now = () => Math.floor(Date.now() / 1000);

export const goodClaims = (issuer, resource) => ({
  iss: issuer, aud: resource, sub: 'alice', client_id: 'signed-by-test', jti: crypto.randomUUID(),
  scope: 'mcp:read', iat: now(), exp: now() + 300,
});

// A claim or header member that is undefined is left out.
export async function signedToken(keysFile, claims, { alg = 'RS256', header = {} } = {}) {
  const jwk = JSON.parse(fs.readFileSync(keysFile)).keys.find((key) => key.alg === alg);
  const key = await importJWK(jwk, alg);
  return new SignJWT(JSON.parse(JSON.stringify(claims)))
    .setProtectedHeader({ alg, kid: jwk.kid, typ: 'at+jwt', ...header })
    .sign(key);
}
