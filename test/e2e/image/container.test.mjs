// The container in little memory: slow readers of large answers, uploads, and a name that moves, on a Docker network.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, dockerOk, image, mounts, variables } from '../../peers/lib/image.mjs';
import { bearer, request } from '../../peers/lib/http.mjs';
import { until } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { buildPeersImage, peersImage } from './peers.mjs';

const network = `mcp-container-test-${process.pid}`;
const containers = [];
const start = async (name, image_, options, ...args) => {
  const id = await dockerOk('run', '--detach', '--network', network, '--network-alias', name, ...options, image_, ...args);
  containers.push(id);
  return id;
};
const addressOf = (id) => dockerOk('inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', id);
const stateOf = (id) => dockerOk('inspect', '--format', '{{.State.Status}} {{.State.OOMKilled}}', id);

// Its answers have 40 MB, or say who it is and how much it got.
const backendText = (name) => `require('http').createServer((req, res) => {
  if (req.url === '/mcp/large') return res.end(Buffer.alloc(40 << 20, 'x'));
  let size = 0;
  req.on('data', (part) => { size += part.length; }).on('end', () => res.end('${name} ' + size));
}).listen(3001)`;
const startBackend = (name) => start('backend', peersImage, [], '-e', backendText(name));

let gateway;
let url;
let token;
before(async () => {
  const keys = temporaryFolder('container-keys');
  fs.chmodSync(keys, 0o777);
  const issuer = 'https://auth.example.com';
  const resource = 'http://gateway/mcp';
  await buildPeersImage();
  await dockerOk('network', 'create', network);
  const own = ['run', '--rm', '--volume', `${keys}:/keys`, image];
  await dockerOk(...own, 'keys', 'generate', '--out', '/keys');
  token = await dockerOk(...own, 'token', 'mint', '--key', '/keys/private-key.pem', '--issuer', issuer, '--resource', resource, '--scope', 'mcp:read');
  await startBackend('first');
  gateway = await start('gateway', image, ['--memory', '64m', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', ...mounts({ [keys]: '/keys' }), ...variables({
    MCP_AUTH_MODE: 'jwt', MCP_JWT_KEY_FILE: '/keys/jwks.json', MCP_SERVER_NAME: 'gateway', MCP_CANONICAL_URI: resource,
    MCP_METADATA_URI: 'http://gateway/.well-known/oauth-protected-resource/mcp', MCP_AUTHORIZATION_SERVER: issuer, MCP_REQUIRED_SCOPE: 'mcp:read',
    MCP_SCOPES_SUPPORTED: 'mcp:read', MCP_BACKEND: 'backend:3001', MCP_LISTEN_PORT: '8080',
  })]);
  url = `http://${await addressOf(gateway)}:8080/mcp`;
  await until(() => request(url, { headers: bearer(token) }).then(({ status }) => status === 200, () => false), 20_000);
});
after(async () => {
  if (containers.length > 0) await docker('rm', '--force', ...containers);
  await docker('network', 'rm', network);
});

const open = (options, body) => new Promise((resolve, reject) => {
  const call = http.request(options.url ?? url, { agent: false, headers: bearer(token), ...options }, resolve).on('error', reject);
  if (body === undefined) call.end(); else body(call);
});

test('64 MB: twenty slow readers of large answers get them whole', async () => {
  const sizes = await Promise.all(Array.from({ length: 20 }, async () => {
    const answer = await open({ url: `${url}/large` });
    answer.pause();
    await sleep(2000);
    let size = 0;
    for await (const part of answer) size += part.length;
    return size;
  }));
  assert.deepEqual(new Set(sizes), new Set([40 << 20]));
  assert.equal(await stateOf(gateway), 'running false');
});

test('64 MB: twenty uploads at once arrive whole', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, async () => {
    const answer = await open({ method: 'POST', headers: { ...bearer(token), 'content-length': 12 << 20 } }, async (call) => {
      for (let i = 0; i < 12; i++) { call.write(Buffer.alloc(1 << 20)); await sleep(100); }
      call.end();
    });
    let body = '';
    for await (const part of answer) body += part;
    return `${answer.statusCode} ${body}`;
  }));
  assert.deepEqual(new Set(answers), new Set([`200 first ${12 << 20}`]));
  assert.equal(await stateOf(gateway), 'running false');
});

test('A service that was made anew at another address is found, without a restart', async () => {
  const first = containers[0];
  const before_ = await addressOf(first);
  await dockerOk('rm', '--force', containers.shift());
  containers.push(await dockerOk('run', '--detach', '--network', network, peersImage, '-e', 'setInterval(() => {}, 1e6)')); // has the address now
  const second = await startBackend('second');
  assert.notEqual(await addressOf(second), before_);
  await until(async () => (await request(url, { headers: bearer(token) })).body === 'second 0', 15_000);
});
