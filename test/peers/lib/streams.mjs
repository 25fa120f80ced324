// A stream that is held open, to see what stops it.
import http from 'node:http';
import { bearer } from './http.mjs';

// A backend that streams: the second event comes only when the test says so.
export async function streamingBackend(t) {
  let send;
  const backend = http.createServer((req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
    send = () => res.end('data: last\n\n');
  });
  await new Promise((resolve) => { backend.listen(0, '127.0.0.1', resolve); });
  t.after(() => { backend.closeAllConnections(); backend.close(); });
  return { finish: () => send(), address: `127.0.0.1:${backend.address().port}` };
}

export async function openStream(url, token) {
  const response = await fetch(url, { headers: { ...bearer(token), accept: 'text/event-stream' } });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  return { status: response.status, next: async () => { const { done, value } = await reader.read(); return done ? undefined : decoder.decode(value); } };
}
