// One measurement: wrk against one server, and what the server's worker spent on it.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from '../../peers/lib/processes.mjs';
import { cpuMicroseconds, foreignSeconds, otherCpus } from './machine.mjs';

const script = fileURLToPath(new URL('../request.lua', import.meta.url));
export const connections = 64;

// The request as it goes over the wire; "{token}" is where request.lua puts one.
export function requestText({ method = 'GET', path, headers = {}, body }) {
  const all = { Host: 'mcp.bench.example', ...headers, ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${path} HTTP/1.1\r\n${lines}\r\n${body ?? ''}`;
}

// load: { template, tokens (files), refuses }; server: { port, workers }; ours: pids of the bench.
export async function measure({ server, load, seconds, ours, atOnce = connections }) {
  const workers = server.workers;
  const spent = () => workers.reduce((sum, pid) => sum + cpuMicroseconds(pid), 0);
  const before = { foreign: foreignSeconds(ours), cpu: spent() };
  const { code, output } = await run('wrk', 'taskset', ['-c', otherCpus.join(','), 'wrk', '-t', '1', '-c', String(atOnce),
    '-d', `${seconds}s`, '-s', script, `http://127.0.0.1:${server.port}/`, '--', load.template, load.tokens], { timeoutMs: 300_000 });
  const cpu = spent() - before.cpu;
  const line = output.split('\n').find((text) => text.startsWith('{"requests"'));
  if (code !== 0 || line === undefined) throw new Error(`wrk ended with ${code}:\n${output}`);
  const result = JSON.parse(line);
  const foreign = foreignSeconds(ours) - before.foreign;
  checkAnswers(load, result, output);
  return {
    perSecond: result.requests / (result.microseconds / 1e6),
    cpuPerRequest: cpu / result.requests,
    utilization: cpu / result.microseconds,
    p50: result.p50, p99: result.p99, requests: result.requests,
    foreign: foreign / (result.microseconds / 1e6), // CPUs that others kept busy meanwhile
  };
}

// What was measured is worth nothing when it is not what was meant.
function checkAnswers(load, { requests, refused, broken }, output) {
  if (requests === 0 || broken > 0) throw new Error(`wrk could not send or read:\n${output}`);
  if (refused !== (load.refuses ? requests : 0)) throw new Error(`${refused} of ${requests} requests were refused:\n${output}`);
}

export function writeLoad(folder, name, request, tokens = []) {
  const load = { template: `${folder}/${name}.request`, tokens: `${folder}/${name}.tokens`, refuses: request.refuses ?? false };
  fs.writeFileSync(load.template, requestText(request));
  fs.writeFileSync(load.tokens, tokens.map((token) => `${token}\n`).join(''));
  return load;
}

