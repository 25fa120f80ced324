// A Redis that keeps nothing on disk, and what it is asked.
import net from 'node:net';
import { freePort, start } from './processes.mjs';
import { temporaryFolder } from './temporary.mjs';

export async function startRedis({ port, more = [] } = {}) {
  const at = port ?? await freePort();
  const child = await start('redis-server', 'redis-server', ['--bind', '127.0.0.1', '--port', String(at), '--save', '', '--appendonly', 'no',
    '--dir', temporaryFolder('redis'), ...more], { ready: ({ output }) => (output.includes('Ready to accept connections') ? true : undefined) });
  return Object.assign(child, { port: at, address: `127.0.0.1:${at}` });
}

// The lines of its answer to an inline command.
export const askRedis = (port, command) => new Promise((resolve, reject) => {
  let answer = '';
  net.connect(port, '127.0.0.1', function () { this.write(`${command}\r\nQUIT\r\n`); })
    .on('data', (chunk) => { answer += chunk; }).on('error', reject).on('close', () => resolve(answer.split('\r\n')));
});
