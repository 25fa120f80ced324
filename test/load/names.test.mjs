// A million invented tools, methods, subjects, clients and sessions, with everything on that reports: memory stays flat, what
// is shown stays small, and nothing is lost from the sums.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { privateBytes, workersOf } from '../bench/lib/machine.mjs';
import { issuer, resource, writeKeySet } from '../bench/lib/tokens.mjs';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { request } from '../peers/lib/http.mjs';
import { startNginx } from '../peers/lib/nginx.mjs';
import { freePort, stopAll, until } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { keys, paths, sendInvented } from './lib/invented.mjs';
import { assertNoReports, sanitized } from './lib/sanitizer.mjs';
import { scale, underSanitizer } from './lib/scale.mjs';

const count = { small: 2_000, default: 50_000, full: 1_000_000 }[scale.name];
// Until then, what grows to its bound may grow: places of names, known tokens, spans that no collector takes, the text of
// the metrics, which is kept.
const begin = Math.max(count / 5, Math.min(count / 2, 25_000));
const looksBefore = 2, looksAfter = 10; // at the pages: as many as a heap needs to grow, where each one makes it grow
const grownMegabytes = 2;
const mostText = 8e6; // bytes of one page: 512 series of 17 lines with five labels of 128 bytes, and the rest
const places = 512;
const operations = 'mcp_server_operation_duration_seconds_count';
let nginx, port, folder;
const answered = {};
const seen = []; // { memory, metrics, status }

const location = (path, scope, result) => `
    location = ${path} { mcp_resource ${resource(path)}; mcp_jwks ${folder}/keys.json; mcp_scope ${scope}; mcp_observe on; proxy_pass http://127.0.0.1:${port}/answers${path}; }
    location = /answers${path} { default_type application/json; return 200 '{"jsonrpc":"2.0","id":1,"result":${JSON.stringify(result)}}'; }`;

const configuration = (collector) => `
  mcp_zone mcp 1m;
  mcp_authorization_server ${issuer};
  mcp_trace_exporter http://127.0.0.1:${collector}/v1/traces sample=1;
  log_format mcp_audit escape=none '$mcp_audit';
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port};
    access_log /dev/null mcp_audit;
    ${location('/mcp', 'mcp:read', { content: [] })}
    ${location('/failing', 'mcp:read', { content: [], isError: true })}
    ${location('/closed', 'mcp:admin', { content: [] })}
    location = /metrics { mcp_metrics; }
    location = /status { mcp_status; }
  }`;

const page = async (path) => (await request(`http://127.0.0.1:${port}${path}`)).body;

async function look() {
  const pages = { metrics: await page('/metrics'), status: await page('/status') };
  seen.push({ ...pages, memory: privateBytes(workersOf(nginx.pid)[0]) / 1e6 });
}

// Of all lines of a metric.
const sumOf = (text, metric) => text.split('\n').filter((line) => line.startsWith(`${metric}{`)).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf('} ') + 2)), 0);

async function send(first, count) {
  for (const [status, times] of Object.entries(await sendInvented(port, first, count))) answered[status] = (answered[status] ?? 0) + times;
}

before(async () => {
  folder = temporaryFolder('names');
  port = await freePort();
  writeKeySet(`${folder}/keys.json`, [keys.HS256]);
  // One worker: another one would fill its own caches as soon as a connection comes to it.
  nginx = await startNginx({ modules: ['ngx_http_mcp_resource_module'], port, main: 'worker_processes 1;', http: configuration(await freePort()), env: sanitized });
  await until(() => workersOf(nginx.pid).length > 0);
  for (let i = 0; i < looksBefore; i++) {
    await send(i * begin / looksBefore, begin / looksBefore);
    await look();
  }
  for (let i = 0; i < looksAfter; i++) {
    await send(begin + i * (count - begin) / looksAfter, (count - begin) / looksAfter);
    await look();
  }
});
after(async () => {
  await stopAll();
  assertCleanLog(nginx);
  if (underSanitizer) assertNoReports(nginx.folder);
});

test('Every request gets its answer, whatever its names are', () => {
  const refused = Math.floor(count / paths.length) + (count % paths.length > paths.indexOf('/closed') ? 1 : 0);
  assert.deepEqual(answered, { 200: count - refused, 403: refused });
});

test('The memory of the worker stays flat', { skip: scale.name === 'small' && 'too few to reach the bounds' }, () => {
  const memories = seen.map(({ memory }) => memory);
  const [before, after] = [memories.slice(0, looksBefore), memories.slice(looksBefore)];
  assert.ok(Math.max(...after) - Math.max(...before) <= grownMegabytes, `MB: ${memories.map((memory) => memory.toFixed(1)).join(', ')}`);
});

test('No operation and no decision is lost from the sums', () => {
  const { metrics } = seen.at(-1);
  assert.equal(sumOf(metrics, 'mcp_decisions_total'), count);
  assert.equal(sumOf(metrics, operations), answered[200]);
});

test('Invented names take the places of a table, and no more', () => {
  const { metrics } = seen.at(-1);
  assert.ok(metrics.length < mostText, String(metrics.length));
  assert.equal(metrics.split('\n').filter((line) => line.startsWith(operations)).length, places + 1); // and one for all others
  assert.ok(sumOf(metrics, 'mcp_metrics_folded_total') > 0);
});

test('A tool that has only failed, or was refused, has no place', () => {
  const { metrics } = seen.at(-1);
  assert.doesNotMatch(metrics, /mcp_decisions_total\{.*gen_ai_tool_name/);
  assert.ok(!metrics.split('\n').some((line) => line.startsWith(operations) && line.includes('error_type="tool_error"') && /gen_ai_tool_name="(?!other)[^"]/.test(line)));
});

test('No subject, client or session is a label', () => {
  assert.doesNotMatch(seen.at(-1).metrics, /subject-|client-\d|session-/);
});

test('The status page stays small, and is as hostile as its names: not at all', () => {
  const { status } = seen.at(-1);
  assert.ok(status.length > 0 && status.length < 2e6, String(status.length));
  assert.doesNotMatch(status, /<script>/);
});
