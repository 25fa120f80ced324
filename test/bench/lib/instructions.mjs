// Instructions per request, counted by valgrind's callgrind: the same on every machine and whatever else is running.
import fs from 'node:fs';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, listening, start } from '../../peers/lib/processes.mjs';

const few = 200; // enough that nothing is done for the first time
const many = 2200;

async function send({ port, request, tokens }, count) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < count; i++) {
    const { method = 'GET', path, headers = {}, body, refuses } = request;
    const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('{token}', tokens[i % tokens.length])]));
    const status = await exchange({ agent, port, method, path, headers: filled }, body);
    if ((status === 200) !== !refuses) throw new Error(`${path} answered ${status}`);
  }
  agent.destroy();
}

const exchange = (options, body) => new Promise((resolve, reject) => {
  http.request({ host: '127.0.0.1', ...options }, (answer) => answer.resume().once('end', () => resolve(answer.statusCode)))
    .once('error', reject).end(body);
});

// One process is master and worker. It is stopped with QUIT, so that callgrind writes what it has counted.
async function total(server, load, count, keep) {
  const port = await freePort();
  const own = `${server.folder}/callgrind-${port}`;
  const text = fs.readFileSync(server.configuration, 'utf8').replaceAll(String(server.port), String(port))
    .replace('daemon off;', 'daemon off; master_process off;').replace(/^worker_(processes|cpu_affinity) .*;$/gm, '')
    .replace(/^pid .*;$/m, `pid ${own}.pid;`);
  fs.writeFileSync(`${own}.conf`, text);
  const out = keep ?? `${own}.out`;
  const child = await start('callgrind', 'valgrind', ['--tool=callgrind', `--callgrind-out-file=${out}`, 'nginx',
    '-p', server.folder, '-c', `${own}.conf`, '-e', `${own}.log`], { ready: listening(port) });
  await send({ port, ...load }, count);
  await sleep(300); // a single nginx process loses a signal that comes just before it begins to wait
  await child.stop('SIGQUIT');
  return Number(/^(?:summary|totals): (\d+)/m.exec(fs.readFileSync(out, 'utf8'))[1]);
}

// load: { request, tokens }
export async function instructionsPerRequest(server, load, keep) {
  const before = await total(server, load, few);
  return (await total(server, load, many, keep) - before) / (many - few);
}
