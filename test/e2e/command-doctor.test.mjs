// What `mcp-resource doctor` says of servers that cannot be reached, or not trusted, and of those that want to do harm; and how it
// says it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { findCommand, places, runCommand } from '../peers/lib/command.mjs';
import { cleanEnvironment, freePort, start, stopAll } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const folder = temporaryFolder('doctor');
const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const file = (name) => `${folder}/${name}`;

function selfSigned(name, subjectAltName) {
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${subjectAltName}`,
    '-keyout', file(`${name}.key`), '-out', file(`${name}.crt`));
}

function signedBy(authority, name, days = '2') {
  fs.writeFileSync(file(`${name}.ext`), 'subjectAltName=IP:127.0.0.1\n');
  openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', file(`${name}.key`), '-out', file(`${name}.csr`));
  openssl('x509', '-req', '-days', days, '-in', file(`${name}.csr`), '-CA', file(`${authority}.crt`), '-CAkey', file(`${authority}.key`),
    '-CAcreateserial', '-extfile', file(`${name}.ext`), '-out', file(`${name}.crt`));
}

before(() => {
  selfSigned('good', 'IP:127.0.0.1');
  selfSigned('elsewhere', 'DNS:other.example');
  selfSigned('authority', 'DNS:authority');
  signedBy('authority', 'signed');
  signedBy('authority', 'expired', '-1');
});
after(stopAll);

// A server until the end of the test: its URL.
async function serve(t, server) {
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.after(() => { server.closeAllConnections?.(); server.close(); });
  const scheme = server instanceof https.Server ? 'https' : 'http';
  return `${scheme}://127.0.0.1:${server.address().port}/mcp`;
}

const withCertificate = (t, name) => serve(t, https.createServer({ cert: fs.readFileSync(file(`${name}.crt`)), key: fs.readFileSync(file(`${name}.key`)) },
  (req, res) => res.writeHead(401).end()));

const doctor = (...args) => runCommand(['doctor', ...args]);
const count = (output, pattern) => output.split('\n').filter((line) => pattern.test(line)).length;

// One failure, what to do, and one line about all that was skipped.
function assertUnreachable({ code, output }, finding, remedy) {
  assert.equal(code, 1);
  assert.match(output, new RegExp(`^FAIL +connection +https?://[^\n]*: ${finding}[^\n]*\n +do this: [^\n]*${remedy}[^\n]*\nskip +skipped +challenge, metadata, `, 'm'));
  assert.match(output, /\n\d passed, \d warnings?, 1 failed, some not checked\n$/);
}

test('a self-signed certificate is told as that, and --ca makes it a good one', async (t) => {
  const url = await withCertificate(t, 'good');
  assertUnreachable(await doctor(url), 'its certificate is self-signed', '--ca FILE');
  assert.match((await doctor(url, '--ca', file('good.crt'))).output, /^pass +connection +answers; its certificate is verified/m);
});

test('a CA that is not known, an expired certificate and one for another host are told apart', async (t) => {
  const signed = await withCertificate(t, 'signed');
  assertUnreachable(await doctor(signed), 'its certificate was signed by a CA that is not known here', '--ca FILE');
  assert.match((await doctor(signed, '--ca', file('authority.crt'))).output, /^pass +connection/m);
  assertUnreachable(await doctor(await withCertificate(t, 'expired'), '--ca', file('authority.crt')), 'its certificate, or one that signed it, has expired', 'renew it');
  assertUnreachable(await doctor(await withCertificate(t, 'elsewhere'), '--ca', file('elsewhere.crt')),
    'its certificate is for another host name: DNS:other.example', 'use a name that the certificate has');
});

test('--ca must be a file with certificates', async () => {
  for (const [name, why] of [[file('good.key'), /^mcp-resource: --ca: the file has no certificate in PEM form\n$/], [file('none'), /cannot read the file that --ca names/]]) {
    const { code, output } = await doctor('https://127.0.0.1:9/mcp', '--ca', name);
    assert.equal(code, 2);
    assert.match(output, why);
  }
});

test('nobody there, no such name, no TLS and no HTTP are told as what they are, once', async (t) => {
  assertUnreachable(await doctor(`http://127.0.0.1:${await freePort()}/mcp`), 'nothing can be reached there: Connection refused', 'firewall');
  assertUnreachable(await doctor('http://no-such-host.invalid/mcp'), 'its host name is not known here', 'DNS');
  const plain = await serve(t, http.createServer((req, res) => res.writeHead(401).end()));
  assertUnreachable(await doctor(plain.replace('http:', 'https:')), 'there is no TLS 1.2 or 1.3 at this port', 'use an http URL if it speaks http');
  const other = await serve(t, net.createServer((socket) => socket.on('error', () => {}).end('220 mail.example ESMTP\r\n')));
  assertUnreachable(await doctor(other), 'the server there does not speak HTTP', 'port');
});

test('an authorization server that cannot be reached is one failure', async (t) => {
  const dead = `http://127.0.0.1:${await freePort()}`;
  const url = await serve(t, http.createServer((req, res) => {
    const base = `http://${req.headers.host}`;
    if (req.url.startsWith('/.well-known/oauth-protected-resource'))
      return res.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
        .end(JSON.stringify({ resource: `${base}/mcp`, authorization_servers: [dead], scopes_supported: ['a'] }));
    return res.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${base}/.well-known/oauth-protected-resource/mcp", scope="a"` }).end();
  }));
  fs.writeFileSync(file('secret'), 'secret\n', { mode: 0o600 });
  const { output } = await doctor(url, '--introspection-endpoint', `${dead}/introspect`, '--client-id', 'gateway', '--client-secret-file', file('secret'));
  assert.equal(count(output, /^FAIL/), 1, output);
  assert.match(output, /^FAIL +authorization server: metadata +http:[^\n]*: nothing can be reached there: Connection refused/m);
  assert.match(output, /^skip +skipped +introspection: answer: not checked, as http:[^\n]* cannot be reached/m);
});

test('a hostile server gets the better of neither doctor nor terminal', async (t) => {
  const long = await serve(t, http.createServer({ maxHeaderSize: 1 << 20 }, (req, res) =>
    res.writeHead(401, { 'www-authenticate': `Basic realm="${'\u009b31m'.repeat(10_000)}"` }).end()));
  const { output } = await doctor(long);
  assert.match(output, /^[\n\x20-\x7e]*$/);
  assert.ok(output.split('\n').every((line) => line.length < 1500), 'a line is cut');
  const elsewhere = await serve(t, http.createServer((req, res) => res.writeHead(302, { location: 'https://evil.example/\u009b31m' }).end()));
  assert.match((await doctor(elsewhere)).output, /no token +status 302, to https:\/\/evil\.example\/[^\n]* instead of 401/);
});

test('a server that drips does not hold doctor up for longer than its patience', { timeout: 60_000 }, async (t) => {
  const drips = await serve(t, http.createServer((req, res) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => res.write(' '), 500);
    res.on('close', () => clearInterval(timer));
  }));
  const { output } = await doctor(drips);
  assert.match(output, /FAIL +connection +http:[^\n]*: the response took too long/);
  assert.equal(count(output, /^FAIL/), 1);
});

// On a terminal: `script` makes one. What was typed to it is nothing.
function onTerminal(args, environment = {}) {
  const quoted = [findCommand(), ...args].map((arg) => `'${arg}'`).join(' ');
  return execFileSync('sh', ['-c', `script -qec "${quoted}" /dev/null || true`],
    { env: { PATH: process.env.PATH, TERM: 'xterm', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}

test('colors are there on a terminal alone, and not where NO_COLOR or TERM forbid them', async () => {
  const url = `http://127.0.0.1:${await freePort()}/mcp`;
  const color = '\u001b[1;31mFAIL';
  assert.ok(onTerminal(['doctor', url]).includes(color));
  for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }, { TERM: '' }]) assert.equal(onTerminal(['doctor', url], environment).includes(color), false);
  assert.equal(onTerminal(['doctor', url, '--color', 'never']).includes(color), false);
  assert.equal((await doctor(url)).output.includes('\u001b'), false);
  assert.ok((await doctor(url, '--color', 'always')).output.includes(color));
  assert.equal((await doctor(url, '--color', 'always', '--json')).output.includes('\u001b'), false);
});

test('a terminal shows what is asked, and keeps nothing of it', async () => {
  const url = `http://127.0.0.1:${await freePort()}/mcp`;
  const seen = onTerminal(['doctor', url]);
  assert.ok(seen.includes(`\rasking ${url} ...\u001b[K`), seen);
  assert.ok(seen.includes('\r\u001b[K\u001b[1mReachability'), seen);
  assert.equal((await doctor(url)).output.includes('asking'), false);
});

test('of two resources behind one nginx each is good, and nothing is advised that both cannot have', async (t) => {
  const issuer = (await serve(t, http.createServer((req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({
    issuer: `http://${req.headers.host}`, authorization_endpoint: `http://${req.headers.host}/a`, token_endpoint: `http://${req.headers.host}/t`,
    registration_endpoint: `http://${req.headers.host}/r`, code_challenge_methods_supported: ['S256'] }))))).replace(/\/mcp$/, '');
  for (const atRoot of ['', ', metadata_at_root: true']) {
    const port = await freePort();
    const url = (name) => `http://127.0.0.1:${port}/${name}`;
    fs.writeFileSync(file('two.yaml'), `listen: { port: ${port}, addresses: 127.0.0.1 }
defaults: { authorization_servers: "${issuer}", scopes: { required: mcp:read, supported: mcp:read } }
resources:
  - { url: "${url('files')}", backend: "http://127.0.0.1:9"${atRoot} }
  - { url: "${url('mail')}", backend: "http://127.0.0.1:9" }
`);
    const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
    const nginx = await start('mcp-resource', findCommand(), ['run', ...places(), '--config', file('two.yaml')], { ready, env: cleanEnvironment() });
    for (const name of ['files', 'mail']) {
      const { code, output } = await doctor(url(name));
      assert.equal(code, 0, output);
      assert.match(output, / 0 warnings, 0 failed\n$/);
      if (atRoot === '') assert.match(output, /^note +well-known at root +none here/m);
      else assert.match(output, name === 'files' ? /^pass +well-known at root: resource /m : /^note +well-known at root: resource .*\/files, another resource of this host/m);
    }
    await nginx.stop();
  }
});
