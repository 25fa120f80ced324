// SIGHUP with a settings file: what is new is looked at first, and what is wrong changes nothing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCommand, places } from '../peers/lib/command.mjs';
import { request } from '../peers/lib/http.mjs';
import { cleanEnvironment, freePort, start, stopAll, until } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

let keys;
let port;
let folder;
let file;
let server;
before(async () => {
  port = await freePort();
  folder = temporaryFolder('settings');
  keys = `${folder}/jwks.json`;
  fs.writeFileSync(keys, JSON.stringify({ keys: [{ kty: 'oct', k: Buffer.alloc(32, 'k').toString('base64url'), alg: 'HS256', kid: 'a' }] }));
  file = `${folder}/mcp.yaml`;
});
after(stopAll);

const text = (names, more = '') => `listen: { port: ${port}, addresses: ["127.0.0.1"] }
workers: 1
resources:
${names.map((name) => `  - url: http://127.0.0.1:${port}/${name}
    backend: http://127.0.0.1:9
    authorization_servers: https://auth.example.com
    keys: { file: ${keys} }
${more}`).join('')}`;
const status = async (path) => (await request(`http://127.0.0.1:${port}${path}`).catch(() => ({}))).status;
const linesAfter = async (change) => {
  const before = server.output.length;
  await change();
  return server.output.slice(before);
};

async function startWithFile(variable) {
  const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
  const args = variable ? ['run', ...places(`${folder}`)] : ['run', '--config', file, ...places(`${folder}`)];
  return start('mcp-resource', findCommand(), args, { ready, env: cleanEnvironment(variable ? { MCP_CONFIG: file } : {}) });
}

test('SIGHUP reads the file again: a resource that is new is protected, one that is gone is not there', async () => {
  fs.writeFileSync(file, text(['one']));
  server = await startWithFile();
  assert.deepEqual([await status('/one'), await status('/two')], [401, 404]);
  fs.writeFileSync(file, text(['two']));
  process.kill(server.pid, 'SIGHUP');
  await until(async () => (await status('/two')) === 401 && (await status('/one')) === 404);
  assert.match(server.output, new RegExp(`^mcp-resource: read ${file} again: 1 resource$`, 'm'));
  // Until then the worker that is to end may answer, too.
  await until(() => /worker process \d+ exited with code 0\n/.test(server.output));
});

for (const [what, wrong, message] of [
  ['that is no settings file', () => 'resources: [', /mcp\.yaml:\d+:\d+: /],
  ['with mistakes, each of which is told', () => text(['one', 'three'], '    bakend: x\n'), /resources\[0\].*bakend[^]*resources\[1\].*bakend/],
  ['that names a file that is not there', () => text(['one']).replace(keys, '/nowhere/keys.json'), /names "\/nowhere\/keys.json", which cannot be read/],
  ['that nginx does not accept', () => { fs.writeFileSync(`${folder}/empty.json`, '{"keys":[]}'); return text(['one', 'three']).replace(keys, `${folder}/empty.json`); }, /nginx does not accept the configuration that resources\[0\] makes/],
  ['that is gone', () => undefined, /mcp\.yaml/],
])
  test(`A file ${what}: everything goes on as it was`, async () => {
    const said = await linesAfter(async () => {
      const contents = wrong();
      if (contents === undefined) fs.rmSync(file);
      else fs.writeFileSync(file, contents);
      const from = server.output.length;
      process.kill(server.pid, 'SIGHUP');
      await until(() => [/continues with its current settings/, message].every((line) => line.test(server.output.slice(from))));
    });
    assert.doesNotMatch(said, /reconfiguring/);
    assert.deepEqual([await status('/two'), await status('/one')], [401, 404]);
  });

const left = () => fs.readdirSync(folder).filter((name) => /\.(next|part)$/.test(name));

test('A file that is right again is taken, and nginx ends as always', async () => {
  assert.deepEqual(left(), []);
  fs.writeFileSync(file, text(['one', 'two']));
  process.kill(server.pid, 'SIGHUP');
  await until(async () => (await status('/one')) === 401 && (await status('/two')) === 401);
  assert.match(server.output, new RegExp(`^mcp-resource: read ${file} again: 2 resources$`, 'm'));
  process.kill(server.pid, 'SIGHUP');
  await until(() => server.output.includes(`mcp-resource: read ${file} again: nothing changed\n`));
  process.kill(server.pid, 'SIGTERM');
  assert.equal(await server.exited, 0);
});

test('MCP_CONFIG names the file as well; nginx can be ended while a file is looked at', async () => {
  fs.writeFileSync(file, text(['one']));
  server = await startWithFile(true);
  assert.equal(await status('/one'), 401);
  for (let i = 0; i < 20; i++) process.kill(server.pid, 'SIGHUP');
  // While the file is looked at, if that can be seen: it takes some milliseconds.
  for (let i = 0; i < 200 && left().length === 0; i++) await sleep(1);
  process.kill(server.pid, 'SIGTERM');
  assert.equal(await server.exited, 0);
  assert.deepEqual(left(), []);
});
