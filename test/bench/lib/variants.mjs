// What is measured: each variant is one kind of request at one server, compared with the same request at the bare one.
import { optionVariants } from './options.mjs';
import { algorithms, forged, opaque, resource, sign } from './tokens.mjs';

const bearer = { Authorization: 'Bearer {token}' };
const coldTokens = 6000; // more than a worker keeps (4096), in turn: none is there when it comes again
const opaqueCounts = [1, 10_000, 100_000];

// 1 KB: what a client sends with tools/call.
function toolsCall(meta) {
  const message = (text) => JSON.stringify({
    jsonrpc: '2.0', id: 1, method: 'tools/call',
    params: { name: 'write_note', arguments: { title: 'Minutes', text }, ...(meta ? { _meta: meta } : {}) },
  });
  return message('m'.repeat(1024 - message('').length));
}

const json = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
const eras = {
  '2025-11-25': { headers: { ...json, 'MCP-Protocol-Version': '2025-11-25' }, body: toolsCall() },
  '2026-07-28': {
    headers: { ...json, 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': 'write_note' },
    body: toolsCall({ 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }),
  },
};

const get = (path, more = {}) => ({ path, headers: bearer, ...more });
const post = (path, era, more = {}) => ({ path, method: 'POST', headers: { ...bearer, ...era.headers }, body: era.body, ...more });

const pathOf = (alg) => (alg === 'HS256' ? '/hmac' : '/mcp');
const tokensOf = (keys, alg, count) => Array.from({ length: count }, (_, i) => sign(keys[alg], resource(pathOf(alg)), i));

const warm = (keys) => algorithms.map((alg) => ({
  group: 'jwt', name: `native, ${alg}, warm`, server: 'native', reach: 0.90,
  request: get(pathOf(alg)), tokens: () => tokensOf(keys, alg, 1),
}));

const cold = (keys) => algorithms.map((alg) => ({
  group: 'cold', name: `native, ${alg}, cold`, server: 'native', algorithm: alg,
  request: get(pathOf(alg)), tokens: () => tokensOf(keys, alg, coldTokens),
}));

const dropIn = (keys) => [{
  group: 'drop-in', name: 'auth_jwt snippet, RS256, warm', server: 'auth_jwt', reach: 0.80,
  request: get('/mcp'), tokens: () => tokensOf(keys, 'RS256', 1),
}];

const hits = (tokens) => [['native', 'native', '/opaque', 0.88], ['auth_oauth2_token snippet', 'auth_oauth2_token', '/mcp', 0.80]]
  .flatMap(([title, server, path, reach]) => opaqueCounts.map((count) => ({
    group: 'introspection', name: `${title}, ${count.toLocaleString('en')} known`, server, reach, introspects: 0,
    baseline: 'GET, opaque', warmUp: count, request: get(path), tokens: () => tokens.slice(0, count),
  })));

const misses = () => [{
  group: 'introspection', name: 'native, none known (max_ttl=0s)', server: 'native', introspects: 1, baseline: 'GET, opaque',
  request: get('/unkept'), tokens: () => opaque(10_000),
}];

const policy = (keys) => Object.entries(eras).map(([revision, era]) => ({
  group: 'policy', name: `native, scopes by tool, 1 KB, ${revision}`, server: 'native', reach: 0.75, baseline: `POST ${revision}`,
  request: post('/tools', era), tokens: () => [sign(keys.RS256, resource('/tools'))],
}));

const refusals = (keys) => [
  { group: 'refusal', name: 'native, no token: 401', server: 'native', reach: 1, request: { path: '/mcp', refuses: true }, tokens: () => [] },
  {
    group: 'refusal', name: 'native, RS256, forged: 401', server: 'native', request: get('/mcp', { refuses: true }),
    tokens: () => tokensOf(keys, 'RS256', 50).map(forged),
  },
];

// So that everybody can see what taking the header away saves: the modules do that, too.
const stripped = (keys) => [{
  group: 'jwt', name: 'bare, proxy_set_header Authorization ""', server: 'bare', request: get('/stripped'),
  tokens: () => tokensOf(keys, 'RS256', 1),
}];

export function variants(keys) {
  const known = opaque(Math.max(...opaqueCounts));
  return [stripped(keys), warm(keys), cold(keys), dropIn(keys), hits(known), misses(), policy(keys), refusals(keys), optionVariants(keys, post('/mcp', eras['2025-11-25']))].flat();
}

// The same requests at the server without any module.
export const baselines = (keys) => ({
  GET: { request: get('/mcp'), tokens: () => tokensOf(keys, 'RS256', 1) },
  'GET, opaque': { request: get('/mcp'), tokens: () => opaque(1) },
  ...Object.fromEntries(Object.entries(eras).map(([revision, era]) =>
    [`POST ${revision}`, { request: post('/mcp', era), tokens: () => tokensOf(keys, 'RS256', 1) }])),
});
