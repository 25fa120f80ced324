// Child processes that never outlive us: each runs in a process group of its own, and every way out (return, exception,
// Ctrl-C, SIGTERM) ends the groups by id.
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set();
const keptOutput = 256 * 1024;

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // gone already
  }
}

process.on('exit', () => running.forEach((child) => signalGroup(child.pid, 'SIGKILL')));
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])
  process.once(signal, () => stopAll().finally(() => process.exit(code)));

class Child {
  output = '';
  stopRequested = false;
  #process;

  constructor(name, command, args, options) {
    this.name = name;
    this.#process = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve) => {
      this.#process.once('error', (error) => { this.output += error.message; resolve(-1); });
      this.#process.once('close', (code, signal) => resolve(signal ?? code));
    });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream.on('data', (chunk) => { this.output = (this.output + chunk).slice(-keptOutput); });
    if (this.pid === undefined) return; // could not be started: exited tells
    running.add(this);
    this.exited.then(() => running.delete(this));
  }

  get pid() {
    return this.#process.pid;
  }

  async stop(signal = 'SIGTERM') {
    if (!running.has(this)) return;
    this.stopRequested = true;
    signalGroup(this.pid, signal);
    const ended = await Promise.race([this.exited.then(() => true), sleep(3000, false, { ref: false })]);
    if (!ended) signalGroup(this.pid, 'SIGKILL');
    await this.exited;
  }
}

// Nothing of the caller's environment reaches a child unless it is passed in: a server with an environment tool must not
// show the developer's secrets.
export const cleanEnvironment = (extra = {}) => ({ PATH: process.env.PATH, HOME: '/nonexistent', LANG: 'C.UTF-8', ...extra });

// Resolves when ready(child) gives something other than undefined; its value becomes child.ready.
export async function start(name, command, args, { ready, timeoutMs = 60_000, env = cleanEnvironment(), ...options } = {}) {
  const child = new Child(name, command, args, { env, ...options });
  let exit;
  child.exited.then((code) => { exit = code; });
  for (const deadline = Date.now() + timeoutMs; ;) {
    child.ready = await ready(child);
    if (child.ready !== undefined) return child;
    if (exit !== undefined) throw new Error(`${name} ended (${exit}) before it was ready:\n${child.output}`);
    if (Date.now() > deadline) {
      await child.stop('SIGKILL');
      throw new Error(`${name} was not ready within ${timeoutMs} ms:\n${child.output}`);
    }
    await sleep(20);
  }
}

// Asks again and again until it holds.
export async function until(holds, timeoutMs = 30_000) {
  for (const deadline = Date.now() + timeoutMs; !(await holds()); await sleep(20))
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${holds}`);
}

export const stopAll = () => Promise.all([...running].map((child) => child.stop()));

// Readiness: a line of JSON with this member was printed.
export const printedJson = (member) => (child) => {
  for (const line of child.output.split('\n').slice(0, -1)) {
    if (!line.startsWith('{')) continue;
    const value = JSON.parse(line)[member];
    if (value !== undefined) return value;
  }
  return undefined;
};

const canConnect = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1');
  socket.once('connect', () => { socket.destroy(); resolve(true); });
  socket.once('error', () => resolve(false));
});

// Readiness: the port takes connections.
export const listening = (port) => async () => ((await canConnect(port)) ? port : undefined);

export const portIsFree = (port) => new Promise((resolve) => {
  const probe = net.createServer();
  probe.once('error', () => resolve(false));
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
});

// Whether a port is ours from now on: its UDP socket is held until this process ends.
const claim = (port) => new Promise((resolve) => {
  const socket = dgram.createSocket('udp4');
  socket.once('error', () => resolve(false));
  socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => { socket.unref(); resolve(true); });
});

// A port for a program that cannot pick one itself: nobody listens there, and no test is given it again before this process ends.
// Below Linux' ephemeral range (32768 up), so that no outgoing connection takes it in between.
export async function freePort() {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if ((await claim(port)) && (await portIsFree(port))) return port;
  }
  throw new Error('no free port between 20000 and 32000');
}

// Runs a program to its end: { code, output }.
export async function run(name, command, args, { timeoutMs = 60_000, env = cleanEnvironment(), ...options } = {}) {
  const child = new Child(name, command, args, { env, ...options });
  const code = await Promise.race([child.exited, sleep(timeoutMs, 'timeout', { ref: false })]);
  if (code === 'timeout') {
    await child.stop('SIGKILL');
    throw new Error(`${name} did not end within ${timeoutMs} ms:\n${child.output}`);
  }
  return { code, output: child.output };
}
