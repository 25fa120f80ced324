// What the MCP server answers reaches the client as it is: error statuses, bodies, and each event when it happens.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { confFolder } from '../peers/lib/nginx.mjs';
import { bearer, request } from '../peers/lib/http.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { issuedToken } from '../peers/lib/tokens.mjs';

// A backend that does as each test says: answer(req, res).
let answer;
const backend = http.createServer((req, res) => answer(req, res));
let stack;
let headers;

before(async () => {
  await new Promise((resolve) => { backend.listen(0, '127.0.0.1', resolve); });
  const { port } = backend.address();
  stack = await startStack({
    backend: async () => ({ ready: `http://127.0.0.1:${port}/mcp` }),
    // The configuration exactly as the contract shows it, without the example's lines for event streams.
    extraServer: () => `location /contract {
            include ${confFolder}/mcp-resource-jwt.conf;
            proxy_set_header Authorization "";
            proxy_pass http://127.0.0.1:${port};
        }`,
  });
  headers = bearer(await issuedToken(stack.issuer, { resource: stack.resource }));
});
after(async () => {
  await stopAll();
  backend.closeAllConnections();
  backend.close();
  assertCleanLog(stack.nginx);
});

for (const status of [400, 401, 403, 404, 405, 500, 503])
  test(`SPEC 40, 46: the backend's own ${status} keeps its body and its headers`, async () => {
    answer = (req, res) => res.writeHead(status, { 'content-type': 'application/json', 'www-authenticate': 'Its own' }).end('{"its":"own"}');
    const response = await request(stack.resource, { headers });
    assert.deepEqual([response.status, response.lines('www-authenticate'), response.body], [status, ['Its own'], '{"its":"own"}']);
  });

test('SPEC 41: a 202 without a body passes untouched', async () => {
  answer = (req, res) => res.writeHead(202).end();
  const response = await request(stack.resource, { method: 'POST', headers, body: '{}' });
  assert.deepEqual([response.status, response.body, response.lines('www-authenticate')], [202, '', []]);
});

test('The request reaches the backend as it was sent: path, query, body and MCP headers', async () => {
  let seen;
  answer = async (req, res) => {
    seen = { method: req.method, url: req.url, body: Buffer.concat(await req.toArray()).toString(), headers: req.headers };
    res.end();
  };
  const mcpHeaders = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-param-x': '=?base64?eA==?=' };
  await request(`${stack.resource}/deeper?a=%20b`, { method: 'POST', headers: { ...headers, ...mcpHeaders }, body: '{"x":1}' });
  assert.deepEqual([seen.method, seen.url, seen.body], ['POST', '/mcp/deeper?a=%20b', '{"x":1}']);
  for (const [name, value] of Object.entries(mcpHeaders)) assert.equal(seen.headers[name], value);
  assert.equal('authorization' in seen.headers, false);
});

test('Without a token nothing reaches the backend', async () => {
  let reached = 0;
  answer = (req, res) => { reached += 1; res.end(); };
  await request(stack.resource, { method: 'POST', body: '{}' });
  await request(`${stack.resource}?access_token=x`, { headers });
  await request(stack.resource, { headers: { authorization: 'Bearer x' } });
  assert.equal(reached, 0);
  await request(stack.resource, { headers });
  assert.equal(reached, 1);
});

// The backend sends the last event only after the client has the first: a proxy that holds events back stops the test.
async function streamed(url, { streamHeaders = {}, chunked = true } = {}) {
  let firstArrived;
  const arrived = new Promise((resolve) => { firstArrived = resolve; });
  answer = async (req, res) => {
    if (!chunked) res.useChunkedEncodingByDefault = false; // the stream ends with the connection
    res.writeHead(200, { 'content-type': 'text/event-stream', ...streamHeaders });
    res.write('data: first\n\n');
    await arrived;
    res.end('data: last\n\n');
  };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  let text = '';
  for await (const chunk of response.body) {
    text += Buffer.from(chunk).toString();
    if (text.includes('first')) firstArrived();
  }
  return text;
}

for (const chunked of [true, false])
  test(`SPEC 44: the first event reaches the client before the last is produced (${chunked ? 'chunked' : 'until close'})`, async () => {
    assert.equal(await streamed(stack.resource, { chunked }), 'data: first\n\ndata: last\n\n');
  });

test('SPEC 44: so it does with the shortest configuration, when the backend says X-Accel-Buffering: no as the SDKs do', async () => {
  const url = new URL('/contract', stack.resource);
  assert.equal(await streamed(url, { streamHeaders: { 'x-accel-buffering': 'no' } }), 'data: first\n\ndata: last\n\n');
});
