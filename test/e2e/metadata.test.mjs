// The RFC 9728 document: where it is, who may read it, and that no token is ever asked for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertCleanLog, assertRefused, unauthorized } from '../peers/lib/expectations.mjs';
import { bearer, request } from '../peers/lib/http.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';

const wellKnown = '/.well-known/oauth-protected-resource';

let stack;
let origin;
before(async () => {
  stack = await startStack({ extraServer: () => 'auth_jwt "the whole server";' });
  ({ origin } = new URL(stack.resource));
});
after(async () => {
  await stopAll();
  assertCleanLog(stack.nginx);
});

const document = () => ({
  resource: stack.resource,
  authorization_servers: [stack.issuer],
  scopes_supported: ['mcp:read', 'mcp:write'],
  bearer_methods_supported: ['header'],
});

for (const path of [wellKnown, `${wellKnown}/mcp`])
  test(`SPEC 1, 2, 3, 54, 55, 56, 57: ${path} is the document, without a token, for browsers too`, async () => {
    const response = await request(origin + path);
    assert.equal(response.status, 200);
    assert.deepEqual(JSON.parse(response.body), document());
    assert.deepEqual(response.lines('content-type'), ['application/json']);
    assert.deepEqual(response.lines('access-control-allow-origin'), ['*']);
    assert.deepEqual(response.lines('www-authenticate'), []);
  });

test('The whole server asks for a token, the metadata does not', async () => {
  assert.equal((await request(`${origin}/elsewhere`)).status, 401);
  assert.equal((await request(`${origin}${wellKnown}`)).status, 200);
  assertRefused(await request(stack.resource), unauthorized(stack)); // and the challenge is still the one
});

test('A token that came along, however bad, changes nothing', async () => {
  const response = await request(`${origin}${wellKnown}/mcp`, { headers: bearer('x') });
  assert.deepEqual(JSON.parse(response.body), document());
});

test('HEAD answers as GET, without the body', async () => {
  const response = await request(`${origin}${wellKnown}/mcp`, { method: 'HEAD' });
  assert.deepEqual([response.status, response.lines('content-type'), response.body], [200, ['application/json'], '']);
});

test('A query does not change the document', async () => {
  assert.deepEqual(JSON.parse((await request(`${origin}${wellKnown}/mcp?x=1`)).body), document());
});

test('A preflight for the header that SDKs send is answered', async () => {
  const response = await request(`${origin}${wellKnown}/mcp`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://client.example.com',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'mcp-protocol-version',
    },
  });
  assert.equal(response.status, 204);
  assert.deepEqual(response.lines('access-control-allow-origin'), ['*']);
  assert.match(response.header('access-control-allow-methods'), /\bGET\b/);
  assert.match(response.header('access-control-allow-headers'), /\bmcp-protocol-version\b/i);
});

for (const method of ['POST', 'PUT', 'DELETE'])
  test(`${method} is not allowed there`, async () => {
    const response = await request(`${origin}${wellKnown}/mcp`, { method });
    assert.deepEqual([response.status, response.lines('allow')], [405, ['GET, HEAD, OPTIONS']]);
  });

for (const path of ['/', '/other', '/mcpx', '/mcp/', '/mcp/deeper', 'x', '%20/mcp', '-x/mcp'])
  test(`${wellKnown}${path} is nobody's metadata`, async () => {
    assert.equal((await request(origin + wellKnown + path)).status, 404);
  });
