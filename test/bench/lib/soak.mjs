// Ten million requests of every kind at the native module. Its memory must be where it was after the first of each.
import { measure } from './load.mjs';
import { memoryBytes } from './machine.mjs';

const chunkSeconds = 5;
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const allowedGrowth = 1e6; // bytes; a heap breathes

// loads: what to send in turn. Throws when memory grew.
export async function soak({ servers, ours }, loads, wanted, say) {
  const server = servers.native;
  let sent = 0, said = 0;
  const memory = [];
  while (sent < wanted) {
    for (const load of loads) sent += (await measure({ server, load, seconds: chunkSeconds, ours })).requests;
    memory.push(memoryBytes(server.workers[0]));
    if (sent - said >= wanted / 10) say(`  ${(said = sent).toLocaleString('en')} requests: ${megabytes(memory.at(-1))}`);
  }
  const growth = memory.at(-1) - memory[0];
  say(`${sent.toLocaleString('en')} requests; worker memory after the first of each kind ${megabytes(memory[0])}, at the end ${megabytes(memory.at(-1))}`);
  if (growth > allowedGrowth) throw new Error(`memory grew by ${megabytes(growth)}`);
}
