// `run` as the first process of a container: signals at every moment, readers of its output that stall, and children that
// are killed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCommand, places } from '../peers/lib/command.mjs';
import { childrenOf, get, isWell, ownSettings, serves, spawnFor, spawnRun } from '../peers/lib/command-processes.mjs';
import { freePort, portIsFree, until } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const isRoot = process.getuid() === 0;
let settings;
before(async () => { settings = await ownSettings(); });

const withPort = async () => ({ ...settings, MCP_LISTEN_PORT: String(await freePort()) });
const within = async (promise, ms, what) => {
  const value = await Promise.race([promise, sleep(ms, 'late', { ref: false })]);
  assert.notEqual(value, 'late', `${what}: not within ${ms} ms`);
  return value;
};
const delays = [0, 2, 5, 8, 12, 16, 20, 25, 30, 35, 40, 50, 60, 80, 120, 200];
const portOf = ({ MCP_LISTEN_PORT }) => portIsFree(Number(MCP_LISTEN_PORT));

for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'])
  test(`${signal} ends run at every moment of its start`, async (t) => {
    for (const delay of signal === 'SIGTERM' ? delays : delays.filter((_, index) => index % 3 === 0)) {
      const own = await withPort();
      const server = spawnRun(t, own);
      await sleep(delay);
      server.remember();
      server.kill(signal);
      const status = await within(server.ended, 2000, `${signal} after ${delay} ms`);
      assert.ok([0, signal, { SIGTERM: 143, SIGINT: 130, SIGQUIT: 131 }[signal]].includes(status), `${status} after ${delay} ms: ${server.errors}`);
      assert.equal(await portOf(own), true);
      assert.deepEqual(server.left(), []);
    }
  });

// No sooner than that does anything of ours run: before, there is the loader. It is the first thing that run does.
const hasBegun = (pid) => {
  try {
    const ignored = fs.readFileSync(`/proc/${pid}/status`, 'utf8').match(/^SigIgn:\s+(\w+)/m)[1];
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(findCommand()) && (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false;
  }
};

// The kernel drops signals to the first process of a container that it has no handler for.
const inContainer = (t, own, ...args) =>
  spawnFor(t, 'unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', findCommand(), 'run', ...places(), ...args], own);
const firstProcess = async (container) => {
  let pid;
  await until(() => {
    [pid] = childrenOf(container.pid);
    return pid !== undefined && hasBegun(pid);
  }, 3000);
  return pid;
};

test('SIGTERM ends the first process of a container at every moment', { skip: !isRoot && 'needs root' }, async (t) => {
  for (const delay of delays) {
    const container = inContainer(t, await withPort());
    const pid = await firstProcess(container);
    await sleep(delay);
    process.kill(pid, 'SIGTERM');
    await within(container.ended, 2000, `SIGTERM after ${delay} ms`);
  }
});

test('SIGTERM ends the first process of a container while nginx looks at the configuration', { skip: !isRoot && 'needs root' }, async (t) => {
  const slow = `${temporaryFolder('slow')}/nginx`;
  fs.writeFileSync(slow, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  const container = inContainer(t, settings, '--nginx', slow);
  const pid = await firstProcess(container);
  await until(() => childrenOf(pid).length > 0, 3000);
  await sleep(50);
  process.kill(pid, 'SIGTERM');
  assert.equal(await within(container.ended, 1000, 'SIGTERM'), 143);
});

test('SIGHUP and SIGUSR1 at any moment never end the start, and SIGHUP is not lost', async (t) => {
  for (const delay of delays) {
    const own = await withPort();
    const server = spawnRun(t, own);
    await until(() => hasBegun(server.pid), 3000);
    await sleep(delay);
    server.kill('SIGHUP');
    server.kill('SIGUSR1');
    await serves(server, own);
    if (delay > 100) await until(() => server.errors.includes('reconfiguring'), 3000);
    server.kill('SIGTERM');
    assert.equal(await within(server.ended, 3000, 'SIGTERM'), 0, server.errors);
  }
});

test('nginx that is killed takes its workers with it, and run says so; run that is killed leaves no nginx behind', async (t) => {
  const server = spawnRun(t, settings);
  await serves(server, settings);
  const nginx = childrenOf(server.pid).find((pid) => childrenOf(pid).length > 0);
  process.kill(nginx, 'SIGKILL');
  assert.equal(await within(server.ended, 3000, 'nginx killed'), 137);
  assert.deepEqual(server.left(), []);
  assert.equal(await portOf(settings), true);
  const next = spawnRun(t, settings);
  await serves(next, settings);
  next.kill('SIGKILL');
  await next.ended;
  await until(async () => next.left().length === 0 && (await portOf(settings)), 3000);
});

// A pipe that nobody reads until read() is called. { write, read() }: all of it.
function stalledPipe() {
  const fifo = `${temporaryFolder('fifo')}/output`;
  execFileSync('mkfifo', [fifo]);
  const reader = fs.openSync(fifo, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  const write = fs.openSync(fifo, 'w');
  const text = { all: '' };
  text.read = () => new net.Socket({ fd: reader, readable: true, writable: false }).on('data', (chunk) => { text.all += chunk; });
  return Object.assign(text, { write, reader });
}

const requestMany = async (own, count, path) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  let sent = 0;
  const worker = async () => { while (sent++ < count) assert.equal((await get(own, path, agent)).status, 404); };
  await Promise.all(Array.from({ length: 16 }, worker));
  agent.destroy();
};
const lines = (text) => text.split('\n').filter((line) => line.includes('"GET /x'));

for (const path of ['/x', `/x${'y'.repeat(3000)}`])
  test(`A reader that stalls stops nobody, and ${path.length > 9 ? 'is told how many lines it has missed' : 'misses nothing that fits'}`, async (t) => {
    const pipe = stalledPipe();
    const server = spawnRun(t, settings, { stdout: pipe.write });
    fs.closeSync(pipe.write);
    await serves(server, settings);
    const count = path.length > 9 ? 2000 : 3000;
    await requestMany(settings, count, path);
    assert.equal(await isWell(settings), true);
    pipe.read();
    const dropped = () => [...pipe.all.matchAll(/^mcp-resource: (\d+) log lines dropped: standard output is not being read$/gm)]
      .reduce((sum, match) => sum + Number(match[1]), 0);
    await until(() => lines(pipe.all).length + dropped() === count, 5000);
    assert.equal(dropped() > 0, path.length > 9);
    for (const line of lines(pipe.all)) assert.match(line, new RegExp(`^127\\.0\\.0\\.1 \\[[^\\]]+\\] 127\\.0\\.0\\.1 "GET ${path}" 404 (- ){3}("-" ?){4}$`));
    server.kill('SIGTERM');
    assert.equal(await within(server.ended, 3000, 'SIGTERM'), 0);
  });

test('SIGTERM ends run although nobody reads either output', async (t) => {
  const pipe = stalledPipe();
  const server = spawnRun(t, settings, { stdout: pipe.write });
  server.stderr.pause();
  await serves(server, settings);
  await requestMany(settings, 2000, `/x${'y'.repeat(3000)}`);
  server.kill('SIGTERM');
  assert.equal(await within(server.ended, 3000, 'SIGTERM'), 0);
  fs.closeSync(pipe.write);
  fs.closeSync(pipe.reader);
});

test('All lines are in a file, after the logs were reopened too, and no output at all is no trouble', async (t) => {
  const file = `${temporaryFolder('log')}/access.log`;
  const output = fs.openSync(file, 'w');
  const server = spawnRun(t, settings, { stdout: output });
  await serves(server, settings);
  await requestMany(settings, 2000, '/x');
  server.kill('SIGUSR1');
  await sleep(200);
  await requestMany(settings, 2000, '/x');
  server.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  assert.equal(lines(fs.readFileSync(file, 'utf8')).length, 4000);
  assert.doesNotMatch(server.errors, /alert|emerg|crit/);

  const closed = spawnFor(t, 'sh', ['-c', 'exec "$0" "$@" >&- 2>&-', findCommand(), 'run', ...places()], settings);
  await serves(closed, settings);
  await requestMany(settings, 100, '/x');
  closed.kill('SIGTERM');
  assert.equal(await within(closed.ended, 3000, 'SIGTERM'), 0);
});

test('run and check end, with SIGCHLD ignored by whoever starts them', async (t) => {
  const ignoring = (args) => spawnFor(t, 'python3', ['-c',
    'import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])', findCommand(), ...args], settings);
  assert.equal(await within(ignoring(['check', ...places()]).ended, 5000, 'check'), 0);
  const server = ignoring(['run', ...places()]);
  await serves(server, settings);
  server.kill('SIGTERM');
  assert.equal(await within(server.ended, 3000, 'SIGTERM'), 0);
});

test('Signals that mean nothing to run do not end it, and SIGUSR2 is told what to do', async (t) => {
  const server = spawnRun(t, settings);
  await serves(server, settings);
  const realTime = Array.from({ length: 31 }, (_, index) => 34 + index);
  for (const signal of ['SIGUSR2', 'SIGALRM', 'SIGVTALRM', 'SIGPROF', 'SIGIO', 'SIGSTKFLT', 'SIGXFSZ', ...realTime])
    execFileSync('kill', ['-s', String(signal).replace('SIG', ''), String(server.pid)]);
  await until(() => server.errors.includes('SIGUSR2 is ignored: to upgrade the binary, restart'), 3000);
  assert.equal(await isWell(settings), true);
  server.kill('SIGTERM');
  assert.equal(await within(server.ended, 3000, 'SIGTERM'), 0);
});

test('Lines that are lost on one stream are told on the other', async (t) => {
  for (const [stdio, name] of [['>/dev/full', 'output'], ['>&-', 'output'], ['3>&1 1>&2 2>&3 3>&- 2>/dev/full', 'error']]) {
    const server = spawnFor(t, 'sh', ['-c', `exec "$0" "$@" ${stdio}`, findCommand(), 'run', ...places()], settings);
    await serves(server, settings);
    await requestMany(settings, 20, '/x');
    server.kill('SIGTERM');
    assert.equal(await within(server.ended, 5000, 'SIGTERM'), 0);
    await until(() => new RegExp(`^mcp-resource: \\d+ log lines dropped: standard ${name} cannot be written$`, 'm').test(server.errors), 1000);
    if (name === 'output') assert.match(server.errors, /: 20 log lines dropped/);
  }
});
