// Thousands of requests that wait at once, and what may happen to them meanwhile.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../peers/lib/processes.mjs';
import { Connection } from './http1.mjs';
import { Session } from './http2.mjs';
import { patience } from './scale.mjs';

const addresses = Array.from({ length: 10 }, (_, i) => `127.0.0.${i + 10}`);
const connectAtOnce = 200;
const streamsOfSession = 100;

// Opens count of them, a few at once: a listening socket has a queue of limited length.
async function openAll(count, open) {
  const all = [];
  let begun = 0;
  const one = async () => {
    while (begun < count) {
      const nth = begun++;
      all[nth] = await open(addresses[nth % addresses.length]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, connectAtOnce) }, one));
  return all;
}

// Connections that are there, and on which nothing has been sent; with what sends a request on the i-th of them.
const connect = {
  'HTTP/1.1': async ({ ports }, count) => {
    const connections = await openAll(count, (address) => Connection.open(ports.http1, address));
    return { connections, send: (i, question, how) => { connections[i][how](question); return connections[i]; } };
  },
  'HTTP/2': async ({ ports }, count) => {
    const connections = await openAll(Math.ceil(count / streamsOfSession), (address) => Session.open(ports.http2, address));
    return { connections, send: (i, question) => connections[Math.floor(i / streamsOfSession)].request(question) };
  },
};

// Sends count requests, over all protocols alike. names(i): what the i-th asks about. asleep: a worker that sees them all at once.
export async function send(gateway, { protocols, count, names, path = '/judged', how = 'send', asleep }) {
  const share = count / protocols.length;
  const groups = [];
  for (const protocol of protocols) groups.push(await connect[protocol](gateway, share));
  if (asleep) gateway.signal('SIGSTOP', asleep);
  const requests = groups.flatMap((group, nth) =>
    Array.from({ length: share }, (_, i) => group.send(i, gateway.question(names(nth * share + i), path), how)));
  await Promise.all(requests.map(({ isSent }) => isSent));
  if (asleep) gateway.signal('SIGCONT', asleep);
  return { requests, leave: () => groups.forEach(({ connections }) => connections.forEach((connection) => connection.leave())) };
}

// And all of them wait.
export async function wait(gateway, options) {
  await gateway.server.hold();
  const sent = await send(gateway, options);
  await gateway.untilAtWork(options.count).catch((error) => { sent.leave(); throw error; });
  return sent;
}

// Every second one goes; those who stay.
export function leaveHalf(requests) {
  requests.forEach((request, i) => { if (i % 2 === 0) request.leave(); });
  return requests.filter((_, i) => i % 2 === 1);
}

// Of each status, how many, when every request has its answer or none to expect.
export async function outcomes(requests) {
  await until(() => requests.every(({ settled }) => settled), 30_000 * patience).catch(() => { /* told by the count */ });
  await sleep(50); // for what comes too much
  const count = {};
  for (const { answers } of requests) {
    const status = answers[0]?.status ?? 'none';
    count[status] = (count[status] ?? 0) + 1;
  }
  return count;
}

export const assertAnsweredOnce = (requests) => assert.equal(requests.filter(({ surplus }) => surplus).length, 0, 'answered twice');
