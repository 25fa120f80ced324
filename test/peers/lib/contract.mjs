// Every answer that the product's contract promises, of a server that the native module protects.
import assert from 'node:assert/strict';
import { assertRefused } from './expectations.mjs';
import { bearer, mcpCall, request, rpcResponse } from './http.mjs';
import { issuedToken } from './tokens.mjs';

async function assertUnauthorized(url, token) {
  const response = await request(url, { headers: bearer(token) });
  assert.equal(response.status, 401);
  assert.match(response.lines('www-authenticate').join('|'),
    /^Bearer error="invalid_token", error_description="[^"]+", resource_metadata="[^"]+", scope="mcp:read"$/);
}

async function assertTokensJudged(client, { resource, otherResource, issuer, keepsHost }) {
  const token = (scope, audience = resource) => issuedToken(issuer, { client, scope, resource: audience });
  await assertUnauthorized(resource, await token('mcp:read', otherResource));
  const narrow = await request(resource, { headers: bearer(await token('mcp:write')) });
  assert.equal(narrow.status, 403);
  assert.match(narrow.lines('www-authenticate').join('|'), /^Bearer error="insufficient_scope", [^|]*scope="mcp:read"/);
  const answer = await mcpCall(resource, 'tools/call', { name: 'whoami', arguments: {} }, bearer(await token('mcp:read')));
  assert.equal(answer.status, 200, client);
  const seen = JSON.parse(rpcResponse(answer).result.content[0].text);
  assert.equal(seen.authorization, undefined);
  if (keepsHost) assert.equal(seen.host, new URL(resource).host);
}

// resource, metadataUri: of the server. issuer: the authorization server, which knows otherResource as well. clients: the
// machine clients whose tokens are good. keepsHost: the backend sees the Host that clients use.
export async function assertContract({ resource, metadataUri, otherResource, issuer, clients, keepsHost = false }) {
  assertRefused(await request(resource), { status: 401, challenge: [`Bearer resource_metadata="${metadataUri}", scope="mcp:read"`] });
  await assertUnauthorized(resource, 'nobody-issued-this');
  await assertUnauthorized(resource, 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.eA');
  for (const client of clients) await assertTokensJudged(client, { resource, otherResource, issuer, keepsHost });
  for (const ambiguous of [await request(`${resource}?access_token=x`), await request(resource, { headers: { authorization: ['Bearer x', 'Bearer x'] } })]) {
    assert.equal(ambiguous.status, 400);
    assert.match(ambiguous.lines('www-authenticate').join('|'), /^Bearer error="invalid_request", [^|]*resource_metadata="[^"]+", scope="mcp:read"$/);
  }
  assert.equal((await request(`${resource}x`)).status, 404);
  for (const path of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'])
    assert.deepEqual(JSON.parse((await request(new URL(path, resource))).body), {
      resource, authorization_servers: [issuer],
      scopes_supported: ['mcp:read', 'mcp:write'], bearer_methods_supported: ['header'],
    });
  const health = await request(new URL('/healthz', resource));
  assert.deepEqual([health.status, health.body], [200, 'ok']);
}
