// Sends requests that got through once more, and says what each does now:
//
//   node test/differential/replay.mjs FILE [number...]
//
// FILE is .dev/differential/violations.json of a run; numbers are places in it, from 0. Ends with 1 when something ran that policy denies.
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopAll } from '../peers/lib/processes.mjs';
import { policies, startGateway } from './lib/gateway.mjs';
import { describeRequest } from './lib/report.mjs';
import { Backend, servers } from './lib/servers.mjs';
import { fill, send } from './lib/wire.mjs';

const [file, ...numbers] = process.argv.slice(2);
if (file === undefined) {
  console.error('node test/differential/replay.mjs FILE [number...]');
  process.exit(2);
}
const settleMs = 50;
const all = JSON.parse(fs.readFileSync(file)).map((request, number) => ({ ...request, number }));
const chosen = all.filter(({ number, wire }) => wire !== undefined && (numbers.length === 0 || numbers.includes(String(number))));
const names = new Set(chosen.map(({ server }) => server));
const backends = Object.fromEntries(servers.filter(({ name }) => names.has(name)).map((server) => [server.name, new Backend(server)]));

await Promise.all(Object.values(backends).map((backend) => backend.start()));
const nginx = await startGateway(Object.values(backends));
let got = 0;
for (const { number, ran, wire: text, ...request } of chosen) {
  const wire = Buffer.from(text, 'latin1');
  const { server, policy, pieceSize } = request;
  const filled = fill(wire, { server, token: nginx.token(policies[policy].scope), mark: `replay-${number}` });
  const { status } = await send(nginx.socket, filled, pieceSize);
  await sleep(settleMs);
  const now = backends[server].ran().map(({ what }) => what).filter(policies[policy].forbids);
  if (now.length > 0) got++;
  console.log(`${number}: ${describeRequest({ ...request, ran, wire })}`);
  console.log(`now: answer ${status}, ${now.length > 0 ? `ran: ${now.join(', ')}` : 'nothing denied ran'}\n`);
}
await stopAll();
console.log(`${chosen.length} sent, ${got} of them ran what their policy denies`);
process.exitCode = got > 0 ? 1 : 0;
