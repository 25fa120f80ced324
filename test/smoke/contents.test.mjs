// What is in the image, what it says of itself, and what it says of files and ports that are not for its user.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { docker, dockerEnvironment, dockerOk, image, runImage } from '../peers/lib/image.mjs';
import { freePort, portIsFree, start, stopAll, until } from '../peers/lib/processes.mjs';
import { openStream, streamingBackend } from '../peers/lib/streams.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const isRoot = process.getuid() === 0;
const inImage = (...args) => dockerOk('run', '--rm', '--network', 'none', '--user', '0', '--entrypoint', args[0], image, ...args.slice(1));
const modules = ['auth_jwt', 'auth_oauth2_token', 'mcp_resource'].map((name) => `load_module modules/ngx_http_${name}_module.so;`).join('\n');

let folder;
before(() => {
  folder = temporaryFolder('contents');
  fs.chmodSync(folder, 0o755);
});
after(stopAll);

test('Labels and the command say the same version and commit; nothing is said that nobody knows', async () => {
  const { Labels: labels } = JSON.parse(await dockerOk('image', 'inspect', image))[0].Config;
  const [, version, revision] = (await dockerOk('run', '--rm', image, '--version')).match(/^(\d+\.\d+\.\d+) \(revision (.+)\)$/);
  assert.equal(labels['org.opencontainers.image.version'], version);
  for (const [name, value] of Object.entries(labels)) assert.ok(value !== '' && value !== 'unknown', name);
  if (labels['org.opencontainers.image.revision']) assert.equal(labels['org.opencontainers.image.revision'], revision);
});

test('Its list of what is inside (SPDX) has every package that Debian knows of, once', async () => {
  const document = JSON.parse(await inImage('cat', '/usr/share/doc/nginx-mcp-resource/sbom.spdx.json'));
  assert.equal(document.spdxVersion, 'SPDX-2.3');
  for (const member of ['dataLicense', 'SPDXID', 'name', 'documentNamespace', 'creationInfo']) assert.ok(document[member], member);
  const identifiers = new Set(document.packages.map(({ SPDXID }) => SPDXID));
  assert.equal(identifiers.size, document.packages.length);
  for (const { spdxElementId, relatedSpdxElement } of document.relationships)
    for (const one of [spdxElementId, relatedSpdxElement]) assert.ok(identifiers.has(one) || one === 'SPDXRef-DOCUMENT', one);
  const listed = document.packages.filter(({ SPDXID }) => SPDXID.startsWith('SPDXRef-deb-')).map(({ name, versionInfo }) => `${name} ${versionInfo}`);
  const installed = (await inImage('dpkg-query', '-W', '-f', '${db:Status-Status} ${Package} ${Version}\\n')).split('\n')
    .filter((line) => line.startsWith('installed ')).map((line) => line.replace('installed ', ''));
  assert.deepEqual(listed.sort(), installed.sort());
  for (const compiledIn of [/^libcli11-dev$/, /^libboost1\.\d+-dev$/])
    assert.ok(document.packages.some(({ name }) => compiledIn.test(name)), `what is compiled in: ${compiledIn}`);
  console.log(`${image}: ${installed.length} packages`);
});

test('No program is more than whoever starts it, Perl is dpkg\'s own alone, and the packages are whole', async () => {
  assert.equal(await inImage('find', '/', '-xdev', '-type', 'f', '-perm', '/6000'), '');
  assert.equal(await inImage('dpkg', '--audit'), '');
  const names = (await inImage('dpkg-query', '-W', '-f', '${Package}\\n')).split('\n');
  assert.deepEqual(names.filter((name) => /perl/.test(name) && name !== 'perl-base'), []);
  await inImage('apt-get', 'check');
});

test('docker stop lets a stream go on to its end, also with an nginx.conf of one\'s own', async (t) => {
  const { finish, address } = await streamingBackend(t);
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path /tmp/${name};`).join(' ');
  fs.writeFileSync(`${folder}/nginx.conf`, `${modules} pid /tmp/nginx.pid; error_log stderr notice; events { } http { access_log /dev/stdout; ${temporary}
    server { listen 127.0.0.1:${port}; location / { proxy_pass http://${address}; proxy_buffering off; } } }`);
  const container = `mcp-resource-own-${process.pid}`;
  t.after(() => docker('rm', '--force', container));
  const server = await start(container, 'docker', ['run', '--rm', '--name', container, '--network', 'host', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL',
    '--volume', `${folder}/nginx.conf:/etc/nginx/nginx.conf:ro`, image, 'nginx', '-g', 'daemon off;'], {
    env: dockerEnvironment(), ready: ({ output }) => (output.includes('start worker process ') ? true : undefined) });
  const stream = await openStream(`http://127.0.0.1:${port}/`, 'any');
  assert.equal(await stream.next(), 'data: first\n\n');
  const stopped = dockerOk('stop', container);
  await until(() => portIsFree(port));
  finish();
  assert.equal(await stream.next(), 'data: last\n\n');
  await stopped;
  assert.equal(await server.exited, 0, server.output);
});

const settings = {
  MCP_AUTH_MODE: 'introspect', MCP_SERVER_NAME: 'mcp.example.com', MCP_CANONICAL_URI: 'https://mcp.example.com/mcp',
  MCP_METADATA_URI: 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp', MCP_AUTHORIZATION_SERVER: 'https://auth.example.com',
  MCP_REQUIRED_SCOPE: 'mcp:read', MCP_SCOPES_SUPPORTED: 'mcp:read', MCP_BACKEND: '127.0.0.1:3001', MCP_CLIENT_ID: 'gateway',
  MCP_INTROSPECT_ENDPOINT: 'https://auth.example.com/introspect', MCP_CLIENT_SECRET_FILE: '/run/secrets/secret', MCP_LISTEN_PORT: '8080',
};
function secret(mode, owner) {
  fs.writeFileSync(`${folder}/secret`, 'shh\n');
  if (isRoot) fs.chownSync(`${folder}/secret`, owner, owner);
  fs.chmodSync(`${folder}/secret`, mode);
  return { [`${folder}/secret`]: '/run/secrets/secret' };
}

test('Whoever\'s secret cannot be read is told what to change', { skip: !isRoot && 'needs root' }, async () => {
  for (const [more, owner, told] of [
    [{}, 0, 'it belongs to user 0 and group 0, has mode 600, and this is user 33: give it to this user (`chown 33` on the host)'],
    [{}, 1000, 'it belongs to user 1000 and group 1000, has mode 600, and this is user 33: run as its owner (`docker run --user 1000`, `user: "1000"` in Compose)'],
    [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, 0, 'set fsGroup: 33 in the pod\'s securityContext'],
  ]) {
    const { code, output } = await runImage({ ...settings, ...more }, ['check'], secret(0o600, owner));
    assert.equal(code, 2, output);
    assert.ok(output.includes(told), output);
  }
  // As it is told.
  const files = secret(0o600, 33);
  assert.equal((await runImage(settings, ['check'], files)).code, 0);
});

test('Nobody is warned of a secret that could not be read if it were private', { skip: !isRoot && 'needs root' }, async (t) => {
  const files = Object.entries(secret(0o644, 0)).flat().join(':');
  fs.writeFileSync(`${folder}/env`, Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join(''));
  const container = `mcp-resource-secret-${process.pid}`;
  t.after(() => docker('rm', '--force', container));
  const server = await start(container, 'docker', ['run', '--rm', '--name', container, '--env-file', `${folder}/env`, '--volume', files, image], {
    env: dockerEnvironment(), ready: ({ output }) => (output.includes('start worker process ') ? true : undefined) });
  assert.doesNotMatch(server.output, /can read/);
  await dockerOk('stop', container);
});

test('A port that is not for its user is told with the settings that choose another', async () => {
  const files = secret(0o644, 0);
  const { MCP_LISTEN_PORT: left, ...rest } = settings;
  const variables = Object.entries(rest).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const { code, output } = await docker('run', '--rm', '--cap-drop', 'ALL', '--sysctl', 'net.ipv4.ip_unprivileged_port_start=1024', ...variables,
    '--volume', `${Object.entries(files).flat().join(':')}:ro`, image, 'check');
  assert.equal(code, 2, `${left}: ${output}`);
  assert.match(output, /^mcp-resource: this user may not listen on port 80: .*set MCP_LISTEN_PORT=8080, and publish that port/m);
  assert.doesNotMatch(output, /bind\(\)/);
});
