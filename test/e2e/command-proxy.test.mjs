// `proxy` of the settings file: the commands that look at authorization servers ask them as nginx does, through it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { runCommand } from '../peers/lib/command.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const folder = temporaryFolder('proxy');
const resource = 'http://127.0.0.1/mcp';
const issuer = 'http://auth.example.test';
let proxy, asked, token;

const listening = (server) => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server)); });

before(async () => {
  await runCommand(['keys', 'generate', '--out', folder]);
  const minted = await runCommand(['token', 'mint', '--key', `${folder}/private-key.pem`, '--issuer', issuer, '--resource', resource]);
  assert.equal(minted.code, 0, minted.output);
  token = minted.output.match(/^\S+\.\S+\.\S+$/m)[0];
  fs.writeFileSync(`${folder}/password`, 'a-password\n', { mode: 0o600 });
  proxy = await listening(http.createServer((req, res) => {
    asked.push({ url: req.url, credentials: req.headers['proxy-authorization'] });
    if (req.url === `${issuer}/jwks`) return res.end(fs.readFileSync(`${folder}/jwks.json`));
    return res.writeHead(404).end();
  }));
});
after(() => { proxy.close(); return stopAll(); });

// The settings, with more lines below `proxy`.
function settings(more = '') {
  const file = `${folder}/mcp.yaml`;
  fs.writeFileSync(file, `proxy:
  url: http://127.0.0.1:${proxy.address().port}
  user: gateway
  password_file: ${folder}/password
${more}resources:
  - url: ${resource}
    backend: http://127.0.0.1:1
    authorization_servers: ${issuer}
    keys: { url: ${issuer}/jwks }
`);
  asked = [];
  return file;
}

test('token inspect fetches keys through the proxy, with its credentials', async () => {
  const { code, output } = await runCommand(['token', 'inspect', token, '--config', settings()]);
  assert.equal(code, 0, output);
  assert.deepEqual(asked, [{ url: `${issuer}/jwks`, credentials: `Basic ${btoa('gateway:a-password')}` }]);
  assert.equal(output.includes('a-password'), false);
});

test('what no_proxy names is asked without it, whatever the environment says', async () => {
  const environment = { http_proxy: `http://127.0.0.1:${proxy.address().port}` };
  const { code, output } = await runCommand(['token', 'inspect', token, '--config', settings('  no_proxy: ["*.example.test"]\n')], environment);
  assert.equal(code, 1, output);
  assert.match(output, /its host name is not known here/);
  assert.deepEqual(asked, []);
});

test('a proxy that refuses to connect is told as that, with its status', async (t) => {
  const { port } = proxy.address();
  for (const [status, remedy] of [[407, 'password_file'], [403, 'no_proxy']]) {
    const refuse = (request, socket) => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    proxy.on('connect', refuse);
    t.after(() => proxy.off('connect', refuse));
    const file = settings();
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(`${issuer}/jwks`, 'https://keys.example.test/jwks'));
    const { code, output } = await runCommand(['token', 'inspect', token, '--config', file]);
    assert.equal(code, 1);
    assert.match(output, new RegExp(`^mcp-resource: https://keys\\.example\\.test/jwks: the proxy refuses to connect \\(status ${status}\\); .*${remedy}`, 'm'));
    const environment = { https_proxy: `http://127.0.0.1:${port}` };
    assert.match((await runCommand(['doctor', 'https://mcp.example.test/mcp'], environment)).output, new RegExp(`^FAIL +connection .*the proxy refuses to connect \\(status ${status}\\).*\n +do this: .*${remedy}`, 'm'));
    proxy.off('connect', refuse);
  }
});

test('a password that cannot be read ends the command', async () => {
  const file = settings();
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(`${folder}/password`, `${folder}/nowhere`));
  const { code, output } = await runCommand(['token', 'inspect', token, '--config', file]);
  assert.notEqual(code, 0);
  assert.match(output, /proxy\.password_file/);
});

test('doctor asks the authorization server through it, and the endpoint as a client does', async (t) => {
  const url = () => `http://127.0.0.1:${endpoint.address().port}`;
  const endpoint = await listening(http.createServer((req, res) => {
    if (req.url.startsWith('/.well-known')) return res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ resource: `${url()}/mcp`, authorization_servers: [issuer] }));
    return res.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${url()}/.well-known/oauth-protected-resource/mcp"` }).end();
  }));
  t.after(() => { endpoint.closeAllConnections(); endpoint.close(); });
  const { output } = await runCommand(['doctor', `${url()}/mcp`, '--config', settings()]);
  assert.ok(asked.length > 0, output);
  for (const { url: one, credentials } of asked) {
    assert.ok(one.startsWith(`${issuer}/.well-known/`), one);
    assert.equal(credentials, `Basic ${btoa('gateway:a-password')}`);
  }
});
