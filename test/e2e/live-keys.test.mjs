// Keys from the authorization server's own jwks_uri, fetched by nginx while it serves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertCleanLog, assertRefused, forbidden, unauthorized } from '../peers/lib/expectations.mjs';
import { bearer, mcpCall, request } from '../peers/lib/http.mjs';
import { freePort, stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { goodClaims, issuedToken, signedToken } from '../peers/lib/tokens.mjs';
import { connectClient } from '../peers/sdk-client.mjs';

const keysFrom = (origin) => ({
  keys: 'auth_jwt_key_request /_keys;\n        auth_jwt_key_cache 5m;',
  extraServer: (issuer) => `location = /_keys { internal; proxy_pass ${origin ?? issuer}/jwks; proxy_pass_request_body off; }`,
});

let stack;
let orphan; // its key server cannot be reached
before(async () => {
  [stack, orphan] = await Promise.all([
    startStack(keysFrom()),
    startStack(keysFrom(`http://127.0.0.1:${await freePort()}`)),
  ]);
});
after(async () => {
  await stopAll();
  assertCleanLog(stack.nginx);
  assertCleanLog(orphan.nginx);
});

for (const client of ['m2m-rs256', 'm2m-ps256', 'm2m-es256', 'm2m-eddsa'])
  test(`A token of ${client} is verified with keys from the live jwks_uri`, async () => {
    const token = await issuedToken(stack.issuer, { client, resource: stack.resource });
    assert.equal((await mcpCall(stack.resource, 'tools/list', {}, bearer(token))).status, 200);
  });

test('Bad tokens are refused with live keys as with keys from a file', async () => {
  assertRefused(await request(stack.resource), unauthorized(stack));
  const other = await issuedToken(stack.issuer, { resource: stack.otherResource });
  assertRefused(await request(stack.resource, { headers: bearer(other) }), unauthorized(stack));
  const write = await issuedToken(stack.issuer, { resource: stack.resource, scope: 'mcp:write' });
  assertRefused(await request(stack.resource, { headers: bearer(write) }), forbidden(stack));
  const unknown = await signedToken(stack.keysFile, goodClaims(stack.issuer, stack.resource), { header: { kid: 'unknown' } });
  assertRefused(await request(stack.resource, { headers: bearer(unknown) }), unauthorized(stack));
});

test('An SDK client goes through its whole flow', async () => {
  const { client } = await connectClient(stack.resource);
  assert.ok((await client.listTools()).tools.length > 0);
  await client.close();
});

test('SPEC 87: when the keys cannot be had, a token gets 503 with Retry-After, never 401, and no challenge', async () => {
  const token = await issuedToken(orphan.issuer, { resource: orphan.resource });
  const response = await request(orphan.resource, { headers: bearer(token) });
  assert.equal(response.status, 503);
  assert.match(response.header('retry-after'), /^\d+$/);
  assert.deepEqual(response.lines('www-authenticate'), []);
});

test('Who has no token is told where to get one also while the keys cannot be had', async () => {
  assertRefused(await request(orphan.resource), unauthorized(orphan));
});

test('Keys that were fetched are kept while the authorization server is away', async () => {
  const token = await issuedToken(stack.issuer, { resource: stack.resource });
  assert.equal((await mcpCall(stack.resource, 'tools/list', {}, bearer(token))).status, 200);
  await stack.authorizationServer.stop();
  assert.equal((await mcpCall(stack.resource, 'tools/list', {}, bearer(token))).status, 200);
});
