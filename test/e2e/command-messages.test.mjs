// What the command says: nothing of a token, a server or a mistyped line does anything to a terminal, and no secret is
// repeated. And keys that are there as a whole or not at all.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCommand, places, runCommand } from '../peers/lib/command.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const issuer = 'https://auth.example.com';
const resource = 'https://mcp.example.com/mcp';
let keys;
before(async () => {
  keys = temporaryFolder('keys');
  assert.equal((await runCommand(['keys', 'generate', '--out', keys])).code, 0);
});

const mint = async (...options) => {
  const { code, output } = await runCommand(['token', 'mint', '--key', `${keys}/private-key.pem`, '--issuer', issuer, '--resource', resource, ...options]);
  assert.equal(code, 0, output);
  return output.trim();
};
const harmless = /^[\n\x20-\x7e]*$/;

test('No option takes the token for another value of its own, wherever the token stands', async () => {
  const token = await mint('--resource', 'https://other.example', '--claim', 'a=1', '--claim', 'b=2');
  const options = ['--jwks', `${keys}/jwks.json`, '--issuer', issuer, '--issuer', 'https://second.example', '--leeway', '5', '--resource', resource];
  for (const args of [[token, ...options], [...options, token], ['--resource', resource, token, ...options]]) {
    const { code, output } = await runCommand(['token', 'inspect', ...args]);
    assert.deepEqual([code, output.split('\n').at(-2)], [0, 'Accepted'], output);
  }
});

// C0, DEL, C1, bidirectional controls, line separators, nothing of any width, tags, and not UTF-8 at all.
const hostile = ['\u001b[31m', '\u0007', '\u007f', '\u009b31m', '\u202e', '\u2066', '\u200f', '\u061c', '\u2028', '\u2029', '\u200b', '\ufeff', '\u00ad', '\u{e0041}'];

test('Names and values of a token never reach the terminal raw', async () => {
  const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  for (const text of hostile)
    for (const object of [{ [`n${text}`]: 1 }, { iss: text, aud: [text], scope: text, nested: { [text]: text } }]) {
      const { output } = await runCommand(['token', 'inspect', '--issuer', issuer, '--scope', text, `${part({ alg: 'RS256', kid: text, ...object })}.${part(object)}.AAAA`]);
      assert.match(output, harmless);
      assert.match(output, /Claims\n/);
    }
  assert.match((await runCommand(['token', 'inspect', `${part({ alg: 'RS256' })}.${part({ name: '\u202eevil' })}.AAAA`])).output, /name: "\\u202eevil"/);
});

test('What a server says never reaches the terminal raw', async (t) => {
  let answer;
  const server = http.createServer((request, response) => response.writeHead(answer.status, answer.headers).end(answer.body));
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.after(() => { server.closeAllConnections(); server.close(); });
  const url = `http://127.0.0.1:${server.address().port}/`;
  for (const text of hostile) {
    answer = { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ resource: text, authorization_servers: [text], [text]: text }) };
    for (const args of [['doctor', `${url}mcp`], ['doctor', '--json', `${url}mcp`], ['token', 'inspect', '--jwks', url, 'a.b.c']])
      assert.match((await runCommand(args)).output, harmless);
  }
});

test('No message repeats a token, a key or a password', async () => {
  const settings = { MCP_AUTH_MODE: 'auto', MCP_JWKS_URI: 'http://user:s3cret@as.example/x', MCP_BACKEND: 'user:s3cret@backend:80',
    MCP_CLIENT_SECRET_FILE: 's3cret', MCP_INTROSPECT_ENDPOINT: 'http://as.example/?key=s3cret', MCP_ISSUER: 'https://as.example' };
  for (const [args, own] of [[['check'], settings], [['check'], { ...settings, MCP_JWT_KEY_FILE: '{"keys":[{"k":"s3cret"}]}' }],
    [['token', 'inspect', 's3cret', 's3cret'], {}], [['token', 'inspect', '--jwks', 's3cret', 'a.b.c'], {}],
    [['token', 'inspect', '--jwks', 'http://user:s3cret@127.0.0.1:9/?key=s3cret', 'a.b.c'], {}],
    [['token', 'inspect', 'a.b.c'], { MCP_JWT_KEY_FILE: '{"keys":[{"k":"s3cret"}]}' }], [['token', 'inspect', '--leeway', 's3cret'], {}],
    [['token', 'mint', '--key', 's3cret', '--issuer', issuer, '--resource', resource], {}],
    [['token', 'mint', '--key', `${keys}/private-key.pem`, '--issuer', issuer, '--resource', resource, '--claim', 's3cret'], {}],
    [['doctor', 'http://user:s3cret@127.0.0.1:9/'], {}], [['doctor', 'http://127.0.0.1:9/mcp?key=s3cret'], {}], [['doctor', 's3cret', 's3cret'], {}]]) {
    const { code, output } = await runCommand(args, own);
    assert.notEqual(code, 0);
    assert.doesNotMatch(output, /s3cret/, args.join(' '));
    assert.match(output, /\w/);
  }
});

const generate = (folder, ...args) => runCommand(['keys', 'generate', '--out', folder, ...args]);

async function assertPair(folder) {
  const token = await runCommand(['token', 'mint', '--key', `${folder}/private-key.pem`, '--issuer', issuer, '--resource', resource]);
  assert.equal(token.code, 0, token.output);
  const { code, output } = await runCommand(['token', 'inspect', '--jwks', `${folder}/jwks.json`, token.output.trim()]);
  assert.equal(code, 0, output);
}

test('keys generate that is killed at any moment leaves nothing that blocks the next one, and no halves that disagree', async () => {
  for (let delay = 0; delay <= 12; delay++) {
    const folder = temporaryFolder('keys');
    const child = spawn(findCommand(), ['keys', 'generate', '--out', folder], { stdio: 'ignore' });
    const ended = new Promise((resolve) => { child.once('exit', resolve); });
    await sleep(delay);
    child.kill('SIGKILL');
    await ended;
    const complete = ['private-key.pem', 'jwks.json'].every((name) => fs.existsSync(`${folder}/${name}`));
    const { code, output } = await generate(folder);
    assert.equal(code, complete ? 2 : 0, output);
    await assertPair(folder);
  }
});

test('jwks.json is made from a private key that stands alone; a folder that is missing is made, and told when it cannot be', async () => {
  const folder = temporaryFolder('keys');
  assert.equal((await generate(`${folder}/new`)).code, 0);
  assert.equal(fs.statSync(`${folder}/new`).mode & 0o777, 0o700);
  fs.rmSync(`${folder}/new/jwks.json`);
  const before = fs.readFileSync(`${folder}/new/private-key.pem`, 'utf8');
  const { code, output } = await generate(`${folder}/new`);
  assert.equal(code, 0, output);
  assert.match(output, /private-key\.pem.*it existed before, without jwks\.json/);
  assert.equal(fs.readFileSync(`${folder}/new/private-key.pem`, 'utf8'), before);
  await assertPair(`${folder}/new`);
  fs.rmSync(`${folder}/new/jwks.json`);
  assert.match((await generate(`${folder}/new`, '--algorithm', 'RS256')).output, /private-key\.pem exists and cannot be used/);
  fs.writeFileSync(`${folder}/new/private-key.pem`, '');
  assert.match((await generate(`${folder}/new`)).output, /private-key\.pem exists and cannot be used .*remove it/);
  const nowhere = await generate(`${folder}/a/b`);
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.output, /cannot make the folder .*\/a\/b: No such file/);
});

test('What cannot be written to standard output is no success', async () => {
  const folder = temporaryFolder('unwritten');
  const token = await mint();
  const settings = { MCP_AUTH_MODE: 'jwt', MCP_SERVER_NAME: 'a.example', MCP_CANONICAL_URI: 'https://a.example/mcp', MCP_AUTHORIZATION_SERVER: issuer,
    MCP_METADATA_URI: 'https://a.example/.well-known/oauth-protected-resource/mcp', MCP_REQUIRED_SCOPE: 'a', MCP_SCOPES_SUPPORTED: 'a',
    MCP_BACKEND: '127.0.0.1:9', MCP_JWT_KEY_FILE: `${keys}/jwks.json` };
  for (const [index, stdout] of ['>/dev/full', '>&-'].entries())
    for (const args of [['--help'], ['--version'], ['keys', 'generate', '--out', `${folder}/${index}`], ['render'], ['check', ...places()],
      ['token', 'mint', '--key', `${keys}/private-key.pem`, '--issuer', issuer, '--resource', resource],
      ['token', 'inspect', '--jwks', `${keys}/jwks.json`, '--issuer', issuer, '--resource', resource, token]]) {
      const { code, output } = await new Promise((resolve) => {
        const child = spawn('sh', ['-c', `exec "$0" "$@" ${stdout}`, findCommand(), ...args], { env: { PATH: process.env.PATH, ...settings }, stdio: ['ignore', 'ignore', 'pipe'] });
        let text = '';
        child.stderr.on('data', (chunk) => { text += chunk; });
        child.on('close', (status) => resolve({ code: status, output: text }));
      });
      assert.deepEqual([code, /cannot write standard output/.test(output)], [1, true], `${args.join(' ')} ${stdout}: ${output}`);
    }
});

test('keys generate goes on only with a private key that is ours alone', async () => {
  const refused = async (make, why) => {
    const folder = temporaryFolder('own');
    fs.copyFileSync(`${keys}/private-key.pem`, `${folder}/key`);
    make(`${folder}/private-key.pem`, `${folder}/key`);
    const { code, output } = await generate(folder);
    assert.deepEqual([code, why.test(output), fs.existsSync(`${folder}/jwks.json`)], [2, true, false], output);
  };
  await refused((file, key) => fs.symlinkSync(key, file), /is not a regular file/);
  await refused((file) => execFileSync('mkfifo', [file]), /is not a regular file/);
  await refused((file, key) => { fs.renameSync(key, file); fs.chmodSync(file, 0o640); }, /is open to others/);
  if (process.getuid() === 0) await refused((file, key) => { fs.renameSync(key, file); fs.chmodSync(file, 0o600); fs.chownSync(file, 33, 33); }, /belongs to another user/);
});

test('Whoever may not use a file or a folder is told whose it is, and what to do', { skip: process.getuid() !== 0 && 'needs root' }, async () => {
  const folder = temporaryFolder('closed');
  const file = `${folder}/file`;
  fs.writeFileSync(file, 'resources: []', { mode: 0o600 });
  fs.chmodSync(folder, 0o755);
  const tls = { tls: { certificate: file, key: file }, resources: [{ url: resource, backend: 'http://127.0.0.1:9', authorization_servers: issuer }] };
  const settings = `${folder}/tls.yaml`;
  fs.writeFileSync(settings, JSON.stringify(tls));
  const told = /Permission denied; (it|the folder) belongs to user 0 and group 0, has mode [67][05][05], and this is user 12345: [^\n]*`chown 12345`/g;
  const inspect = ['token', 'inspect', 'a.b.c'];
  const closed = [...places().slice(0, 2), '--state', '/tmp']; // where anybody may write
  for (const [count, ...args] of [[1, 'check', '--config', file, ...closed], [1, ...inspect, '--config', file], [1, ...inspect, '--jwks', file], [1, ...inspect, '--ca', file],
    [1, 'doctor', resource, '--token-file', file], [2, 'check', '--config', settings, ...closed],
    [1, 'token', 'mint', '--key', file, '--issuer', issuer, '--resource', resource], [1, 'keys', 'generate', '--out', folder], [1, 'keys', 'generate', '--out', `${folder}/new/`]]) {
    const { code, output } = await runCommand(args, {}, { uid: 12_345, gid: 12_345 });
    assert.deepEqual([code, output.match(told)?.length], [2, count], `${args.join(' ')}: ${output}`);
  }
});

test('A pipe in the place of a file is refused at once', async () => {
  const pipe = `${temporaryFolder('pipe')}/pipe`;
  execFileSync('mkfifo', [pipe]);
  const tls = { MCP_AUTH_MODE: 'jwt', MCP_SERVER_NAME: 'a.example', MCP_CANONICAL_URI: 'https://a.example/mcp', MCP_AUTHORIZATION_SERVER: issuer,
    MCP_METADATA_URI: 'https://a.example/.well-known/oauth-protected-resource/mcp', MCP_REQUIRED_SCOPE: 'a', MCP_SCOPES_SUPPORTED: 'a',
    MCP_BACKEND: '127.0.0.1:9', MCP_JWT_KEY_FILE: `${keys}/jwks.json`, MCP_TLS: 'on', MCP_SSL_CERT_FILE: pipe, MCP_SSL_CERT_KEY_FILE: pipe };
  for (const [args, own] of [[['token', 'inspect', '--jwks', pipe, 'a.b.c'], {}], [['check', ...places()], tls],
    [['token', 'mint', '--key', pipe, '--issuer', issuer, '--resource', resource], {}]]) {
    const { code, output } = await runCommand(args, own, { timeoutMs: 5000 });
    assert.deepEqual([code, /not a regular file/.test(output)], [2, true], output);
  }
});

test('What takes longer than two seconds at a start is told, and what does not is not', async () => {
  const complete = { MCP_AUTH_MODE: 'jwt', MCP_SERVER_NAME: 'a.example', MCP_CANONICAL_URI: resource, MCP_AUTHORIZATION_SERVER: issuer,
    MCP_METADATA_URI: `${new URL(resource).origin}/.well-known/oauth-protected-resource/mcp`, MCP_REQUIRED_SCOPE: 'a', MCP_SCOPES_SUPPORTED: 'a',
    MCP_BACKEND: '127.0.0.1:9', MCP_JWT_KEY_FILE: `${keys}/jwks.json`, MCP_LISTEN_PORT: '8443' };
  const slow = `${temporaryFolder('slow')}/nginx`;
  fs.writeFileSync(slow, '#!/bin/sh\ncase " $* " in *" -t "*) sleep 3 ;; esac\nexec nginx "$@"\n', { mode: 0o755 });
  assert.match((await runCommand(['check', ...places(), '--nginx', slow], complete)).output, /^mcp-resource: still waiting: nginx checks the configuration/m);
  assert.doesNotMatch((await runCommand(['check', ...places()], complete)).output, /still waiting/);
});
