// `mcp-resource token inspect` says of a token what the server beside it does with it: by the same variables, by three values, with
// keys by discovery, and for opaque tokens by asking.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { commonSettings, modeSettings, runCommand, startCommand } from '../peers/lib/command.mjs';
import { bearer, mcpCall } from '../peers/lib/http.mjs';
import { freePort, stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { clientSecret, issuedToken } from '../peers/lib/tokens.mjs';

let stack, settings, secretFile, jwt, writeOnly, opaque;
before(async () => {
  stack = await startStack();
  await stack.nginx.stop('SIGQUIT');
  settings = commonSettings({ ...stack, port: new URL(stack.resource).port, backend: stack.mcpServer.ready });
  secretFile = `${stack.folder}/client-secret`;
  const { resource, issuer } = stack;
  [jwt, writeOnly, opaque] = await Promise.all([issuedToken(issuer, { resource }), issuedToken(issuer, { resource, scope: 'mcp:write' }),
    issuedToken(issuer, { client: 'm2m-opaque', resource })]);
});
after(stopAll);

const inspect = async (token, environment = {}, ...options) => {
  const result = await runCommand(['token', 'inspect', ...options, '--', token], environment); // a token may begin with "-"
  for (const hidden of [token.split('.')[2] ?? token, clientSecret]) assert.equal(result.output.includes(hidden), false, 'it is shown');
  return result;
};

// The server's own answer, and the command's with the server's variables.
async function assertAgreement(environment, expectations) {
  const server = await startCommand(environment);
  for (const [token, status] of expectations) {
    assert.equal((await mcpCall(server.resource, 'tools/list', {}, bearer(token))).status, status);
    const { code, output } = await inspect(token, environment);
    assert.equal(code, status === 200 ? 0 : 1, output);
    assert.match(output, status === 200 ? /^Accepted$/m : /^Refused: \d reasons?\n {2}[a-z_]+: /m);
    assert.match(output, /^ {2}set by: the MCP_\* variables$/m);
  }
  await server.stop();
}

const foreign = { MCP_ISSUER: 'https://another.example' };

test('keys by discovery, of a URL and of a file: inspect agrees with the server', async () => {
  for (const keys of [{ MCP_DISCOVERY: 'on' }, { MCP_JWKS_URI: `${stack.issuer}/jwks` }, { MCP_JWT_KEY_FILE: `${stack.folder}/jwks.json` }])
    await assertAgreement({ ...settings, MCP_AUTH_MODE: 'jwt', ...keys }, [[jwt, 200], [writeOnly, 403], [`${jwt.slice(0, -6)}AAAAAA`, 401]]);
});

test('MCP_ISSUER and MCP_ACCEPT_ANY_ISSUER count as they do for the server', async () => {
  const keys = { ...settings, ...modeSettings.jwt(stack) };
  await assertAgreement({ ...keys, ...foreign }, [[jwt, 401]]);
  assert.match((await inspect(jwt, { ...keys, ...foreign })).output, /issuer_not_accepted: [^\n]*accepted is "https:\/\/another\.example"/);
  await assertAgreement({ ...keys, MCP_AUTHORIZATION_SERVER: foreign.MCP_ISSUER, MCP_ACCEPT_ANY_ISSUER: 'on' }, [[jwt, 200]]);
});

test('an opaque token is asked about, and every reason is told of the answer', async () => {
  const environment = { ...settings, ...modeSettings.introspect({ ...stack, secretFile }) };
  await assertAgreement(environment, [[opaque, 200], ['nobody-has-issued-this-one', 401]]);
  await assertAgreement({ ...environment, MCP_REQUIRED_SCOPE: 'mcp:admin' }, [[opaque, 403]]);
  const both = await inspect(opaque, { ...environment, MCP_CANONICAL_URI: 'https://else.example/mcp', MCP_METADATA_URI: 'https://else.example/m', MCP_REQUIRED_SCOPE: 'mcp:admin' });
  assert.match(both.output, /^Refused: 2 reasons\n {2}audience_not_accepted: [^\n]*\n {4}do this: [^\n]*\n {2}scope_insufficient: /m);
  assert.match((await inspect('nobody', environment)).output, /token_inactive: /);
});

test('A secret that the server repeats is not shown, whatever member it is in', async (t) => {
  const secret = 'PlainSecret0123456789';
  const file = `${temporaryFolder('secret')}/secret`;
  fs.writeFileSync(file, secret, { mode: 0o600 });
  const answer = { active: true, aud: secret, sub: `x${secret}`, scope: secret, [secret]: 1, client_id: encodeURIComponent(secret) };
  const echo = http.createServer((request, response) => response.end(JSON.stringify(answer))).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  t.after(() => echo.close());
  const environment = { ...settings, ...modeSettings.introspect({ ...stack, secretFile: file }), MCP_INTROSPECT_ENDPOINT: `http://127.0.0.1:${echo.address().port}/` };
  const { output } = await inspect('an-opaque-token', environment);
  assert.match(output, /audience_not_accepted|repeats what was sent/);
  assert.doesNotMatch(output, /PlainSecret/);
});

test('in mode auto a JWS is verified and anything else asked about', async () => {
  await assertAgreement({ ...settings, ...modeSettings.auto({ ...stack, secretFile }) }, [[jwt, 200], [opaque, 200], ['nobody', 401]]);
});

test('a server that cannot be asked, or refuses the client, makes no token good or bad', async () => {
  const wrong = `${temporaryFolder('secret')}/secret`;
  fs.writeFileSync(wrong, 'wrong-secret\n', { mode: 0o600 });
  const refused = await inspect(opaque, { ...settings, ...modeSettings.introspect({ ...stack, secretFile: wrong }) });
  assert.equal(refused.code, 1);
  assert.match(refused.output, /^mcp-resource: http[^\n]*\/token\/introspection: server_refuses_client: /m);
  const dead = { ...settings, ...modeSettings.introspect({ ...stack, secretFile }), MCP_INTROSPECT_ENDPOINT: `http://127.0.0.1:${await freePort()}/x` };
  const silent = await inspect(opaque, dead);
  assert.equal(silent.code, 1);
  assert.match(silent.output, /nothing can be reached there: Connection refused; start it/);
  for (const { output } of [refused, silent]) assert.doesNotMatch(output, /Accepted|Refused/);
});

test('three values, and options in place of what variables say', async () => {
  const values = ['--resource', stack.resource, '--authorization-server', stack.issuer];
  assert.equal((await inspect(jwt, {}, ...values)).code, 0);
  assert.match((await inspect(jwt, {}, ...values, '--scope', 'mcp:admin')).output, /scope_insufficient/);
  assert.match((await inspect(jwt, {}, ...values)).output, /^ {2}scopes: none required \(as --scope was not given\)$/m);
  const beside = await inspect(jwt, settings, ...values);
  assert.equal(beside.code, 2);
  assert.match(beside.output, /MCP_[A-Z_]+ is set together with --resource/);
  assert.equal((await inspect(jwt, { MCP_CONFIG: '/nowhere.yaml' }, ...values)).code, 0); // of a server in the same container
  const keys = { ...settings, ...modeSettings.jwt(stack) };
  assert.equal((await inspect(jwt, { ...keys, ...foreign }, '--issuer', stack.issuer)).code, 0);
  assert.match((await inspect(jwt, keys, '--resource', 'https://else.example/mcp')).output, /audience_not_accepted: [^\n]*accepted is "https:\/\/else\.example\/mcp"/);
});

test('variables that stand alone are enough, and wrong ones are told as the server tells them', async () => {
  const alone = await inspect(jwt, { MCP_CANONICAL_URI: stack.resource, MCP_JWT_KEY_FILE: `${stack.folder}/jwks.json` });
  assert.equal(alone.code, 0, alone.output);
  assert.match(alone.output, /^Not checked\n {2}the issuer: give --issuer$/m);
  const wrong = await inspect(jwt, { ...settings, ...modeSettings.jwt(stack), ...foreign, MCP_ACCEPT_ANY_ISSUER: 'on' });
  assert.deepEqual([wrong.code, wrong.output], [2, 'mcp-resource: MCP_ISSUER has no effect together with MCP_ACCEPT_ANY_ISSUER=on; leave one of the two out\n']);
});

test('a file says it as well: --resource chooses among several, and scopes may imply others', async () => {
  const file = `${temporaryFolder('config')}/mcp.yaml`;
  fs.writeFileSync(file, `defaults: { authorization_servers: ${stack.issuer} }
resources:
  - url: ${stack.resource}
    backend: http://127.0.0.1:9
    scopes: { required: [mcp:list], implies: { mcp:read: [mcp:list] } }
  - url: https://else.example/mcp
    backend: http://127.0.0.1:9
    audiences: ["${stack.resource}"]
    algorithms: [ES256]
`);
  const which = await inspect(jwt, {}, '--config', file);
  assert.equal(which.code, 2);
  assert.match(which.output, /has several resources: choose one by --resource: http[^\n]*\/mcp, https:\/\/else\.example\/mcp/);
  const good = await inspect(jwt, { MCP_CONFIG: file }, '--resource', stack.resource);
  assert.equal(good.code, 0, good.output);
  assert.match(good.output, /^ {2}set by: \/[^\n]*mcp\.yaml$/m);
  const other = await inspect(jwt, {}, '--config', file, '--resource', 'https://else.example/mcp');
  assert.match(other.output, /^Refused: 1 reason\n {2}algorithm_not_(allowed|accepted): [^\n]*\n {4}do this: [^\n]*\n(mcp-resource|$)/m);
  const none = await inspect(jwt, {}, '--config', file, '--resource', 'https://none.example/mcp');
  assert.match(none.output, /--resource: "https:\/\/none\.example\/mcp" is not a resource of /);
});

test('an operation that needs more scopes than the token has is listed, and "Accepted" does not hide it', async () => {
  const file = `${temporaryFolder('config')}/mcp.yaml`;
  const withTools = (tools) => fs.writeFileSync(file, `resources:
  - url: ${stack.resource}
    authorization_servers: ${stack.issuer}
    backend: http://127.0.0.1:9
    scopes: { required: mcp:read }
    tools: ${tools}
`);
  withTools('{ echo: mcp:echo, "read_*": mcp:read }');
  const lacking = await inspect(jwt, {}, '--config', file);
  assert.equal(lacking.code, 0, lacking.output);
  assert.match(lacking.output, /^Scopes by operation\n {2}tool "echo" needs mcp:echo \(the token lacks it\)\n {2}tool "read_\*" needs mcp:read \(the token has it\)$/m);
  assert.match(lacking.output, /^Accepted, except for tool "echo" \(status 403, as the token lacks scopes\)$/m);
  const refused = await inspect(writeOnly, {}, '--config', file);
  assert.deepEqual([refused.code, /^Scopes by operation\n[^]*^Refused: 1 reason$/m.test(refused.output)], [1, true], refused.output);
  withTools('{ a: w, b: w, c: w, d: w }');
  assert.match((await inspect(jwt, {}, '--config', file)).output, /^Accepted, except for tool "a", tool "b", tool "c" and 1 more \(/m);
  withTools('{ "*": mcp:read }');
  assert.match((await inspect(jwt, {}, '--config', file)).output, /^Accepted$/m);
  fs.mkdirSync(`${path.dirname(file)}/include.d`);
  assert.match((await inspect(jwt, {}, '--config', file)).output, /^Not checked\n {2}directives in \/[^\n]*\/include\.d: nginx may require more$/m);
});

test('every reason, and whatever ends the command, is followed by what to do', async () => {
  const file = `${temporaryFolder('keys')}/jwks.json`;
  fs.writeFileSync(file, '{"keys":[]}');
  const refused = await inspect(jwt, {}, '--jwks', `${stack.folder}/jwks.json`, '--issuer', 'https://b.example', '--resource', 'https://c.example/mcp', '--scope', 'mcp:x mcp:y');
  const lines = refused.output.split('\n');
  const reasons = lines.flatMap((line, i) => (/^ {2}[a-z_]+_[a-z_]+: /.test(line) && i > lines.findIndex((one) => /^Refused: 4 reasons$/.test(one)) ? [i] : []));
  assert.equal(reasons.length, 4, refused.output);
  for (const i of reasons) assert.match(lines[i + 1], /^ {4}do this: \S/);
  const wrongly = { ...settings, ...modeSettings.introspect({ ...stack, secretFile }), MCP_INTROSPECT_ENDPOINT: `${stack.issuer}/nowhere` };
  for (const [environment, ...options] of [[{}], [{}, '--jwks', file], [{}, '--jwks', `${stack.issuer}/nowhere`], [{}, '--resource', stack.resource, '--authorization-server', `${stack.issuer}/nowhere`],
    [{}, '--jwks', `http://127.0.0.1:${await freePort()}/`], [wrongly]])
    assert.match((await inspect(jwt, environment, ...options)).output, /^mcp-resource: [^\n]*; \S[^\n]*\n$/m, options.join(' '));
});
