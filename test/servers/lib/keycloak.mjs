// Keycloak, with the realm of examples/keycloak-quickstart, made for another resource.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, freePort, start } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { authorizationCode, callback, json, postForm } from './person.mjs';
import { installed } from './installed.mjs';

const realmFile = fileURLToPath(new URL('../../../examples/keycloak-quickstart/realm-mcp.json', import.meta.url));
const quickstartResource = 'http://localhost:8080/mcp';
const administrator = 'admin';

function realm({ resource, otherResource }) {
  const text = fs.readFileSync(realmFile, 'utf8').replaceAll(quickstartResource, resource);
  const made = JSON.parse(text);
  const other = structuredClone(made.clientScopes.find(({ name }) => name === 'mcp:read'));
  other.name = 'other';
  other.protocolMappers[0].config['included.custom.audience'] = otherResource;
  made.clientScopes.push(other);
  const client = made.clients.find(({ clientId }) => clientId === 'mcp-client');
  client.redirectUris.push(callback);
  client.optionalClientScopes.push('other');
  return made;
}

// What it asks the kernel and the network for, and how much it keeps, is small: it serves one test.
async function startServer() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await start('Keycloak', `${installed('keycloak')}/bin/kc.sh`, [
    'start-dev', '--db=dev-mem', '--http-host=127.0.0.1', `--http-port=${port}`, `--hostname=${url}`, '--cache=local', '--log-level=warn,org.keycloak.events:debug',
  ], {
    timeoutMs: 180_000,
    env: cleanEnvironment({
      KC_BOOTSTRAP_ADMIN_USERNAME: administrator, KC_BOOTSTRAP_ADMIN_PASSWORD: administrator, JAVA_HOME: process.env.JAVA_HOME ?? '',
      JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1', HOME: temporaryFolder('keycloak'),
    }),
    ready: () => fetch(`${url}/realms/master`).then((answer) => (answer.ok ? url : undefined), () => undefined),
  });
  return server.ready;
}

async function create(url, made) {
  const { access_token: token } = await postForm(`${url}/realms/master/protocol/openid-connect/token`,
    { grant_type: 'password', username: administrator, password: administrator }, { id: 'admin-cli' });
  const answer = await fetch(`${url}/admin/realms`, {
    method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(made),
  });
  if (!answer.ok) throw new Error(`the realm was not made: ${answer.status} ${await answer.text()}`);
}

export const keycloak = {
  name: 'Keycloak',
  needs: 'keycloak',
  modes: ['native', 'jwt', 'nativeIntrospect', 'introspect'],
  async start(resources) {
    const url = await startServer();
    await create(url, realm(resources));
    const issuer = `${url}/realms/mcp`;
    const metadata = await json(`${issuer}/.well-known/openid-configuration`);
    const token = ({ scope = 'mcp:read', resource = resources.resource }) => authorizationCode({
      metadata, client: { id: 'mcp-client' }, scope: resource === resources.resource ? scope : 'other', known: { username: 'alice', password: 'wonderland' },
    });
    const revoke = (value) => postForm(metadata.revocation_endpoint, { token: value }, { id: 'mcp-client' });
    return { metadata, token, revoke, gateway: { id: resources.resource, secret: 'for-this-demo-only' }, client: 'mcp-client', subject: /^[0-9a-f-]{36}$/ };
  },
};
