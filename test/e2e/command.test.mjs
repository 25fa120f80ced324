// mcp-resource as the container image runs it: environment variables make nginx the resource server of a real MCP server,
// and every mistake is told before anything starts.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { commonSettings, findCommand, modeSettings, places, runCommand, startCommand } from '../peers/lib/command.mjs';
import { assertContract } from '../peers/lib/contract.mjs';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { bearer, mcpCall } from '../peers/lib/http.mjs';
import { cleanEnvironment, freePort, portIsFree, run, stopAll, until } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { openStream, streamingBackend } from '../peers/lib/streams.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { issuedToken } from '../peers/lib/tokens.mjs';

let stack;
let complete; // the settings of a working server, by mode
before(async () => {
  stack = await startStack();
  const resources = { ...stack, port: new URL(stack.resource).port, backend: stack.mcpServer.ready, secretFile: `${stack.folder}/client-secret` };
  await stack.nginx.stop('SIGQUIT'); // the command takes its place
  complete = Object.fromEntries(Object.entries(modeSettings).map(([mode, settings]) =>
    [mode, { ...commonSettings(resources), ...settings(resources) }]));
});
after(stopAll);

const without = (settings, name) => Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name));
const tokenOf = (client) => issuedToken(stack.issuer, { client, resource: stack.resource });

const clients = { jwt: ['m2m-rs256', 'm2m-es256'], introspect: ['m2m-opaque'], auto: ['m2m-rs256', 'm2m-opaque'] };

for (const [mode, names] of Object.entries(clients))
  test(`SPEC 1, 12, 63, 64: ${mode}: every answer of the contract, by the native module`, async () => {
    const server = await startCommand(complete[mode]);
    try {
      await assertContract({ ...stack, ...server, clients: names, keepsHost: true });
      assert.deepEqual(await runCommand(['healthcheck'], complete[mode]), { code: 0, output: '' });
      assertCleanLog(server);
    } finally {
      await server.stop();
    }
    assert.equal(await server.exited, 0);
    assert.equal((await runCommand(['healthcheck'], complete[mode])).code, 1);
  });

test('Every required variable is missed by name, and nothing starts', async () => {
  for (const [mode, settings] of Object.entries(complete))
    for (const name of Object.keys(settings)) {
      if (['MCP_LISTEN_PORT', 'MCP_WORKER_PROCESSES', 'MCP_DISCOVERY'].includes(name)) continue;
      const { code, output } = await runCommand(['run', ...places()], without(settings, name));
      assert.deepEqual([code, output.match(/^mcp-resource: (?!warning).*$/gm)], [2, [`mcp-resource: ${name} is required but not set`]], `${mode} without ${name}`);
    }
  assert.equal(await portIsFree(Number(complete.jwt.MCP_LISTEN_PORT)), true);
});

// In double quotes of nginx's configuration, in single ones, outside of them, in a variable.
const hostile = ['x"; return 200 "', "x'; return 200 '", 'x; return 200;', 'x} location / { return 200; }', '$host', '${host}',
  'x\\', '\\"', '#', 'x\nreturn 200;', '\r', 'x\u0001', 'x'.repeat(65536), 'caf\u00e9', '*', ' ', '/../../etc/passwd',
  '~x', 'http://~x/mcp', '$x', 'on', 'a|b', 'a,b', 'https://a/*', '"'.repeat(1500), Array.from({ length: 300 }, (_, i) => `s${i}`).join(' ')];

const limits = {
  MCP_RATELIMIT_ENABLED: 'on', MCP_RATELIMIT_RATE: '100r/m', MCP_RATELIMIT_BURST: '20', MCP_RATELIMIT_ALGO: 'gcra', MCP_RATELIMIT_REDIS: '127.0.0.1:6379',
  MCP_RATELIMIT_ON_ERROR: 'deny', MCP_RATELIMIT_REDIS_PASSWORD_FILE: '',
};

async function carriedOrRefused(settings, name, value) {
  const { code, output } = await runCommand(['render', ...places('/state')], { ...settings, [name]: value });
  if (code !== 0) {
    assert.equal(code, 2);
    assert.ok(output.includes(name), `${name}: ${output}`);
    return;
  }
  const conf = output.replace(/^mcp-resource: .*$/gm, ''); // warnings may show a value
  assert.equal((conf.match(/return/g) ?? []).length, 3 + (value.match(/return/g) ?? []).length, `${name}=${value}`);
  const checked = await runCommand(['check', ...places()], { ...settings, [name]: value });
  const isOfFile = name.endsWith('_FILE') && checked.output.includes(`"${value}"`); // what stands in it, only nginx reads
  assert.ok(checked.code === 0 || isOfFile || checked.output.includes(`mcp-resource: ${name} `), `${name}=${value}: ${checked.output}`);
}

test('No value of any variable becomes configuration: refused with its name, or carried as it is', async () => {
  for (const settings of [complete.jwt, complete.introspect])
    for (const name of [...Object.keys(settings), 'MCP_ISSUER', 'MCP_RESOLVER'])
      await Promise.all(hostile.map((value) => carriedOrRefused(settings, name, value)));
  const limited = { ...complete.jwt, ...limits, MCP_RATELIMIT_REDIS_PASSWORD_FILE: complete.introspect.MCP_CLIENT_SECRET_FILE };
  for (const name of Object.keys(limits))
    await Promise.all(hostile.map((value) => carriedOrRefused(limited, name, value)));
});

// Node.js can pass only UTF-8 on.
test('A value that is not UTF-8 is refused by name', async () => {
  for (const name of Object.keys(complete.auto)) {
    const { code, output } = await run('bash', 'bash', ['-c', 'export "$0"=$(printf "a\\377\\300\\257"); exec "$@"', name, findCommand(), 'render'],
      { env: cleanEnvironment(without(complete.auto, name)) });
    assert.deepEqual([code, output.includes(`${name} `)], [2, true], output);
    assert.match(output, /UTF-8/);
  }
});

test('What cannot be opened or found is told with the variable that names it', async () => {
  for (const [settings, name, value, message] of [
    [complete.jwt, 'MCP_JWT_KEY_FILE', '/nonexistent/jwks.json', /MCP_JWT_KEY_FILE names "\/nonexistent\/jwks.json", which cannot be read: No such file/],
    [complete.introspect, 'MCP_CLIENT_SECRET_FILE', '/nonexistent', /MCP_CLIENT_SECRET_FILE names .*cannot be read/],
    [complete.jwt, 'MCP_BACKEND', 'no-such-host.invalid:80', /MCP_BACKEND names "no-such-host.invalid", which cannot be resolved .*MCP_RESOLVER/],
    [complete.introspect, 'MCP_CLIENT_SECRET', 'shh', /MCP_CLIENT_SECRET is refused/],
  ]) {
    const { code, output } = await runCommand(['check', ...places()], { ...settings, [name]: value });
    assert.equal(code, 2);
    assert.match(output, message);
  }
  const unusable = `${temporaryFolder('keys')}/jwks.json`;
  fs.writeFileSync(unusable, '{"keys":[]}');
  const { code, output } = await runCommand(['check', ...places()], { ...complete.jwt, MCP_JWT_KEY_FILE: unusable });
  assert.equal(code, 2);
  assert.match(output, /there is no key in it[^]*nginx does not accept/);
});

test('Names are looked up side by side, and more name servers than anybody has are refused', async () => {
  const names = (count, end = '') => Array.from({ length: count }, (_, i) => `s${i}${end}`).join(' ');
  const few = await runCommand(['check', ...places()], { ...complete.jwt, MCP_RESOLVER: names(16, '.invalid') }, { timeoutMs: 40_000 });
  assert.deepEqual([few.code, few.output.match(/^mcp-resource: MCP_RESOLVER names "s\d+\.invalid", which cannot be resolved/gm).length], [2, 16]);
  const many = await runCommand(['check', ...places()], { ...complete.jwt, MCP_RESOLVER: names(300) });
  assert.deepEqual([many.code, /^mcp-resource: MCP_RESOLVER names 300 DNS servers; at most 16 are possible$/m.test(many.output)], [2, true], many.output);
});

test('folders may be given relative to where the command runs', async () => {
  const folder = temporaryFolder('relative');
  const { code, output } = await runCommand(['render', '--modules', 'lib', '--state', './state/../here'], complete.auto, { cwd: folder });
  assert.equal(code, 0, output);
  assert.match(output, new RegExp(`^load_module "?${folder}/lib/`, 'm'));
  assert.match(output, new RegExp(`^pid +"?${folder}/here/`, 'm'));
});

test('render prints what run uses, but for the paths in its folder, and the same bytes again', async () => {
  const folder = temporaryFolder('state');
  // Warnings come by another pipe, before or after.
  const render = async () => (await runCommand(['render', ...places(folder)], complete.auto)).output
    .split('\n').filter((line) => !line.startsWith('mcp-resource: warning')).join('\n');
  const rendered = await render();
  assert.equal(rendered, await render());
  const server = await startCommand(complete.auto, folder);
  const used = fs.readFileSync(`${folder}/nginx.conf`, 'utf8');
  await server.stop();
  assert.equal(used.replace('pid ..', `pid ${folder}`).replace(/_temp_path \./g, `_temp_path ${folder}`), rendered);
});

for (const signal of ['SIGTERM', 'SIGQUIT'])
  test(`${signal}: a stream that is open goes on to its end, and no new request is taken`, async (t) => {
    const { finish, address } = await streamingBackend(t);
    const port = await freePort();
    const server = await startCommand({ ...complete.jwt, MCP_BACKEND: address, MCP_LISTEN_PORT: String(port) });
    const stream = await openStream(`http://127.0.0.1:${port}/mcp`, await tokenOf('m2m-rs256'));
    assert.equal(await stream.next(), 'data: first\n\n');
    process.kill(server.pid, signal);
    await until(() => portIsFree(port));
    finish();
    assert.equal(await stream.next(), 'data: last\n\n');
    assert.equal(await server.exited, 0);
  });

test('A worker that is killed is replaced, and SIGHUP reads new keys', async () => {
  const port = await freePort();
  const keys = `${temporaryFolder('keys')}/jwks.json`;
  fs.copyFileSync(`${stack.folder}/jwks.json`, keys);
  const otherKeys = JSON.stringify({ keys: [{ kty: 'oct', k: Buffer.alloc(32, 'k').toString('base64url'), alg: 'HS256', kid: 'another' }] });
  const server = await startCommand({ ...complete.jwt, MCP_LISTEN_PORT: String(port), MCP_JWT_KEY_FILE: keys });
  const url = `http://127.0.0.1:${port}/mcp`;
  const headers = bearer(await tokenOf('m2m-rs256'));
  const status = async () => (await mcpCall(url, 'tools/list', {}, headers).catch(() => ({}))).status;
  const workers = () => [...server.output.matchAll(/start worker process (\d+)/g)].map((match) => Number(match[1]));
  await until(() => workers().length === 2);
  for (const worker of workers()) process.kill(worker, 'SIGKILL');
  await until(async () => workers().length >= 4 && (await status()) === 200);
  fs.writeFileSync(keys, otherKeys);
  process.kill(server.pid, 'SIGHUP');
  await until(async () => workers().length >= 6 && (await status()) === 401);
  await server.stop();
});

test('A port that is taken is told, and the command ends', async (t) => {
  const holder = http.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { holder.once('listening', resolve); });
  t.after(() => holder.close());
  const taken = String(holder.address().port);
  const { code, output } = await runCommand(['run', ...places()], { ...complete.jwt, MCP_LISTEN_PORT: taken });
  assert.equal(code, 2);
  assert.match(output, new RegExp(`^mcp-resource: port ${taken} is in use by another program \\(0\\.0\\.0\\.0\\); end that one, or set MCP_LISTEN_PORT=8080$`, 'm'));
  assert.doesNotMatch(output, /bind\(\)/);
  assert.equal((await runCommand(['check', ...places()], { ...complete.jwt, MCP_LISTEN_PORT: taken })).code, 0, 'a `run` beside it is no mistake');
});
