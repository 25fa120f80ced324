// Requests in which everything is invented: the tool or the method, who calls, and the session.
import net from 'node:net';
import { makeKeys, resource, sign } from '../../bench/lib/tokens.mjs';

export const keys = makeKeys();
export const paths = ['/mcp', '/failing', '/closed']; // of nginx: tools that succeed, tools that fail, a scope that nobody has
const atOnce = 50; // requests on their way on one connection
const connections = 4;
const hostile = ['plain', 'qu"ote', 'back\\slash', 'line\nend', '\u2028', '\u202e', '\u0000', '<script>', 'ü€😀', 'x'.repeat(3000)];

// The i-th differs from all others. Every third has a subject of its own; the others share one token for each path.
const shared = Object.fromEntries(paths.map((path) => [path, sign(keys.HS256, resource(path))]));

export function invented(i) {
  const path = paths[i % paths.length];
  const name = `${i}-${hostile[i % hostile.length]}`; // different also where it is cut
  const message = i % 7 === 0 ? { method: `method/${name}` } : { method: 'tools/call', params: { name, arguments: {} } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...message });
  const token = Math.floor(i / 3) % 3 === 0 ? sign(keys.HS256, resource(path), i, { sub: `subject-${i}`, client_id: `client-${i}` }) : shared[path];
  return `POST ${path} HTTP/1.1\r\nHost: mcp.bench.example\r\nAuthorization: Bearer ${token}\r\nMcp-Session-Id: session-${i}\r\n`
    + `Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

// One connection that sends requests one behind the other, and counts the statuses that come back.
async function sendOn(port, next, statuses) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  socket.setEncoding('latin1');
  let rest = '', expected = 0, wake = () => {};
  socket.on('data', (chunk) => {
    rest += chunk;
    for (const { 1: status } of rest.matchAll(/HTTP\/1\.1 (\d{3}) /g)) { statuses[status] = (statuses[status] ?? 0) + 1; expected--; }
    rest = rest.slice(-12); // the beginning of a status line that was cut in two
    wake();
  });
  const ended = new Promise((resolve, reject) => { socket.once('error', reject); socket.once('close', resolve); });
  const more = () => new Promise((resolve) => { wake = resolve; });
  for (let request = next(); request !== undefined;) {
    for (; request !== undefined && expected < atOnce; request = next(), expected++) socket.write(request);
    await Promise.race([more(), ended.then(() => { throw new Error(`nginx closed a connection; ${expected} answers are missing`); })]);
  }
  while (expected > 0) await Promise.race([more(), ended.then(() => { throw new Error(`${expected} answers are missing`); })]);
  socket.destroy();
  await ended;
}

// Sends those from `first` on, over several connections. Resolves to { status: how many }.
export async function sendInvented(port, first, count) {
  const statuses = {};
  let i = first;
  const next = () => (i < first + count ? invented(i++) : undefined);
  await Promise.all(Array.from({ length: connections }, () => sendOn(port, next, statuses)));
  return statuses;
}
