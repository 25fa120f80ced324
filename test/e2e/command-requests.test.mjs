// What the nginx of `run` makes of requests: hosts that contradict each other, paths in another case, streams over a reload and a stop.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { before, test } from 'node:test';
import { findCommand, places, runCommand } from '../peers/lib/command.mjs';
import { spawnFor } from '../peers/lib/command-processes.mjs';
import { bearer, request } from '../peers/lib/http.mjs';
import { freePort, until } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const issuer = 'https://auth.example.com';
let keys;
let tokens;
before(async () => {
  keys = temporaryFolder('keys');
  await runCommand(['keys', 'generate', '--out', keys]);
  const minted = async (resource) => (await runCommand(['token', 'mint', '--key', `${keys}/private-key.pem`, '--issuer', issuer, '--resource', resource])).output.trim();
  tokens = { a: await minted('http://a.test/mcp'), b: await minted('http://b.test/mcp'), admin: await minted('http://a.test/mcp/admin') };
});

async function gatewayFor(t, answer) {
  const backend = http.createServer(answer);
  await new Promise((resolve) => { backend.listen(0, '127.0.0.1', resolve); });
  t.after(() => { backend.closeAllConnections(); backend.close(); });
  const port = await freePort();
  const folder = temporaryFolder('requests');
  const resource = (url, path = '') => `  - url: ${url}
    backend: http://127.0.0.1:${backend.address().port}${path}
    authorization_servers: ${issuer}
    keys: { file: ${keys}/jwks.json }
`;
  fs.writeFileSync(`${folder}/mcp.yaml`, `listen: { port: ${port}, addresses: ["127.0.0.1"] }\nworkers: 1\nresources:\n` +
    resource('http://a.test/mcp') + resource('http://a.test/mcp/admin') + resource('http://b.test/mcp', '/v1/mcp'));
  const server = spawnFor(t, findCommand(), ['run', '--config', `${folder}/mcp.yaml`, ...places()], {});
  server.log = '';
  server.stdout.on('data', (chunk) => { server.log += chunk; });
  await until(() => server.errors.includes('start worker process ') || server.exitCode !== null);
  assert.equal(server.exitCode, null, server.errors);
  server.remember();
  return { server, port };
}

// The status of an answer to these bytes.
const raw = (port, text) => new Promise((resolve, reject) => {
  let answer = '';
  net.connect(port, '127.0.0.1', function () { this.write(text); })
    .on('data', (chunk) => { answer += chunk; }).on('error', reject).on('close', () => resolve(Number(answer.split(' ')[1])));
});

test('The MCP server learns of no host but that by which its resource was chosen', async (t) => {
  const seen = [];
  const { port } = await gatewayFor(t, (req, res) => { seen.push(`${req.headers.host} ${req.headers['x-forwarded-host']}`); res.end('{}'); });
  for (const [target, host, expected] of [
    ['/mcp', 'a.test', 'a.test'],
    ['/mcp', 'A.test:8080', 'A.test:8080'],
    ['http://a.test/mcp', 'b.test', 'a.test'],
    ['http://a.test:81/mcp', 'b.test:80', 'a.test'],
    ['/mcp', 'a.test.', 'a.test'],
    ['/mcp', 'a.test:b.test', 'a.test'],
    ['/mcp', 'a.test:1,b.test', 'a.test'],
  ]) {
    seen.length = 0;
    const status = await raw(port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nAuthorization: Bearer ${tokens.a}\r\n\r\n`);
    if (status !== 400) assert.deepEqual([status, seen], [200, [`${expected} ${expected}`]], `${target} ${host}`);
    else assert.deepEqual(seen, []);
  }
});

test('A path in another case is the same resource, with the same rules, and arrives where that has its path', async (t) => {
  const seen = [];
  const { port } = await gatewayFor(t, (req, res) => { seen.push(req.url); res.end('{}'); });
  const status = async (host, path, token) => (await request(`http://127.0.0.1:${port}${path}`, { headers: { host, ...(token && bearer(token)) } })).status;
  for (const path of ['/mcp/ADMIN', '/MCP/admin/x', '/MCP/Admin'])
    assert.deepEqual([await status('a.test', path, tokens.a), await status('a.test', path), await status('a.test', path, tokens.admin)], [401, 401, 200], path);
  assert.deepEqual([await status('a.test', '/MCP'), await status('a.test', '/MCPx')], [401, 404]);
  seen.length = 0;
  assert.deepEqual([await status('b.test', '/MCP', tokens.b), await status('b.test', '/Mcp/X', tokens.b), seen], [200, 200, ['/v1/mcp', '/v1/mcp/X']]);
});

test('The log says host and path as they came, without the query', async (t) => {
  const { server, port } = await gatewayFor(t, (req, res) => res.end('{}'));
  await request(`http://127.0.0.1:${port}/mcp/x?secret=1`, { headers: { host: 'b.test', ...bearer(tokens.b) } });
  await until(() => server.log.includes(' b.test "GET /mcp/x" 200 '));
  assert.doesNotMatch(server.log, /secret|v1/);
});

test('A stream goes on over a reload, and is cut eight seconds after a stop, which is no failure', async (t) => {
  const { server, port } = await gatewayFor(t, (req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => res.write('data: x\n\n'), 100);
    setTimeout(() => { if (req.url === '/mcp') { clearInterval(timer); res.end('data: end\n\n'); } }, 10_000);
    res.on('close', () => clearInterval(timer));
  });
  const stream = (path) => new Promise((resolve) => {
    http.get({ port, host: '127.0.0.1', path, headers: { host: 'a.test', ...bearer(tokens.a) } }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => { body += chunk; }).on('error', () => {}).on('close', () => resolve(body));
    });
  });
  const whole = stream('/mcp');
  const endless = stream('/mcp/endless');
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  server.kill('SIGHUP');
  assert.match(await whole, /data: end/);
  server.remember();
  const asked = Date.now();
  server.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  const took = Date.now() - asked;
  assert.ok(took > 7000 && took < 9500, String(took));
  assert.doesNotMatch(await endless, /data: end/);
  assert.deepEqual(server.left(), []);
});
