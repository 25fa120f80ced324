// What the flood and the waits cost with one build of the modules, as a table: to lay beside that of another build.
//   LOAD_SCALE=full TEST_NGINX_LOAD_MODULES="a.so b.so c.so" node test/load/report.mjs [junk|waits] [words that a line must have]
import { stopAll, until } from '../peers/lib/processes.mjs';
import { startAuthorizationServer } from './lib/authorization-server.mjs';
import { gateways, raised, startGateway } from './lib/gateways.mjs';
import { combinations } from './lib/junk-combinations.mjs';
import { floodWithJunk, milliseconds } from './lib/junk.mjs';
import { scale } from './lib/scale.mjs';
import { leaveHalf, outcomes, wait } from './lib/waits.mjs';

const say = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const head = (...cells) => { say(...cells); say(...cells.map(() => '---')); };
const statuses = (count) => Object.entries(count).map(([status, times]) => `${times} × ${status}`).join(', ');
const latency = (tally) => { const { p50, p99 } = milliseconds(tally); return `${p50.toFixed(0)} / ${p99.toFixed(0)}`; };
const mb = (...values) => values.map((value) => value.toFixed(0)).join(' / ');

async function withGateway(name, server, options, measure) {
  await server.hold();
  const gateway = await startGateway(name, server, options);
  try {
    return await measure(gateway);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
  } finally {
    await server.release();
    await gateway.nginx.stop();
  }
}

async function junk(server, isWanted) {
  console.log(`\nJunk: ${scale.junk} tokens or more from ${scale.connections} connections; answers take ${scale.delayMs} ms\n`);
  head('what', 'protocol', 'workers', 'junk from', 'most in flight (junk)', 'questions', 'junk got', 'known got', 'ms p50 / p99', 'new got', 'ms p50 / p99',
    'known, resting asked again', 'MB before / peak / after', 'errors logged', 'KB of them', 'alerts');
  for (const { name, workers, protocol, from, addresses } of combinations(true).filter(isWanted))
    await withGateway(name, server, { workers, connections: 4096 }, async (gateway) => {
      const flood = await floodWithJunk(gateway, { protocol, addresses });
      const { memory, log } = flood;
      say(name, protocol, workers, from, `${flood.most} (${flood.mostJunk})`, flood.asked, statuses(flood.junk.statuses),
        statuses(flood.known.statuses), latency(flood.known), statuses(flood.fresh.statuses), latency(flood.fresh),
        `${flood.knownAskedAgain}, ${flood.restingAskedAgain}`, mb(memory.before, memory.peak, memory.after), log.lines, Math.round(log.bytes / 1024), log.bad.length);
    });
}

const kindsOfWait = Object.keys(gateways).flatMap((name) => ['HTTP/1.1', 'HTTP/2'].flatMap((protocol) =>
  (name === 'mcp_jwks' ? ['one'] : ['one', 'many']).map((tokens) => ({ name, protocol, tokens }))));
const about = { one: () => 'good-one', many: (i) => `good-${i >> 2}` };

async function waits(server, isWanted) {
  console.log(`\nWaits: ${scale.waiting} requests, of whose clients half leave\n`);
  head('what', 'protocol', 'tokens', 'most questions', 'those who stay got', 'answered twice', 'MB before / waiting / after', 'files before / waiting / after');
  for (const { name, protocol, tokens } of kindsOfWait.filter(isWanted))
    await withGateway(name, server, { limits: raised }, async (gateway) => {
      const at = () => ({ memory: gateway.memory(), files: gateway.openFiles() });
      const before = at();
      const { requests, leave } = await wait(gateway, { protocols: [protocol], count: scale.waiting, names: about[tokens] });
      const waiting = at();
      const staying = leaveHalf(requests);
      await gateway.untilAtWork(scale.waiting / 2);
      await server.release();
      const got = await outcomes(staying);
      await gateway.untilAtWork(0);
      leave();
      await until(() => gateway.openFiles() <= before.files + 80, 5_000).catch(() => { /* the table tells */ }); // some are kept
      const after = at();
      say(name, protocol, tokens, (await server.counts()).most, statuses(got), requests.filter(({ surplus }) => surplus).length,
        mb(before.memory, waiting.memory, after.memory), [before.files, waiting.files, after.files].join(' / '));
    });
}

const parts = { junk, waits };
const [part, ...words] = process.argv.slice(2);
if (part && !(part in parts)) throw new Error(`the parts are ${Object.keys(parts).join(', ')}`);
const isWanted = (line) => words.every((word) => Object.values(line).some((value) => String(value).includes(word)));
try {
  const server = await startAuthorizationServer();
  for (const measure of part ? [parts[part]] : Object.values(parts)) await measure(server, isWanted);
} finally {
  await stopAll();
}
