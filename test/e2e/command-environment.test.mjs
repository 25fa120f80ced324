// The variables as other people's Compose files and Kubernetes set them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { places, runCommand, startCommand } from '../peers/lib/command.mjs';
import { freePort, stopAll } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

// What the container of upstream's examples is told. Only what this machine decides is another: files, ports, the backend.
const common = {
  MCP_TLS: 'off', MCP_SERVER_NAME: 'mcp.example.com', MCP_CANONICAL_URI: 'https://mcp.example.com/mcp',
  MCP_METADATA_URI: 'https://mcp.example.com/.well-known/oauth-protected-resource', MCP_AUTHORIZATION_SERVER: 'https://auth.example.com',
  MCP_REQUIRED_SCOPE: 'mcp:read', MCP_SCOPES_SUPPORTED: 'mcp:read,mcp:write',
};
const introspection = {
  ...common, MCP_AUTH_MODE: 'introspect', MCP_INTROSPECT_ENDPOINT: 'https://auth.example.com/oauth2/introspect',
  MCP_CLIENT_ID: 'mcp-rs', MCP_RESOLVER: '127.0.0.11',
};
const limits = { MCP_RATELIMIT_ENABLED: 'on', MCP_RATELIMIT_REDIS: 'localhost:6379', MCP_RATELIMIT_RATE: '100r/m', MCP_RATELIMIT_BURST: '20' };

let machine;
before(async () => {
  const folder = temporaryFolder('keys');
  assert.equal((await runCommand(['keys', 'generate', '--out', folder])).code, 0);
  fs.writeFileSync(`${folder}/rs.secret`, 'one line\n', { mode: 0o600 });
  machine = {
    jwt: { MCP_JWT_KEY_FILE: `${folder}/jwks.json`, MCP_BACKEND: 'localhost:8080' },
    introspect: { MCP_CLIENT_SECRET_FILE: `${folder}/rs.secret`, MCP_BACKEND: 'localhost:8080' },
  };
});

async function assertStarts(settings) {
  const server = await startCommand({ ...settings, MCP_LISTEN_PORT: String(await freePort()) });
  await server.stop();
  assert.equal(await server.exited, 0);
  return server.output;
}

test('What upstream\'s compose.jwt.yml sets starts, and nothing of it is warned about', async () => {
  assert.doesNotMatch(await assertStarts({ ...common, MCP_AUTH_MODE: 'jwt', ...machine.jwt }), /warning/);
});

test('What upstream\'s compose.introspect.yml sets starts, and nothing of it is warned about', async () => {
  assert.doesNotMatch(await assertStarts({ ...introspection, ...machine.introspect }), /warning/);
});

test('What upstream\'s compose.ratelimit.yml sets starts, and nothing of it is warned about', async () => {
  const settings = { ...introspection, ...machine.introspect, ...limits };
  const output = await assertStarts(settings);
  assert.doesNotMatch(output, /warning/);
  assert.match(output, /derived: rate limits are counted in Redis, localhost:6379; while it cannot be reached, limited requests get 503/);
  assert.match(await assertStarts({ ...settings, MCP_RATELIMIT_ENABLED: 'off' }), /warning: MCP_RATELIMIT_RATE has no effect while MCP_RATELIMIT_ENABLED is off/);
});

test('Mistakes of rate limits are told at once, each with its variable and what is right', async () => {
  const { code, output } = await runCommand(['run', ...places()], { ...common, MCP_AUTH_MODE: 'jwt', ...machine.jwt, MCP_RATELIMIT_ENABLED: 'on',
    MCP_RATELIMIT_REDIS: 'redis', MCP_RATELIMIT_BURST: 'many', MCP_RATELIMIT_ALGO: 'custom', MCP_RATELIMIT_ON_ERROR: 'open' });
  assert.equal(code, 2, output);
  for (const line of [/MCP_RATELIMIT_RATE is required but not set; for example 100r\/m/, /MCP_RATELIMIT_REDIS "redis" has no port; expected .*redis:6379/,
    /MCP_RATELIMIT_BURST "many" is not a valid number; expected a number from 0/, /MCP_RATELIMIT_ALGO "custom" is not a known algorithm; expected gcra/,
    /MCP_RATELIMIT_ON_ERROR "open" .*; expected deny or allow/]) assert.match(output, line);
});

test('A Redis whose name nobody knows yet is warned about, and nginx starts', async () => {
  const settings = { ...common, MCP_AUTH_MODE: 'jwt', ...machine.jwt, ...limits, MCP_RATELIMIT_REDIS: 'no-such-host.invalid:6379' };
  assert.match(await assertStarts(settings), /warning: MCP_RATELIMIT_REDIS names "no-such-host.invalid", which cannot be resolved .* until it is found limited requests get 503/);
});

test('What Kubernetes says about services is no setting, and is not warned about', async () => {
  const injected = {
    MCP_SERVICE_HOST: '10.96.0.9', MCP_SERVICE_PORT: '80', MCP_SERVICE_PORT_HTTP: '80', MCP_PORT: 'tcp://10.96.0.9:80', MCP_PORT_80_TCP: 'tcp://10.96.0.9:80',
    MCP_PORT_80_TCP_PROTO: 'tcp', MCP_PORT_80_TCP_PORT: '80', MCP_PORT_80_TCP_ADDR: '10.96.0.9', MCP_LISTEN_PORT: 'tcp://10.96.0.9:80',
  };
  const { code, output } = await runCommand(['render', ...places()], { ...common, MCP_AUTH_MODE: 'jwt', ...machine.jwt, ...injected });
  assert.deepEqual([code, /warning|MCP_/.test(output)], [0, false], output);
  assert.match(output, /listen .*80/);
});

test('Scopes with commas where spaces belong are refused, and one that no client is told of is warned about', async () => {
  const settings = { ...common, MCP_AUTH_MODE: 'jwt', ...machine.jwt };
  const commas = await runCommand(['check', ...places()], { ...settings, MCP_REQUIRED_SCOPE: 'mcp:read,mcp:write' });
  assert.deepEqual([commas.code, /MCP_REQUIRED_SCOPE "mcp:read,mcp:write" has a comma: scopes are separated by spaces/.test(commas.output)], [2, true], commas.output);
  const selector = await runCommand(['check', ...places()], { ...settings, MCP_REQUIRED_SCOPE: 'mcp:read tool=nothing' });
  assert.deepEqual([selector.code, /MCP_REQUIRED_SCOPE "tool=nothing"/.test(selector.output)], [2, true], selector.output);
  const untold = await runCommand(['check', ...places()], { ...settings, MCP_SCOPES_SUPPORTED: 'mcp:write' });
  assert.deepEqual([untold.code, /warning: MCP_REQUIRED_SCOPE names "mcp:read", which is not in MCP_SCOPES_SUPPORTED/.test(untold.output)], [0, true], untold.output);
});

test('Values in the spellings that upstream takes pass nginx -t', async () => {
  for (const [name, value] of [['MCP_SERVER_NAME', 'mcp.example.com mcp.internal'], ['MCP_SCOPES_SUPPORTED', 'mcp:read mcp:write'], ['MCP_RESOURCE_PATH', '/mcp/'],
    ['MCP_RESOLVER', '127.0.0.11 valid=30s ipv6=off'], ['MCP_INTROSPECT_CACHE_MAX_TTL', '500ms'], ['MCP_INTROSPECT_CACHE_MAX_TTL', '1m30s'],
    ['MCP_INTROSPECT_CACHE_MAX_TTL', '1w'], ['MCP_BACKEND', 'unix:/run/mcp.sock']]) {
    const { code, output } = await runCommand(['check', ...places()], { ...introspection, ...machine.introspect, [name]: value });
    assert.equal(code, 0, `${name}=${value}: ${output}`);
  }
});

test('A backend that is nginx itself is refused', async () => {
  const { code, output } = await runCommand(['check', ...places()], { ...common, MCP_AUTH_MODE: 'jwt', ...machine.jwt, MCP_LISTEN_PORT: '8080' });
  assert.deepEqual([code, /MCP_BACKEND names the port where nginx itself listens/.test(output)], [2, true], output);
});

after(stopAll);
