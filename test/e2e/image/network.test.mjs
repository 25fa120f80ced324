// On a Docker network: a real authorization server, a real MCP server and real clients, each in a container of its own, and the
// image between them. Names are resolved by Docker, nothing is on loopback, and whoever carries tokens speaks TLS.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { docker, dockerOk, image, mounts, variables } from '../../peers/lib/image.mjs';
import { until } from '../../peers/lib/processes.mjs';
import { peersFolder } from '../../peers/lib/servers.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { clientSecret } from '../../peers/lib/tokens.mjs';
import { buildPeersImage, peersImage } from './peers.mjs';

const network = `mcp-resource-test-${process.pid}`;
const containers = [];

async function startContainer(name, image_, options, ...args) {
  const id = await dockerOk('run', '--detach', '--network', network, '--network-alias', name, '--cap-drop', 'ALL',
    '--security-opt', 'no-new-privileges', '--tmpfs', '/tmp', ...options, image_, ...args);
  containers.push(id);
  return id;
}

const startPeer = (name, ...args) => startContainer(name, peersImage, [
  '--volume', `${path.resolve(peersFolder)}:/peers:ro`, ...mounts({ [files]: '/run/mcp' }),
  ...variables({ NODE_EXTRA_CA_CERTS: '/run/mcp/tls.crt' }),
], ...args);

const inImage = () => mounts({ [files]: '/run/mcp', [`${files}/tls.crt`]: '/etc/ssl/certs/ca-certificates.crt' });
const startGateway = (settings) => startContainer('gateway', image, ['--read-only', ...inImage(), ...variables({
  MCP_SERVER_NAME: 'gateway',
  MCP_CANONICAL_URI: 'https://gateway/mcp',
  MCP_METADATA_URI: 'https://gateway/.well-known/oauth-protected-resource/mcp',
  MCP_AUTHORIZATION_SERVER: 'https://as:9443',
  MCP_REQUIRED_SCOPE: 'mcp:read',
  MCP_SCOPES_SUPPORTED: 'mcp:read,mcp:write',
  MCP_BACKEND: 'backend:3001',
  MCP_TLS: 'on',
  MCP_SSL_CERT_FILE: '/run/mcp/tls.crt',
  MCP_SSL_CERT_KEY_FILE: '/run/mcp/tls.key',
  ...settings,
})]);

let files; // secret and certificate, for everyone to read: the image runs as another user than this test
let client;
let as;
before(async () => {
  files = temporaryFolder('network');
  fs.writeFileSync(`${files}/secret`, clientSecret);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1',
    '-subj', '/CN=network', '-addext', 'subjectAltName=DNS:as,DNS:gateway', '-keyout', `${files}/tls.key`, '-out', `${files}/tls.crt`],
  { stdio: 'ignore' });
  fs.chmodSync(`${files}/tls.key`, 0o644);
  await buildPeersImage();
  await dockerOk('network', 'create', network);
  as = await startPeer('as', 'authorization-server.mjs', '--host', 'as', '--port', '9443', '--keys', '/tmp/keys.json',
    '--cert', '/run/mcp/tls.crt', '--key', '/run/mcp/tls.key',
    '--resource', 'https://gateway/mcp');
  await startPeer('backend', 'mcp-server.mjs', '--host', 'backend', '--port', '3001');
  client = await startPeer('client', '-e', 'setInterval(() => {}, 1e6)');
  await until(async () => (await docker('logs', as)).output.includes('issuer'));
});
after(async () => {
  if (containers.length > 0) await docker('rm', '--force', ...containers);
  await docker('network', 'rm', network);
});

// Runs a module's text in the client's container; what it returns is JSON.
async function inClient(body) {
  const text = `import * as clients from '/peers/lib/packaged-clients.mjs'; import * as http from '/peers/lib/http.mjs';
    import { issuedToken } from '/peers/lib/tokens.mjs';
    const result = await (async () => { ${body} })(); console.log('RESULT' + JSON.stringify(result)); process.exit(0);`;
  const output = await dockerOk('exec', client, 'node', '--input-type=module', '-e', text);
  return JSON.parse(output.split('\n').find((line) => line.startsWith('RESULT')).slice(6));
}

const isHealthy = async (container) => (await dockerOk('inspect', '--format', '{{.State.Health.Status}}', container)) === 'healthy';

async function withGateway(settings, use) {
  const gateway = await startGateway(settings);
  try {
    await until(() => isHealthy(gateway), 60_000);
    await use(gateway);
    await dockerOk('stop', gateway);
    assert.equal(await dockerOk('inspect', '--format', '{{.State.ExitCode}}', gateway), '0');
  } finally {
    await docker('rm', '--force', gateway);
  }
}

test('jwt: MCP Inspector logs in by itself and lists the tools, with keys found by discovery', () =>
  withGateway({ MCP_AUTH_MODE: 'jwt', MCP_DISCOVERY: 'on' }, async () => {
    for (const era of ['legacy', 'modern']) {
      const { code, output, result } = await inClient(`return clients.inspect('https://gateway/mcp', { method: 'tools/list', era: '${era}' });`);
      assert.equal(code, 0, output);
      assert.deepEqual(result.tools.map(({ name }) => name), ['echo', 'whoami', 'count']);
    }
    const doctor = await docker('run', '--rm', '--network', network, ...inImage(), image, 'doctor', 'https://gateway/mcp');
    assert.match(doctor.output, /\n\d+ passed, 0 warnings, 0 failed\n$/);
    assert.equal(doctor.code, 0);
  }));

test('A token of the client never arrives at the MCP server', () =>
  withGateway({ MCP_AUTH_MODE: 'jwt', MCP_JWKS_URI: 'https://as:9443/jwks' }, async () => {
    const seen = await inClient(`const token = await issuedToken('https://as:9443', { client: 'm2m-rs256', resource: 'https://gateway/mcp' });
      const answer = await http.mcpCall('https://gateway/mcp', 'tools/call', { name: 'whoami', arguments: {} }, http.bearer(token));
      return JSON.parse(http.rpcResponse(answer).result.content[0].text);`);
    assert.equal(seen.authorization, undefined);
    assert.equal(seen.host, 'gateway');
  }));

test('introspect: known tokens go on while the authorization server is away, others get 503, and all is well when it is back', async () => {
  const settings = {
    MCP_AUTH_MODE: 'introspect', MCP_INTROSPECT_ENDPOINT: 'https://as:9443/token/introspection', MCP_CLIENT_ID: 'gateway',
    MCP_CLIENT_SECRET_FILE: '/run/mcp/secret',
  };
  const token = (name) => `const ${name} = await issuedToken('https://as:9443', { client: 'm2m-opaque', resource: 'https://gateway/mcp' });`;
  const statuses = (...tokens) => inClient(`const statuses = [];
    for (const token of ${JSON.stringify(tokens)})
      statuses.push((await http.mcpCall('https://gateway/mcp', 'tools/list', {}, http.bearer(token))).status);
    return statuses;`);
  await withGateway(settings, async () => {
    const [known, unknown] = await inClient(`${token('a')} ${token('b')} return [a, b];`);
    assert.deepEqual(await statuses(known, 'nobody-issued-this'), [200, 401]);
    await dockerOk('pause', as);
    assert.deepEqual(await statuses(known, unknown), [200, 503]);
    await dockerOk('unpause', as);
    await until(async () => (await statuses(unknown))[0] === 200);
  });
});
