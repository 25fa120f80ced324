// Many requests of ten kinds on several connections, a reload and a rotation among them: each leaves exactly one record.
//   LOAD_SCALE=full node --test test/load/records.test.mjs
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, test } from 'node:test';
import { isRecord, linesOf } from '../peers/lib/audit-records.mjs';
import { startNginx } from '../peers/lib/nginx.mjs';
import { freePort, stopAll, until } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { recordKinds, resource, sessionOf, shownSession } from './lib/record-kinds.mjs';
import { assertNoReports, sanitized } from './lib/sanitizer.mjs';
import { patience, scale } from './lib/scale.mjs';

const count = scale.records;
const connections = 32;
after(stopAll);

const configuration = (folder, port, backend) => `
  log_format mcp_audit escape=none $mcp_audit;
  keepalive_requests 1000000;
  upstream backend { server 127.0.0.1:${backend}; keepalive 32; }
  server {
    listen 127.0.0.1:${port};
    access_log ${folder}/audit.log mcp_audit if=$mcp_audit;
    location /mcp {
      mcp_resource ${resource}; mcp_authorization_server https://auth.example.com; mcp_jwks ${folder}/jwks.json;
      mcp_observe on; mcp_scope a; mcp_scope b tool=write; mcp_allow_anonymous ping;
      proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://backend;
    }
  }`;

// An nginx of its own, which does not reload.
async function startBackend() {
  const port = await freePort();
  const http = `keepalive_requests 1000000; server { listen 127.0.0.1:${port}; location / { return 200 '{"jsonrpc":"2.0","id":1,"result":{}}'; } }`;
  await startNginx({ modules: [], http, port, main: 'worker_processes 1;' });
  return port;
}

async function start(jwks) {
  const folder = temporaryFolder('records');
  fs.chmodSync(folder, 0o777); // workers open the log again
  fs.writeFileSync(`${folder}/jwks.json`, JSON.stringify(jwks));
  const [port, backend] = [await freePort(), await startBackend()];
  const nginx = await startNginx({
    modules: ['ngx_http_mcp_resource_module'], http: configuration(folder, port, backend), port,
    main: `worker_processes 2; ${process.getuid() === 0 ? 'user root;' : ''}`, events: 'worker_connections 1024;', env: sanitized,
  });
  return { nginx, folder, port };
}

function send(port, agent, { method = 'POST', token, body, headers }, number) {
  return new Promise((resolve, reject) => {
    const request = http.request({
      port, host: '127.0.0.1', path: '/mcp', method, agent, headers: {
        'Mcp-Session-Id': sessionOf(number), ...headers, ...(token && { Authorization: `Bearer ${token}` }),
        ...(body && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      },
    }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)).on('error', reject));
    request.on('error', (error) => (['ECONNRESET', 'EPIPE'].includes(error.code) ? resolve(undefined) : reject(error)));
    request.end(body);
  });
}

// nginx closes connections when it reloads. A request on such a one that has no answer was not read: it is sent again.
async function answerTo(...request) {
  for (;;) {
    const status = await send(...request);
    if (status !== undefined) return status;
  }
}

async function sendAll(port, kinds, milestones) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const wrong = [];
  let next = 0;
  const one = async () => {
    while (next < count) {
      const number = next++;
      milestones.get(number)?.();
      const kind = kinds[number % kinds.length];
      const status = await answerTo(port, agent, kind, number);
      if (status !== kind.says.status) wrong.push({ number, status, says: kind.says });
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  agent.destroy();
  return wrong;
}

test(`${count} requests of ten kinds, with a reload and a rotation in the middle, leave one record each`, async (t) => {
  const { jwks, kinds, secrets } = recordKinds();
  const { nginx, folder, port } = await start(jwks);
  const logs = [`${folder}/audit.log.1`, `${folder}/audit.log`];
  const rotate = () => { fs.renameSync(logs[1], logs[0]); process.kill(nginx.pid, 'SIGUSR1'); };
  const milestones = new Map([[Math.floor(count / 3), () => process.kill(nginx.pid, 'SIGHUP')], [Math.floor(count / 2), rotate]]);

  assert.deepEqual((await sendAll(port, kinds, milestones)).slice(0, 3), [], 'answers are as they should be');
  await until(() => logs.flatMap(linesOf).length >= count, 20_000 * patience).catch(() => {});
  await nginx.stop();
  const lines = logs.flatMap(linesOf);

  await t.test('None is lost, none is there twice', () => {
    const seen = new Map(Array.from({ length: count }, (_, number) => [shownSession(number), 0]));
    for (const line of lines) {
      const { session } = JSON.parse(line);
      seen.set(session, (seen.get(session) ?? 100) + 1);
    }
    assert.deepEqual([...seen].filter(([, times]) => times !== 1).slice(0, 5), []);
    assert.equal(lines.length, count);
  });
  await t.test('Both logs have some', () => logs.forEach((file) => assert.ok(linesOf(file).length > 0, file)));
  await t.test('Each is valid by the schema', () => {
    const faulty = lines.filter((line) => !isRecord(JSON.parse(line)));
    assert.deepEqual(faulty.slice(0, 3).map((line) => [line, isRecord(JSON.parse(line)), isRecord.errors]), []);
  });
  await t.test('Each says what was decided about its request', () => {
    const numbers = new Map(Array.from({ length: count }, (_, number) => [shownSession(number), number]));
    const wrong = lines.map((line) => JSON.parse(line)).filter((record) => {
      const { says } = kinds[numbers.get(record.session) % kinds.length];
      return ['decision', 'status', 'reason', 'iss', 'sub', 'client', 'scopes', 'missing'].some((member) =>
        record[member] !== says[member]);
    });
    assert.deepEqual(wrong.slice(0, 3), []);
  });
  await t.test('None has a part of a token, or an argument', () => {
    const text = lines.join('\n');
    assert.deepEqual(secrets.filter((secret) => text.includes(secret)), []);
  });
  const bad = nginx.errorLog().split('\n').filter((line) => /\[(alert|emerg|crit)\]/.test(line));
  assert.deepEqual(bad.slice(0, 3), []);
  assertNoReports(nginx.folder);
});
