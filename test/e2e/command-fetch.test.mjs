// `mcp-resource token inspect` fetches by the rules of the server beside it: what nginx takes from an authorization server it
// takes as well, and what nginx refuses it refuses. Both are asked, for authorization servers that behave in one odd way each.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { after, before, test } from 'node:test';
import { findCommand, places, runCommand } from '../peers/lib/command.mjs';
import { bearer, mcpCall } from '../peers/lib/http.mjs';
import { cleanEnvironment, freePort, start, stopAll } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const folder = temporaryFolder('fetch');
const listening = (server) => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server)); });
const json = (res, value, headers = {}) => res.writeHead(200, { 'content-type': 'application/json', ...headers }).end(value);
const redirect = (res, location) => res.writeHead(307, { location }).end();

let issuers; // the authorization servers: http://127.0.0.1:PORT/NAME
let keys, port, deadProxy;
const other = () => `http://localhost:${issuers.address().port}`; // another host, and on this machine
const issuer = (name) => `http://127.0.0.1:${issuers.address().port}/${name}`;
const metadata = (name, more = {}) => JSON.stringify({ issuer: issuer(name), jwks_uri: `${issuer(name)}/jwks`, ...more });
const elsewhereNothing = (name) => Object.fromEntries([`/.well-known/openid-configuration/${name}`, `/${name}/.well-known/openid-configuration`]
  .map((path) => [path, (res) => res.writeHead(404).end()]));
const first = (name) => `/.well-known/oauth-authorization-server/${name}`;

// What each does in its own way: a path, and how it is answered. `good`: nginx takes its tokens.
const behaviours = {
  plain: { good: true },
  'metadata-moved-twice': { good: true, ...elsewhereNothing('metadata-moved-twice'), [first('metadata-moved-twice')]: (res) => redirect(res, '/moved/metadata-moved-twice'),
    '/moved/metadata-moved-twice': (res) => redirect(res, '/moved-again'),
    '/moved-again': (res) => json(res, metadata('metadata-moved-twice')) },
  'keys-moved': { good: true, '/keys-moved/jwks': (res) => redirect(res, 'elsewhere'), '/keys-moved/elsewhere': (res) => json(res, keys) },
  'keys-moved-three-times': { good: false, '/keys-moved-three-times/jwks': (res) => redirect(res, 'a'), '/keys-moved-three-times/a': (res) => redirect(res, 'b'),
    '/keys-moved-three-times/b': (res) => redirect(res, 'c'), '/keys-moved-three-times/c': (res) => json(res, keys) },
  'keys-moved-to-another-origin': { good: false, '/keys-moved-to-another-origin/jwks': (res) => redirect(res, `${other()}/plain/jwks`) },
  'metadata-moved-to-another-origin': { good: true, // the next place has it
    [first('metadata-moved-to-another-origin')]: (res) => redirect(res, `${other()}/nowhere`) },
  'keys-at-a-private-address': { good: false, metadata: () => ({ jwks_uri: `${other()}/plain/jwks` }) },
  'keys-at-a-private-number': { good: false, metadata: () => ({ jwks_uri: `http://127.0.0.2:${issuers.address().port}/plain/jwks` }) },
  'keys-compressed': { good: false, '/keys-compressed/jwks': (res) => json(res, keys, { 'content-encoding': 'br' }) },
  'keys-identity': { good: true, '/keys-identity/jwks': (res) => json(res, keys, { 'content-encoding': 'identity' }) },
  'keys-of-no-coding': { good: true, '/keys-of-no-coding/jwks': (res) => json(res, keys, { 'content-encoding': '' }) }, // RFC 9110 section 8.4: a list, here of none
  'metadata-compressed': { good: true, // the next place has it plain
    [first('metadata-compressed')]: (res) => json(res, metadata('metadata-compressed'), { 'content-encoding': 'gzip' }) },
  'metadata-too-large': { good: true, // the next place has it
    [first('metadata-too-large')]: (res) => json(res, metadata('metadata-too-large', { x: 'x'.repeat(1_100_000) })) },
  'metadata-of-300-kb': { good: false, ...elsewhereNothing('metadata-of-300-kb'),
    [first('metadata-of-300-kb')]: (res) => json(res, metadata('metadata-of-300-kb', { x: 'x'.repeat(300_000) })) },
  'keys-of-their-own-type': { good: true, '/keys-of-their-own-type/jwks': (res, req) =>
    (/application\/jwk-set\+json/.test(req.headers.accept) ? json(res, keys) : res.writeHead(406).end()) },
  'somebody-must-ask': { good: true, '/somebody-must-ask/jwks': (res, req) =>
    (req.headers['user-agent'] === 'nginx-mcp-resource' ? json(res, keys) : res.writeHead(403).end()) },
  'symmetric-keys': { good: false, symmetric: true, '/symmetric-keys/jwks': (res) => json(res, JSON.stringify({ keys: [{ kty: 'oct', kid: 's', alg: 'HS256', k: secret.toString('base64url') }] })) },
  'no-keys': { good: false, '/no-keys/jwks': (res) => json(res, '{"keys":[]}') },
};
const names = Object.keys(behaviours);
const resource = (name) => `http://127.0.0.1:${port}/${name}`;

function answer(req, res) {
  if (req.method === 'POST') return json(res, '{}'); // as the backend
  const name = names.find((one) => req.url.split('/').includes(one)) ?? names.find((one) => req.url in behaviours[one]);
  const odd = behaviours[name]?.[req.url];
  if (odd) return odd(res, req);
  if (req.url.endsWith('/jwks')) return json(res, keys);
  if (req.url.includes('.well-known')) return json(res, metadata(name, behaviours[name].metadata?.()));
  return res.writeHead(404).end();
}

const settings = () => `listen: { port: ${port}, addresses: 127.0.0.1 }
workers: 1
defaults: { algorithms: [ES256, RS256, HS256] }
resources:
${names.map((name) => `  - { url: "${resource(name)}", backend: "${other()}", authorization_servers: "${issuer(name)}" }\n`).join('')}`;

before(async () => {
  await runCommand(['keys', 'generate', '--out', folder]);
  keys = fs.readFileSync(`${folder}/jwks.json`, 'utf8');
  issuers = await listening(http.createServer(answer));
  port = await freePort();
  deadProxy = `http://127.0.0.1:${await freePort()}`;
  fs.writeFileSync(`${folder}/mcp.yaml`, settings());
  const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
  const environment = { http_proxy: deadProxy, https_proxy: deadProxy };
  await start('mcp-resource', findCommand(), ['run', ...places(), '--config', `${folder}/mcp.yaml`], { ready, env: cleanEnvironment(environment) });
});
after(() => { issuers.closeAllConnections(); issuers.close(); return stopAll(); });

const secret = crypto.randomBytes(32);
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function symmetricToken(name) {
  const now = Math.floor(Date.now() / 1000);
  const signed = `${encoded({ alg: 'HS256', kid: 's' })}.${encoded({ iss: issuer(name), aud: resource(name), iat: now, exp: now + 300 })}`;
  return `${signed}.${crypto.createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

async function tokenFor(name) {
  if (behaviours[name].symmetric) return symmetricToken(name);
  const minted = await runCommand(['token', 'mint', '--key', `${folder}/private-key.pem`, '--issuer', issuer(name), '--resource', resource(name)]);
  assert.equal(minted.code, 0, minted.output);
  return minted.output.match(/^\S+\.\S+\.\S+$/m)[0];
}

const inspect = (name, token, environment = {}) =>
  runCommand(['token', 'inspect', token, '--config', `${folder}/mcp.yaml`, '--resource', resource(name)], environment);

for (const [name, { good }] of Object.entries(behaviours))
  test(`${name}: the command ${good ? 'accepts' : 'does not accept'} a token that the server ${good ? 'accepts' : 'refuses'}`, async () => {
    const token = await tokenFor(name);
    const { status } = await mcpCall(resource(name), 'tools/list', {}, bearer(token));
    assert.equal(status, good ? 200 : name === 'no-keys' ? 401 : 503);
    const { code, output } = await inspect(name, token);
    assert.equal(code, good ? 0 : 1, output);
    assert.match(output, good ? /^Accepted$/m : /^(mcp-resource: |Refused: )/m);
  });

test('a proxy of the environment is not asked, as nginx knows none but that of its settings', async () => {
  const token = await tokenFor('plain');
  for (const name of ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'all_proxy']) {
    const { code, output } = await inspect('plain', token, { [name]: deadProxy });
    assert.equal(code, 0, output);
  }
  const alone = await runCommand(['token', 'inspect', token, '--authorization-server', issuer('plain'), '--resource', resource('plain')], { http_proxy: deadProxy });
  assert.equal(alone.code, 0, alone.output);
  const keysAlone = await runCommand(['token', 'inspect', token, '--jwks', `${issuer('plain')}/jwks`, '--issuer', issuer('plain'), '--resource', resource('plain')], { http_proxy: deadProxy });
  assert.equal(keysAlone.code, 0, keysAlone.output);
});

test('what was refused is told with what to do', async () => {
  const told = async (name) => (await inspect(name, await tokenFor(name))).output;
  assert.match(await told('keys-moved-to-another-origin'), /^mcp-resource: http\S+\/jwks: .*redirect.* another origin; \S/m);
  assert.match(await told('keys-moved-three-times'), /^mcp-resource: http\S+: .*redirect.* two before; \S/m);
  assert.match(await told('keys-at-a-private-address'), /^mcp-resource: http:\/\/localhost\S+: .*private address.*; \S/m);
  assert.match(await told('keys-compressed'), /^mcp-resource: http\S+: .*Content-Encoding.*; \S/m);
  assert.match(await told('no-keys'), /\/jwks: it has withdrawn all of its keys[^]*^Refused: 1 reason\n {2}key_not_found: [^\n]*\n {4}do this: \S/m);
  assert.match(await told('symmetric-keys'), /^mcp-resource: http\S+ cannot be used: the keys are symmetric/m);
});

const challenge = (status, ...fields) => (res) => res.writeHead(status, fields.flatMap((field) => ['WWW-Authenticate', field])).end();

// What is asked there, and how; the answer is what a token is judged by. `good`: nginx accepts it, or answers with `status`.
const answers = {
  active: { good: true, answer: (res, body) => json(res, body) },
  'active-compressed': { good: false, answer: (res, body) => json(res, body, { 'content-encoding': 'gzip' }) },
  'active-of-no-coding': { good: true, answer: (res, body) => json(res, body, { 'content-encoding': '' }) },
  'active-moved': { good: false, answer: (res) => redirect(res, '/introspect/active') },
  'active-of-65-kb': { good: false, answer: (res, body) => json(res, `${body.slice(0, -1)},"x":"${'x'.repeat(65_536)}"}`) },
  'active-for-us': { good: true, answer: (res, body, req) => (req.headers['user-agent'] === 'nginx-mcp-resource' ? json(res, body) : res.writeHead(403).end()) },
  'another-kind': { good: false, status: 401, says: /^Refused: 1 reason\n {2}token_kind_refused: [^\n]*\n {4}do this: \S/m,
    answer: (res) => res.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"unsupported_token_type"}') },
  ...Object.fromEntries([['exp', '"2030-01-01"'], ['nbf', '{}'], ['iat', '[]'], ['iss', '7'], ['sub', '{}']].map(([claim, value]) => [`${claim}-of-another-type`, { good: false,
    says: /^mcp-resource: http\S+: answer_claim_invalid: /m, answer: (res, body) => json(res, body.replace(new RegExp(`"${claim}":("[^"]*"|\\d+)`), `"${claim}":${value}`)) }])),
  expired: { good: false, status: 401, says: /^Refused: 1 reason\n {2}expired: /m, answer: (res, body) => json(res, body.replace(/"exp":\d+/, '"exp":1')) },
  'one-challenge': { good: false, status: 401, says: /^Refused: 1 reason\n {2}token_inactive: /m, answer: challenge(401, 'Bearer error="invalid_token"') },
  'two-challenges': { good: false, says: /^mcp-resource: http\S+: server_refuses_client: /m, answer: challenge(401, 'Bearer error="invalid_token"', 'Basic realm="x"') },
  'two-challenges-of-400': { good: false, says: /^mcp-resource: http\S+: server_refuses_request: /m, answer: challenge(400, 'Bearer error="invalid_token"', 'Basic realm="x"') },
};

test('an introspection endpoint is asked as nginx asks it', async (t) => {
  const now = Math.floor(Date.now() / 1000);
  const introspection = await listening(http.createServer((req, res) => {
    if (!req.url.startsWith('/introspect/')) return json(res, '{}'); // the backend
    const name = req.url.split('/').at(-1);
    return answers[name].answer(res, JSON.stringify({ active: true, iss: issuer('plain'), aud: `http://127.0.0.1:${opaquePort}/${name}`, exp: now + 300, nbf: now - 9, iat: now - 9, sub: 'x' }), req);
  }));
  t.after(() => { introspection.closeAllConnections(); introspection.close(); });
  const opaquePort = await freePort();
  const at = `http://127.0.0.1:${introspection.address().port}`;
  fs.writeFileSync(`${folder}/secret`, 'a-secret\n', { mode: 0o600 });
  fs.writeFileSync(`${folder}/opaque.yaml`, `listen: { port: ${opaquePort}, addresses: 127.0.0.1 }
resources:
${Object.keys(answers).map((name) => `  - { url: "http://127.0.0.1:${opaquePort}/${name}", backend: "${at}", authorization_servers: "${issuer('plain')}", introspection: { url: "${at}/introspect/${name}", client_id: c, client_secret_file: "${folder}/secret" } }\n`).join('')}`);
  const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
  await start('mcp-resource', findCommand(), ['run', ...places(), '--config', `${folder}/opaque.yaml`], { ready, env: cleanEnvironment() });
  for (const [name, { good, status = good ? 200 : 503, says = good ? /^Accepted$/m : /^mcp-resource: http/m }] of Object.entries(answers)) {
    const url = `http://127.0.0.1:${opaquePort}/${name}`;
    assert.equal((await mcpCall(url, 'tools/list', {}, bearer('opaque'))).status, status, name);
    const { code, output } = await runCommand(['token', 'inspect', 'opaque', '--config', `${folder}/opaque.yaml`, '--resource', url], { http_proxy: deadProxy });
    assert.equal(code, good ? 0 : 1, `${name}: ${output}`);
    assert.match(output, says, name);
    assert.equal(/^Refused: /m.test(output), status === 401, `${name}: ${output}`);
  }
});

test('a resource is named as the settings name it: what they refuse is a wrong call', async () => {
  const token = await tokenFor('plain');
  const file = `${temporaryFolder('resource')}/mcp.yaml`;
  for (const url of ['http://user:pass@127.0.0.1/plain', 'http://127.0.0.1/plain#part', 'http://127.0.0.1/a/../plain', 'ftp://127.0.0.1/plain', '127.0.0.1/plain', 'plain', '']) {
    fs.writeFileSync(file, `resources:\n  - { url: "${url}", backend: "${other()}", authorization_servers: "${issuer('plain')}" }\n`);
    const server = await runCommand(['render', '--config', file]);
    assert.equal(server.code, 2, `${url}: ${server.output}`);
    for (const options of [['--jwks', `${folder}/jwks.json`, '--issuer', issuer('plain')], ['--authorization-server', issuer('plain')], ['--config', `${folder}/mcp.yaml`]]) {
      const { code, output } = await runCommand(['token', 'inspect', token, ...options, '--resource', url]);
      assert.equal(code, 2, `${url}: ${output}`);
      assert.doesNotMatch(output, /pass@|^Accepted|^Refused/m);
    }
  }
  const named = ['token', 'inspect', token, '--jwks', `${folder}/jwks.json`, '--issuer', issuer('plain'), '--resource'];
  assert.equal((await runCommand([...named, resource('plain').replace('http', 'HTTP')])).code, 0);
  assert.equal((await runCommand([...named, 'http://else.example/mcp', '--resource', resource('plain')])).code, 0);
});

test('what is no Bearer token is not asked about, as nginx does not ask', async (t) => {
  let asked = 0;
  const introspection = await listening(http.createServer((req, res) => {
    if (req.url !== '/introspect') return json(res, '{}'); // as the backend
    asked += 1;
    return json(res, JSON.stringify({ active: true, iss: issuer('plain'), aud: url, exp: Math.floor(Date.now() / 1000) + 300, sub: 'x' }));
  }));
  t.after(() => { introspection.closeAllConnections(); introspection.close(); });
  const tokenPort = await freePort();
  const url = `http://127.0.0.1:${tokenPort}/mcp`;
  const at = `http://127.0.0.1:${introspection.address().port}`;
  const file = `${temporaryFolder('token')}/mcp.yaml`;
  fs.writeFileSync(file.replace('mcp.yaml', 'secret'), 'a-secret\n', { mode: 0o600 });
  fs.writeFileSync(file, `listen: { port: ${tokenPort}, addresses: 127.0.0.1 }
resources:
  - { url: "${url}", backend: "${at}", authorization_servers: "${issuer('plain')}", introspection: { url: "${at}/introspect", client_id: c, client_secret_file: "${file.replace('mcp.yaml', 'secret')}" } }
`);
  const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
  await start('mcp-resource', findCommand(), ['run', ...places(), '--config', file], { ready, env: cleanEnvironment() });
  for (const token of ['1|abcdef', 'a:b', 'a!b', 'a,b', 'a$b', 'a*b', 'a=b', 'h. p.s', 'h.p\t.s', '=', '"a"']) {
    assert.equal((await mcpCall(url, 'tools/list', {}, bearer(token))).status, 401, token);
    for (const pasted of [token, `Bearer ${token}`, ` authorization:  bearer ${token} \n`]) {
      const { code, output } = await runCommand(['token', 'inspect', '--config', file, '--', pasted]);
      assert.equal(code, 1, `${token}: ${output}`);
      assert.match(output, /^Refused: 1 reason\n {2}credentials_malformed: [^\n]*\n {4}do this: \S/m, token);
    }
  }
  assert.match((await runCommand(['token', 'inspect', '--config', file, 'Authorization: Basic YTpi'])).output, /credentials_not_bearer: /);
  assert.equal(asked, 0);
  for (const token of ['a-._~+/b', 'ab==']) {
    assert.equal((await mcpCall(url, 'tools/list', {}, bearer(token))).status, 200, token);
    for (const pasted of [token, ` Bearer ${token}\n`, `Authorization: bearer  ${token}`]) {
      const { code, output } = await runCommand(['token', 'inspect', '--config', file, '--', pasted]);
      assert.equal(code, 0, `${token}: ${output}`);
    }
  }
});

// A CA that is the system's: by OpenSSL's variables, which nginx takes as well.
test('certificates are trusted as nginx trusts them', async (t) => {
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
  const certificate = (name, ...more) => openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', `${folder}/${name}.key`, '-out', `${folder}/${name}.crt`, ...more);
  certificate('its-own');
  certificate('another');
  const trusted = temporaryFolder('trusted');
  fs.copyFileSync(`${folder}/its-own.crt`, `${trusted}/${openssl('x509', '-hash', '-noout', '-in', `${folder}/its-own.crt`).toString().trim()}.0`);
  const secure = await listening(https.createServer({ cert: fs.readFileSync(`${folder}/its-own.crt`), key: fs.readFileSync(`${folder}/its-own.key`) }, (req, res) => json(res, keys)));
  t.after(() => { secure.closeAllConnections(); secure.close(); });
  const token = await tokenFor('plain');
  for (const [ca, environment, good] of [['', {}, false], ['its-own', {}, true], ['another', {}, false],
    ['', { SSL_CERT_FILE: `${folder}/its-own.crt` }, true], ['', { SSL_CERT_DIR: trusted }, true],
    ['another', { SSL_CERT_FILE: `${folder}/its-own.crt`, SSL_CERT_DIR: trusted }, false]]) {
    const tlsPort = await freePort();
    const url = resource('plain');
    const says = JSON.stringify([ca, environment]);
    fs.writeFileSync(`${folder}/tls.yaml`, `listen: { port: ${tlsPort}, addresses: 127.0.0.1 }
${ca ? `ca: ${folder}/${ca}.crt` : ''}
resources:
  - { url: "${url}", backend: "${other()}", authorization_servers: "${issuer('plain')}", keys: { url: "https://127.0.0.1:${secure.address().port}/jwks" } }
`);
    const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
    const nginx = await start('mcp-resource', findCommand(), ['run', ...places(), '--config', `${folder}/tls.yaml`], { ready, env: { ...cleanEnvironment(), ...environment } });
    const { status } = await mcpCall(`http://127.0.0.1:${tlsPort}/plain`, 'tools/list', {}, { ...bearer(token), host: new URL(url).host });
    await nginx.stop();
    assert.equal(status, good ? 200 : 503, `${says} ${nginx.output}`);
    const { code, output } = await runCommand(['token', 'inspect', token, '--config', `${folder}/tls.yaml`], environment);
    assert.equal(code, good ? 0 : 1, `${says} ${output}`);
    const besides = await runCommand(['token', 'inspect', token, '--config', `${folder}/tls.yaml`, '--ca', `${folder}/its-own.crt`], environment);
    assert.equal(besides.code, 0, `${says} ${besides.output}`);
  }
});
