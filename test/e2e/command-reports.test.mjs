// What `mcp-resource run` reports of requests: records on standard output or in a file, the status page and metrics on a port
// of their own, traces; with a real authorization server and a real MCP server.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { commonSettings, findCommand, modeSettings, places, runCommand } from '../peers/lib/command.mjs';
import { bearer, mcpCall, request } from '../peers/lib/http.mjs';
import { cleanEnvironment, freePort, start, stopAll, until } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { issuedToken } from '../peers/lib/tokens.mjs';

let stack;
let settings;
const folder = temporaryFolder('reports');
before(async () => {
  stack = await startStack();
  await stack.nginx.stop('SIGQUIT'); // the command takes its place
  const parts = { ...stack, port: new URL(stack.resource).port, backend: stack.mcpServer.ready };
  settings = { ...commonSettings(parts), ...modeSettings.jwt(parts) };
});
after(stopAll);

// Standard output goes to a file, so that the lines of both streams stay apart.
async function startWith(more, args = []) {
  const log = `${folder}/stdout-${await freePort()}`;
  const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
  const child = await start('mcp-resource', 'bash', ['-c', 'exec "$@" >"$0"', log, findCommand(), 'run', ...args, ...places()], { ready, env: cleanEnvironment(more) });
  return Object.assign(child, { lines: () => fs.readFileSync(log, 'utf8').split('\n').filter((line) => line !== '') });
}

const recordsIn = (lines) => lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
const call = (headers, name = 'echo') => mcpCall(stack.resource, 'tools/call', { name, arguments: { message: 'hello' } }, headers);

// One request of each kind; the token that was accepted.
async function callAll() {
  const token = await issuedToken(stack.issuer, { resource: stack.resource });
  assert.equal((await call(bearer(token))).status, 200);
  assert.equal((await call({})).status, 401);
  assert.equal((await call(bearer('nobody-issued-this'))).status, 401);
  return token;
}

test('Status page and metrics are served on their own port and never where clients come', async (t) => {
  const status = await freePort();
  const server = await startWith({ ...settings, MCP_STATUS_PORT: String(status) });
  t.after(() => server.stop());
  assert.match(server.output, new RegExp(`^mcp-resource: derived: status page http://127.0.0.1:${status}/status, metrics http://127.0.0.1:${status}/metrics$`, 'm'));
  await callAll();
  const at = (port, path, options) => request(`http://127.0.0.1:${port}${path}`, options);
  const page = await at(status, '/status');
  assert.deepEqual([page.status, /^text\/html/.test(page.header('content-type'))], [200, true]);
  assert.match(page.body, /<title>/);
  const data = await at(status, '/status.json');
  assert.deepEqual([data.status, typeof JSON.parse(data.body)], [200, 'object']);
  const metrics = await at(status, '/metrics');
  assert.equal(metrics.status, 200);
  assert.match(metrics.body, /^mcp_decisions_total\{[^}]*decision="pass"[^}]*\} 1$/m);
  assert.match(metrics.body, /^mcp_server_operation_duration_seconds_count\{[^}]*gen_ai_tool_name="echo"[^}]*\} 1$/m);
  for (const path of ['/', '/mcp', '/healthz', '/status/x', '/metrics/']) assert.equal((await at(status, path)).status, 404, path);
  assert.equal((await at(status, '/status', { method: 'POST' })).status, 405);
  assert.equal((await at(status, '/status', { headers: { host: `rebound.example.com:${status}` } })).status, 421);
  for (const path of ['/status', '/status.json', '/metrics']) {
    const answer = await at(new URL(stack.resource).port, path);
    assert.equal(answer.status, 404, path);
    assert.doesNotMatch(answer.body, /mcp_decisions|<title>/);
  }
});

// The alert McpBackendErrors counts by what `run` says itself when nobody answers: its pages are JSON-RPC errors.
test('A backend that is down fails the operations that the alert of it is about, and no error of the MCP server is recorded', async (t) => {
  const status = await freePort();
  const server = await startWith({ ...settings, MCP_BACKEND: `127.0.0.1:${await freePort()}`, MCP_STATUS_PORT: String(status), MCP_AUDIT_LOG: 'stdout' });
  t.after(() => server.stop());
  const answer = await call(bearer(await issuedToken(stack.issuer, { resource: stack.resource })));
  assert.deepEqual([answer.status, JSON.parse(answer.body).error.code], [502, -32603]);
  await until(() => recordsIn(server.lines()).length === 1);
  const [record] = recordsIn(server.lines());
  assert.deepEqual([record.decision, record.status, record.operations.map(({ name, outcome, code }) => [name, outcome, code])], ['pass', 502, [['echo', undefined, undefined]]]);
  const alerts = fs.readFileSync(new URL('../../examples/observability/alerts.yml', import.meta.url), 'utf8');
  const counted = new RegExp(`^${/alert: McpBackendErrors[^]*?error_type=~"([^"]+)"/.exec(alerts)[1]}$`);
  const { body } = await request(`http://127.0.0.1:${status}/metrics`);
  const types = [...body.matchAll(/^mcp_server_operation_duration_seconds_count\{[^}]*error_type="([^"]*)"[^}]*\} 1$/gm)].map(([, type]) => type);
  assert.deepEqual(types, ['502']);
  assert.match(types[0], counted);
});

test('Each decision is one record on standard output, beside the access log, without a token', async (t) => {
  const server = await startWith({ ...settings, MCP_AUDIT_LOG: 'stdout' });
  t.after(() => server.stop());
  const token = await callAll();
  await until(() => server.lines().length >= 6);
  const records = recordsIn(server.lines());
  assert.deepEqual(records.map(({ version, decision, status }) => [version, decision, status]), [[1, 'pass', 200], [1, 'refuse', 401], [1, 'refuse', 401]]);
  assert.deepEqual(records.slice(1).map(({ operations }) => operations[0].name), ['echo', 'echo']);
  assert.deepEqual(records[0].operations.map(({ method, name, outcome }) => [method, name, outcome]), [['tools/call', 'echo', 'success']]);
  assert.equal(records[0].sub, 'm2m-rs256');
  const others = server.lines().filter((line) => !line.startsWith('{'));
  assert.deepEqual(others.map((line) => line.match(/ (pass|refuse) /)?.[1]), ['pass', 'refuse', 'refuse']);
  assert.match(others[0], /"tools\/call" "echo"$/);
  for (const secret of [...token.split('.'), 'nobody-issued-this']) assert.ok(!server.lines().join().includes(secret) && !server.output.includes(secret));
});

test('Lines of two workers under load are never mixed: each is a record or of the access log', async (t) => {
  const server = await startWith({ ...settings, MCP_AUDIT_LOG: 'stdout' });
  t.after(() => server.stop());
  const requests = 400;
  const long = `Bearer ${'x'.repeat(900)}`;
  for (let i = 0; i < requests; i += 50) await Promise.all(Array.from({ length: 50 }, () => call({ authorization: long, 'mcp-session-id': 's'.repeat(100) }, 'n'.repeat(900))));
  await until(() => server.lines().length >= 2 * requests);
  const lines = server.lines();
  assert.equal(recordsIn(lines).length, requests); // JSON.parse would throw
  assert.equal(lines.filter((line) => /^127\.0\.0\.1 \[[^\]]+\] \S+ "POST \/mcp" 401 refuse /.test(line)).length, requests);
  assert.equal(lines.length, 2 * requests);
});

test('Records in a file hide identities, and the file is reopened after it was moved', async (t) => {
  const [log, key] = [`${folder}/audit.log`, `${folder}/audit-key`];
  fs.writeFileSync(key, 'k'.repeat(32), { mode: 0o600 });
  const server = await startWith({ ...settings, MCP_AUDIT_LOG: log, MCP_AUDIT_IDENTITY: 'hash', MCP_AUDIT_KEY_FILE: key, MCP_AUDIT_REQUIRED: 'on' });
  t.after(() => server.stop());
  const records = (file) => (fs.existsSync(file) ? recordsIn(fs.readFileSync(file, 'utf8').split('\n')) : []);
  await callAll();
  await until(() => records(log).length === 3);
  assert.match(records(log)[0].sub, /^[0-9a-f]{16,}$/);
  assert.doesNotMatch(fs.readFileSync(log, 'utf8'), /m2m-rs256|127\.0\.0\.1"/);
  fs.renameSync(log, `${log}.1`);
  process.kill(server.pid, 'SIGUSR1');
  await until(() => fs.existsSync(log));
  await callAll();
  await until(() => records(log).length + records(`${log}.1`).length === 6);
  assert.equal(recordsIn(server.lines()).length, 0);
});

const modeOf = (path) => (fs.statSync(path).mode & 0o777).toString(8);
// All that is in a folder, with its size and time.
const contents = (path) => fs.readdirSync(path, { recursive: true, withFileTypes: true })
  .map((entry) => { const name = `${entry.parentPath}/${entry.name}`; const { size, mtimeMs, mode } = fs.lstatSync(name); return [name, size, mtimeMs, mode]; });

test('check changes nothing on disk, not even through a link', async () => {
  const place = fs.mkdtempSync(`${folder}/check-`);
  for (const name of ['audit.log', 'old.log', 'link.log']) {
    if (name === 'old.log') fs.writeFileSync(`${place}/old.log`, '{}\n', { mode: 0o600 });
    if (name === 'link.log') fs.symlinkSync(`${place}/target.log`, `${place}/link.log`);
    const before = contents(place);
    const { code, output } = await runCommand(['check', ...places()], { ...settings, MCP_AUDIT_LOG: `${place}/${name}`, MCP_AUDIT_REQUIRED: 'on' });
    assert.equal(code, name === 'link.log' ? 2 : 0, output);
    if (name === 'link.log') assert.match(output, /it is a link to a file that does not exist/);
    assert.deepEqual(contents(place), before, name);
  }
});

test('What run makes, nobody but its user and group can read, after a rotation as well', async (t) => {
  const place = fs.mkdtempSync(`${folder}/run-`);
  const log = `${place}/audit.log`;
  const server = await startWith({ ...settings, MCP_AUDIT_LOG: log });
  t.after(() => server.stop());
  assert.equal(modeOf(log), '640');
  fs.renameSync(log, `${log}.1`);
  process.kill(server.pid, 'SIGUSR1');
  await until(() => fs.existsSync(log));
  assert.equal(modeOf(log), '640');
});

test('Records are not written into a file of the gateway', async () => {
  const text = fs.readFileSync(settings.MCP_JWT_KEY_FILE, 'utf8');
  for (const command of ['check', 'run']) {
    const { code, output } = await runCommand([command, ...places()], { ...settings, MCP_AUDIT_LOG: settings.MCP_JWT_KEY_FILE });
    assert.equal(code, 2);
    assert.match(output, /^mcp-resource: MCP_AUDIT_LOG names "[^"]+", which is the file of MCP_JWT_KEY_FILE: name a file for the records alone$/m);
  }
  assert.equal(fs.readFileSync(settings.MCP_JWT_KEY_FILE, 'utf8'), text);
});

test('Traces go to the exporter with the headers of the file, and nginx says nothing of them', async (t) => {
  const received = [];
  const collector = http.createServer((incoming, answer) => {
    const chunks = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => { received.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() }); answer.setHeader('content-type', 'application/json').end('{}'); });
  });
  await new Promise((resolve) => { collector.listen(0, '127.0.0.1', resolve); });
  t.after(() => collector.close());
  fs.writeFileSync(`${folder}/trace-headers`, 'X-Api-Key: s3cr3t-of-traces\n', { mode: 0o600 });
  const server = await startWith({ ...settings, MCP_TRACE_EXPORTER: `http://127.0.0.1:${collector.address().port}/v1/traces`,
    MCP_TRACE_SAMPLE: '1', MCP_TRACE_HEADERS_FILE: `${folder}/trace-headers`, MCP_TRACE_SERVICE: 'my gateway' });
  t.after(() => server.stop());
  const token = await callAll();
  await until(() => received.map(({ body }) => body).join().includes('tools/call echo'));
  // The caller's trace goes on, although the body is not buffered.
  const caller = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
  const params = { name: 'echo', arguments: { message: 'x'.repeat(100_000) }, _meta: caller };
  assert.equal((await mcpCall(stack.resource, 'tools/call', params, bearer(token))).status, 200);
  await until(() => /"parentSpanId":\s*"00f067aa0ba902b7"/.test(received.map(({ body }) => body).join()));
  assert.equal(received[0].headers['x-api-key'], 's3cr3t-of-traces');
  assert.match(received[0].body, /"service\.name"[^}]*"stringValue":\s*"my gateway"/);
  assert.doesNotMatch(server.output, /s3cr3t|tools\/call/);
});

const file = (text, name = 'mcp.yaml') => { fs.writeFileSync(`${folder}/${name}`, text); return `${folder}/${name}`; };
const fileWith = (keys) => file(`listen: { port: ${new URL(stack.resource).port} }
${keys}
resources: { url: "${stack.resource}", backend: "${new URL(stack.mcpServer.ready).origin}", authorization_servers: "${stack.issuer}" }
`);

test('A reload adds a status page, moves it and takes it away', async (t) => {
  const [first, second] = [await freePort(), await freePort()];
  const server = await startWith({}, ['--config', fileWith('')]);
  t.after(() => server.stop());
  const serves = async (port) => { try { return (await request(`http://127.0.0.1:${port}/metrics`)).status === 200; } catch { return false; } };
  const reload = (keys) => { fileWith(keys); process.kill(server.pid, 'SIGHUP'); };
  assert.equal(await serves(first), false);
  reload(`status: { port: ${first} }`);
  await until(() => serves(first));
  reload(`status: { port: ${second} }`);
  await until(async () => (await serves(second)) && !(await serves(first)));
  reload('');
  await until(async () => !(await serves(second)));
});

test('Mistakes are told all at once with their place, and nothing starts', async () => {
  const { code, output } = await runCommand(['run', ...places(), '--config', fileWith(`audit: { log: "syslog:server=10.0.0.1,level=info", identity: hashed }
status: { port: 70000 }
tracing: { exporter: "https://user:hunter2@otel.example.com/v1/traces", sample: 2 }`)]);
  assert.equal(code, 2);
  assert.deepEqual([...output.matchAll(/mcp\.yaml:(\d+:\d+: [a-z.]+)/g)].map(([, place]) => place), [
    '2:15: audit.log', '2:62: audit.identity', '3:17: status.port', '4:22: tracing.exporter', '4:81: tracing.sample'], output);
  assert.doesNotMatch(output, /hunter2/);
  fs.writeFileSync(`${folder}/short-key`, 'k'.repeat(31), { mode: 0o600 });
  const missing = await runCommand(['check', ...places(), '--config', fileWith(`audit: { log: none/audit.log, identity: hash, key_file: short-key }
tracing: { exporter: "https://otel.example.com/v1/traces", headers_file: no-headers }`)]);
  assert.equal(missing.code, 2);
  assert.match(missing.output, /mcp\.yaml:2:15: audit\.log names "[^"]*none\/audit\.log", which cannot be written: its folder does not exist/);
  assert.match(missing.output, /mcp\.yaml:2:\d+: audit\.key_file names a file with less than 32 bytes/);
  assert.match(missing.output, /mcp\.yaml:3:\d+: tracing\.headers_file names a file, which cannot be read: No such file/);
  const same = await runCommand(['check', ...places(), '--config', fileWith(`status: { port: ${new URL(stack.resource).port} }`)]);
  assert.deepEqual([same.code, /status\.port: is \d+, the port of listen\.port, where clients come/.test(same.output)], [2, true], same.output);
});
