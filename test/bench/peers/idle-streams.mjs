// Opens event streams and holds them until it is stopped. Prints a line of JSON when each has had its first event.
// Arguments: count, port, path, access token.
import net from 'node:net';

const [count, port, path, token] = process.argv.slice(2);
const request = `GET ${path}/idle HTTP/1.1\r\nHost: mcp.bench.example\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`;
const atOnce = 100;

const open = () => new Promise((resolve, reject) => {
  let read = '';
  const socket = net.connect(Number(port), '127.0.0.1', () => socket.write(request));
  socket.once('error', reject);
  socket.once('close', () => { throw new Error('nginx closed an idle stream'); });
  socket.on('data', (chunk) => {
    read += chunk;
    if (!read.startsWith('HTTP/1.1 200 ')) return reject(new Error(read));
    if (read.includes('"n":1')) resolve(socket);
  });
});

for (let opened = 0; opened < Number(count); opened += atOnce)
  await Promise.all(Array.from({ length: Math.min(atOnce, count - opened) }, open));
console.log(JSON.stringify({ open: Number(count) }));
