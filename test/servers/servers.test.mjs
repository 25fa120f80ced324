// Real authorization servers, real tokens: nginx with each of our modules in front of a real MCP server.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { startGateway } from '../peers/lib/gateway.mjs';
import { bearer, mcpCall, rpcResponse } from '../peers/lib/http.mjs';
import { freePort, stopAll } from '../peers/lib/processes.mjs';
import { startMcpServer } from '../peers/lib/servers.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { whyNot } from './lib/installed.mjs';
import { servers } from './lib/servers.mjs';

const resource = 'https://mcp.example.com/mcp';
const otherResource = 'https://other.example.com/mcp';
const names = {
  native: 'mcp_resource with discovery', jwt: 'auth_jwt and its snippet',
  nativeIntrospect: 'mcp_resource with introspection', introspect: 'auth_oauth2_token and its snippet',
};
const wanted = process.env.TEST_SERVERS?.split(',');
const chosen = servers.filter(({ name }) => !wanted || wanted.includes(name)); // all of them, but for who works on one
if (chosen.length === 0) throw new Error(`TEST_SERVERS: there are ${servers.map(({ name }) => name).join(',')}`);
const running = {};
let backend;

// Those that need long begin at once, and start while others are tried.
before(async () => {
  for (const server of chosen)
    if (!whyNot(server)) {
      running[server.name] = server.start({ resource, otherResource });
      running[server.name].catch(() => {}); // told by who waits for it
    }
  backend = (await startMcpServer()).ready;
});
after(stopAll);

async function gatewayFor({ metadata, gateway }, mode) {
  const secretFile = `${temporaryFolder('secret')}/secret`;
  fs.writeFileSync(secretFile, gateway.secret, { mode: 0o600 });
  const port = await freePort();
  const nginx = await startGateway({
    mode, port, backend, resource, issuer: metadata.issuer, ownMaps: false, secretFile, clientId: gateway.id,
    introspection: metadata.introspection_endpoint,
    keys: 'auth_jwt_key_request /_jwks;', rules: 'mcp_claim_header X-User sub;',
    extraServer: mode === 'jwt' ? `location = /_jwks { internal; proxy_pass ${metadata.jwks_uri}; }` : '',
  });
  const url = `http://127.0.0.1:${port}/mcp`;
  return { nginx, whoAmI: (token) => mcpCall(url, 'tools/call', { name: 'whoami', arguments: {} }, token ? bearer(token) : {}) };
}

async function assertPasses({ nginx, whoAmI }, token, { native, subject }) {
  const answer = await whoAmI(token);
  assert.equal(answer.status, 200, nginx.errorLog());
  const seen = JSON.parse(rpcResponse(answer).result.content[0].text);
  assert.equal(seen.authorization, undefined);
  if (native) assert.match(seen['x-user'] ?? '', subject);
}

async function assertRefused({ nginx, whoAmI }, token, status, challenge) {
  const answer = await whoAmI(token);
  assert.equal(answer.status, status, nginx.errorLog());
  assert.match(answer.lines('www-authenticate').join('|'), challenge);
}

function tryMode(server, mode) {
  let asked, gateway;
  before(async () => {
    asked = await running[server.name];
    gateway = await gatewayFor(asked, mode);
  });
  after(async () => {
    await gateway?.nginx.stop();
    if (gateway) assertCleanLog(gateway.nginx);
  });
  const token = (wish = {}) => asked.token({ mode, ...wish });
  test('a good token passes', async () => assertPasses(gateway, await token(), { native: mode.startsWith('native'), ...asked }));
  test('no token, garbage, and one for another resource are refused', async () => {
    await assertRefused(gateway, undefined, 401, /^Bearer resource_metadata="[^"]+", scope="mcp:read"$/);
    await assertRefused(gateway, 'nobody-issued-this', 401, /^Bearer /);
    await assertRefused(gateway, await token({ resource: otherResource }), 401, /^Bearer /);
  });
  test('without the scope it is 403', async () =>
    assertRefused(gateway, await token({ scope: 'mcp:write' }), 403, /^Bearer error="insufficient_scope", .*scope="mcp:read"/));
  test('a revoked token is refused', { skip: !/introspect/i.test(mode) && 'a JWT is good until it expires' }, async (t) => {
    if (!asked.revoke) return t.skip('this server revokes no JWTs');
    const value = await token();
    await asked.revoke(value);
    return assertRefused(gateway, value, 401, /^Bearer /);
  });
}

for (const server of chosen)
  for (const mode of server.modes)
    describe(`${server.name}, ${names[mode]}`, { skip: process.env.CI !== 'true' && whyNot(server) }, () => tryMode(server, mode));
