// Rate limits of `run`: a real authorization server and MCP server, and a real Redis that comes and goes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { commonSettings, findCommand, modeSettings, places, startCommand } from '../peers/lib/command.mjs';
import { spawnFor } from '../peers/lib/command-processes.mjs';
import { bearer, mcpCall, request, rpcResponse } from '../peers/lib/http.mjs';
import { freePort, stopAll, until } from '../peers/lib/processes.mjs';
import { askRedis, startRedis } from '../peers/lib/redis.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { goodClaims, now, signedToken } from '../peers/lib/tokens.mjs';

let stack;
let settings;
before(async () => {
  stack = await startStack();
  const resources = { ...stack, port: new URL(stack.resource).port, backend: stack.mcpServer.ready, secretFile: `${stack.folder}/client-secret` };
  await stack.nginx.stop('SIGQUIT'); // the command takes its place
  settings = Object.fromEntries(['jwt', 'introspect'].map((mode) => [mode, { ...commonSettings(resources), ...modeSettings[mode](resources) }]));
});
after(stopAll);

const limits = { MCP_RATELIMIT_ENABLED: 'on', MCP_RATELIMIT_RATE: '3r/h' };

async function limited(t, more, mode = 'jwt') {
  const server = await startCommand({ ...settings[mode], ...limits, ...more });
  t.after(() => server.stop());
  return server;
}
async function redisFor(t, options) {
  const redis = await startRedis(options);
  t.after(() => redis.stop());
  return redis;
}

const tokenFor = (sub) => signedToken(stack.keysFile, { ...goodClaims(stack.issuer, stack.resource), sub });
const list = (token) => mcpCall(stack.resource, 'tools/list', {}, bearer(token));
const statuses = async (token, count) => {
  const found = [];
  for (let i = 0; i < count; i++) found.push((await list(token)).status);
  return found;
};

function assertLimited(answer) {
  assert.equal(answer.status, 429);
  const wait = Number(answer.header('retry-after'));
  assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 3600, answer.header('retry-after'));
  const { id, error } = rpcResponse(answer);
  assert.deepEqual([id, error.code], [1, -32013]);
}

test('Each user has a limit, in Redis: all answers tell it, and the one after the last is refused', async (t) => {
  const redis = await redisFor(t);
  await limited(t, { MCP_RATELIMIT_REDIS: redis.address, MCP_RATELIMIT_BURST: '1' });
  const [alice, bob] = await Promise.all([tokenFor('alice'), tokenFor('bob')]);
  for (const left of [3, 2, 1, 0]) {
    const answer = await list(alice);
    assert.equal(answer.status, 200);
    assert.deepEqual([answer.header('x-ratelimit-limit'), answer.header('x-ratelimit-remaining')], ['4', String(left)]);
    assert.ok(Number(answer.header('x-ratelimit-reset')) <= 3600);
    assert.match(answer.header('ratelimit-policy'), /^"subject";q=4;w=3600/);
    assert.match(answer.header('ratelimit'), new RegExp(`^"subject";r=${left};t=\\d+$`));
  }
  const refused = await list(alice);
  assertLimited(refused);
  assert.deepEqual([refused.header('x-ratelimit-limit'), refused.header('x-ratelimit-remaining')], ['4', '0']);
  assert.equal((await list(await tokenFor('alice'))).status, 429); // another token of the same user
  assert.equal((await list(bob)).status, 200);
  const keys = (await askRedis(redis.port, 'KEYS *')).filter((line) => line.startsWith('mcp'));
  assert.equal(keys.length, 2);
  assert.doesNotMatch(keys.join(), /alice|bob/);
});

test('Two instances of nginx count together', async (t) => {
  const redis = await redisFor(t);
  await limited(t, { MCP_RATELIMIT_REDIS: redis.address });
  const port = await freePort();
  const other = await startCommand({ ...settings.jwt, ...limits, MCP_RATELIMIT_REDIS: redis.address, MCP_LISTEN_PORT: String(port) });
  t.after(() => other.stop());
  const token = await tokenFor('carol');
  const there = () => mcpCall(`http://127.0.0.1:${port}/mcp`, 'tools/list', {}, bearer(token));
  assert.deepEqual([(await list(token)).status, (await there()).status, (await list(token)).status], [200, 200, 200]);
  assert.deepEqual([(await there()).status, (await list(token)).status], [429, 429]);
});

// Of what an authorization server says of a token, as RFC 7662 has it.
async function introspectionOf(t, claims) {
  const server = http.createServer((_, res) => res.end(JSON.stringify({
    active: true, iss: stack.issuer, aud: stack.resource, scope: 'mcp:read', client_id: 'c', exp: now() + 300, ...claims,
  })));
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.after(() => { server.closeAllConnections(); server.close(); });
  return `http://127.0.0.1:${server.address().port}/`;
}

for (const [what, claims, expected] of [['sub', { sub: 'alice' }, [200, 200, 200, 429]], ['username', { username: 'alice' }, [200, 200, 200, 429]],
  ['nobody', {}, [401, 401, 401, 401]]])
  test(`Opaque tokens are limited by whom their introspection names: ${what}`, async (t) => {
    await limited(t, { MCP_INTROSPECT_ENDPOINT: await introspectionOf(t, claims) }, 'introspect');
    assert.deepEqual(await statuses('opaque', 4), expected);
  });

test('A token without a subject is refused', async (t) => {
  await limited(t, {});
  const answer = await list(await tokenFor(undefined));
  assert.equal(answer.status, 401);
  assert.match(answer.header('www-authenticate'), /^Bearer /);
});

test('Without Redis, all workers of this nginx count together', async (t) => {
  await limited(t, { MCP_WORKER_PROCESSES: '2' });
  const token = await tokenFor('dave');
  const found = await Promise.all(Array.from({ length: 9 }, () => list(token)));
  assert.equal(found.filter(({ status }) => status === 200).length, 3);
  found.filter(({ status }) => status !== 200).forEach(assertLimited);
});

for (const [onError, meanwhile] of [['deny', 503], ['allow', 200]])
  test(`While Redis cannot be reached, ${onError} gives ${meanwhile}, from the start on; all is well when it is back`, async (t) => {
    const port = await freePort();
    const server = await limited(t, { MCP_RATELIMIT_REDIS: `localhost:${port}`, MCP_RATELIMIT_ON_ERROR: onError });
    const token = await tokenFor(`erin-${onError}`);
    const without = await list(token);
    assert.equal(without.status, meanwhile);
    if (onError === 'deny') assert.ok(Number(without.header('retry-after')) >= 1);
    assert.match(server.output, new RegExp(`Redis.*localhost:${port}`));
    const isCounted = async () => (await list(token)).header('x-ratelimit-remaining') !== undefined;
    const redis = await redisFor(t, { port });
    await until(isCounted);
    await redis.stop('SIGKILL');
    await until(async () => (await list(token)).status === meanwhile && !(await isCounted()));
    await redisFor(t, { port });
    await until(isCounted);
    assert.deepEqual((await statuses(await tokenFor(`frank-${onError}`), 4)), [200, 200, 200, 429]);
  });

test('A password of Redis is that in the file, and is never shown', async (t) => {
  const folder = temporaryFolder('redis-password');
  fs.writeFileSync(`${folder}/password`, 'hunter2-$x"\'\n', { mode: 0o600 });
  const redis = await redisFor(t, { more: ['--requirepass', 'hunter2-$x"\''] });
  const server = await limited(t, { MCP_RATELIMIT_REDIS: redis.address, MCP_RATELIMIT_REDIS_PASSWORD_FILE: `${folder}/password` });
  assert.deepEqual(await statuses(await tokenFor('grace'), 4), [200, 200, 200, 429]);
  assert.doesNotMatch(server.output, /hunter2/);
});

const file = (port, more) => `listen: { port: ${port}, addresses: ["127.0.0.1"] }
workers: 1
resources:
  - url: ${stack.resource}
    server_names: ["127.0.0.1"]
    backend: ${stack.mcpServer.ready}
    authorization_servers: ${stack.issuer}
    keys: { file: ${stack.folder}/jwks.json }
${more}
`;

async function withFile(t, more) {
  const folder = temporaryFolder('limits');
  fs.writeFileSync(`${folder}/mcp.yaml`, file(new URL(stack.resource).port, more));
  const server = spawnFor(t, findCommand(), ['run', '--config', `${folder}/mcp.yaml`, ...places()], {});
  await until(() => server.errors.includes('start worker process ') || server.exitCode !== null);
  assert.equal(server.exitCode, null, server.errors);
  server.remember();
  t.after(() => server.kill('SIGTERM') && server.ended);
}

test('A settings file limits single tools', async (t) => {
  await withFile(t, '    rate_limits: [{ rate: 1r/h, tool: "echo", algorithm: fixed_window }, { rate: 100r/s, burst: 100 }]');
  const token = await tokenFor('heidi');
  const call = (name) => mcpCall(stack.resource, 'tools/call', { name, arguments: { text: 'x' } }, bearer(token));
  assert.notEqual((await call('echo')).status, 429);
  const refused = await call('echo');
  assertLimited(refused);
  assert.equal(refused.header('x-ratelimit-limit'), undefined);
  assert.notEqual((await call('whoami')).status, 429);
});

test('Whoever sends too many refused tokens is refused before they are verified, and no good token of others is', async (t) => {
  await withFile(t, '    refusal_limit: { rate: 2r/h, burst: 2 }');
  const send = (token) => request(stack.resource, { headers: bearer(token) });
  const found = [];
  for (let i = 0; i < 5; i++) found.push((await send(`${'x'.repeat(20)}.${i}.x`)).status);
  assert.deepEqual(found, [401, 401, 401, 429, 429]);
});
