// Limits that several machines share: what ten clients get at two nginx with one Redis is what the limit says, to the
// request; Redis dies and comes back; workers are killed and reloaded meanwhile. And a hundred thousand callers.
//   LOAD_SCALE=full node --test test/load/limits.test.mjs
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { privateBytes, workersOf } from '../bench/lib/machine.mjs';
import { issuer, makeKeys, resource, sign, writeKeySet } from '../bench/lib/tokens.mjs';
import { startNginx } from '../peers/lib/nginx.mjs';
import { freePort, stopAll, until } from '../peers/lib/processes.mjs';
import { startRedis } from '../peers/lib/redis.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { assertNoReports, sanitized } from './lib/sanitizer.mjs';
import { scale, underSanitizer } from './lib/scale.mjs';

const seconds = { small: 2, default: 6, full: 60 }[scale.name];
const callers = { small: 1_000, default: 10_000, full: 100_000 }[scale.name];
const clients = 10;
const perSecond = 50;
const burst = 20;
const folder = temporaryFolder('limits');
const keys = makeKeys();
let redis, machines;

const location = (path, more) => `
    location ${path} { mcp_resource ${resource(path)}; mcp_jwks ${folder}/keys.json; ${more} proxy_pass http://127.0.0.1:$server_port/answer; }`;

const configuration = (port, onError) => `
  mcp_zone mcp 16m;
  mcp_redis ${redis.address} on_error=${onError};
  mcp_authorization_server ${issuer};
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port} reuseport;
    ${location('/gcra', `mcp_rate_limit rate=${perSecond}r/s burst=${burst};`)}
    ${location('/window', `mcp_rate_limit rate=${perSecond * seconds}r/h algorithm=fixed_window;`)}
    location = /answer { return 200 '{}'; }
  }`;

async function startMachine(onError, { text = configuration, workers = 2 } = {}) {
  const port = await freePort();
  const nginx = await startNginx({
    modules: ['ngx_http_mcp_resource_module'], port, main: `worker_processes ${workers};`, http: text(port, onError), env: sanitized,
  });
  await until(() => workersOf(nginx.pid).length === workers);
  return Object.assign(nginx, { port });
}

const tokenOf = (subject, path) => sign(keys.HS256, resource(path), 0, { sub: subject });
const agent = new http.Agent({ keepAlive: true, maxSockets: clients });

const get = ({ port }, path, token) => new Promise((resolve, reject) => {
  const request = http.request({ host: '127.0.0.1', port, path, agent, headers: { authorization: `Bearer ${token}` }, timeout: 20_000 }, (answer) => {
    answer.resume().on('end', () => resolve({ status: answer.statusCode, headers: answer.headers })).on('error', reject);
  });
  request.on('error', reject).on('timeout', () => request.destroy(new Error(`${path} got no answer`))).end();
});

// Ten clients, each at one machine and then at the other, as fast as they can until `isOver`. Counts what they got.
async function flood(path, token, isOver) {
  const statuses = new Map();
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    for (let i = client; !isOver(); i++) {
      const { status } = await get(machines[i % machines.length], path, token).catch(() => ({ status: 'broken' }));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      await sleep(5);
    }
  }));
  return statuses;
}

const whenOver = (end) => () => performance.now() >= end;

before(async () => {
  writeKeySet(`${folder}/keys.json`, [keys.HS256]);
  redis = await startRedis();
  machines = [await startMachine('deny'), await startMachine('deny')];
});
after(async () => {
  await stopAll();
  if (underSanitizer) for (const { folder: own } of machines) assertNoReports(own);
});

test('Two machines let as many pass as the limit says, counted by a window, to the request', async () => {
  const statuses = await flood('/window', tokenOf('one', '/window'), whenOver(performance.now() + seconds * 1000));
  assert.equal(statuses.get(200), perSecond * seconds, JSON.stringify([...statuses]));
  assert.ok(statuses.get(429) > 0, 'more was asked for');
  assert.deepEqual([...statuses.keys()].sort(), [200, 429]);
});

// The oracle: burst + 1 at the beginning, and one for each interval that has passed since the first and before the last.
test('... and spread evenly, as many as the time allows, to one', async () => {
  const begin = performance.now();
  const statuses = await flood('/gcra', tokenOf('one', '/gcra'), whenOver(begin + seconds * 1000));
  const allowed = burst + 1 + Math.floor(((performance.now() - begin) / 1000) * perSecond);
  const passed = statuses.get(200);
  assert.ok(passed <= allowed, `${passed} of ${allowed}`);
  assert.ok(passed >= burst + 1 + Math.floor(seconds * perSecond) - perSecond / 5, `${passed} of ${allowed}: clients come every few milliseconds`);
});

test('Workers that are killed and reloads in the middle change nothing, and no request is stuck', async () => {
  let isOver = false;
  const flooded = flood('/window', tokenOf('two', '/window'), () => isOver);
  for (let round = 0; round < 3; round++) {
    for (const { pid } of machines) process.kill(workersOf(pid)[0], 'SIGKILL');
    await sleep(200);
    for (const { pid } of machines) process.kill(pid, 'SIGHUP');
    await sleep(seconds * 300);
  }
  isOver = true;
  const statuses = await flooded;
  // What a killed worker had asked for was perhaps counted, and nobody got it.
  assert.ok(statuses.get(200) <= perSecond * seconds, JSON.stringify([...statuses]));
  assert.ok(statuses.get(200) + (statuses.get('broken') ?? 0) >= perSecond * seconds, `all that may pass was asked for: ${JSON.stringify([...statuses])}`);
});

test('While Redis is down requests are refused, or pass where the operator says so; afterwards they are counted again', async () => {
  const lenient = await startMachine('allow');
  const token = tokenOf('three', '/gcra');
  for (const machine of [...machines, lenient]) assert.equal((await get(machine, '/gcra', token)).status, 200);
  await redis.stop('SIGKILL');
  await until(async () => (await get(machines[0], '/gcra', token)).status === 503);
  for (let i = 0; i < 20; i++) {
    const refused = await get(machines[i % 2], '/gcra', token);
    assert.equal(refused.status, 503);
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    assert.equal((await get(lenient, '/gcra', token)).status, 200);
  }
  redis = await startRedis({ port: redis.port });
  const back = performance.now();
  for (const machine of machines) await until(async () => (await get(machine, '/gcra', token)).status === 200);
  console.log(`counted again after ${Math.round(performance.now() - back)} ms`);
  await until(async () => (await get(lenient, '/gcra', token)).headers.ratelimit !== undefined);
});

test('A hundred thousand callers take no memory of a worker', async () => {
  const inZone = (port) => configuration(port, 'deny').replace(/mcp_redis[^;]*;/, '');
  const machine = await startMachine('deny', { text: inZone, workers: 1 });
  const [worker] = workersOf(machine.pid);
  const call = async (from, count) => {
    for (let i = from; i < from + count; i += clients)
      await Promise.all(Array.from({ length: clients }, (_, k) => get(machine, '/gcra', tokenOf(`caller-${i + k}`, '/gcra')).then(({ status }) => assert.equal(status, 200))));
  };
  await call(0, callers / 2); // the cache of tokens is full, as after any other
  const atFirst = privateBytes(worker);
  await call(callers / 2, callers / 2);
  const grown = privateBytes(worker) - atFirst;
  console.log(`${callers} callers: the worker grew by ${(grown / 1e6).toFixed(1)} MB in their second half`);
  assert.ok(grown < 5e6 || underSanitizer, `${grown} bytes`);
});
