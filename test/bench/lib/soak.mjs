// Ten million requests of every kind at the native module. Its memory must not grow: a heap breathes, so the least of the last
// three rounds is compared with the most of the first three.
import { measure } from './load.mjs';
import { memoryBytes } from './machine.mjs';

const chunkSeconds = 5;
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const allowedGrowth = 1e6; // bytes
const compared = 3;

// loads: what to send in turn. Throws when memory grew.
export async function soak({ servers, ours }, loads, wanted, say) {
  const server = servers.native;
  let sent = 0, said = 0;
  const memory = [];
  while (sent < wanted || memory.length < 2 * compared) {
    for (const load of loads) sent += (await measure({ server, load, seconds: chunkSeconds, ours })).requests;
    memory.push(memoryBytes(server.workers[0]));
    if (sent - said >= wanted / 10) say(`  ${(said = sent).toLocaleString('en')} requests: ${megabytes(memory.at(-1))}`);
  }
  const most = Math.max(...memory.slice(0, compared));
  const least = Math.min(...memory.slice(-compared));
  say(`${sent.toLocaleString('en')} requests in ${memory.length} rounds; worker memory in the first ${compared} at most ${megabytes(most)}, in the last at least ${megabytes(least)}`);
  if (least - most > allowedGrowth) throw new Error(`memory grew by ${megabytes(least - most)}`);
}
