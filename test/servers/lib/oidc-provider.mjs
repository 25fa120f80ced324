// oidc-provider, as the other tests run it: JWTs that cannot be introspected, and opaque tokens that must be.
import { startAuthorizationServer } from '../../peers/lib/servers.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { clientSecret, issuedToken, revokeToken } from '../../peers/lib/tokens.mjs';
import { json } from './person.mjs';

export const oidcProvider = {
  name: 'oidc-provider',
  modes: ['native', 'jwt', 'nativeIntrospect', 'introspect'],
  async start({ resource, otherResource }) {
    const server = await startAuthorizationServer({ resources: [resource, otherResource], keysFile: `${temporaryFolder('oidc-provider')}/keys.json` });
    const issuer = server.ready;
    const clientFor = (mode) => (/introspect/i.test(mode) ? 'm2m-opaque' : 'm2m-es256');
    return {
      metadata: await json(`${issuer}/.well-known/openid-configuration`),
      token: ({ mode, scope = 'mcp:read', resource: target = resource }) => issuedToken(issuer, { client: clientFor(mode), scope, resource: target }),
      revoke: (token) => revokeToken(issuer, { client: 'm2m-opaque', token }),
      gateway: { id: 'gateway', secret: clientSecret }, client: /^m2m-/, subject: /^(m2m-.*)?$/,
    };
  },
};
