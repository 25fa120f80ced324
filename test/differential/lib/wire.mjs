// Bytes to nginx, and what came back. A connection of its own for each request.
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { markPlaceholder, serverPlaceholder, tokenPlaceholder } from './draft.mjs';

const answerTimeout = 12_000; // nginx gives a server ten seconds
const maxPieces = 1000;
const streamTimeout = 400; // for the rest of an answer that has begun

export const fill = (wire, { server, token, mark }) =>
  Buffer.from(wire.toString('latin1').replaceAll(tokenPlaceholder, token).replaceAll(markPlaceholder, mark).replaceAll(serverPlaceholder, server), 'latin1');

// The last answer that is not "100 Continue".
function readable(bytes) {
  const text = bytes.toString('latin1').replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '');
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(text);
  return {
    status: status ? Number(status[1]) : undefined,
    upstream: /^x-upstream: *([^\r\n]*)/im.exec(text.slice(0, text.indexOf('\r\n\r\n')))?.[1],
    text,
  };
}

// pieceSize: nginx gets the bytes bit by bit. It must not see an end: it would take it for a client that has gone.
async function write(socket, bytes, pieceSize = bytes.length) {
  const size = Math.max(pieceSize, Math.ceil(bytes.length / maxPieces));
  for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
    socket.write(bytes.subarray(at, at + size));
    if (size < bytes.length) await sleep(1);
  }
}

// Resolves to { status, upstream, text }; without a status: "closed" (no answer), "timeout".
export function send(socketPath, bytes, pieceSize) {
  return new Promise((resolve) => {
    const chunks = [];
    let size = 0;
    let timer;
    const socket = net.connect({ path: socketPath });
    const finish = (outcome) => {
      clearTimeout(timer);
      socket.destroy();
      const answer = readable(Buffer.concat(chunks));
      resolve(answer.status === undefined ? { ...answer, status: outcome } : answer);
    };
    timer = setTimeout(finish, answerTimeout, 'timeout');
    socket.on('data', (chunk) => {
      if (size < 65_536) chunks.push(chunk);
      if (size === 0) { clearTimeout(timer); timer = setTimeout(finish, streamTimeout); }
      size += chunk.length;
    });
    socket.on('error', () => finish('closed'));
    socket.on('close', () => finish('closed'));
    write(socket, bytes, pieceSize);
  });
}
