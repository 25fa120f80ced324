// A `run` has its folder to itself: neither another command of ours nor another user gets at what it reads.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { before, test } from 'node:test';
import { findCommand, places, runCommand } from '../peers/lib/command.mjs';
import { get, ownSettings, serves, spawnFor, spawnRun } from '../peers/lib/command-processes.mjs';
import { until } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const isRoot = process.getuid() === 0;
const uid = process.getuid();
let settings;
before(async () => { settings = await ownSettings(); });

const mode = (file) => (fs.statSync(file).mode & 0o7777).toString(8);
const openFolder = () => {
  const folder = temporaryFolder('open');
  fs.chmodSync(folder, 0o1777);
  return folder;
};
const mkfifo = (file) => execFileSync('mkfifo', [file]);

test('A second run on the same folder ends at once and says who has it; check beside a run changes nothing that it reads', async (t) => {
  const folder = temporaryFolder('state');
  const server = spawnRun(t, settings, { folder });
  await serves(server, settings);
  const second = await runCommand(['run', ...places(folder)], { ...settings, MCP_LISTEN_PORT: '1' }, { timeoutMs: 5000 });
  assert.equal(second.code, 2);
  assert.match(second.output, new RegExp(`${folder} is in use by .*pid ${server.pid}; .*--state`));
  const other = { ...settings, MCP_AUTHORIZATION_SERVER: 'https://evil.example.com' };
  const checked = await runCommand(['check', ...places(folder)], other);
  assert.equal(checked.code, 0, checked.output);
  server.kill('SIGHUP');
  await until(() => /worker process \d+ exited/.test(server.errors));
  const metadata = await get(settings, '/.well-known/oauth-protected-resource/mcp');
  assert.deepEqual(JSON.parse(metadata.body).authorization_servers, ['https://auth.example.com']);
  server.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  const next = spawnRun(t, settings, { folder });
  await serves(next, settings);
  next.kill('SIGTERM');
  assert.equal(await next.ended, 0);
});

test('check removes all that it has written, whatever ends it', async (t) => {
  const folder = openFolder();
  assert.equal((await runCommand(['check', ...places(folder)], settings)).code, 0);
  assert.deepEqual(fs.readdirSync(folder), []);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'])
    for (const args of [['--nginx', `${folder}-nginx`], []]) {
      fs.writeFileSync(`${folder}-nginx`, '#!/bin/sh\n[ "$1" = -V ] || exec sleep 60\n', { mode: 0o755 });
      const check = spawnFor(t, findCommand(), ['check', ...places(folder), ...args], settings);
      if (args.length > 0) await until(() => fs.readdirSync(folder).some((name) => fs.readdirSync(`${folder}/${name}`).includes('nginx.conf.next')), 3000);
      check.kill(signal);
      await check.ended;
      await until(() => fs.readdirSync(folder).length === 0, 3000);
    }
  fs.rmSync(`${folder}-nginx`);
});

test('In a folder that others can write to, run works in one of its own, and touches nothing that others have put there', async (t) => {
  const folder = openFolder();
  const victim = temporaryFolder('victim');
  fs.writeFileSync(`${victim}/file`, 'precious');
  const untouched = () => [fs.readFileSync(`${victim}/file`, 'utf8'), fs.statSync(victim).uid, fs.statSync(`${victim}/file`).uid];
  const expected = untouched();
  for (const name of ['nginx-client_body', 'nginx-proxy', 'nginx-home']) fs.symlinkSync(victim, `${folder}/${name}`);
  for (const name of ['nginx.pid', 'run.lock']) fs.symlinkSync(`${victim}/file`, `${folder}/${name}`);
  mkfifo(`${folder}/nginx.conf`);
  const { code, output } = await runCommand(['check', ...places(folder)], settings, { timeoutMs: 5000 });
  assert.equal(code, 0, output);
  const server = spawnRun(t, settings, { folder });
  await serves(server, settings);
  assert.equal(mode(`${folder}/mcp-resource-${uid}`), '700');
  server.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  assert.deepEqual(untouched(), expected);
  assert.deepEqual(fs.readdirSync(victim), ['file']);
});

test('Links and pipes in the private folder are replaced, and a lock that is none is refused at once', async (t) => {
  const folder = temporaryFolder('state');
  const victim = temporaryFolder('victim');
  fs.writeFileSync(`${victim}/file`, 'precious');
  fs.symlinkSync(`${victim}/file`, `${folder}/nginx.pid`);
  mkfifo(`${folder}/nginx.conf`);
  fs.mkdirSync(`${folder}/nginx-home`);
  fs.symlinkSync(victim, `${folder}/nginx-home/nginx-proxy`);
  const server = spawnRun(t, settings, { folder });
  await serves(server, settings);
  server.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  assert.equal(fs.readFileSync(`${victim}/file`, 'utf8'), 'precious');
  for (const make of [() => mkfifo(`${folder}/run.lock`), () => fs.symlinkSync(`${victim}/file`, `${folder}/run.lock`),
    () => fs.linkSync(`${victim}/file`, `${folder}/run.lock`)]) {
    fs.rmSync(`${folder}/run.lock`, { force: true });
    make();
    const { code, output } = await runCommand(['run', ...places(folder)], settings, { timeoutMs: 5000 });
    assert.equal(code, 2);
    assert.match(output, /run\.lock.*--state/);
  }
  assert.equal(fs.readFileSync(`${victim}/file`, 'utf8'), 'precious');
});

test('A private folder that is a link, or that another user has made, is refused', async () => {
  const folder = openFolder();
  fs.symlinkSync(temporaryFolder('victim'), `${folder}/mcp-resource-${uid}`);
  const { code, output } = await runCommand(['run', ...places(folder)], settings, { timeoutMs: 5000 });
  assert.equal(code, 2);
  assert.match(output, /mcp-resource-\d+ is not a folder; .*--state/);
  if (!isRoot) return;
  const squatted = openFolder();
  fs.mkdirSync(`${squatted}/mcp-resource-0`);
  fs.chownSync(`${squatted}/mcp-resource-0`, 33, 33);
  assert.match((await runCommand(['run', ...places(squatted)], settings)).output, /mcp-resource-0 belongs to another user; .*--state/);
});

test('A link of another user on the way to the folder is not followed', { skip: !isRoot && 'needs root' }, async () => {
  const folder = openFolder();
  const victim = temporaryFolder('victim');
  fs.symlinkSync(victim, `${folder}/link`);
  fs.lchownSync(`${folder}/link`, 33, 33);
  for (const command of ['run', 'check']) {
    const { code, output } = await runCommand([command, ...places(`${folder}/link`)], settings);
    assert.equal(code, 2);
    assert.match(output, /link leads through a link of another user; .*--state/);
  }
  assert.deepEqual(fs.readdirSync(victim), []);
});

// As in the image, with any user: nothing but a folder that everyone can write to, with the sticky bit or (Kubernetes) without.
for (const bits of [0o1777, 0o777])
  test(`Another user can run it in a folder of root's with mode ${bits.toString(8)}`, { skip: !isRoot && 'needs root' }, async (t) => {
    const folder = temporaryFolder('tmp');
    fs.chmodSync(folder, bits);
    const server = spawnRun(t, settings, { folder, uid: 12_345, gid: 0 });
    await serves(server, settings);
    assert.equal(mode(`${folder}/mcp-resource-12345`), '700');
    assert.equal(fs.statSync(`${folder}/mcp-resource-12345`).uid, 12_345);
    server.kill('SIGTERM');
    assert.equal(await server.ended, 0);
  });

test('What leads to the folder may be moved: run reads again what it wrote', async (t) => {
  const folder = temporaryFolder('tmp');
  fs.chmodSync(folder, 0o777);
  const server = spawnRun(t, settings, { folder });
  await serves(server, settings);
  fs.renameSync(`${folder}/mcp-resource-${uid}`, `${folder}/moved`);
  fs.mkdirSync(`${folder}/mcp-resource-${uid}`);
  fs.writeFileSync(`${folder}/mcp-resource-${uid}/nginx.conf`, 'not ours;');
  server.kill('SIGHUP');
  await until(() => /worker process \d+ exited/.test(server.errors), 5000);
  assert.doesNotMatch(server.errors, /emerg/);
  server.kill('SIGTERM');
  assert.equal(await server.ended, 0);
});

// In a folder without the sticky bit others may rename what is ours.
test('check removes the folder that it made, and none that was given its name meanwhile', async (t) => {
  const folder = temporaryFolder('shared');
  fs.chmodSync(folder, 0o777);
  fs.mkdirSync(`${folder}/precious/inner`, { recursive: true });
  fs.writeFileSync(`${folder}/precious/inner/file`, 'precious');
  fs.writeFileSync(`${folder}-nginx`, '#!/bin/sh\n[ "$1" = -V ] || exec sleep 60\n', { mode: 0o755 });
  t.after(() => fs.rmSync(`${folder}-nginx`));
  const check = spawnFor(t, findCommand(), ['check', ...places(folder), '--nginx', `${folder}-nginx`], settings);
  const made = () => fs.readdirSync(folder).find((name) => name.startsWith('mcp-resource-check-'));
  await until(() => made() && fs.existsSync(`${folder}/${made()}/nginx.conf.next`), 3000);
  const name = made();
  fs.renameSync(`${folder}/${name}`, `${folder}/away`);
  fs.renameSync(`${folder}/precious`, `${folder}/${name}`);
  check.kill('SIGTERM');
  await check.ended;
  assert.equal(fs.readFileSync(`${folder}/${name}/inner/file`, 'utf8'), 'precious');
  assert.deepEqual(fs.readdirSync(`${folder}/away`), []);
});

test('run replaces no file of the folder that it has not written itself', async () => {
  for (const [name, text] of [['nginx.conf', 'events {}\n'], ['nginx.conf', '# Written by hand\n'], ['nginx.pid', 'my notes\n'], ['run.lock', 'my notes\n']]) {
    const folder = temporaryFolder('state');
    fs.writeFileSync(`${folder}/${name}`, text);
    const { code, output } = await runCommand(['run', ...places(folder)], settings, { timeoutMs: 5000 });
    assert.equal(code, 2);
    assert.match(output, new RegExp(`${name} is a file that this command did not make; .*--state`));
    assert.equal(fs.readFileSync(`${folder}/${name}`, 'utf8'), text);
  }
});

test('run changes no folder that others may have moved to the name of its own', async () => {
  const folder = temporaryFolder('shared');
  fs.chmodSync(folder, 0o777);
  const own = `${folder}/mcp-resource-${uid}`;
  fs.mkdirSync(own, { mode: 0o755 });
  fs.writeFileSync(`${own}/file`, 'precious');
  const { code, output } = await runCommand(['run', ...places(folder)], settings, { timeoutMs: 5000 });
  assert.equal(code, 2);
  assert.match(output, /mcp-resource-\d+ is a folder that this command did not make; .*--state/);
  assert.deepEqual([mode(own), fs.readdirSync(own)], ['755', ['file']]);
});
