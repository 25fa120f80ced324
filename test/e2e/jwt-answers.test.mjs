// What a request to the protected path gets in JWT mode, with the snippets: real authorization server, real MCP server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertCleanLog, assertRefused, badRequest, forbidden, unauthorized } from '../peers/lib/expectations.mjs';
import { bearer, mcpCall, request, rpcResponse } from '../peers/lib/http.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { goodClaims, issuedToken, now, signedToken } from '../peers/lib/tokens.mjs';

let stack;
before(async () => { stack = await startStack(); });
after(async () => {
  await stopAll();
  assertCleanLog(stack.nginx);
});

const claims = (changes = {}) => ({ ...goodClaims(stack.issuer, stack.resource), ...changes });
const withToken = (token, url = stack.resource) => request(url, { headers: bearer(token) });

for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS', 'PUT'])
  test(`SPEC 9, 28, 63, 64: ${method} without credentials gets 401 and a challenge without an error code`, async () => {
    const response = await request(stack.resource, { method, body: method === 'POST' ? '{}' : undefined });
    assertRefused(response, unauthorized(stack), { method });
  });

test('HEAD without credentials gets the same challenge and no body', async () => {
  const response = await request(stack.resource, { method: 'HEAD' });
  assert.deepEqual([response.status, response.lines('www-authenticate'), response.body],
    [401, unauthorized(stack).challenge, '']);
});

test('Credentials of another scheme are no credentials', async () => {
  assertRefused(await request(stack.resource, { headers: { authorization: 'Basic YTpi' } }), unauthorized(stack));
});

test('The body of a refusal is JSON also where the path looks like a file', async () => {
  assertRefused(await request(`${stack.resource}/page.html`), unauthorized(stack));
});

test('SPEC 15, 65: a second Authorization header is a bad request, good tokens or not', async () => {
  const token = await issuedToken(stack.issuer, { resource: stack.resource });
  const response = await request(stack.resource, { headers: { authorization: [`Bearer ${token}`, `Bearer ${token}`] } });
  assertRefused(response, badRequest(stack));
});

for (const query of ['access_token=x', 'a=1&access_token=x', 'access_token', '%61ccess%5ftoke%6E=x', 'a&acc%65ss%5Ftoken=x'])
  test(`SPEC 8, 67, 69: a token in the query (${query}) is a bad request, and does not reach the backend`, async () => {
    const token = await issuedToken(stack.issuer, { resource: stack.resource });
    assertRefused(await request(`${stack.resource}?${query}`), badRequest(stack));
    assertRefused(await withToken(token, `${stack.resource}?${query}`), badRequest(stack));
  });

test('A query that only resembles a token is left alone', async () => {
  const token = await issuedToken(stack.issuer, { resource: stack.resource });
  for (const query of ['access_tokens=x', 'my_access_token=x', 'a=access_token'])
    assertRefused(await request(`${stack.resource}?${query}`), unauthorized(stack));
  assert.notEqual((await withToken(token, `${stack.resource}?access_tokens=x`)).status, 400);
});

test('SPEC 16, 17: a good token without the scope gets 403 and is told the scope', async () => {
  const token = await issuedToken(stack.issuer, { resource: stack.resource, scope: 'mcp:write' });
  assertRefused(await withToken(token), forbidden(stack));
});

for (const scope of [undefined, '', 'mcp:reader', 'xmcp:read', 'mcp:read:all', 'MCP:READ'])
  test(`A scope that only resembles the required one does not count: ${JSON.stringify(scope)}`, async () => {
    assertRefused(await withToken(await signedToken(stack.keysFile, claims({ scope }))), forbidden(stack));
  });

test('Expiry wins over a missing scope', async () => {
  const token = await signedToken(stack.keysFile, claims({ scope: 'mcp:write', exp: now() - 1 }));
  assertRefused(await withToken(token), unauthorized(stack));
});

test('A foreign audience wins over a missing scope', async () => {
  const token = await signedToken(stack.keysFile, claims({ scope: 'mcp:write', aud: stack.otherResource }));
  assertRefused(await withToken(token), unauthorized(stack));
});

test('A foreign issuer wins over a missing scope', async () => {
  const token = await signedToken(stack.keysFile, claims({ scope: 'mcp:write', iss: 'https://other.example.com' }));
  assertRefused(await withToken(token), unauthorized(stack));
});

for (const [alg, client] of [['RS256', 'm2m-rs256'], ['PS256', 'm2m-ps256'], ['ES256', 'm2m-es256'], ['EdDSA', 'm2m-eddsa']])
  for (const aud of ['string', 'array'])
    test(`A valid ${alg} token with aud as ${aud} gets the MCP server's answer and no challenge`, async () => {
      const token = aud === 'string'
        ? await issuedToken(stack.issuer, { client, resource: stack.resource })
        : await signedToken(stack.keysFile, claims({ aud: ['account', stack.resource] }), { alg });
      const response = await mcpCall(stack.resource, 'tools/call', { name: 'echo', arguments: { message: alg } }, bearer(token));
      assert.equal(response.status, 200, response.body);
      assert.deepEqual(response.lines('www-authenticate'), []);
      assert.equal(rpcResponse(response).result.content[0].text, `Echo: ${alg}`);
    });

for (const typ of ['at+jwt', 'application/at+jwt', 'JWT', undefined])
  test(`typ ${typ} is accepted: issuers differ`, async () => {
    const token = await signedToken(stack.keysFile, claims(), { header: { typ } });
    assert.equal((await mcpCall(stack.resource, 'tools/list', {}, bearer(token))).status, 200);
  });

test('The scheme is compared without regard to case', async () => {
  const token = await issuedToken(stack.issuer, { resource: stack.resource });
  const response = await mcpCall(stack.resource, 'tools/list', {}, { authorization: `bEARER ${token}` });
  assert.equal(response.status, 200);
});

test('SPEC 13: the MCP server sees no Authorization and no Proxy-Authorization', async () => {
  const token = await issuedToken(stack.issuer, { resource: stack.resource });
  const headers = { ...bearer(token), 'proxy-authorization': 'Basic YTpi', 'x-seen': 'yes' };
  const response = await mcpCall(stack.resource, 'tools/call', { name: 'whoami', arguments: {} }, headers);
  const seen = JSON.parse(rpcResponse(response).result.content[0].text);
  assert.equal(seen['x-seen'], 'yes');
  assert.deepEqual(Object.keys(seen).filter((name) => name.includes('authorization')), []);
  assert.equal(JSON.stringify(seen).includes(token), false);
});

test('What is below the resource path is protected; what only starts alike is not reached at all', async () => {
  const { origin } = new URL(stack.resource);
  for (const path of ['/mcp/', '/mcp/deeper', '//mcp', '/x/../mcp', '/%6dcp'])
    assertRefused(await request(origin + path), unauthorized(stack));
  for (const path of ['/mcpx', '/mcp.json', '/MCP'])
    assert.equal((await request(origin + path)).status, 404);
});
