// The exact answers of the product's contract, and the state an nginx log must be in after a test.
import assert from 'node:assert/strict';

export const unauthorized = ({ metadataUri }) => ({
  status: 401,
  challenge: [`Bearer resource_metadata="${metadataUri}", scope="mcp:read"`],
});

export const forbidden = ({ metadataUri }) => ({
  status: 403,
  challenge: [`Bearer error="insufficient_scope", scope="mcp:read", resource_metadata="${metadataUri}"`],
});

export const badRequest = ({ metadataUri }) => ({
  status: 400,
  challenge: [`Bearer error="invalid_request", resource_metadata="${metadataUri}", scope="mcp:read"`],
});

// A refusal: this status, this one challenge, a small JSON body (an error of JSON-RPC to a POST), not to be stored.
export function assertRefused(response, { status, challenge }, { method = 'GET' } = {}) {
  assert.deepEqual({ status: response.status, challenge: response.lines('www-authenticate') }, { status, challenge });
  assert.deepEqual(response.lines('cache-control'), ['no-store']);
  assert.deepEqual(response.lines('content-type'), ['application/json']);
  const { jsonrpc, error } = JSON.parse(response.body);
  assert.deepEqual([jsonrpc, typeof (method === 'POST' ? error.message : error)], [method === 'POST' ? '2.0' : undefined, 'string']);
}

export function assertCleanLog(nginx) {
  const bad = nginx.errorLog().split('\n').filter((line) => /\[(alert|emerg|crit)\]/.test(line));
  assert.deepEqual(bad, []);
}
