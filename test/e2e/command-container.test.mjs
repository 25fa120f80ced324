// The nginx of `run` as operators of containers know it: what is slow is waited for and not spooled, what is too large is told,
// names are looked up again, and both families and HTTP/2 are spoken.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import path from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCommand, places, runCommand, startCommand } from '../peers/lib/command.mjs';
import { childrenOf, ownSettings, spawnFor } from '../peers/lib/command-processes.mjs';
import { bearer, request, trust } from '../peers/lib/http.mjs';
import { freePort, until } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const isRoot = process.getuid() === 0;
const mebibyte = 1 << 20;
let settings;
let token;
const minted = async (...claims) => {
  const { output } = await runCommand(['token', 'mint', '--key', path.join(path.dirname(settings.MCP_JWT_KEY_FILE), 'private-key.pem'),
    '--issuer', settings.MCP_AUTHORIZATION_SERVER, '--resource', settings.MCP_CANONICAL_URI, '--scope', 'mcp:read',
    ...claims.flatMap((claim) => ['--claim', claim])]);
  return output.trim();
};
before(async () => {
  settings = await ownSettings();
  token = await minted();
});

async function backendFor(t, answer, host = '127.0.0.1') {
  const backend = http.createServer(answer);
  await new Promise((resolve) => { backend.listen(0, host, resolve); });
  t.after(() => { backend.closeAllConnections(); backend.close(); });
  return backend.address().port;
}

async function serverFor(t, changed = {}) {
  const port = await freePort();
  const folder = temporaryFolder('container');
  const server = await startCommand({ ...settings, MCP_LISTEN_PORT: String(port), ...changed }, folder);
  t.after(() => server.stop());
  return Object.assign(server, { port, url: `http://127.0.0.1:${port}/mcp`, folder });
}

// nginx unlinks its temporary files when it makes them: they show only as long as it has them open.
const spooledBy = ({ pid }) => childrenOf(pid).flatMap((nginx) => [nginx, ...childrenOf(nginx)]).flatMap((process_) =>
  fs.readdirSync(`/proc/${process_}/fd`).map((fd) => fs.readlinkSync(`/proc/${process_}/fd/${fd}`)).filter((file) => file.includes('nginx-home')));
const post = (url, body, headers = {}) => request(url, { method: 'POST', body, headers: { ...bearer(token), 'content-type': 'application/json', ...headers } });

test('A slow reader gets a large answer whole, and nothing of it is spooled', async (t) => {
  const size = 24 * mebibyte;
  const backend = await backendFor(t, (req, res) => { res.setHeader('content-type', 'application/json'); res.end(Buffer.alloc(size, 'x')); });
  const server = await serverFor(t, { MCP_BACKEND: `127.0.0.1:${backend}` });
  const answer = await new Promise((resolve, reject) => { http.get(server.url, { headers: bearer(token) }, resolve).on('error', reject); });
  answer.pause();
  await sleep(1000);
  assert.deepEqual(spooledBy(server), []);
  let read = 0;
  for await (const chunk of answer) read += chunk.length;
  assert.equal(read, size);
  assert.doesNotMatch(server.output, /temporary file/);
});

test('A body goes to the MCP server as it comes, and never into a file', async (t) => {
  let seen = 0;
  const backend = await backendFor(t, (req, res) => {
    req.on('data', (chunk) => { seen += chunk.length; });
    req.on('end', () => res.end(String(seen)));
  });
  const server = await serverFor(t, { MCP_BACKEND: `127.0.0.1:${backend}` });
  const call = http.request(server.url, { method: 'POST', headers: { ...bearer(token), 'content-length': 4 * mebibyte } });
  const answered = new Promise((resolve, reject) => { call.on('response', resolve).on('error', reject); });
  call.write(Buffer.alloc(2 * mebibyte));
  await until(() => seen === 2 * mebibyte);
  assert.deepEqual(spooledBy(server), []);
  call.end(Buffer.alloc(2 * mebibyte));
  let body = '';
  for await (const chunk of await answered) body += chunk;
  assert.equal(body, String(4 * mebibyte));
});

test('What is too large, or cannot be passed on, is told as JSON, with a line in the log', async (t) => {
  const server = await serverFor(t, { MCP_BACKEND: `127.0.0.1:${await freePort()}` });
  const problem = async (answer, status, message) => {
    assert.equal(answer.status, status);
    assert.equal(answer.header('content-type'), 'application/json');
    const { jsonrpc, id, error } = JSON.parse(answer.body);
    assert.deepEqual([jsonrpc, id], ['2.0', null]);
    assert.match(error.message, message);
  };
  await problem(await post(server.url, '{}'), 502, /MCP server cannot be reached/);
  await until(() => /"POST \/mcp" 502 pass /.test(server.output));
  await problem(await post(server.url, Buffer.alloc(17 * mebibyte)).catch(() => post(server.url, '', { 'content-length': 17 * mebibyte })), 413, /body/);
  await problem(await request(server.url, { headers: bearer('x'.repeat(40_000)) }), 431, /headers/);
  await until(() => /"GET \/mcp" 431 /.test(server.output));
  await problem(await request(`http://127.0.0.1:${server.port}/elsewhere`), 404, /Nothing/);
});

test('What the module refuses, it says itself', async (t) => {
  const server = await serverFor(t);
  const refused = await request(server.url, { method: 'POST', body: '{}' });
  assert.equal(refused.status, 401);
  assert.match(refused.header('www-authenticate'), /resource_metadata=/);
  assert.match(JSON.parse(refused.body).error.message, /token/);
});

test('It is alive at once, and ready when the keys are there', async (t) => {
  const port = await freePort();
  const keys = fs.readFileSync(settings.MCP_JWT_KEY_FILE);
  const server = await serverFor(t, { MCP_JWT_KEY_FILE: '', MCP_JWKS_URI: `http://127.0.0.1:${port}/jwks` });
  const status = async (name) => (await request(`http://127.0.0.1:${server.port}/${name}`)).status;
  assert.deepEqual([await status('healthz'), await status('readyz')], [200, 503]);
  const source = http.createServer((req, res) => res.end(keys));
  await new Promise((resolve) => { source.listen(port, '127.0.0.1', resolve); });
  t.after(() => { source.closeAllConnections(); source.close(); });
  await until(async () => (await status('readyz')) === 200, 20_000);
});

test('A token of nearly 16 KB passes', async (t) => {
  const backend = await backendFor(t, (req, res) => res.end('{}'));
  const server = await serverFor(t, { MCP_BACKEND: `127.0.0.1:${backend}` });
  const large = await minted(`roles=${'r'.repeat(11_700)}`);
  assert.ok(large.length > 15_000 && large.length <= 16 * 1024, String(large.length));
  assert.equal((await request(server.url, { headers: bearer(large) })).status, 200);
});

test('Both families are listened on, and HTTP/2 is spoken where there is TLS', async (t) => {
  const folder = temporaryFolder('tls');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=IP:127.0.0.1,IP:::1', '-keyout', `${folder}/tls.key`, '-out', `${folder}/tls.crt`], { stdio: 'ignore' });
  const certificate = fs.readFileSync(`${folder}/tls.crt`);
  trust(certificate);
  const server = await serverFor(t, { MCP_TLS: 'on', MCP_SSL_CERT_FILE: `${folder}/tls.crt`, MCP_SSL_CERT_KEY_FILE: `${folder}/tls.key` });
  for (const host of ['127.0.0.1', '[::1]'])
    assert.equal((await request(`https://${host}:${server.port}/healthz`)).body, 'ok');
  const session = http2.connect(`https://127.0.0.1:${server.port}`, { ca: certificate });
  t.after(() => session.close());
  const status = await new Promise((resolve, reject) => {
    session.on('error', reject).request({ ':path': '/healthz' }).on('response', (headers) => resolve(headers[':status'])).end();
  });
  assert.equal(status, 200);
  assert.equal(session.alpnProtocol, 'h2');
  assert.doesNotMatch(server.output, /\[warn\]/);
  const plain = await request(`http://127.0.0.1:${server.port}/mcp`);
  assert.deepEqual([plain.status, JSON.parse(plain.body).error.message], [400, 'This port speaks TLS: use https']);
});

// In a mount namespace with an /etc/hosts of its own.
async function withHosts(t, hosts, changed) {
  const port = await freePort();
  const file = `${temporaryFolder('hosts')}/hosts`;
  const write = (text) => fs.writeFileSync(file, `127.0.0.1 localhost\n${text}\n`);
  write(hosts);
  const server = spawnFor(t, 'unshare', ['--mount', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', file, findCommand(), 'run', ...places()],
    { ...settings, MCP_LISTEN_PORT: String(port), ...changed });
  await until(() => server.errors.includes('start worker process '));
  server.remember();
  const ask = async () => {
    const answer = await request(`http://127.0.0.1:${port}/mcp`, { headers: bearer(token) });
    return answer.status === 200 ? answer.body : answer.status;
  };
  return { server, ask, write };
}

async function twoBackends(t) {
  const port = await freePort();
  for (const [host, name] of [['127.0.0.2', 'first'], ['127.0.0.3', 'second']]) {
    const backend = http.createServer((req, res) => res.end(name));
    await new Promise((resolve) => { backend.listen(port, host, resolve); });
    t.after(() => { backend.closeAllConnections(); backend.close(); });
  }
  return port;
}

test('A name of /etc/hosts is found, and found again where it has moved', { skip: !isRoot && 'needs root' }, async (t) => {
  const { ask, write } = await withHosts(t, '127.0.0.2 mcp-backend', { MCP_BACKEND: `mcp-backend:${await twoBackends(t)}` });
  assert.equal(await ask(), 'first');
  write('127.0.0.3 mcp-backend');
  await until(async () => (await ask()) === 'second', 10_000);
});

test('MCP_RESOLVER does not hide /etc/hosts', { skip: !isRoot && 'needs root' }, async (t) => {
  const { ask } = await withHosts(t, '127.0.0.2 host.docker.internal',
    { MCP_RESOLVER: '127.0.0.1:1', MCP_BACKEND: `host.docker.internal:${await twoBackends(t)}` });
  assert.equal(await ask(), 'first');
});

test('Who looks names up answers nobody but about backends, is started again, and ends with run', { skip: !isRoot && 'needs root' }, async (t) => {
  const { server, ask } = await withHosts(t, '127.0.0.2 mcp-backend', { MCP_BACKEND: `mcp-backend:${await twoBackends(t)}` });
  const comm = (pid) => fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  const helper = () => childrenOf(server.pid).find((pid) => comm(pid) === 'mcp-names');
  const first = helper();
  const open = fs.readdirSync(`/proc/${first}/fd`).map((fd) => fs.readlinkSync(`/proc/${first}/fd/${fd}`).replace(/\d+/, ''));
  assert.deepEqual(open, ['/dev/null', '/dev/null', '/dev/null', 'socket:[]', 'anon_inode:[eventfd]']); // nothing of ours but the socket
  const socket = dgram.createSocket('udp4');
  t.after(() => socket.close());
  const port = fs.readFileSync('/proc/net/udp', 'utf8').split('\n')
    .map((line) => line.trim().split(/\s+/)).find((fields) => fields[9] === fs.readlinkSync(`/proc/${first}/fd/3`).slice(8, -1))[1].split(':')[1];
  const query = (name) => Buffer.concat([Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, name.length]), Buffer.from(name), Buffer.from([0, 0, 1, 0, 1])]);
  const answer = new Promise((resolve) => { socket.once('message', resolve); });
  for (const packet of [Buffer.from('x'), Buffer.alloc(9000, 0xff), query('localhost')]) socket.send(packet, parseInt(port, 16), '127.0.0.1');
  assert.equal((await answer)[3] & 0x0f, 5); // REFUSED, and the first to be answered
  process.kill(first, 'SIGKILL');
  await until(() => helper() !== undefined && helper() !== first, 5000);
  assert.match(server.errors, /looks up the names of backends has ended; it is started again/);
  assert.equal(await ask(), 'first');
  server.remember();
  server.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  assert.deepEqual(server.left(), []);
});

test('An address is connected to without any of that', async (t) => {
  const backend = await backendFor(t, (req, res) => res.end('{}'));
  const server = await serverFor(t, { MCP_BACKEND: `127.0.0.1:${backend}` });
  assert.equal(childrenOf(server.pid).length, 1); // nginx
});
