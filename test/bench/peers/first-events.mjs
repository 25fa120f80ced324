// Opens event streams one after the other and prints how long each one's first event took, in microseconds, as one line
// of JSON. Arguments: count, port of nginx, path, access token, unix socket of the stream server.
import http from 'node:http';

const [count, port, path, token, socketPath] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' };

const release = (id) => http.get({ socketPath, path: `/release?${id}` }, (answer) => answer.resume());

const firstEvent = (id) => new Promise((resolve, reject) => {
  const began = process.hrtime.bigint();
  http.get({ agent, host: '127.0.0.1', port, path: `${path}/first?${id}`, headers }, (answer) => {
    if (answer.statusCode !== 200) return reject(new Error(`status ${answer.statusCode}`));
    let took;
    answer.on('data', () => {
      if (took !== undefined) return;
      took = Number(process.hrtime.bigint() - began) / 1000;
      release(id);
    });
    answer.once('end', () => resolve(took));
  }).once('error', reject);
});

const all = [];
for (let i = 0; i < Number(count); i++) all.push(await firstEvent(`${process.pid}-${i}`));
agent.destroy();
console.log(JSON.stringify({ microseconds: all }));
