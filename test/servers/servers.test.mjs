// Real authorization servers, real tokens: nginx with each of our modules in front of a real MCP server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { resourceOn, startGateway } from '../peers/lib/gateway.mjs';
import { bearer, mcpCall, rpcResponse } from '../peers/lib/http.mjs';
import { freePort, stopAll } from '../peers/lib/processes.mjs';
import { startMcpServer } from '../peers/lib/servers.mjs';
import { proofs, secretFile } from './lib/client-proofs.mjs';
import { tryDoctor } from './lib/doctor.mjs';
import { openDoor } from './lib/door.mjs';
import { whyNot } from './lib/installed.mjs';
import { servers } from './lib/servers.mjs';

const door = await openDoor(); // tokens are for what is behind it: each nginx, one after the other
const resource = resourceOn(door.port);
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
after(() => Promise.all([stopAll(), door.close()]));

function started(server) {
  if (!running[server.name]) throw new Error(whyNot(server));
  return running[server.name];
}

async function gatewayFor({ metadata, gateway, introspection = metadata.introspection_endpoint, ...more }, mode) {
  const nginx = await startGateway({
    mode, port: await freePort(), resource, backend, issuer: metadata.issuer, ownMaps: false, secretFile: secretFile(gateway), clientId: gateway.id, introspection, ...more,
    keys: 'auth_jwt_key_request /_jwks;', rules: 'mcp_claim_header X-User sub;',
    extraServer: mode === 'jwt' ? `location = /_jwks { internal; proxy_pass ${metadata.jwks_uri}; }` : '',
  });
  door.leadTo(nginx.ready);
  return { nginx, whoAmI: (token) => mcpCall(resource, 'tools/call', { name: 'whoami', arguments: {} }, token ? bearer(token) : {}) };
}

async function ended({ nginx }) {
  await nginx.stop();
  assertCleanLog(nginx);
}

// However it went, nothing is behind the door afterwards.
async function withGateway(asked, mode, use) {
  const gateway = await gatewayFor(asked, mode);
  try {
    await use(gateway);
  } finally {
    await ended(gateway);
  }
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
    asked = await started(server);
    gateway = await gatewayFor(asked, mode);
  });
  after(() => gateway && ended(gateway));
  const token = (wish = {}) => asked.token({ mode, ...wish });
  test('a good token passes', async () => assertPasses(gateway, await token(), { native: mode.startsWith('native'), ...asked }));
  test('no token, garbage, and one for another resource are refused', async () => {
    await assertRefused(gateway, undefined, 401, /^Bearer resource_metadata="[^"]+", scope="mcp:read"$/);
    await assertRefused(gateway, 'nobody-issued-this', 401, /^Bearer /);
    await assertRefused(gateway, await token({ resource: otherResource }), 401, /^Bearer /);
  });
  test('without the scope it is 403', async () =>
    assertRefused(gateway, await token({ scope: 'mcp:write' }), 403, /^Bearer error="insufficient_scope", .*scope="mcp:read"/));
  if (!server.revokesNothing && /introspect/i.test(mode)) // a JWT that nobody asks about is good until it expires
    test('a revoked token is refused', async () => {
      const value = await token();
      await asked.revoke(value);
      return assertRefused(gateway, value, 401, /^Bearer /);
    });
}

// The client that introspects shows who it is in another way than by HTTP Basic.
const tryAuthentication = (server, method, mode) =>
  test(`${method}, ${names[mode]}: a good token passes, an unknown one is refused`, async () => {
    const { metadata, authenticated } = await started(server);
    const { token, gateway: client, introspection } = await authenticated(method);
    await withGateway({ metadata, gateway: client, introspection, ...proofs[mode](method, client, metadata) }, mode, async (gateway) => {
      await assertPasses(gateway, await token(), {});
      await assertRefused(gateway, 'nobody-issued-this', 401, /^Bearer /);
    });
  });

for (const server of chosen) {
  const skip = process.env.CI !== 'true' && whyNot(server);
  for (const mode of server.modes) describe(`${server.name}, ${names[mode]}`, { skip }, () => tryMode(server, mode));
  describe(`${server.name}, what doctor says`, { skip }, () => tryDoctor(server, { resource, otherResource, asked: () => started(server), gatewayFor, ended }));
  if (server.authentications)
    describe(`${server.name}, how its client authenticates`, { skip }, () => {
      for (const method of server.authentications)
        for (const mode of Object.keys(proofs)) tryAuthentication(server, method, mode);
    });
}
