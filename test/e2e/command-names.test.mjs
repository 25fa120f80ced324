// The backends of `run` by name: where their requests arrive, and what becomes of names, ports and health while the settings change.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import { after, before, test } from 'node:test';
import { findCommand, places, runCommand } from '../peers/lib/command.mjs';
import { childrenOf, spawnFor } from '../peers/lib/command-processes.mjs';
import { bearer, request } from '../peers/lib/http.mjs';
import { freePort, stopAll, until } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const isRoot = process.getuid() === 0;
const issuer = 'https://auth.example.com';
const resource = 'http://127.0.0.1/mcp';
let keys;
let token;
let backend;
let seen = [];
before(async () => {
  keys = temporaryFolder('keys');
  await runCommand(['keys', 'generate', '--out', keys]);
  fs.chmodSync(keys, 0o755);
  token = (await runCommand(['token', 'mint', '--key', `${keys}/private-key.pem`, '--issuer', issuer, '--resource', resource])).output.trim();
  const server = http.createServer((req, res) => {
    req.on('end', () => { seen.push(req.url); res.end('{}'); }).resume();
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  server.unref();
  backend = server.address().port;
});
after(stopAll);

const settings = ({ port, to, more = '', addresses = '"127.0.0.1"' }) => `listen: { port: ${port}, addresses: [${addresses}] }
workers: 1
${more}
resources:
  - url: ${resource}
    backend: ${to}
    authorization_servers: ${issuer}
    keys: { file: ${keys}/jwks.json }
`;

// reload(): nginx is told, of other settings when there are any. `user`: as this one.
async function gatewayFor(t, first, user = {}) {
  const folder = temporaryFolder('names');
  const port = first.port ?? await freePort();
  const file = `${folder}/mcp.yaml`;
  const write = (changed) => fs.writeFileSync(file, settings({ ...first, port, ...changed }));
  write({});
  fs.mkdirSync(`${folder}/state`);
  if (user.uid !== undefined) fs.chownSync(`${folder}/state`, user.uid, user.gid);
  const server = spawnFor(t, findCommand(), ['run', '--config', file, ...places(`${folder}/state`)], {}, user);
  await until(() => server.errors.includes('start worker process ') || server.exitCode !== null);
  assert.equal(server.exitCode, null, server.errors);
  server.remember();
  const status = async (path = '', at = port) => (await request(`http://127.0.0.1:${at}/mcp${path}`, { headers: bearer(token) }).catch(() => ({}))).status;
  const said = async (text, from = 0) => { await until(() => server.errors.slice(from).includes(text)); return server.errors.slice(from); };
  const reload = async (changed, text = 'start worker process ') => {
    const from = server.errors.length;
    if (changed) write(changed);
    server.kill('SIGHUP');
    const lines = await said(text, from);
    server.remember();
    return lines;
  };
  const health = async () => (await runCommand(['healthcheck', '--state', `${folder}/state`])).code;
  return { server, port, folder, status, said, reload, health };
}

const helperOf = ({ pid }) => childrenOf(pid).find((child) => fs.readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'mcp-names');

// Answers every name with 127.0.0.1 (RFC 1035 section 4.1).
async function dnsServer(t) {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const end = query.indexOf(0, 12) + 5;
    const isA = query.readUInt16BE(end - 4) === 1;
    const head = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
    const answer = isA ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]) : Buffer.alloc(0);
    socket.send(Buffer.concat([head, query.subarray(12, end), answer]), port, address);
  });
  await new Promise((resolve) => { socket.bind(0, '127.0.0.1', resolve); });
  t.after(() => socket.close());
  return socket.address().port;
}

for (const [what, host, more] of [
  ['a name', 'localhost', async () => ''],
  ['a name that a DNS server of the settings knows', 'mcp-backend.test', async (t) => `resolver: ["127.0.0.1:${await dnsServer(t)}"]`],
  ['an address', '127.0.0.1', async () => ''],
])
  test(`A backend with ${what}: requests arrive at the path of its URL`, async (t) => {
    for (const [path, paths] of [
      ['/v1/mcp', { '': '/v1/mcp', '/a%20b?x=%20y': '/v1/mcp/a%20b?x=%20y' }],
      ['/', { '': '/', '/sub': '/sub', '?q=1': '/?q=1' }],
      ['', { '': '/mcp', '/a%20b': '/mcp/a%20b' }],
    ]) {
      const { server, status } = await gatewayFor(t, { to: `http://${host}:${backend}${path}`, more: await more(t) });
      for (const [asked, arrived] of Object.entries(paths)) {
        seen = [];
        assert.deepEqual([await status(asked), seen], [200, [arrived]], `${host} ${path} ${asked}: ${server.errors}`);
      }
      server.kill('SIGTERM');
    }
  });

test('What nginx refuses when it is to read new settings changes nothing: names are found, and healthcheck asks the old port', async (t) => {
  const { port, status, said, reload, health, server } = await gatewayFor(t, { to: `http://localhost:${backend}` });
  assert.deepEqual([await status(), await health()], [200, 0]);
  const taken = net.createServer();
  const other = await freePort();
  await new Promise((resolve) => { taken.listen(other, '127.0.0.1', resolve); });
  const changed = { port: other, to: `http://${os.hostname()}:${backend}` };
  await reload(changed, 'still could not bind');
  assert.deepEqual([await status(), await health()], [200, 0]);
  await said('nginx has not taken the new settings');
  await new Promise((resolve) => { taken.close(resolve); });
  await reload({ port: other, to: `http://127.0.0.1:${backend}` });
  await until(async () => (await status('', other)) === 200 && (await status()) === undefined);
  assert.equal(await health(), 0, server.errors);
  assert.notEqual(port, other);
});

test('A request that is under way when its backend gets another name goes where it was sent', async (t) => {
  const { port, reload, status } = await gatewayFor(t, { to: `http://localhost:${backend}`, more: 'defaults: { methods: { "tools/call": [x] } }' });
  const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  const answered = new Promise((resolve, reject) => {
    const call = http.request(`http://127.0.0.1:${port}/mcp`, { method: 'POST', headers: { ...bearer(token), 'content-type': 'application/json', 'content-length': body.length } },
      (answer) => { answer.resume(); resolve(answer.statusCode); }).on('error', reject);
    call.write(body.slice(0, 10));
    reload({ to: `http://${os.hostname()}:${backend}` }).then(() => call.end(body.slice(10)), reject);
  });
  assert.equal(await answered, 200);
  await reload({ to: `http://localhost:${backend}` });
  assert.equal(await status(), 200);
});

test('A backend that nobody knows keeps nginx from starting, and not from reading the rest of its settings again', async (t) => {
  const nowhere = 'http://mcp-backend.invalid:3001';
  const { status, reload } = await gatewayFor(t, { to: `http://localhost:${backend}` });
  const other = await freePort();
  const lines = await reload({ to: nowhere, port: other });
  assert.match(lines, /warning: .*"mcp-backend\.invalid", which cannot be resolved .*502 until it is found/);
  await until(async () => (await status('', other)) === 502);
  assert.doesNotMatch(await reload(), /cannot be resolved/); // it is looked up all the time
  const file = `${temporaryFolder('check')}/mcp.yaml`;
  fs.writeFileSync(file, settings({ port: other, to: nowhere }));
  assert.equal((await runCommand(['check', '--config', file, ...places()])).code, 2);
});

test('Where no process can be started nginx goes on, and all is well again when one can', async (t) => {
  const user = isRoot ? { uid: 61_234, gid: 61_234 } : {}; // no limit is root's
  const { server, status, reload, said } = await gatewayFor(t, { to: `http://localhost:${backend}` }, user);
  const prlimit = (...args) => execFileSync('prlimit', ['--pid', String(server.pid), ...args], { ...user, encoding: 'utf8' }).trim();
  const most = prlimit('--nproc', '--output', 'HARD', '--noheadings');
  assert.equal(await status(), 200);
  prlimit('--nproc=1:');
  await reload({ to: `http://127.0.0.1:${backend}` }, 'nginx continues with its current settings');
  process.kill(helperOf(server), 'SIGKILL');
  await said('names of backends cannot be started');
  assert.equal(server.exitCode, null);
  prlimit(`--nproc=${most}:`);
  await until(() => helperOf(server) !== undefined);
  assert.equal(await status(), 200);
  await reload();
  assert.equal(await status(), 200);
  server.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  assert.deepEqual(server.left(), []);
});

test('Whoever looks names up is started again with all of them, whatever became of the files of run', async (t) => {
  const { server, folder, status } = await gatewayFor(t, { to: `http://localhost:${backend}` });
  fs.rmSync(`${folder}/state/backend-names`);
  const first = helperOf(server);
  process.kill(first, 'SIGKILL');
  await until(() => helperOf(server) !== undefined && helperOf(server) !== first, 5000);
  assert.equal(await status(), 200);
});

test('A new certificate costs no name that is known already: who looks names up is not started anew for it', async (t) => {
  const { server, reload, status } = await gatewayFor(t, { to: `http://localhost:${backend}` });
  const first = helperOf(server);
  await reload();
  assert.deepEqual([helperOf(server), await status()], [first, 200]);
});

for (const addresses of ['"*"', '"0.0.0.0"', '"[::0]"'])
  test(`healthcheck finds nginx that listens on ${addresses}`, async (t) => {
    const { health } = await gatewayFor(t, { to: `http://127.0.0.1:${backend}`, addresses });
    assert.equal(await health(), 0);
  });
