// What authorization-server.mjs tells oidc-provider: clients, token formats, features.
import { errors } from 'oidc-provider';
import { clientSecret } from './tokens.mjs';

const machineClient = (client_id, extra = {}) => ({
  client_id,
  client_secret: clientSecret,
  redirect_uris: [],
  response_types: [],
  grant_types: ['client_credentials'],
  token_endpoint_auth_method: 'client_secret_basic',
  ...extra,
});

// access_token_alg: the signature of a client's access tokens, or "opaque"; access_token_ttl: their lifetime in seconds.
const clients = [
  machineClient('gateway', { grant_types: [] }), // the resource server: it may introspect every token
  machineClient('m2m-rs256'),
  machineClient('m2m-ps256', { access_token_alg: 'PS256' }),
  machineClient('m2m-es256', { access_token_alg: 'ES256' }),
  machineClient('m2m-eddsa', { access_token_alg: 'EdDSA' }),
  machineClient('m2m-opaque', { access_token_alg: 'opaque' }),
  machineClient('m2m-rs256-short', { access_token_ttl: 2 }),
  machineClient('m2m-rs256-day', { access_token_ttl: 86_400 }),
  machineClient('m2m-opaque-short', { access_token_alg: 'opaque', access_token_ttl: 2 }),
  machineClient('m2m-opaque-day', { access_token_alg: 'opaque', access_token_ttl: 86_400 }),
];

// Resource servers that authenticate in other ways. Without a secret: what proves it is theirs alone.
const gateways = ({ gatewayKeys, hasClientCertificates }) => [
  machineClient('gateway-post', { grant_types: [], token_endpoint_auth_method: 'client_secret_post' }),
  ...(gatewayKeys ? [machineClient('gateway-jwt', {
    grant_types: [], client_secret: undefined, token_endpoint_auth_method: 'private_key_jwt', jwks: gatewayKeys,
  })] : []),
  ...(hasClientCertificates ? [machineClient('gateway-mtls', {
    grant_types: [], client_secret: undefined, token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=gateway-mtls',
  })] : []),
];

const mutualTls = {
  enabled: true,
  tlsClientAuth: true,
  getCertificate: (ctx) => ctx.socket.getPeerX509Certificate?.(),
  certificateAuthorized: (ctx) => ctx.socket.authorized,
  certificateSubjectMatches: (ctx, property, expected) =>
    property === 'tls_client_auth_subject_dn' && ctx.socket.getPeerX509Certificate().subject === expected,
};

function resourceServer(scopes, resource, client) {
  const alg = client.access_token_alg ?? 'RS256';
  const common = { scope: scopes, audience: resource };
  return alg === 'opaque'
    ? { ...common, accessTokenFormat: 'opaque' }
    : { ...common, accessTokenFormat: 'jwt', jwt: { sign: { alg } } };
}

export function providerConfiguration({ jwks, resources, scopes, gatewayKeys, hasClientCertificates }) {
  const lifetime = (ctx, token, client) => client.access_token_ttl ?? 600;
  return {
    jwks,
    clients: [...clients, ...gateways({ gatewayKeys, hasClientCertificates })],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none',
      ...(hasClientCertificates ? ['tls_client_auth'] : [])],
    scopes: ['openid', 'offline_access', ...scopes.split(' ')],
    extraClientMetadata: {
      properties: ['access_token_alg', 'access_token_ttl'],
      // The scope of a registration must not cap a later step-up.
      validator: (ctx, key, value, metadata) => { delete metadata.scope; },
    },
    cookies: { keys: ['tests-only'] },
    clientBasedCORS: () => true,
    findAccount: (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
    pkce: { required: () => true },
    responseTypes: ['code'],
    rotateRefreshToken: () => true,
    ttl: { AccessToken: lifetime, ClientCredentials: lifetime },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      clientCredentials: { enabled: true },
      ...(hasClientCertificates ? { mTLS: mutualTls } : {}),
      revocation: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (ctx, client, token) => client.clientId.startsWith('gateway') || client.clientId === token.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, client, oneOf) => oneOf ?? resources[0],
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource, client) => {
          if (!resources.includes(resource)) throw new errors.InvalidTarget();
          return resourceServer(scopes, resource, client);
        },
      },
    },
  };
}
