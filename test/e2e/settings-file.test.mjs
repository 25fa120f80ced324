// One file that says everything: two resources behind a real nginx with tokens of a real authorization server, every key at
// once before nginx -t, and what a file that is wrong is told.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { commonSettings, findCommand, modeSettings, places, runCommand } from '../peers/lib/command.mjs';
import { bearer, mcpCall, request } from '../peers/lib/http.mjs';
import { cleanEnvironment, freePort, start, stopAll, until } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { goodClaims, issuedToken, signedToken } from '../peers/lib/tokens.mjs';

let stack;
let port;
const folder = temporaryFolder('settings-file');
const origin = 'https://app.example.com';
before(async () => {
  stack = await startStack();
  port = new URL(stack.resource).port;
  await stack.nginx.stop('SIGQUIT'); // the command takes its place
});
after(stopAll);

function write(text, name = 'mcp.yaml') {
  fs.writeFileSync(`${folder}/${name}`, text);
  return `${folder}/${name}`;
}

const twoResources = () => `
listen: { port: ${port}, addresses: 127.0.0.1 }
workers: 2
defaults:
  authorization_servers: ${stack.issuer}
  scopes: { required: mcp:read, supported: [mcp:read, mcp:write] }
resources:
  - url: ${stack.resource}
    backend: ${new URL(stack.mcpServer.ready).origin}
    tools: { "c*": mcp:write }
    audiences: api://files
    allowed_origins: ${origin}
    identity_headers: { X-User: sub }
    name: { default: Files, de: Dateien }
  - url: ${stack.otherResource}
    backend: { url: ${stack.mcpServer.ready}, host: backend }
    keys: { file: ${stack.folder}/jwks.json }
`;

async function startWith(text) {
  const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
  return start('mcp-resource', findCommand(), ['run', ...places(), '--config', write(text)], { ready, env: cleanEnvironment() });
}

const call = (url, token, name = 'echo', args = { message: 'hello' }) => mcpCall(url, 'tools/call', { name, arguments: args }, token ? bearer(token) : {});

test('Two resources of one file: each takes its own tokens alone, scopes by tool, an audience alias, a browser', async () => {
  const server = await startWith(twoResources());
  try {
    const token = await issuedToken(stack.issuer, { resource: stack.resource });
    const otherToken = await issuedToken(stack.issuer, { resource: stack.otherResource });
    assert.equal((await call(stack.resource, token)).status, 200);
    assert.equal((await call(stack.otherResource, otherToken)).status, 200);
    for (const [url, wrong] of [[stack.resource, otherToken], [stack.otherResource, token]]) {
      const refused = await call(url, wrong);
      assert.equal(refused.status, 401);
      assert.match(refused.header('www-authenticate'), new RegExp(`resource_metadata="http://127.0.0.1:${port}/.well-known/oauth-protected-resource${new URL(url).pathname}"`));
    }

    const count = { name: 'count', arguments: { to: 1 } };
    const lacking = await mcpCall(stack.resource, 'tools/call', count, bearer(token));
    assert.equal(lacking.status, 403);
    assert.match(lacking.header('www-authenticate'), /scope="mcp:read mcp:write"/);
    const both = await issuedToken(stack.issuer, { resource: stack.resource, scope: 'mcp:read mcp:write' });
    assert.equal((await mcpCall(stack.resource, 'tools/call', count, bearer(both))).status, 200);

    const alias = await signedToken(stack.keysFile, { ...goodClaims(stack.issuer, 'api://files') });
    assert.equal((await call(stack.resource, alias)).status, 200);
    assert.equal((await call(stack.otherResource, alias)).status, 401);
    assert.match((await call(stack.resource, alias, 'whoami', {})).body, /x-user[^]*alice/i);

    const preflight = (url, from) => request(url, { method: 'OPTIONS', headers: { origin: from, 'access-control-request-method': 'POST' } });
    assert.equal((await preflight(stack.resource, origin)).header('access-control-allow-origin'), origin);
    assert.equal((await preflight(stack.otherResource, origin)).status, 403);
    const metadata = await request(`http://127.0.0.1:${port}/.well-known/oauth-protected-resource/mcp`);
    assert.equal(JSON.parse(metadata.body)['resource_name#de'], 'Dateien');
  } finally {
    await server.stop();
  }
});

// The file that says everything, with files that are there.
async function everything() {
  const at = (name) => `${folder}/${name}`;
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('key.pem'), '-out', at('crt.pem'), '-subj', '/CN=mcp.example.com', '-days', '2');
  fs.chmodSync(at('key.pem'), 0o600);
  for (const [name, text] of [['secret', 'secret'], ['audit-key', 'k'.repeat(32)], ['headers', 'X-Key: secret']])
    fs.writeFileSync(at(name), text, { mode: 0o600 });
  const keys = { crt: at('crt.pem'), pem: at('key.pem'), key: at('key.pem'), json: `${stack.folder}/jwks.json`,
    '/run/secrets/audit-key': at('audit-key'), '/run/secrets/trace-headers': at('headers') };
  return fs.readFileSync(new URL('../../examples/mcp-everything.yaml', import.meta.url), 'utf8')
    .replace('port: 8443', `port: ${await freePort()}`)
    .replace('/var/log/mcp/audit.log', at('audit.log'))
    .replace(/(?<=[\s:]|file: )\/(?:tls|etc|run|keys)\/[\w./-]+/g, (file) => (file.endsWith('.sock') ? file : keys[file.split('.').pop()] ?? at('secret')));
}

test('Every key at once is a configuration that nginx takes', async () => {
  const { code, output } = await runCommand(['check', ...places(), '--config', write(await everything())]);
  assert.deepEqual([code, output.split('\n').filter((line) => line !== '' && !/warning|derived/.test(line))], [0, ['The settings are complete, and nginx accepts the configuration.']]);
});

test('Hosts with long names are a configuration that nginx takes', async () => {
  const hosts = ['a', 'b'].map((name) => `${name}.a-rather-long-namespace-name.svc.cluster.example.com`);
  const resources = hosts.map((host) => `  - { url: "https://${host}/mcp", backend: http://127.0.0.1:9, authorization_servers: ${stack.issuer} }\n`);
  const { code, output } = await runCommand(['check', ...places(), '--config', write(`listen: { port: ${port} }\nresources:\n${resources.join('')}`)]);
  assert.equal(code, 0, output);
});

test('What is converted from the environment makes the same configuration', async () => {
  const resources = { ...stack, port, backend: stack.mcpServer.ready, secretFile: `${stack.folder}/client-secret` };
  for (const mode of Object.values(modeSettings)) {
    const settings = { ...commonSettings(resources), ...mode(resources) };
    const { code, output } = await runCommand(['convert'], settings);
    assert.equal(code, 0, output);
    const yaml = output.replace(/^mcp-resource: warning.*\n/gm, '');
    const common = places();
    const lines = (text) => text.split('\n').filter((line) => !/^(mcp-resource: |#)/.test(line));
    assert.deepEqual(lines((await runCommand(['render', ...common, '--config', write(yaml)])).output), lines((await runCommand(['render', ...common], settings)).output));
  }
});

test('A file that is wrong is told all of it, and nothing starts', async () => {
  const { code, output } = await runCommand(['run', ...places(), '--config', write(`
listen: { port: ${port} }
resources:
  - url: ${stack.resource}
    backend: localhost:3001
    authorization_server: ${stack.issuer}
    introspection: { url: https://a.example.com/i, client_id: c, client_secret: "s3cr3t" }
    tools: { "write_*": [mcp:read, "a b"] }
`)]);
  assert.equal(code, 2);
  const errors = output.split('\n').filter((line) => line.startsWith('mcp-resource: ') && !line.includes('warning: ')).map((line) => line.replace(`mcp-resource: ${folder}/`, ''));
  assert.deepEqual(errors.map((line) => line.replace(/^(mcp.yaml:\d+:\d+: \S+: ).*/, '$1')), [
    'mcp.yaml:5:14: resources[0].backend: ', 'mcp.yaml:6:5: resources[0].authorization_server: ', 'mcp.yaml:7:66: resources[0].introspection.client_secret: ',
    'mcp.yaml:8:36: resources[0].tools."write_*"[1]: ']);
  assert.match(errors[1], /did you mean "authorization_servers"\?$/);
  assert.match(errors[2], /name the file in "client_secret_file"/);
  assert.doesNotMatch(output, /s3cr3t/);
});

// What a directive of ours would refuse, or nginx: with the line of the key, before nginx is asked.
const hostile = ['~x', '$x', 'on', 'a|b', 'a,b', 'a b', '^x', 'https://*.example.com', '"'.repeat(1500)];
const freeForm = {
  url: (x) => `http://${x}/mcp`, audiences: (x) => x, issuers: (x) => x, name: (x) => x, allowed_origins: (x) => x, server_names: (x) => x,
  authorization_servers: (x) => `https://a.example.com/${x}`, anonymous_methods: (x) => x, identity_headers: (x) => ({ 'X-User': x }),
  tools: (x) => ({ [x]: 's' }), prompts: (x) => ({ [x]: ['s'] }), methods: (x) => ({ [x]: 's' }), resource_uris: (x) => ({ [x]: 's' }),
  scopes: (x) => ({ required: x }), path: (x) => `/${x}`, backend: (x) => ({ url: 'http://127.0.0.1:9', host: x }),
  introspection: (x) => ({ url: 'https://a.example.com/i', client_id: x, client_secret_file: `${stack.folder}/client-secret`, issuer: 'x' }),
};

test('No value of a free-form key is left to nginx to refuse: it is told with its line, or nginx takes it', async () => {
  const refused = {};
  for (const [key, valueOf] of Object.entries(freeForm))
    for (const value of hostile) {
      const good = { url: stack.resource, backend: 'http://127.0.0.1:9', authorization_servers: stack.issuer, introspection: freeForm.introspection('c') };
      const lines = Object.entries({ ...good, [key]: valueOf(value) }).map(([name, said]) => `    ${name}: ${JSON.stringify(said)}\n`);
      const text = `listen: { port: ${port} }\nresources:\n  -\n${lines.join('')}`;
      const line = text.slice(0, text.indexOf(`    ${key}: `)).split('\n').length;
      const { code, output } = await runCommand(['check', ...places(), '--config', write(text)]);
      const place = new RegExp(`^mcp-resource: \\S+mcp.yaml:${line}:\\d+: (resources\\[0\\]\\.${key}\\b|not valid YAML)`, 'm');
      assert.ok(code === 0 || place.test(output), `${key}=${value}: ${output}`);
      assert.doesNotMatch(output, /emerg|makes/);
      refused[value] = [...(refused[value] ?? []), ...(code === 0 ? [] : [key])];
    }
  assert.deepEqual(refused['a|b'], ['url', 'allowed_origins', 'server_names', 'authorization_servers', 'anonymous_methods', 'tools', 'prompts', 'methods', 'resource_uris', 'path', 'backend']);
});

test('All mistakes of free-form keys are told at once', async () => {
  const { code, output } = await runCommand(['render', '--config', write(`resolver: valid=30s
resources:
  - url: http://~x/mcp
    backend: http://127.0.0.1:9
    authorization_servers: ${stack.issuer},${stack.issuer}
    audiences: "a,b"
    issuers: $x
    scopes: { required: on, supported: [$y] }
    tools: { "a|b": s }
    methods: { "a|b": s }
    anonymous_methods: ["a,b"]
    identity_headers: { X-User: "a,b", X-Forwarded-Host: sub, X-Forwarded-Proto: iss }
    introspection: { url: https://a.example.com/i, client_id: $x, client_secret_file: ${stack.folder}/client-secret }
`)]);
  assert.equal(code, 2);
  assert.deepEqual([...output.matchAll(/mcp.yaml:(\d+):/g)].map(([, line]) => Number(line)), [3, 5, 6, 7, 8, 8, 9, 10, 11, 12, 12, 12, 13], output);
  const alone = await runCommand(['render', '--config', write(twoResources().replace('workers: 2', 'resolver: valid=30s'))]);
  assert.deepEqual([alone.code, /mcp.yaml:3:\d+: resolver: names no address/.test(alone.output)], [2, true], alone.output);
});

test('What is no settings file is one clear line, and is not waited for', async () => {
  execFileSync('mkfifo', [`${folder}/pipe`]);
  for (const [file, why] of [
    [folder, /is a folder/], [`${folder}/pipe`, /is not a regular file/], ['/dev/zero', /is not a regular file/], [`${folder}/none`, /No such file/],
    [write('#'.repeat(10_000_000), 'large'), /is larger than 1 MB/], [write(Buffer.from('a: b', 'utf16le'), 'utf16'), /is in UTF-16/],
    [write('a:\n\t- b\n', 'tab'), /:2:1: the indentation has a tab/], [write(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0]), 'binary'), /is binary/],
    [write('resources: &a []\n', 'anchor'), /:1:12: an anchor/],
  ]) {
    const { code, output } = await runCommand(['check', ...places(), '--config', file]);
    assert.equal(code, 2, output);
    assert.match(output, why);
    assert.ok(output.trimEnd().split('\n').length <= 2, output);
  }
});

test('What stands in include.d is in the server', async () => {
  fs.mkdirSync(`${folder}/include.d`, { recursive: true });
  fs.writeFileSync(`${folder}/include.d/hello.conf`, 'location = /hello { return 200 "hello\\n"; }\n');
  const server = await startWith(twoResources());
  try {
    assert.equal((await request(`http://127.0.0.1:${port}/hello`)).body, 'hello\n');
  } finally {
    await server.stop();
    fs.rmSync(`${folder}/include.d`, { recursive: true });
  }
});

test('What nginx would open and wait for, or take for nothing, is refused before nginx sees it', async () => {
  const includes = `${folder}/include.d`;
  const file = write(twoResources());
  const refused = async (make, why) => {
    fs.mkdirSync(includes);
    make();
    const { code, output } = await runCommand(['check', ...places(), '--config', file], {}, { timeoutMs: 10_000 });
    fs.rmSync(includes, { recursive: true });
    assert.deepEqual([code, why.test(output)], [2, true], output);
  };
  await refused(() => execFileSync('mkfifo', [`${includes}/a.conf`]), /^mcp-resource: ".*include\.d\/a\.conf", which nginx is to include, cannot be read: it is not a regular file$/m);
  await refused(() => fs.mkdirSync(`${includes}/a.conf`), /it is a folder, not a file/);
  await refused(() => fs.symlinkSync('/dev/zero', `${includes}/a.conf`), /it is not a regular file/);
  await refused(() => fs.symlinkSync('nowhere', `${includes}/a.conf`), /No such file/);
  await refused(() => { fs.rmdirSync(includes); fs.writeFileSync(includes, ''); }, /include\.d that is not a folder/);
});

// Whatever key of the file names a file.
test('A pipe in the place of any file that the settings name is refused at once', async () => {
  const pipe = `${folder}/any-pipe`;
  execFileSync('mkfifo', [pipe]);
  const name = JSON.stringify(pipe);
  const introspection = (more) => `{ url: https://a.example.com/i, client_id: c, ${more} }`;
  const certificate = JSON.stringify(`${stack.folder}/jwks.json`);
  for (const [top, own] of [
    [`tls: { certificate: ${name}, key: ${certificate} }`], [`tls: { certificate: ${certificate}, key: ${name} }`], [`ca: ${name}`],
    [`proxy: { url: http://127.0.0.1:9, user: u, password_file: ${name} }`], ['', `keys: { file: ${name} }`],
    ['', `backend: { url: https://127.0.0.1:9, ca: ${name} }`], ['', `introspection: ${introspection(`client_secret_file: ${name}`)}`],
    ['', `introspection: ${introspection(`client_authentication: private_key_jwt, client_key_file: ${name}`)}`],
    ['', `introspection: ${introspection(`client_authentication: tls_client_auth, client_key_file: ${name}, client_certificate_file: ${certificate}`)}`],
    ['', `introspection: ${introspection(`client_authentication: tls_client_auth, client_key_file: ${certificate}, client_certificate_file: ${name}`)}`],
  ]) {
    const backend = own?.startsWith('backend') ? '' : '    backend: http://127.0.0.1:9\n';
    const text = `listen: { port: ${port} }\n${top}\nresources:\n  - url: ${stack.resource}\n${backend}    authorization_servers: ${stack.issuer}\n${own ? `    ${own}\n` : ''}`;
    const { code, output } = await runCommand(['check', ...places(), '--config', write(text)], {}, { timeoutMs: 10_000 });
    assert.deepEqual([code, /^mcp-resource: \S+mcp\.yaml:\d+:\d+: \S+ names .*, which cannot be read: it is not a regular file$/m.test(output)], [2, true], `${top}${own}: ${output}`);
  }
});

test('What nginx warns of is told once, with the resource that it is about', async () => {
  const about = /^mcp-resource: warning: nginx, of resources\[0\]: "mcp_scope" directive: "offline_access" is .*$/gm;
  const text = twoResources().replace('required: mcp:read', 'required: [mcp:read, offline_access]').replace('supported: [', 'supported: [offline_access, ');
  const checked = await runCommand(['check', ...places(), '--config', write(text)]);
  assert.deepEqual([checked.code, checked.output.match(about)?.length], [0, 1], checked.output);
  const server = await startWith(text);
  try {
    assert.equal(server.output.match(about)?.length, 1, server.output);
    assert.doesNotMatch(server.output, /\[warn\]/);
    assert.match(server.output, /^mcp-resource: derived: resources\[0\]: .*metadata .*passed on to /m);
    process.kill(server.pid, 'SIGHUP');
    await until(() => /worker process \d+ exited with code 0/.test(server.output));
    assert.equal(server.output.match(about).length, 2, server.output);
    assert.doesNotMatch(server.output, /\[warn\]/);
  } finally {
    await server.stop();
  }
});

test('A port that is taken, and modules that are not there, are told with what chooses others', async (t) => {
  const holder = http.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { holder.once('listening', resolve); });
  t.after(() => holder.close());
  const taken = holder.address().port;
  const file = write(twoResources().replace(`port: ${port}`, `port: ${taken}`));
  const { code, output } = await runCommand(['run', ...places(), '--config', file]);
  assert.deepEqual([code, output.includes(`mcp-resource: port ${taken} is in use by another program (127.0.0.1); end that one, or set listen.port: 8080\n`)], [2, true], output);
  const folders = await runCommand(['check', '--modules', '/nonexistent', '--state', folder, '--config', file]);
  assert.deepEqual([folders.code, /^mcp-resource: --modules names "\/nonexistent\/ngx_http_mcp_resource_module\.so", which cannot be read: No such file/m.test(folders.output)], [2, true], folders.output);
  const program = await runCommand(['check', ...places(), '--nginx', '/nonexistent/nginx', '--config', file]);
  assert.deepEqual([program.code, /--nginx names the program/.test(program.output)], [2, true], program.output);
});
