// The image as a newcomer starts it: three values, or one file for two resources, between a real authorization server and real
// MCP servers. The client is the official SDK: it knows one URL, and finds out, logs in and calls a tool by itself. It stands in the
// gateway's own network, where http://127.0.0.1 is no plain text on a wire.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { docker, dockerOk, image, mounts, variables } from '../../peers/lib/image.mjs';
import { until } from '../../peers/lib/processes.mjs';
import { peersFolder } from '../../peers/lib/servers.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { buildPeersImage, peersImage } from './peers.mjs';

const network = `mcp-start-test-${process.pid}`;
const origin = 'http://127.0.0.1:8080';
const issuer = 'https://as:9443';
const containers = [];
const hardened = ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--tmpfs', '/tmp'];
let files;

async function startContainer(where, image_, options, ...args) {
  const id = await dockerOk('run', '--detach', ...where, ...hardened, ...options, image_, ...args);
  containers.push(id);
  return id;
}

const peerOptions = () => ['--volume', `${path.resolve(peersFolder)}:/peers:ro`, ...mounts({ [files]: '/run/mcp' }),
  ...variables({ NODE_EXTRA_CA_CERTS: '/run/mcp/tls.crt' })];
const startPeer = (name, ...args) => startContainer(['--network', network, '--network-alias', name], peersImage, peerOptions(), ...args);

before(async () => {
  files = temporaryFolder('start');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1',
    '-subj', '/CN=start', '-addext', 'subjectAltName=DNS:as', '-keyout', `${files}/tls.key`, '-out', `${files}/tls.crt`], { stdio: 'ignore' });
  fs.chmodSync(`${files}/tls.key`, 0o644);
  fs.chmodSync(files, 0o755);
  await buildPeersImage();
  await dockerOk('network', 'create', network);
  const as = await startPeer('as', 'authorization-server.mjs', '--host', 'as', '--port', '9443', '--keys', '/tmp/keys.json',
    '--cert', '/run/mcp/tls.crt', '--key', '/run/mcp/tls.key', ...['/mcp', '/files', '/mail'].flatMap((at) => ['--resource', origin + at]));
  for (const name of ['backend', 'other']) await startPeer(name, 'mcp-server.mjs', '--host', name, '--port', '3001');
  await until(async () => (await docker('logs', as)).output.includes('issuer'));
});
after(async () => {
  if (containers.length > 0) await docker('rm', '--force', ...containers);
  await docker('network', 'rm', network);
});

// Started with these arguments of `run`; `use` gets what runs a module's text beside it, whose result is JSON, and the container.
async function withGateway(args, use) {
  const gateway = await startContainer(['--network', network], image,
    ['--read-only', ...mounts({ [files]: '/run/mcp', [`${files}/tls.crt`]: '/etc/ssl/certs/ca-certificates.crt' })], 'run', ...args);
  const running = async () => (await dockerOk('inspect', '--format', '{{.State.Health.Status}}', gateway)) === 'healthy';
  await until(running, 60_000);
  const client = await startContainer(['--network', `container:${gateway}`], peersImage, peerOptions(), '-e', 'setInterval(() => {}, 1e6)');
  await use(async (body) => {
    const text = `import { connectClient, connectLegacyClient } from '/peers/sdk-client.mjs'; import * as http from '/peers/lib/http.mjs';
      import { issuedToken } from '/peers/lib/tokens.mjs';
      const text = (result) => result.content[0].text;
      const result = await (async () => { ${body} })(); console.log('RESULT' + JSON.stringify(result)); process.exit(0);`;
    const output = await dockerOk('exec', client, 'node', '--input-type=module', '-e', text, 'client');
    return JSON.parse(output.split('\n').find((line) => line.startsWith('RESULT')).slice(6));
  }, gateway);
  await dockerOk('rm', '--force', client);
  await dockerOk('stop', gateway);
  assert.equal(await dockerOk('inspect', '--format', '{{.State.ExitCode}}', gateway), '0');
}

test('Three values: the SDK, of both generations, finds its way from the URL alone to the answer of a tool', () =>
  withGateway(['--resource', `${origin}/mcp`, '--authorization-server', issuer, '--backend', 'http://backend:3001'], async (inClient, gateway) => {
    for (const connect of ['connectClient', 'connectLegacyClient']) {
      const answer = await inClient(`const { client, authProvider } = await ${connect}('${origin}/mcp');
        const result = await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
        return { text: text(result), logins: authProvider.authorizationUrls.length };`);
      assert.deepEqual([/hello/.test(answer.text), answer.logins], [true, 1], connect);
    }
    const { status } = await inClient(`return { status: (await http.request('${origin}/mcp', { headers: http.bearer('nobody-issued-this') })).status };`);
    assert.equal(status, 401);
    const { output } = await docker('logs', gateway);
    assert.match(output, /^mcp-resource: derived: metadata http:\/\/127\.0\.0\.1:8080\/\.well-known\/oauth-protected-resource\/mcp$/m);
    assert.doesNotMatch(output, /warning|\[(warn|crit|alert|emerg)\]/);
  }));

test('The metrics can be read from another container, and not where clients come', () =>
  withGateway(['--resource', `${origin}/mcp`, '--authorization-server', issuer, '--backend', 'http://backend:3001', '--status-port', '9464'], async (inClient, gateway) => {
    const address = await dockerOk('inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', gateway);
    const statusOf = (url) => dockerOk('exec', containers[0], 'node', '-e', `fetch('${url}').then(({ status }) => console.log(status))`);
    assert.equal(await statusOf(`http://${address}:9464/metrics`), '200');
    assert.equal(await statusOf(`http://${address}:8080/metrics`), '404');
    const { output } = await docker('logs', gateway);
    assert.match(output, /^mcp-resource: derived: status page and metrics on port 9464 of all addresses/m);
  }));

const twoResources = `listen: { port: 8080 }
defaults:
  authorization_servers: ${issuer}
resources:
  - url: ${origin}/files
    backend: http://backend:3001/mcp
    scopes: { required: mcp:read, supported: [mcp:read, mcp:write] }
    tools: { count: mcp:write }
    audiences: [api://files]
    allowed_origins: [https://app.example.com]
  - url: ${origin}/mail
    backend: http://other:3001/mcp
`;

test('One file: two resources, each with tokens and scopes of its own, an audience alias and a browser\'s origin', async () => {
  fs.writeFileSync(`${files}/mcp.yaml`, twoResources);
  await withGateway(['--config', '/run/mcp/mcp.yaml'], async (inClient, gateway) => {
    const seen = await inClient(`const seen = {};
      for (const at of ['files', 'mail']) {
        const { client } = await connectClient('${origin}/' + at);
        seen[at] = text(await client.callTool({ name: 'echo', arguments: { message: at } }));
      }
      const token = (resource, scope) => issuedToken('${issuer}', { client: 'm2m-rs256', resource: '${origin}/' + resource, scope });
      const call = async (at, name, bearer) => (await http.mcpCall('${origin}/' + at, 'tools/call', { name, arguments: { to: 1 } }, http.bearer(bearer))).status;
      const [read, write] = [await token('files', 'mcp:read'), await token('files', 'mcp:read mcp:write')];
      seen.statuses = [await call('files', 'count', read), await call('files', 'count', write), await call('mail', 'whoami', read)];
      const preflight = (origin) => http.request('${origin}/files', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
      seen.origins = [];
      for (const origin of ['https://app.example.com', 'https://evil.example.com'])
        seen.origins.push((await preflight(origin)).lines('access-control-allow-origin'));
      return seen;`);
    assert.match(seen.files, /files/);
    assert.match(seen.mail, /mail/);
    assert.deepEqual(seen.statuses, [403, 200, 401]);
    assert.deepEqual(seen.origins, [['https://app.example.com'], []]);
    const { output } = await docker('logs', gateway);
    assert.match(output, /^mcp-resource: derived: resources\[1\]: .*passed on to http:\/\/other:3001\/mcp$/m);
  });
});

test('A configuration of one\'s own: the container is healthy as long as that nginx runs, whatever it serves', async () => {
  fs.writeFileSync(`${files}/own.conf`, 'pid /tmp/nginx.pid; error_log stderr; events {}\nhttp { access_log off; client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s; server { listen 8081; return 204; } }\n');
  const own = await startContainer(['--network', network], image, ['--read-only', ...mounts({ [`${files}/own.conf`]: '/etc/nginx/nginx.conf' })], 'nginx');
  await until(async () => (await dockerOk('inspect', '--format', '{{.State.Health.Status}}', own)) === 'healthy', 60_000);
  await dockerOk('stop', own);
  assert.equal(await dockerOk('inspect', '--format', '{{.State.ExitCode}}', own), '0');
});

test('Nothing said: the three values, the file and the variables, in this order; as root, a word about that', async () => {
  const { code, output } = await docker('run', '--rm', image);
  assert.deepEqual([code, output.match(/^mcp-resource: .*(--resource URL|--config FILE|MCP_AUTH_MODE)/gm)?.length], [2, 3], output);
  const root = await startContainer(['--network', network], image, ['--user', '0'], 'run', '--resource', `${origin}/mcp`, '--authorization-server', issuer, '--backend', 'http://backend:3001');
  await until(async () => /^mcp-resource: this runs as root/m.test((await docker('logs', root)).output));
});
