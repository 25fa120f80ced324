// An authorization server that takes its time, and counts what it is asked: introspection (POST /introspect) and key sets
// (GET /jwks/<name>). What is asked about has a name, the token or the last part of the path; what begins with "good" is
// active and has keys, everything else is not and has none. Its own address for control: GET for the counts, POST to
// change what it does.
//
//   node slow-authorization-server.mjs <file with a key set>
import fs from 'node:fs';
import http from 'node:http';

const keySet = fs.readFileSync(process.argv[2]);
const backlog = 16_384;
const held = new Set(); // until released

const state = { delayMs: 0, hold: false };
let counts;
const reset = () => { counts = { asked: 0, most: 0, mostJunk: 0, left: 0, byName: {} }; };
reset();
const inFlight = { all: 0, junk: 0 };

const active = JSON.stringify({ active: true, sub: 'alice', scope: 'mcp:read', aud: 'https://mcp.example.com/mcp', token_type: 'Bearer' });

function count(name, response) {
  const isJunk = name.startsWith('junk');
  counts.asked++;
  if (!isJunk) counts.byName[name] = (counts.byName[name] ?? 0) + 1;
  counts.most = Math.max(counts.most, ++inFlight.all);
  if (isJunk) counts.mostJunk = Math.max(counts.mostJunk, ++inFlight.junk);
  response.on('close', () => {
    inFlight.all--;
    if (isJunk) inFlight.junk--;
    if (!response.writableFinished) counts.left++; // who asked has closed the connection
  });
}

function answer(response, status, body) {
  const send = () => response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  if (!state.hold) return void setTimeout(send, state.delayMs);
  held.add(send);
  return void response.on('close', () => held.delete(send));
}

const bodyOf = async (stream) => {
  let body = '';
  for await (const chunk of stream) body += chunk;
  return body;
};

async function asked(request, response) {
  if (request.method === 'GET') {
    const name = request.url.split('/').pop();
    count(name, response);
    if (name.startsWith('good')) answer(response, 200, keySet);
    else answer(response, 404, '{}');
  } else {
    const name = new URLSearchParams(await bodyOf(request)).get('token');
    count(name, response);
    answer(response, 200, name.startsWith('good') ? active : '{"active":false}');
  }
}

async function controlled(request, response) {
  if (request.method === 'POST') {
    const { reset: again, ...change } = JSON.parse(await bodyOf(request));
    Object.assign(state, change);
    if (again) reset();
    if (!state.hold) for (const send of [...held]) { held.delete(send); send(); }
  }
  response.end(JSON.stringify({ ...counts, inFlight: inFlight.all }));
}

const serve = (handler) => new Promise((resolve) => {
  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => void handler(request, response).catch(() => response.destroy()));
  server.listen({ port: 0, host: '127.0.0.1', backlog }, () => resolve(server.address().port));
});
const [port, control] = await Promise.all([serve(asked), serve(controlled)]);
console.log(JSON.stringify({ listening: { port, control } }));
