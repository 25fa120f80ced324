// Keycloak, with the realm of examples/keycloak-quickstart, made for another resource.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, freePort, start } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { makeCertificates, makeKey } from './client-keys.mjs';
import { installed } from './installed.mjs';
import { authorizationCode, callback, json, postForm } from './person.mjs';

const realmFile = fileURLToPath(new URL('../../../examples/keycloak-quickstart/realm-mcp.json', import.meta.url));
const quickstartResource = 'http://localhost:8080/mcp';
const administrator = 'admin';
const secret = 'for-this-demo-only';

const audienceScope = (name, config) => ({
  name, protocol: 'openid-connect', attributes: { 'include.in.token.scope': 'false' },
  protocolMappers: [{ name, protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper', config: { 'access.token.claim': 'true', 'introspection.token.claim': 'true', ...config } }],
});

// Beside the one that is called like the resource: one that Keycloak tells nothing, one that is a second audience, one that is exempt.
const gateways = (realm, key) => {
  const like = realm.clients.find(({ clientId }) => clientId.startsWith('http'));
  return [
    { ...like, clientId: 'nginx' },
    { ...like, clientId: 'nginx-key', secret: undefined, clientAuthenticatorType: 'client-jwt',
      attributes: { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify(key.set), 'token.endpoint.auth.signing.alg': 'ES256' } },
    { ...like, clientId: 'nginx-certificate', secret: undefined, clientAuthenticatorType: 'client-x509',
      attributes: { 'x509.subjectdn': 'CN=nginx', 'allow.token.introspection.without.audience.check': 'true' } },
  ];
};

function makeRealm({ resource, otherResource }, key) {
  const realm = JSON.parse(fs.readFileSync(realmFile, 'utf8').replaceAll(quickstartResource, resource));
  realm.clients.push(...gateways(realm, key));
  realm.clientScopes.push(
    audienceScope('other-audience', { 'included.custom.audience': otherResource }), audienceScope('nginx-key-audience', { 'included.client.audience': 'nginx-key' }));
  const client = realm.clients.find(({ clientId }) => clientId === 'mcp-client');
  client.redirectUris.push(callback);
  client.optionalClientScopes.push('other-audience', 'nginx-key-audience');
  return realm;
}

// What it keeps is in memory: nothing is left of it.
async function startServer(certificates) {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  await start('Keycloak', `${installed('keycloak')}/bin/kc.sh`, [
    'start-dev', '--db=dev-mem', '--cache=local', '--http-host=127.0.0.1', `--http-port=${port}`, `--hostname=${url}`, '--log-level=warn',
    `--https-port=${tlsPort}`, `--https-certificate-file=${certificates}/server.crt`, `--https-certificate-key-file=${certificates}/server.key`,
    '--https-client-auth=request', `--https-trust-store-file=${certificates}/trust.p12`, '--https-trust-store-password=changeit',
  ], {
    timeoutMs: 180_000,
    env: cleanEnvironment({
      KC_BOOTSTRAP_ADMIN_USERNAME: administrator, KC_BOOTSTRAP_ADMIN_PASSWORD: administrator,
      JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1', HOME: temporaryFolder('keycloak'),
    }),
    ready: () => fetch(`${url}/realms/master`).then((answer) => (answer.ok ? url : undefined), () => undefined),
  });
  return { url, tlsUrl: `https://127.0.0.1:${tlsPort}` };
}

async function create(url, realm) {
  const { access_token: token } = await postForm(`${url}/realms/master/protocol/openid-connect/token`,
    { grant_type: 'password', username: administrator, password: administrator }, { id: 'admin-cli' });
  const answer = await fetch(`${url}/admin/realms`, {
    method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(realm),
  });
  if (!answer.ok) throw new Error(`the realm was not made: ${answer.status} ${await answer.text()}`);
}

export const keycloak = {
  name: 'Keycloak',
  needs: 'keycloak',
  registers: true,
  checksAudience: true,
  modes: ['native', 'jwt', 'nativeIntrospect', 'introspect'],
  hidesTokens: /allow\.token\.introspection\.without\.audience\.check/,
  authentications: ['client_secret_post', 'private_key_jwt', 'tls_client_auth'],
  async start(resources) {
    const [certificates, key] = [makeCertificates(), makeKey()];
    const { url, tlsUrl } = await startServer(certificates);
    await create(url, makeRealm(resources, key));
    const metadata = await json(`${url}/realms/mcp/.well-known/openid-configuration`);
    const tokenOf = (scope) => authorizationCode({ metadata, client: { id: 'mcp-client' }, scope, known: { username: 'alice', password: 'wonderland' } });
    return {
      metadata, gateway: { id: resources.resource, secret }, stranger: { id: 'nginx', secret }, subject: /^[0-9a-f-]{36}$/,
      token: ({ scope = 'mcp:read', resource = resources.resource }) => tokenOf(resource === resources.resource ? scope : 'other-audience'),
      revoke: (token) => postForm(metadata.revocation_endpoint, { token }, { id: 'mcp-client' }),
      authenticated: (method) => ({
        client_secret_post: { gateway: { id: resources.resource, secret }, token: () => tokenOf('mcp:read') },
        private_key_jwt: { gateway: { id: 'nginx-key', keyFile: key.file }, token: () => tokenOf('mcp:read nginx-key-audience') },
        tls_client_auth: {
          gateway: { id: 'nginx-certificate', certificates }, token: () => tokenOf('mcp:read'),
          introspection: metadata.introspection_endpoint.replace(url, tlsUrl),
        },
      })[method],
    };
  },
};
