// Server-Sent Events: how long the first event takes, and what thousands of idle streams cost.
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { printedJson, run, start, until } from '../../peers/lib/processes.mjs';
import { measure } from './load.mjs';
import { cpuMicroseconds, memoryBytes, openFilesLimit, otherCpus } from './machine.mjs';
import { quantile } from './quantile.mjs';

const peer = (name) => fileURLToPath(new URL(`../peers/${name}.mjs`, import.meta.url));
const elsewhere = (...command) => ['-c', otherCpus.join(','), process.execPath, ...command];
const filesOfNginx = 500; // what else a worker holds open
const firstEvents = 500;  // a run
const idleSeconds = 5;

export const startStreamServer = (folder) =>
  start('stream server', 'taskset', elsewhere(peer('stream-server'), `${folder}/streams.sock`), { ready: printedJson('listening') });

const quantiles = (values) => ({ p50: quantile(values, 0.5), p99: quantile(values, 0.99) });

async function timesOfFirstEvents({ folder, servers }, server, token) {
  const { code, output } = await run('first events', 'taskset',
    elsewhere(peer('first-events'), firstEvents, servers[server].port, '/streams', token, `${folder}/streams.sock`), { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`first events through ${server}:\n${output}`);
  return JSON.parse(output).microseconds;
}

// By turns, as in rounds.mjs: { bare: { p50, p99 }, native: { p50, p99 }, count } in microseconds.
export async function measureFirstEvents(site, token, rounds) {
  const times = { bare: [], native: [] };
  for (let round = 0; round < rounds; round++)
    for (const server of ['bare', 'native']) times[server].push(...await timesOfFirstEvents(site, server, token));
  return { bare: quantiles(times.bare), native: quantiles(times.native), count: times.native.length };
}

// As many as asked for, or as the machine's limit of open files allows: nginx holds two for each.
export const possibleStreams = (wanted) => Math.min(wanted, Math.floor((openFilesLimit() - filesOfNginx) / 2));

async function holdStreams({ servers, ours, seconds }, server, load, token, count) {
  const [worker] = servers[server].workers;
  const before = memoryBytes(worker);
  const clients = await start('idle streams', 'taskset', elsewhere(peer('idle-streams'), count, servers[server].port, '/streams', token),
    { ready: printedJson('open'), timeoutMs: 300_000 });
  const held = memoryBytes(worker);
  await sleep(1000); // until nothing is left to do
  const cpu = cpuMicroseconds(worker);
  await sleep(idleSeconds * 1000);
  const idleCpu = (cpuMicroseconds(worker) - cpu) / (idleSeconds * 1e6);
  const meanwhile = await measure({ server: servers[server], load, seconds, ours: new Set([...ours, clients.pid]) });
  await clients.stop();
  await until(() => fs.readdirSync(`/proc/${worker}/fd`).length < filesOfNginx);
  return { bytesPerStream: (held - before) / count, idleCpu, perSecond: meanwhile.perSecond };
}

// { bare, native, count }: bytes for each stream, the worker's share of a CPU while all are idle, and requests/s meanwhile.
export async function measureIdleStreams(site, load, token, wanted) {
  const count = possibleStreams(wanted);
  return {
    count,
    bare: await holdStreams(site, 'bare', load, token, count),
    native: await holdStreams(site, 'native', load, token, count),
  };
}
