// An MCP server's half of Server-Sent Events. /streams/first sends one event, and the second not before /release?<id> has
// come: a client that has read the first cannot have waited for the second. /streams/idle sends one event and stays open.
// Argument: the unix socket to listen on.
import fs from 'node:fs';
import http from 'node:http';

const [, , path] = process.argv;
const waiting = new Map();
const event = (n) => `event: message\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{"n":${n}}}\n\n`;

http.createServer((request, response) => {
  const { pathname, search } = new URL(request.url, 'http://localhost');
  if (pathname === '/release') {
    waiting.get(search)?.end(event(2));
    waiting.delete(search);
    return response.end();
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(event(1));
  if (pathname === '/streams/first') waiting.set(search, response);
}).listen({ path, backlog: 16_384 }, () => {
  fs.chmodSync(path, 0o666); // nginx' worker may be another user
  console.log('{"listening":true}');
});
