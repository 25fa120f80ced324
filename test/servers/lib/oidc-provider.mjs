// oidc-provider, as the other tests run it: JWTs that cannot be introspected, and opaque tokens that must be.
import crypto from 'node:crypto';
import { startAuthorizationServer } from '../../peers/lib/servers.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { clientSecret, issuedToken, now, revokeToken } from '../../peers/lib/tokens.mjs';
import { makeKey } from './client-keys.mjs';
import { json, postForm } from './person.mjs';

// A client that registers itself (RFC 7591) may ask about its own tokens.
async function register(metadata, method, more) {
  const answer = await fetch(metadata.registration_endpoint, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_types: ['client_credentials'], response_types: [], redirect_uris: [], token_endpoint_auth_method: method, access_token_alg: 'opaque', ...more,
    }),
  });
  if (answer.status !== 201) throw new Error(`not registered: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function authenticated(metadata, method, resource) {
  const key = makeKey();
  const client = await register(metadata, method, method === 'private_key_jwt' ? { jwks: key.set, token_endpoint_auth_signing_alg: 'ES256' } : {});
  const id = client.client_id;
  const proof = () => (method === 'client_secret_post' ? { client_secret: client.client_secret } : {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: key.sign({ iss: id, sub: id, aud: metadata.issuer, jti: crypto.randomUUID(), iat: now(), exp: now() + 60 }),
  });
  const token = async () =>
    (await postForm(metadata.token_endpoint, { grant_type: 'client_credentials', scope: 'mcp:read', resource, ...proof() }, { id })).access_token;
  return { gateway: { id, secret: client.client_secret, keyFile: key.file }, token };
}

export const oidcProvider = {
  name: 'oidc-provider',
  registers: true,
  modes: ['native', 'jwt', 'nativeIntrospect', 'introspect'],
  authentications: ['client_secret_post', 'private_key_jwt'],
  async start({ resource, otherResource }) {
    const server = await startAuthorizationServer({ resources: [resource, otherResource], keysFile: `${temporaryFolder('oidc-provider')}/keys.json` });
    const issuer = server.ready;
    const metadata = await json(`${issuer}/.well-known/openid-configuration`);
    const clientFor = (mode) => (/introspect/i.test(mode) ? 'm2m-opaque' : 'm2m-es256');
    return {
      metadata, gateway: { id: 'gateway', secret: clientSecret }, subject: /^(m2m-.*)?$/,
      token: ({ mode, scope = 'mcp:read', resource: target = resource }) => issuedToken(issuer, { client: clientFor(mode), scope, resource: target }),
      revoke: (token) => revokeToken(issuer, { client: 'm2m-opaque', token }),
      authenticated: (method) => authenticated(metadata, method, resource),
    };
  },
};
