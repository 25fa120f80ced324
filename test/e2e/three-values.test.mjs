// `mcp-resource run` with three values: a real authorization server, a real MCP server, and nothing else said.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { findCommand, places, runCommand } from '../peers/lib/command.mjs';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { bearer, mcpCall, request, rpcResponse } from '../peers/lib/http.mjs';
import { cleanEnvironment, freePort, run, start, stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { issuedToken } from '../peers/lib/tokens.mjs';

let stack;
before(async () => {
  stack = await startStack();
  await stack.nginx.stop('SIGQUIT'); // the command takes its place
});
after(stopAll);

const valuesOf = ({ resource, issuer, mcpServer }) =>
  ['--resource', resource, '--authorization-server', issuer, '--backend', new URL(mcpServer.ready).origin];

async function startWith(args, settings = {}, folder = undefined) {
  const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
  const child = await start('mcp-resource', findCommand(), ['run', ...args, ...places(folder)], { ready, env: cleanEnvironment(settings) });
  return Object.assign(child, { errorLog: () => child.output });
}

const tokenOf = (scope) => issuedToken(stack.issuer, { client: 'm2m-rs256', resource: stack.resource, scope });

test('Three values are enough for a tool call, and what follows from them is told', async (t) => {
  const server = await startWith(valuesOf(stack));
  t.after(() => server.stop());
  const refused = await request(stack.resource);
  assert.equal(refused.status, 401);
  assert.deepEqual(refused.lines('www-authenticate'), [`Bearer resource_metadata="${stack.metadataUri}"`]);
  const metadata = JSON.parse((await request(stack.metadataUri)).body);
  assert.deepEqual([metadata.resource, metadata.authorization_servers], [stack.resource, [stack.issuer]]);
  const answer = await mcpCall(stack.resource, 'tools/call', { name: 'whoami', arguments: {} }, bearer(await tokenOf('mcp:read')));
  assert.equal(answer.status, 200);
  assert.equal(JSON.parse(rpcResponse(answer).result.content[0].text).authorization, undefined);
  assert.equal((await request(stack.resource, { headers: bearer('nobody-issued-this') })).status, 401);
  for (const line of [`metadata ${stack.metadataUri}`, stack.issuer, `port ${new URL(stack.resource).port}`])
    assert.ok(server.output.split('\n').some((text) => text.startsWith('mcp-resource: derived: ') && text.includes(line)), line);
  assertCleanLog(server);
});

test('The request with a token of README.md works', async (t) => {
  const readme = fs.readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, call] = readme.match(/^```sh tested=e2e\n(curl [^`]*)```$/m);
  const server = await startWith(valuesOf(stack));
  t.after(() => server.stop());
  const { code, output } = await run('README', 'bash', ['-c', call.replace('127.0.0.1:8080', new URL(stack.resource).host)], {
    env: cleanEnvironment({ PATH: process.env.PATH, TOKEN: await tokenOf('mcp:read') }),
  });
  assert.deepEqual([code, /"result":/.test(output)], [0, true], output);
});

test('--scope is required of every request, and --port is where nginx listens', async (t) => {
  const port = await freePort();
  const server = await startWith([...valuesOf(stack), '--scope', 'mcp:read mcp:write', '--port', String(port)]);
  t.after(() => server.stop());
  const url = `http://127.0.0.1:${port}/mcp`;
  const status = async (scope) => (await mcpCall(url, 'tools/list', {}, bearer(await tokenOf(scope)))).status;
  assert.deepEqual([await status('mcp:read'), await status('mcp:read mcp:write')], [403, 200]);
});

test('What a backend has in its URL is where requests arrive, escaped as they came, whatever it listens on', async (t) => {
  const seen = [];
  const backend = http.createServer((req, res) => { seen.push(req.url); res.end('{}'); });
  const socket = `${temporaryFolder('socket')}/mcp.sock`;
  const unix = http.createServer((req, res) => { seen.push(`unix:${req.url}`); res.end('{}'); });
  await Promise.all([new Promise((done) => { backend.listen(0, '127.0.0.1', done); }), new Promise((done) => { unix.listen(socket, done); })]);
  fs.chmodSync(socket, 0o777);
  fs.chmodSync(socket.replace(/\/[^/]*$/, ''), 0o755);
  t.after(() => { for (const one of [backend, unix]) { one.closeAllConnections(); one.close(); } });
  const origin = `http://127.0.0.1:${backend.address().port}`;
  const headers = bearer(await tokenOf('mcp:read'));
  for (const [url, paths] of [
    [`${origin}/v1/mcp`, { '': '/v1/mcp', '/': '/v1/mcp', '/a%20b?x=%20y': '/v1/mcp/a%20b?x=%20y' }],
    [`${origin}/`, { '': '/', '/sub': '/sub', '?q=1': '/?q=1' }],
    [origin, { '': '/mcp', '/a%20b': '/mcp/a%20b' }],
    [`unix:${socket}`, { '/x': 'unix:/mcp/x' }],
  ]) {
    const port = await freePort();
    const server = await startWith([...valuesOf(stack).slice(0, 4), '--backend', url, '--port', String(port)]);
    for (const [asked, arrived] of Object.entries(paths)) {
      seen.length = 0;
      const { status } = await request(`http://127.0.0.1:${port}/mcp${asked}`, { headers });
      assert.deepEqual([status, seen], [200, [arrived]], `${url} ${asked}: ${server.output}`);
      const stranger = await request(`http://127.0.0.1:${port}/mcp${asked}`);
      assert.deepEqual([stranger.status, seen.length], [401, 1], `${url} ${asked}`);
    }
    await server.stop();
  }
});

test('A port that is taken is told with --port; plain http is warned of once', async (t) => {
  const holder = http.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { holder.once('listening', resolve); });
  t.after(() => holder.close());
  const args = (port) => ['--resource', 'http://mcp.example.com/mcp', '--authorization-server', 'http://as.example.com', '--backend', 'http://127.0.0.1:9', '--port', String(port)];
  const { code, output } = await runCommand(['run', ...args(holder.address().port), ...places()]);
  assert.deepEqual([code, /is in use by another program .*set --port 8080$/m.test(output)], [2, true], output);
  const server = await startWith(args(await freePort()));
  t.after(() => server.stop());
  for (const url of ['http://mcp.example.com/mcp', 'http://as.example.com'])
    assert.equal(server.output.split(`"${url}" is plain http`).length, 2, server.output);
});

test('Who says nothing is told the shortest way first', async () => {
  const { code, output } = await runCommand(['run', ...places()]);
  assert.equal(code, 2);
  assert.match(output, /^mcp-resource: .*--resource URL --authorization-server ISSUER --backend URL\nmcp-resource: .*--config FILE.*\nmcp-resource: .*MCP_AUTH_MODE.*MCP_SERVER_NAME.*\n$/);
});

test('healthcheck asks where run has written that nginx listens, and nobody when it does not run', async () => {
  const folder = temporaryFolder('state');
  const health = async () => (await runCommand(['healthcheck', '--state', folder], { MCP_LISTEN_PORT: '9' })).code;
  const server = await startWith(valuesOf(stack), {}, folder);
  assert.equal(await health(), 0);
  await server.stop();
  assert.equal(await health(), 1);
});

test('Values and variables or a file do not mix: each that is set is named', async () => {
  const args = ['check', ...valuesOf(stack), ...places()];
  const mixed = await runCommand(args, { MCP_BACKEND: 'a:1', MCP_TLS: 'off', MCP_OTHER: 'x', MCP_WEB_PORT: 'tcp://10.0.0.1:80', MCP_WEB_SERVICE_HOST: '10.0.0.1' });
  assert.deepEqual([mixed.code, mixed.output.match(/MCP_\w+(?= is set together with)/g)], [2, ['MCP_BACKEND', 'MCP_TLS']], mixed.output);
  assert.doesNotMatch(mixed.output, /MCP_WEB/);
  const file = await runCommand([...args, '--config', '/nowhere.yaml']);
  assert.deepEqual([file.code, /--config is given together with --resource/.test(file.output)], [2, true], file.output);
  assert.equal((await runCommand(args, { MCP_CONFIG: '/nowhere.yaml' })).code, 2);
  assert.equal((await runCommand(['check', '--config', '/nowhere.yaml', ...places()], { MCP_BACKEND: 'a:1' })).output.includes('MCP_BACKEND is set together with --config'), true);
  assert.equal((await runCommand(args)).code, 0);
});

test('For a command that only looks, --config wins over the MCP_CONFIG of a server in the same container; run refuses both', async () => {
  const file = `${temporaryFolder('config')}/mcp.yaml`;
  fs.writeFileSync(file, `{ listen: { port: ${await freePort()} }, resources: [{ url: ${stack.resource}, backend: "http://127.0.0.1:9", authorization_servers: ${stack.issuer} }] }`);
  const beside = { MCP_CONFIG: '/nowhere.yaml' };
  for (const command of ['check', 'render']) {
    const { code, output } = await runCommand([command, '--config', file, ...places()], beside);
    assert.equal(code, 0, output);
  }
  for (const args of [['doctor', stack.resource], ['token', 'inspect', 'a.b.c']])
    assert.notEqual((await runCommand([...args, '--config', file], beside)).code, 2, args[0]);
  const run = await runCommand(['run', '--config', file, ...places()], beside);
  assert.deepEqual([run.code, /MCP_CONFIG is set together with --config/.test(run.output)], [2, true], run.output);
});

const hostile = ['x"; return 200 "', "x'; return 200 '", 'x; return 200;', 'x} location / { return 200; }', '$host', '${host}', 'x\\', '\\"', '#',
  'x\nreturn 200;', '\r', 'x\u0001', 'x'.repeat(65536), 'caf\u00e9', '*', ' ', '/../../etc/passwd', '-', '--port',
  '~x', '~x/mcp', '$x', 'on', 'a|b', 'a,b', 'healthz/', '"'.repeat(1500), 'a.example.com,http://b.example.com',
  Array.from({ length: 300 }, (_, i) => `s${i}`).join(' ')];

test('No value of any option becomes configuration: refused with its name, or carried as it is', async () => {
  const good = { '--resource': stack.resource, '--authorization-server': stack.issuer, '--backend': 'http://127.0.0.1:9', '--scope': 'a', '--port': '80' };
  for (const name of Object.keys(good))
    for (const prefix of name === '--port' || name === '--scope' ? [''] : ['', 'http://127.0.0.1/', 'http://', 'unix:/'])
      for (const value of hostile) {
        const args = Object.entries({ ...good, [name]: prefix + value }).map(([option, text]) => `${option}=${text}`);
        const { code, output } = await runCommand(['render', ...args, ...places('/state')]);
        if (code !== 0) {
          assert.deepEqual([code, output.includes(name.slice(2))], [2, true], `${name}=${prefix}${value}: ${output}`.slice(0, 500));
          continue;
        }
        const conf = output.replace(/^mcp-resource: .*$/gm, '').replace(/^ *map .*\$host \$http_host[^}]*}$|^ *log_format .*$/gm, ''); // ours
        assert.doesNotMatch(conf, /return 200;|^ *(?!mcp_)\w.*\$\{?host\b|server_name ~|location ~\*? \^\/healthz/m, `${name}=${prefix}${value}`); // ours take no variables
        const checked = await runCommand(['check', ...args, ...places()]);
        assert.ok(checked.code === 0 || checked.output.includes(`mcp-resource: ${name} `), `${name}=${prefix}${value}: ${checked.output}`);
      }
});

test('render makes a file that `nginx -g "daemon off;"` takes', async () => {
  const { code, output } = await runCommand(['render', ...valuesOf(stack), ...places('/state')]);
  assert.equal(code, 0);
  assert.doesNotMatch(output, /^daemon/m);
});
