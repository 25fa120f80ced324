// The tools of mcp-resource: keys and tokens of one's own that nginx accepts, and a doctor that finds what is wrong with any
// MCP endpoint.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { commonSettings, modeSettings, runCommand, startCommand } from '../peers/lib/command.mjs';
import { bearer, mcpCall } from '../peers/lib/http.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { clientSecret, issuedToken } from '../peers/lib/tokens.mjs';

let stack;
let settings;
let keys; // folder
before(async () => {
  stack = await startStack();
  await stack.nginx.stop('SIGQUIT');
  settings = commonSettings({ ...stack, port: new URL(stack.resource).port, backend: stack.mcpServer.ready });
  keys = temporaryFolder('keys');
  assert.equal((await runCommand(['keys', 'generate', '--out', keys])).code, 0);
});
after(stopAll);

const mint = async (...options) => {
  const { code, output } = await runCommand(['token', 'mint', '--key', `${keys}/private-key.pem`, '--issuer', stack.issuer,
    '--resource', stack.resource, ...options]);
  assert.equal(code, 0, output);
  return output.trim();
};
const inspect = (token, ...options) => runCommand(['token', 'inspect', token, '--jwks', `${keys}/jwks.json`, '--issuer',
  stack.issuer, '--resource', stack.resource, '--scope', 'mcp:read', ...options]);

test('A private key is for its owner alone, and no file is replaced', async () => {
  assert.equal(fs.statSync(`${keys}/private-key.pem`).mode & 0o777, 0o600);
  const before = fs.readFileSync(`${keys}/private-key.pem`);
  const { code, output } = await runCommand(['keys', 'generate', '--out', keys]);
  assert.deepEqual([code, output], [2, `mcp-resource: ${keys}/private-key.pem exists and is not replaced; name another directory with --out\n`]);
  assert.deepEqual(fs.readFileSync(`${keys}/private-key.pem`), before);
  const half = temporaryFolder('keys');
  fs.writeFileSync(`${half}/jwks.json`, '{}');
  assert.equal((await runCommand(['keys', 'generate', '--out', half])).code, 2);
  assert.deepEqual(fs.readdirSync(half), ['jwks.json']);
});

for (const algorithm of ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])
  test(`${algorithm}: nginx accepts what the command signed, and inspect agrees with nginx`, async () => {
    keys = temporaryFolder('keys');
    assert.equal((await runCommand(['keys', 'generate', '--algorithm', algorithm, '--out', keys])).code, 0);
    const server = await startCommand({ ...settings, MCP_AUTH_MODE: 'jwt', MCP_JWT_KEY_FILE: `${keys}/jwks.json` });
    const sign = (...options) => mint('--algorithm', algorithm, ...options);
    for (const [status, token] of [
      [200, await sign('--scope', 'mcp:read mcp:write')],
      [403, await sign('--scope', 'mcp:write')],
      [401, await sign('--scope', 'mcp:read', '--expires-in', '-5')],
      [401, await sign('--scope', 'mcp:read', '--type', 'dpop+jwt')],
      [401, await sign('--scope', 'mcp:read', '--claim', 'nbf=99999999999')],
      [401, await sign('--scope', 'mcp:read', '--claim', 'cnf={"jkt":"x"}')],
      [401, `${(await sign('--scope', 'mcp:read')).split('.').slice(0, 2).join('.')}.AAAA`],
    ]) {
      assert.equal((await mcpCall(server.resource, 'tools/list', {}, bearer(token))).status, status);
      const { code, output } = await inspect(token);
      assert.equal(code, status === 200 ? 0 : 1, output);
      assert.match(output, status === 200 ? /^Accepted$/m : /^Refused: \d reasons?\n {2}[a-z_]+: /m);
      assert.equal(output.includes(token.split('.')[2]), false, 'the signature is not shown');
    }
    await server.stop();
  });

test('An empty value leaves a member out of a token, as the tokens of some authorization servers do', async () => {
  const parts = (token) => token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  const [header, claims] = parts(await mint('--client-id', '', '--type', '', '--subject', '', '--claim', 'appid=a', '--claim', 'scp="mcp:read"'));
  assert.deepEqual([Object.keys(header), Object.keys(claims)], [['alg', 'kid'], ['iss', 'aud', 'iat', 'exp', 'jti', 'appid', 'scp']]);
  const [full, all] = parts(await mint('--scope', 'mcp:read'));
  assert.deepEqual([full.typ, Object.keys(all)], ['at+jwt', ['iss', 'aud', 'sub', 'client_id', 'iat', 'exp', 'jti', 'scope']]);
});

test('inspect takes a token as people have it, and never says that an unverified one is good', async () => {
  const token = await mint('--scope', 'mcp:read');
  assert.equal((await inspect(`Authorization: Bearer ${token}\n`)).code, 0);
  const unverified = await runCommand(['token', 'inspect', token]);
  assert.equal(unverified.code, 1);
  assert.match(unverified.output, /Not checked\n {2}the signature: give --jwks[^]*its signature was not checked/);
});

const failures = ({ output }) => output.split('\n').filter((line) => line.startsWith('FAIL')).map((line) => line.replace(/^FAIL +(.*?) {2,}.*/, '$1'));

test('doctor: our own server has nothing to be said against it', async () => {
  const server = await startCommand({ ...settings, ...modeSettings.jwt(stack), MCP_SCOPES_SUPPORTED: 'mcp:read' });
  const { code, output } = await runCommand(['doctor', server.resource]);
  assert.match(output, /\n2\d passed, 0 warnings, 0 failed\n$/);
  assert.equal(code, 0);
  const report = JSON.parse((await runCommand(['doctor', '--json', server.resource])).output);
  assert.equal(report.result, 'pass');
  assert.ok(report.checks.every(({ result, section }) => ['pass', 'note'].includes(result) && section));
  await server.stop();
});

test('doctor: scopes that the challenge does not name are out of reach for clients without step-up', async () => {
  const server = await startCommand({ ...settings, ...modeSettings.jwt(stack) });
  const { code, output } = await runCommand(['doctor', server.resource]);
  assert.match(output, /note +clients: scopes +mcp:write is not in the challenge: [^\n]*: Codex, opencode/);
  assert.match(output, / 0 warnings, 0 failed\n$/);
  assert.equal(code, 0);
  await server.stop();
});

// A file with one line, for options that take secrets.
function fileWith(text) {
  const file = `${temporaryFolder('secret')}/file`;
  fs.writeFileSync(file, `${text}\n`, { mode: 0o600 });
  return file;
}

test('doctor: a token and a client show what the introspection endpoint says, and neither token nor secret is shown', async () => {
  const opaque = await issuedToken(stack.issuer, { client: 'm2m-opaque', resource: stack.resource });
  const secretFile = `${stack.folder}/client-secret`;
  const server = await startCommand({ ...settings, ...modeSettings.introspect({ ...stack, secretFile }), MCP_SCOPES_SUPPORTED: 'mcp:read' });
  const ask = async (token, secret = secretFile, ...more) => {
    const { code, output } = await runCommand(['doctor', server.resource, '--token-file', fileWith(token), '--client-id', 'gateway',
      '--client-secret-file', secret, '--introspection-endpoint', `${stack.issuer}/token/introspection`, ...more]);
    for (const hidden of [token, clientSecret]) assert.equal(output.includes(hidden), false, 'it is shown');
    return { code, output };
  };
  for (const way of ['client_secret_basic', 'client_secret_post']) {
    const good = await ask(opaque, secretFile, '--client-authentication', way);
    assert.match(good.output, /pass +your token +is accepted/);
    assert.match(good.output, /pass +introspection: active +true/);
    assert.match(good.output, / 0 failed\n$/);
    assert.equal(good.code, 0);
  }
  const unknown = await ask('nobody-has-issued-this-one');
  assert.equal(unknown.code, 1);
  assert.match(unknown.output, /FAIL +your token +status 401/);
  assert.match(unknown.output, /FAIL +introspection: active +false: it has expired, was revoked/);
  const wrongSecret = await ask(opaque, fileWith('wrong-secret'));
  assert.match(wrongSecret.output, /FAIL +introspection: client +status 401 "invalid_client"[^\n]*does not accept "gateway"/);
  const jwt = await ask(await issuedToken(stack.issuer, { resource: stack.resource }));
  assert.match(jwt.output, /FAIL +introspection: answer +status 400 "unsupported_token_type"[^\n]*does not introspect JWTs[^\n]*\n +do this: [^\n]*mcp_discovery on/);
  await server.stop();
});

test('doctor: options of introspection belong together, and a secret goes only where somebody said', async () => {
  const { code, output } = await runCommand(['doctor', 'http://127.0.0.1:9/mcp', '--client-id', 'gateway', '--client-secret-file', fileWith('secret')]);
  assert.equal(code, 2);
  assert.match(output, /--introspection-endpoint, --client-id and what proves that id \(--client-secret-file, [^\n]* belong together/);
});

test('doctor: an MCP server without auth is open to anyone', async () => {
  const result = await runCommand(['doctor', stack.mcpServer.ready]);
  assert.equal(result.code, 1);
  assert.match(result.output, /FAIL +no token +status 200: anyone can use this server without a token/);
  assert.deepEqual(failures(result), ['no token', 'challenge', 'invalid token', 'token in the query', 'well-known with path', 'well-known at root']);
});

// An endpoint that is wrong as `answer(request, response, url of the endpoint)` says.
async function examineServer(t, answer) {
  const server = http.createServer((req, res) => answer(req, res, `http://127.0.0.1:${server.address().port}/mcp`));
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.after(() => { server.closeAllConnections(); server.close(); });
  return runCommand(['doctor', `http://127.0.0.1:${server.address().port}/mcp`]);
}

const challenge = (url) => `Bearer resource_metadata="${new URL('/.well-known/oauth-protected-resource/mcp', url)}", scope="mcp:read"`;
const serveMetadata = (metadata) => (req, res, url) => {
  if (req.url.startsWith('/.well-known/oauth-protected-resource'))
    return res.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' }).end(JSON.stringify(metadata(url)));
  if (req.url.startsWith('/.well-known/')) return res.writeHead(404).end();
  return res.writeHead(401, { 'www-authenticate': challenge(url) }).end();
};

test('doctor: names what is wrong with a server that clients cannot log in at', async (t) => {
  const wrongResource = await examineServer(t, serveMetadata((url) => ({ resource: `${url}/`, authorization_servers: [stack.issuer], scopes_supported: ['mcp:read'] })));
  assert.deepEqual(failures(wrongResource), ['metadata: resource']);
  assert.match(wrongResource.output, /metadata: resource +is "http[^"]*\/mcp\/", not "http[^"]*\/mcp": clients refuse it/);

  const noServer = await examineServer(t, serveMetadata((url) => ({ resource: url, authorization_servers: [] })));
  assert.deepEqual(failures(noServer), ['metadata: authorization_servers']);

  const deadServer = await examineServer(t, serveMetadata((url) => ({ resource: url, authorization_servers: [new URL('/as', url).href] })));
  assert.deepEqual(failures(deadServer), ['authorization server: metadata']);

  const noChallenge = await examineServer(t, (req, res) => res.writeHead(401).end());
  assert.ok(failures(noChallenge).includes('challenge'));

  const twoChallenges = await examineServer(t, (req, res) => res.writeHead(401, { 'www-authenticate': ['Basic realm="x"', 'Bearer'] }).end());
  assert.match(twoChallenges.output, /FAIL +challenge +must be one header with one Bearer challenge, not 2/);
});

test('doctor: a hostile server gets the better of neither doctor nor terminal', async (t) => {
  const escapes = await examineServer(t, (req, res) => res.writeHead(401, { 'www-authenticate': 'Bearer resource_metadata="\u009b31m\u00ff"' }).end());
  assert.equal(escapes.code, 1);
  assert.match(escapes.output, /^[\n\x20-\x7e]*$/);
  const endless = await examineServer(t, (req, res) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(65536, ' ');
    const more = () => { while (!res.destroyed && res.write(chunk)); };
    res.on('drain', more);
    more();
  });
  assert.equal(endless.code, 1);
  assert.match(endless.output, /larger than 1 MB/);
  const redirects = await examineServer(t, (req, res, url) => res.writeHead(302, { location: `${url}/more` }).end());
  assert.match(redirects.output, /no token +status 302, to http:[^\n]*\/more instead of 401/);
});
