// The image with what upstream's compose.ratelimit.yml sets, on a Docker network: names, and a Redis that goes and comes back at another
// address.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { bearer, mcpCall } from '../../peers/lib/http.mjs';
import { docker, dockerOk, image, mounts, variables } from '../../peers/lib/image.mjs';
import { until } from '../../peers/lib/processes.mjs';
import { peersFolder } from '../../peers/lib/servers.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { clientSecret } from '../../peers/lib/tokens.mjs';
import { buildPeersImage, buildRedisImage, peersImage, redisImage } from './peers.mjs';

const network = `mcp-ratelimit-test-${process.pid}`;
const containers = [];
async function start(name, from, options, ...args) {
  const id = await dockerOk('run', '--detach', '--network', network, '--network-alias', name, ...options, from, ...args);
  containers.push(id);
  return id;
}
const startPeer = (name, ...args) => start(name, peersImage, ['--tmpfs', '/tmp', '--volume', `${path.resolve(peersFolder)}:/peers:ro`], ...args);
const startRedis = () => start('redis', redisImage, []);
const addressOf = (id) => dockerOk('inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', id);

// As upstream's file has it, but for the introspection endpoint, which is one of ours, and the limit, which a test can reach.
const settings = {
  MCP_AUTH_MODE: 'introspect', MCP_TLS: 'off', MCP_SERVER_NAME: 'mcp.example.com', MCP_CANONICAL_URI: 'https://mcp.example.com/mcp',
  MCP_METADATA_URI: 'https://mcp.example.com/.well-known/oauth-protected-resource', MCP_AUTHORIZATION_SERVER: 'https://auth.example.com',
  MCP_REQUIRED_SCOPE: 'mcp:read', MCP_SCOPES_SUPPORTED: 'mcp:read,mcp:write', MCP_BACKEND: 'host.docker.internal:8080',
  MCP_INTROSPECT_ENDPOINT: 'http://as:9000/oauth2/introspect', MCP_CLIENT_ID: 'mcp-rs', MCP_CLIENT_SECRET_FILE: '/run/secrets/rs.secret',
  MCP_RESOLVER: '127.0.0.11', MCP_RATELIMIT_ENABLED: 'on', MCP_RATELIMIT_REDIS: 'redis:6379', MCP_RATELIMIT_RATE: '2r/h', MCP_RATELIMIT_BURST: '1',
};

// Every token is alice's.
const introspectionText = `require('http').createServer((req, res) => res.end(JSON.stringify({ active: true, sub: 'alice', scope: 'mcp:read',
  iss: '${settings.MCP_AUTHORIZATION_SERVER}', aud: '${settings.MCP_CANONICAL_URI}', exp: Math.floor(Date.now() / 1000) + 3600 }))).listen(9000)`;

let folder;
before(async () => {
  folder = temporaryFolder('ratelimit');
  fs.writeFileSync(`${folder}/rs.secret`, clientSecret);
  fs.chmodSync(folder, 0o755);
  await Promise.all([buildPeersImage(), buildRedisImage()]);
  await dockerOk('network', 'create', network);
  await startPeer('as', '-e', introspectionText);
  await startPeer('backend', 'mcp-server.mjs', '--host', 'backend', '--port', '8080');
});
after(async () => {
  if (containers.length > 0) await docker('rm', '--force', ...containers);
  await docker('network', 'rm', network);
});

test('upstream\'s environment starts unchanged, limits, and finds a Redis that has moved', async () => {
  const backend = await addressOf(containers.at(-1));
  const gateway = await start('gateway', image, ['--add-host', `host.docker.internal:${backend}`, '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL',
    ...mounts({ [`${folder}/rs.secret`]: '/run/secrets/rs.secret' }), ...variables(settings)]);
  const url = `http://${await addressOf(gateway)}/mcp`;
  const send = () => mcpCall(url, 'tools/list', {}, { host: 'mcp.example.com', ...bearer('opaque') });
  const statusIs = (status) => until(() => send().then((answer) => answer.status === status, () => false));
  await statusIs(503); // no Redis yet
  assert.match((await docker('logs', gateway)).output, /redis:6379/);
  const redis = await startRedis();
  await until(() => send().then((answer) => answer.header('x-ratelimit-limit') === '3', () => false));
  await statusIs(429);
  const before_ = await addressOf(redis);
  await dockerOk('rm', '--force', redis);
  containers.splice(containers.indexOf(redis), 1);
  await statusIs(503);
  await startPeer('takes-the-address', '-e', 'setInterval(() => {}, 1e6)');
  const again = await startRedis();
  assert.notEqual(await addressOf(again), before_);
  await statusIs(200); // it remembers nothing
  await statusIs(429);
});
