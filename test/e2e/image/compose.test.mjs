// The Compose examples, as their heads and README.md say: up, a real client, down.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runStep, Shell, stepsOf } from '../../docs/lib/commands.mjs';
import { docker, dockerEnvironment, dockerOk } from '../../peers/lib/image.mjs';
import { bearer, mcpCall } from '../../peers/lib/http.mjs';
import { freePort, run, until } from '../../peers/lib/processes.mjs';
import { peersFolder } from '../../peers/lib/servers.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { clientSecret, issuedToken } from '../../peers/lib/tokens.mjs';
import { inspect } from '../../peers/lib/packaged-clients.mjs';
import { buildEverything, buildRedisImage, everythingOverride, peersImage, redisOverride } from './peers.mjs';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
let port;

before(async () => {
  await buildEverything();
  port = await freePort();
});

function compose(file, settings, more = '') {
  const override = `${temporaryFolder('compose')}/packages.yml`;
  fs.writeFileSync(override, everythingOverride + more);
  const call = (...args) => run('docker compose', 'docker', ['compose', '--file', file, '--file', override, ...args],
    { env: { ...dockerEnvironment(), MCP_PORT: String(port), ...settings }, timeoutMs: 120_000 });
  return async (...args) => {
    const { code, output } = await call(...args);
    assert.equal(code, 0, output);
    return output;
  };
}

// In a container that joins `network` later, as the host "as". Where this test reaches it: `address`.
async function startAuthorizationServer(t, resource) {
  const id = await dockerOk('run', '--detach', '--tmpfs', '/tmp', '--volume', `${path.resolve(peersFolder)}:/peers:ro`, peersImage,
    'authorization-server.mjs', '--host', 'as', '--port', '9000', '--keys', '/tmp/keys.json', '--resource', resource);
  await until(async () => (await docker('logs', id)).output.includes('issuer'));
  const address = await dockerOk('inspect', '--format', '{{.NetworkSettings.IPAddress}}', id);
  return { id, address: `http://${address}:9000`, join: (network) => dockerOk('network', 'connect', '--alias', 'as', network, id) };
}

for (const [mode, client, settings] of [
  ['jwt', 'm2m-rs256', () => ({})],
  ['introspect', 'm2m-opaque', () => {
    const folder = temporaryFolder('secret');
    fs.writeFileSync(`${folder}/secret`, clientSecret);
    fs.chmodSync(folder, 0o755);
    return { MCP_INTROSPECT_ENDPOINT: 'http://as:9000/token/introspection', MCP_CLIENT_SECRET_FILE: `${folder}/secret` };
  }],
])
  test(`compose.${mode}.yml: up, MCP Inspector lists the tools, down`, async (t) => {
    const url = `http://localhost:${port}`;
    const { id, address, join } = await startAuthorizationServer(t, `${url}/mcp`);
    const call = compose(`${examples}compose.${mode}.yml`, { MCP_AUTHORIZATION_SERVER: 'http://as:9000', MCP_URL: url, ...settings() });
    t.after(async () => { await docker('rm', '--force', id); await call('down'); }); // a network that is in use cannot go
    await call('up', '--no-build', '--no-start');
    await join(`mcp-${mode}_default`);
    await call('up', '--no-build', '--detach', '--wait');
    const token = await issuedToken(address, { client, resource: `${url}/mcp` });
    const { code, output, result } = await inspect(`${url}/mcp`, { method: 'tools/list', token });
    assert.equal(code, 0, output);
    assert.ok(result.tools.some(({ name }) => name === 'echo'));
    assert.notEqual((await inspect(`${url}/mcp`, { method: 'tools/list', token: 'worthless', interactive: false })).code, 0);
  });

test('compose.ratelimit.yml: the one call too many is refused, also after a restart of nginx', async (t) => {
  await buildRedisImage();
  const url = `http://localhost:${port}`;
  const { id, address, join } = await startAuthorizationServer(t, `${url}/mcp`);
  const call = compose(`${examples}compose.ratelimit.yml`, { MCP_AUTHORIZATION_SERVER: 'http://as:9000', MCP_URL: url, MCP_RATELIMIT_RATE: '2r/h', MCP_RATELIMIT_BURST: '1' },
    redisOverride);
  t.after(async () => { await docker('rm', '--force', id); await call('down'); });
  await call('up', '--no-build', '--no-start');
  await join('mcp-ratelimit_default');
  await call('up', '--no-build', '--detach', '--wait');
  const token = await issuedToken(address, { client: 'm2m-rs256', resource: `${url}/mcp` });
  const statuses = [];
  for (let i = 0; i < 2; i++) statuses.push((await mcpCall(`${url}/mcp`, 'ping', {}, bearer(token))).status);
  await call('restart', 'nginx'); // what was counted is in Redis
  await until(() => mcpCall(`${url}/mcp`, 'ping', {}, {}).then(({ status }) => status === 401, () => false));
  let refused;
  for (let i = 0; i < 2; i++) {
    refused = await mcpCall(`${url}/mcp`, 'ping', {}, bearer(token));
    statuses.push(refused.status);
  }
  assert.deepEqual(statuses.map((status) => status === 429), [false, false, false, true]);
  assert.ok(Number(refused.header('retry-after')) >= 1);
});

test('self-jwt: every command of its README', async (t) => {
  const folder = temporaryFolder('self-jwt');
  fs.cpSync(`${examples}self-jwt`, folder, { recursive: true });
  fs.cpSync(`${examples}mcp-server`, `${folder}-mcp-server`, { recursive: true });
  fs.writeFileSync(`${folder}/compose.override.yml`, everythingOverride);
  fs.chmodSync(folder, 0o755);
  const shell = new Shell({ cwd: folder, env: { ...dockerEnvironment(), MCP_PORT: String(port) } });
  t.after(async () => {
    await shell.run('docker compose down --timeout 2');
    shell.close();
    fs.rmSync(`${folder}-mcp-server`, { recursive: true });
  });
  const steps = stepsOf('examples/self-jwt/README.md');
  const here = (text) => text.replaceAll('localhost:8080', `localhost:${port}`);
  for (const step of steps) await runStep(shell, { ...step, outputs: step.outputs.map(here) });
  assert.equal(steps.flatMap(({ outputs }) => outputs).length, 6);
});
