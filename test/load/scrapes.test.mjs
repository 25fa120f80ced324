// Metrics with every place taken, which several workers answer: for who scrapes them, no counter goes back; and a thousand
// scrapes each second leave the workers most of their time.
//   LOAD_SCALE=full node --test test/load/scrapes.test.mjs
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMicroseconds, privateBytes, workersOf } from '../bench/lib/machine.mjs';
import { issuer, makeKeys, resource, sign, writeKeySet } from '../bench/lib/tokens.mjs';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { startNginx } from '../peers/lib/nginx.mjs';
import { freePort, stopAll, until } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { assertNoReports, sanitized } from './lib/sanitizer.mjs';
import { scale, underSanitizer } from './lib/scale.mjs';

const workers = 3;
const tools = 500;
const scrapes = { small: 40, default: 300, full: 3_000 }[scale.name];
const seconds = { small: 1, default: 4, full: 15 }[scale.name];
const scrapesPerSecond = 1_000;
const passed = 'mcp_decisions_total{decision="pass"';
let nginx, port, folder, token;

const configuration = () => `
  mcp_authorization_server ${issuer};
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port} reuseport;
    location = /mcp { mcp_resource ${resource('/mcp')}; mcp_jwks ${folder}/keys.json; mcp_observe on; proxy_pass http://127.0.0.1:${port}/answer; }
    location = /answer { default_type application/json; return 200 '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}'; }
    location = /metrics { mcp_metrics; }
  }`;

// Without an agent each has a connection of its own, which any of the workers takes.
const send = (path, { method = 'GET', agent = false, headers = {}, body } = {}) => new Promise((resolve, reject) => {
  const request = http.request({ host: '127.0.0.1', port, path, method, agent, headers }, (answer) => {
    const chunks = [];
    answer.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
    answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(chunks).toString() }));
  });
  request.on('error', reject);
  request.end(body);
});

const call = (number) => send('/mcp', {
  method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: `tool-${number}`, arguments: {} } }),
});

// Of all counters, and of what histograms have counted.
function countersIn(text) {
  const counters = new Map();
  for (const line of text.split('\n')) {
    const place = line.lastIndexOf(' ');
    if (/^\w+_(total|count|bucket)[{ ]/.test(line)) counters.set(line.slice(0, place), Number(line.slice(place + 1)));
  }
  return counters;
}

before(async () => {
  folder = temporaryFolder('scrapes');
  port = await freePort();
  const keys = makeKeys();
  writeKeySet(`${folder}/keys.json`, [keys.HS256]);
  token = sign(keys.HS256, resource('/mcp'));
  nginx = await startNginx({ modules: ['ngx_http_mcp_resource_module'], port, main: `worker_processes ${workers};`, http: configuration(), env: sanitized });
  await until(() => workersOf(nginx.pid).length === workers);
  for (let i = 0; i < tools; i++) assert.equal((await call(i)).status, 200);
});
after(async () => {
  await stopAll();
  assertCleanLog(nginx);
  if (underSanitizer) assertNoReports(nginx.folder);
});

test('No counter goes back, whichever worker is asked', async () => {
  let isOver = false;
  const calls = (async () => { for (let i = 0; !isOver; i++) await call(i % tools); })();
  let before = new Map();
  const back = [];
  for (let i = 0; i < scrapes; i += 10) {
    const bodies = []; // one right after the other, and read later: what a worker keeps is soon too old
    for (let k = 0; k < 10; k++) {
      const { status, body } = await send('/metrics');
      assert.equal(status, 200);
      bodies.push(body);
    }
    for (const now of bodies.map(countersIn)) {
      for (const [name, value] of before) if (!(now.get(name) >= value)) back.push(`${name}: ${value}, then ${now.get(name)}`);
      before = now;
    }
  }
  isOver = true;
  await calls;
  assert.deepEqual(back.slice(0, 5), [], `${back.length} have gone back`);
  const sum = [...before].filter(([name]) => name.startsWith(passed)).reduce((total, [, value]) => total + value, 0);
  assert.ok(sum > tools, 'and there was something to count');
});

test('A thousand scrapes each second leave the workers most of their time', async () => {
  const pids = workersOf(nginx.pid);
  const used = () => pids.reduce((sum, pid) => sum + cpuMicroseconds(pid), 0) / 1e6;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const begin = Date.now(), usedBefore = used(), memoryBefore = pids.map(privateBytes);
  const answers = [];
  for (let i = 0; i < seconds * scrapesPerSecond; i++) {
    answers.push(send('/metrics', { method: 'HEAD', agent }));
    if (i % 100 === 99) await sleep(Math.max(0, begin + 1000 * i / scrapesPerSecond - Date.now()));
  }
  const statuses = new Set((await Promise.all(answers)).map(({ status }) => status));
  const elapsed = (Date.now() - begin) / 1000;
  assert.deepEqual([...statuses], [200]);
  assert.equal((await call(0)).status, 200);
  agent.destroy();
  const share = (used() - usedBefore) / elapsed;
  const grown = pids.map((pid, i) => (privateBytes(pid) - memoryBefore[i]) / 1e6);
  console.log(`${Math.round(answers.length / elapsed)} scrapes/s took ${Math.round(100 * share)}% of a CPU; each worker has grown by ${Math.max(...grown).toFixed(1)} MB`);
  if (underSanitizer) return; // its times and sizes say nothing
  assert.ok(share < 0.5 * workers, `${share} of a CPU`);
  assert.ok(Math.max(...grown) < 12, `MB: ${grown}`); // one text, and another while it is made
});
