// Keys from the authorization server's own jwks_uri, fetched by nginx while it serves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertCleanLog, assertRefused, forbidden, unauthorized } from '../peers/lib/expectations.mjs';
import { bearer, mcpCall, request } from '../peers/lib/http.mjs';
import { freePort, stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { goodClaims, issuedToken, signedToken } from '../peers/lib/tokens.mjs';
import { connectClient } from '../peers/sdk-client.mjs';

// Each worker keeps the keys that it fetched itself: with two, which one has them would be left to chance.
const liveKeys = (location) => ({
  workers: 1,
  keys: 'auth_jwt_key_request /_keys;\n        auth_jwt_key_cache 5m;',
  extraServer: (issuer) => `location = /_keys { internal; ${location(issuer)} }`,
});

let stack;
let orphans; // their keys cannot be had
before(async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  [stack, ...orphans] = await Promise.all([
    liveKeys((issuer) => `proxy_pass ${issuer}/jwks;`),
    liveKeys(() => `proxy_pass ${nobody};`),
    liveKeys((issuer) => `proxy_pass ${issuer}/no-such-path;`),
    liveKeys((issuer) => `proxy_pass ${issuer}/.well-known/openid-configuration;`), // JSON, but no keys in it
    liveKeys(() => 'return 200 "<html>Please log in</html>";'),
  ].map(startStack));
});
after(async () => {
  await stopAll();
  for (const { nginx } of [stack, ...orphans]) assertCleanLog(nginx);
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

for (const [i, problem] of ['nobody answers', 'an error comes', 'other JSON comes', 'a page comes'].entries()) {
  test(`SPEC 87: when ${problem} instead of keys, a token gets 503 with Retry-After and no challenge`, async () => {
    const { issuer, resource } = orphans[i];
    const response = await request(resource, { headers: bearer(await issuedToken(issuer, { resource })) });
    assert.deepEqual([response.status, response.lines('www-authenticate')], [503, []]);
    assert.match(response.header('retry-after'), /^\d+$/);
  });

  test(`When ${problem} instead of keys, who has no token is still told where to get one`, async () => {
    assertRefused(await request(orphans[i].resource), unauthorized(orphans[i]));
  });
}

test('Keys that were fetched are kept while the authorization server is away', async () => {
  const token = await issuedToken(stack.issuer, { resource: stack.resource });
  assert.equal((await mcpCall(stack.resource, 'tools/list', {}, bearer(token))).status, 200);
  await stack.authorizationServer.stop();
  assert.equal((await mcpCall(stack.resource, 'tools/list', {}, bearer(token))).status, 200);
});
