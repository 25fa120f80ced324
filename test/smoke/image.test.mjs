// The container image with a real authorization server and a real MCP server on this machine: every answer of the contract in
// each mode, with TLS and without; and what people expect of a container.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { commonSettings, modeSettings } from '../peers/lib/command.mjs';
import { assertContract } from '../peers/lib/contract.mjs';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { bearer, request, trust } from '../peers/lib/http.mjs';
import { docker, dockerOk, image, runImage, startImage } from '../peers/lib/image.mjs';
import { freePort, portIsFree, stopAll, until } from '../peers/lib/processes.mjs';
import { startAuthorizationServer, startMcpServer } from '../peers/lib/servers.mjs';
import { openStream, streamingBackend } from '../peers/lib/streams.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { clientSecret, issuedToken } from '../peers/lib/tokens.mjs';

const modes = (process.env.TEST_MODES ?? 'jwt introspect').split(' ');
const clients = { jwt: ['m2m-rs256', 'm2m-es256', 'm2m-eddsa'], introspect: ['m2m-opaque'] };
const schemes = { off: 'http', on: 'https' };

let folder;
let port;
let issuer;
let backend;
let files;
before(async () => {
  folder = temporaryFolder('image');
  port = await freePort();
  const resources = ['http', 'https'].flatMap((scheme) => [`${scheme}://127.0.0.1:${port}/mcp`, `${scheme}://127.0.0.1:${port}/other`]);
  const [authorizationServer, mcpServer] = await Promise.all([
    startAuthorizationServer({ resources, keysFile: `${folder}/private-keys.json` }), startMcpServer()]);
  issuer = authorizationServer.ready;
  backend = mcpServer.ready;
  // Readable by everyone: the image runs as another user than this test.
  fs.writeFileSync(`${folder}/jwks.json`, await (await fetch(`${issuer}/jwks`)).text());
  fs.writeFileSync(`${folder}/secret`, `${clientSecret}\n`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', `${folder}/tls.key`, '-out', `${folder}/tls.crt`], { stdio: 'ignore' });
  for (const name of ['jwks.json', 'secret', 'tls.key', 'tls.crt']) fs.chmodSync(`${folder}/${name}`, 0o644);
  fs.chmodSync(folder, 0o755);
  trust(fs.readFileSync(`${folder}/tls.crt`));
  files = { [folder]: '/run/mcp' };
});
after(stopAll);

function settingsFor(mode, tls = 'off') {
  const origin = `${schemes[tls]}://127.0.0.1:${port}`;
  return {
    ...commonSettings({ port, issuer, backend }),
    ...modeSettings[mode]({ folder: '/run/mcp', issuer, secretFile: '/run/mcp/secret' }),
    MCP_CANONICAL_URI: `${origin}/mcp`,
    MCP_METADATA_URI: `${origin}/.well-known/oauth-protected-resource/mcp`,
    ...(tls === 'on' ? { MCP_TLS: 'on', MCP_SSL_CERT_FILE: '/run/mcp/tls.crt', MCP_SSL_CERT_KEY_FILE: '/run/mcp/tls.key' } : {}),
  };
}

for (const mode of modes)
  for (const tls of ['off', 'on'])
    test(`SPEC 1, 12, 13, 63, 64: ${mode}, TLS ${tls}: every answer of the contract`, async (t) => {
      const server = await startImage(t, settingsFor(mode, tls), files);
      const otherResource = server.resource.replace('/mcp', '/other');
      await assertContract({ ...server, otherResource, issuer, clients: clients[mode], keepsHost: true });
      assert.equal(await dockerOk('exec', server.container, '/usr/bin/mcp-resource', 'healthcheck'), '');
      const doctor = await docker('exec', server.container, '/usr/bin/mcp-resource', 'doctor', server.resource);
      if (tls === 'off') assert.match(doctor.output, /\n2\d passed, 0 warnings, 0 failed\n$/);
      await dockerOk('stop', server.container);
      assert.equal(await server.exited, 0);
      assertCleanLog(server);
    });

for (const mode of modes)
  test(`${mode}: every required variable is missed by name, and the container ends`, async () => {
    const settings = settingsFor(mode);
    for (const name of Object.keys(settings)) {
      if (['MCP_LISTEN_PORT', 'MCP_WORKER_PROCESSES'].includes(name)) continue;
      const { [name]: left, ...rest } = settings;
      const { code, output } = await runImage(rest, [], files);
      assert.equal(code, 2, `${name} left out: ${output}`);
      assert.match(output, new RegExp(`^mcp-resource: ${name} is required but not set$`, 'm'));
      assert.doesNotMatch(output, /start worker/);
    }
    assert.equal(await portIsFree(port), true);
  });

test('No root, nothing writable but /tmp, no setting that Docker does not know of', async (t) => {
  const server = await startImage(t, settingsFor(modes[0]), files);
  const processes = (await dockerOk('top', server.container, '-eo', 'pid,uid,args')).split('\n').slice(1);
  assert.ok(processes.length >= 3, processes.join('\n'));
  for (const line of processes) assert.match(line, /^ *\d+ +33 /);
  const described = JSON.parse(await dockerOk('image', 'inspect', image))[0];
  assert.equal(described.Config.User, '33:33');
  assert.ok(described.Config.Healthcheck.Test.includes('healthcheck'));
  assert.match(described.Config.Labels['org.opencontainers.image.version'], /^\d/);
  console.log(`${image}: ${Math.round(described.Size / 1e6)} MB`);
  await dockerOk('stop', server.container);
});

test('The container becomes healthy by itself, and says so to Docker', async (t) => {
  const server = await startImage(t, settingsFor(modes[0]), files);
  const health = () => dockerOk('inspect', '--format', '{{.State.Health.Status}}', server.container);
  await until(async () => (await health()) === 'healthy', 60_000);
  await dockerOk('stop', server.container);
});

test('docker stop lets a stream that is open go on to its end', async (t) => {
  const { finish, address } = await streamingBackend(t);
  const server = await startImage(t, { ...settingsFor('jwt'), MCP_BACKEND: address }, files);
  const stream = await openStream(server.resource, await issuedToken(issuer, { client: 'm2m-rs256', resource: server.resource }));
  assert.equal(await stream.next(), 'data: first\n\n');
  const stopped = dockerOk('stop', server.container);
  await until(() => portIsFree(port));
  finish();
  assert.equal(await stream.next(), 'data: last\n\n');
  await stopped;
  assert.equal(await server.exited, 0);
});

test('A worker that is killed is replaced, and docker kill --signal HUP reloads', async (t) => {
  const server = await startImage(t, settingsFor('jwt'), files);
  const token = await issuedToken(issuer, { client: 'm2m-rs256', resource: server.resource });
  const status = async () => (await request(server.resource, { headers: bearer(token) }).catch(() => ({}))).status;
  const workers = async () => (await dockerOk('top', server.container, '-eo', 'pid,args')).split('\n')
    .filter((line) => line.includes('worker process')).map((line) => Number(line.trim().split(' ')[0]));
  const first = await workers();
  const before = await status();
  for (const worker of first) process.kill(worker, 'SIGKILL');
  await until(async () => (await workers()).filter((worker) => !first.includes(worker)).length === 2);
  assert.equal(await status(), before);
  await dockerOk('kill', '--signal', 'HUP', server.container);
  await until(() => server.output.includes('reconfiguring'));
  assert.equal(await status(), before);
  await dockerOk('stop', server.container);
});

test('An nginx.conf of one\'s own runs in the image, with the modules and the snippets', async () => {
  const own = temporaryFolder('own');
  fs.chmodSync(own, 0o755);
  const modules = ['auth_jwt', 'auth_oauth2_token', 'mcp_resource'].map((name) => `load_module modules/ngx_http_${name}_module.so;\n`);
  fs.writeFileSync(`${own}/nginx.conf`, `${modules.join('')}pid /tmp/nginx.pid; error_log stderr; events { } http {
    access_log /dev/stdout; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path /tmp/${name};`).join(' ')}
    map "" $mcp_metadata_uri { default "https://a"; } map "" $mcp_required_scope { default "x"; }
    server { listen 127.0.0.1:${port}; include conf/mcp-401-handler.conf; } }`);
  const { code, output } = await runImage({}, ['nginx', '-t'], { [`${own}/nginx.conf`]: '/etc/nginx/nginx.conf' });
  assert.match(output, /test is successful/);
  assert.equal(code, 0);
});
