// What a request to the protected path gets in introspection mode, with the snippets: a real authorization server that
// issues opaque tokens, and a real MCP server.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertCleanLog, assertRefused, badRequest, forbidden, unauthorized } from '../peers/lib/expectations.mjs';
import { modes, startGateway } from '../peers/lib/gateway.mjs';
import { bearer, mcpCall, request, rpcResponse } from '../peers/lib/http.mjs';
import { MemoryOAuthProvider } from '../peers/lib/oauth-provider.mjs';
import { freePort, stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { issuedToken, revokeToken } from '../peers/lib/tokens.mjs';
import { connectClient, connectLegacyClient } from '../peers/sdk-client.mjs';

let stack;
before(async () => { stack = await startStack({ mode: 'introspect' }); });
after(async () => {
  await stopAll();
  assertCleanLog(stack.nginx);
});

const opaque = (changes = {}) => issuedToken(stack.issuer, { client: 'm2m-opaque', resource: stack.resource, ...changes });
const withToken = (token) => request(stack.resource, { headers: bearer(token) });

async function revoked() {
  const token = await opaque();
  assert.equal((await mcpCall(stack.resource, 'tools/list', {}, bearer(token))).status, 200);
  await revokeToken(stack.issuer, { client: 'm2m-opaque', token });
  return token;
}

test('SPEC 63, 64: no credentials get 401 and a challenge without an error code', async () => {
  assertRefused(await request(stack.resource), unauthorized(stack));
});

async function expired() {
  const token = await opaque({ client: 'm2m-opaque-short' });
  assert.notEqual((await withToken(token)).status, 401);
  for (let i = 0; i < 100 && (await withToken(token)).status !== 401; i++) await sleep(100);
  return token;
}

const badTokens = {
  'nobody issued': () => 'x'.repeat(43),
  'revoked after it was used': revoked,
  'expired': expired,
  'issued for another resource (SPEC 11, 12, 75)': () => opaque({ resource: stack.otherResource }),
  'for another resource, and without the scope': () => opaque({ resource: stack.otherResource, scope: 'mcp:write' }),
  'a JWT, which this authorization server does not introspect': () => issuedToken(stack.issuer, { resource: stack.resource }),
};
for (const [name, make] of Object.entries(badTokens))
  test(`A token is refused: ${name}`, async () => {
    assertRefused(await withToken(await make()), unauthorized(stack));
  });

test('SPEC 16, 17: a good token without the scope gets 403 and is told the scope', async () => {
  assertRefused(await withToken(await opaque({ scope: 'mcp:write' })), forbidden(stack));
});

test('SPEC 8, 65, 67: a second Authorization header, or a token in the query, is a bad request', async () => {
  const token = await opaque();
  const twice = { authorization: [`Bearer ${token}`, `Bearer ${token}`] };
  assertRefused(await request(stack.resource, { headers: twice }), badRequest(stack));
  assertRefused(await request(`${stack.resource}?access_token=${token}`), badRequest(stack));
});

test('SPEC 13: a good token gets the answer, and the MCP server sees no credentials', async () => {
  const headers = { ...bearer(await opaque()), 'proxy-authorization': 'Basic YTpi' };
  const response = await mcpCall(stack.resource, 'tools/call', { name: 'whoami', arguments: {} }, headers);
  assert.deepEqual([response.status, response.lines('www-authenticate')], [200, []]);
  const seen = JSON.parse(rpcResponse(response).result.content[0].text);
  assert.deepEqual(Object.keys(seen).filter((name) => name.includes('authorization')), []);
});

for (const [name, connect] of [['v2', connectClient], ['v1', connectLegacyClient]])
  test(`SDK ${name} goes through its whole OAuth flow and calls a tool`, async () => {
    const authProvider = new MemoryOAuthProvider(modes.introspect.registration);
    const { client } = await connect(stack.resource, { authProvider });
    const { content } = await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
    assert.equal(content[0].text, 'Echo: hello');
    await client.close();
  });

test('A wrong client secret gives 503 and a log line that names the cause, whatever the token', async () => {
  const secretFile = `${stack.folder}/wrong-secret`;
  fs.writeFileSync(secretFile, 'not-the-secret', { mode: 0o600 });
  const { issuer, mcpServer } = stack;
  const gateway = await startGateway({
    mode: 'introspect', port: await freePort(), issuer, backend: mcpServer.ready, secretFile,
  });
  const response = await request(gateway.resource, { headers: bearer(await opaque()) });
  assert.deepEqual([response.status, response.lines('www-authenticate')], [503, []]);
  assert.match(gateway.errorLog(), /server_refuses_client/);
  assert.doesNotMatch(gateway.errorLog(), /not-the-secret/);
});

test('SPEC 87: when the authorization server is away, a token gets 503 with Retry-After and no challenge', async () => {
  const token = await opaque();
  await stack.authorizationServer.stop();
  const response = await withToken(token);
  assert.deepEqual([response.status, response.lines('www-authenticate')], [503, []]);
  assert.match(response.header('retry-after'), /^\d+$/);
  assertRefused(await request(stack.resource), unauthorized(stack));
});
