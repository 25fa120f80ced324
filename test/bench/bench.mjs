// ./dev bench: what authorization costs, as ratios to bare nginx inside one run.
// Arguments: what to measure, else all but the soak. Environment: BENCH_SECONDS of each measurement, BENCH_ROUNDS,
// BENCH_CHART (file to write), BENCH_CORE (the binary with the core's functions), BENCH_SOAK (requests).
import fs from 'node:fs';
import { stopAll } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { chart } from './lib/chart.mjs';
import { measureCore } from './lib/core.mjs';
import { instructionsPerRequest } from './lib/instructions.mjs';
import { measure, writeLoad } from './lib/load.mjs';
import { description, memoryBytes, otherCpus, privateBytes } from './lib/machine.mjs';
import { coreTable, instructionsTable, memoryTable, optionsTable, requestsTable, streamsTable, waitsTable } from './lib/report.mjs';
import { quantile } from './lib/quantile.mjs';
import { measureRounds } from './lib/rounds.mjs';
import { introspections, startCompared, startPeers } from './lib/servers.mjs';
import { soak } from './lib/soak.mjs';
import { measureFirstEvents, measureIdleStreams, possibleStreams, startStreamServer } from './lib/streams.mjs';
import { makeKeys, resource, sign, writeKeySet } from './lib/tokens.mjs';
import { baselines, variants } from './lib/variants.mjs';

const say = (text) => console.log(text);
const { env } = process;
const rounds = Number(env.BENCH_ROUNDS ?? 5);
const idleStreams = 10_000;
const soakRequests = Number(env.BENCH_SOAK ?? 10_000_000);
const optionGroups = ['observe', 'limits'];
const parts = ['core', 'streams', 'instructions', 'soak'];

async function startSite(keys, names) {
  const folder = temporaryFolder('bench');
  writeKeySet(`${folder}/keys.json`, [keys.RS256, keys.ES256, keys.EdDSA]);
  writeKeySet(`${folder}/hmac.json`, [keys.HS256]);
  fs.writeFileSync(`${folder}/secret`, 'worth-nothing', { mode: 0o600 });
  const peers = await startPeers(folder);
  const servers = await startCompared(folder, { issuerPort: peers.issuer.port, collectorPort: peers.collector.port, redisPort: peers.redis.port }, names);
  const streams = await startStreamServer(folder);
  let own = 0; // the question for the count is itself counted
  return {
    folder, keys, servers, seconds: Number(env.BENCH_SECONDS ?? 1),
    ours: new Set([process.pid, streams.pid, ...[...Object.values(peers), ...Object.values(servers)].flatMap(({ pid, workers }) => [pid, ...workers])]),
    introspections: async () => (await introspections(peers.issuer)) - ++own,
  };
}

function writeLoads(site, chosen) {
  const bare = Object.fromEntries(Object.entries(baselines(site.keys)).map(([name, { request, tokens }], i) =>
    [name, writeLoad(site.folder, `bare-${i}`, request, tokens())]));
  for (const [i, variant] of chosen.entries()) {
    variant.load = writeLoad(site.folder, `variant-${i}`, variant.request, variant.tokens());
    variant.baselineLoad = bare[variant.baseline ?? 'GET'];
  }
  return bare;
}

// Until every token is known.
async function warmUp(site, variant) {
  for (let fresh = Infinity; fresh > 0;) {
    const before = await site.introspections();
    await measure({ server: site.servers[variant.server], load: variant.load, seconds: 5, ours: site.ours });
    fresh = (await site.introspections()) - before;
    say(`  ${variant.name}: ${fresh} introspections`);
  }
}

const memoryOf = ({ servers }) => Object.fromEntries(Object.entries(servers).map(([name, { workers: [worker] }]) =>
  [name, { all: memoryBytes(worker), private: privateBytes(worker) }]));

async function benchRequests(site, chosen, core) {
  const first = memoryOf(site);
  for (const variant of chosen.filter(({ warmUp: count }) => count)) await warmUp(site, variant);
  const results = await measureRounds(site, chosen, rounds, say);
  const last = memoryOf(site);
  say(`\n${requestsTable(results.filter(({ baselineServer }) => baselineServer === 'bare'), core)}\n`);
  const optional = results.filter(({ baselineServer }) => baselineServer === 'silent');
  if (optional.length > 0) say(`${requestsTable(optional, core, 'the module')}\n`);
  say(`${memoryTable(Object.fromEntries(Object.keys(first).map((name) => [name, { first: first[name], last: last[name] }])))}\n`);
  return results;
}

// What a request waits that waits for no other: with many at once, that is the worker's time for all of them.
async function benchWaits(site, limited) {
  const variants = [{ ...limited[0], name: 'the module, without options', server: 'silent' }, ...limited];
  const results = new Map(variants.map((variant) => [variant.name, []]));
  for (let round = 0; round < rounds; round++)
    for (const { name, server, load } of variants) results.get(name).push(await measure({ server: site.servers[server], load, seconds: site.seconds, ours: site.ours, atOnce: 1 }));
  const median = (name, read) => quantile(results.get(name).map(read), 0.5);
  say(`${waitsTable(Object.fromEntries([...results.keys()].map((name) => [name, { p50: median(name, (r) => r.p50), p99: median(name, (r) => r.p99) }])))}\n`);
}

async function benchStreams(site, load) {
  if (possibleStreams(idleStreams) < idleStreams) say(`(the limit of open files allows for ${possibleStreams(idleStreams)} idle streams: ulimit -n)`);
  const token = sign(site.keys.RS256, resource('/streams'));
  const first = await measureFirstEvents(site, token, rounds);
  say(`${streamsTable({ first, idle: await measureIdleStreams(site, load, token, idleStreams) })}\n`);
}

async function benchInstructions(site, all) {
  const measured = { 'native, RS256, warm': 'native', 'auth_jwt snippet, RS256, warm': 'auth_jwt', 'native, 1 known': 'native', 'native, no token: 401': 'native' };
  for (const { name, server, group } of all) if (group === 'policy') measured[name] = server;
  const counts = { bare: await instructionsPerRequest(site.servers.bare, withTokens(baselines(site.keys).GET)) };
  for (const [name, server] of Object.entries(measured))
    counts[name] = await instructionsPerRequest(site.servers[server], withTokens(all.find((variant) => variant.name === name)));
  say(`${instructionsTable(counts)}\n`);
}

// Without options, then with each.
async function benchOptions(site, all, groups) {
  const counts = {};
  for (const variant of all.filter(({ group, server }) => server === 'silent' || groups.includes(group)))
    counts[variant.name] ??= await instructionsPerRequest(site.servers[variant.server], withTokens(variant));
  say(`${optionsTable(counts)}\n`);
}
const withTokens = ({ request, tokens }) => ({ request, tokens: tokens() });

async function bench(words) {
  const wants = (part) => words.includes(part) || (words.length === 0 && part !== 'soak');
  const keys = makeKeys();
  const all = variants(keys);
  const called = (word) => ({ group, name }) => group === word || name.includes(word);
  const unknown = words.filter((word) => !parts.includes(word) && !all.some(called(word)));
  if (unknown.length > 0) throw new Error(`nothing to measure is called ${unknown.join(', ')}; there are ${[...new Set(all.map(({ group }) => group)), ...parts].join(', ')}`);
  const chosen = all.filter((variant) => words.length === 0 || words.some((word) => called(word)(variant)));
  const started = wants('instructions') ? all : chosen;
  const site = await startSite(keys, started.flatMap(({ server, baselineServer = server }) => [server, baselineServer]));
  const caption = `${description()}, ${new Date().toISOString().slice(0, 10)}, medians of ${rounds} rounds of ${site.seconds} s`;
  say(`${caption}\n`);
  const bare = writeLoads(site, chosen);

  const core = wants('core') || chosen.some(({ group }) => group === 'cold') ? await measureCore(env.BENCH_CORE, rounds) : undefined;
  if (core) say(`${coreTable(core)}\n`);
  if (chosen.length > 0) {
    const results = await benchRequests(site, chosen, core);
    if (words.length === 0 && env.BENCH_CHART) fs.writeFileSync(env.BENCH_CHART, chart(results.filter(({ group }) => !optionGroups.includes(group)), caption));
  }
  if (wants('limits')) await benchWaits(site, chosen.filter(({ server }) => ['limit', 'redis'].includes(server)));
  if (wants('streams')) await benchStreams(site, bare.GET);
  if (wants('instructions')) await benchInstructions(site, all);
  const options = optionGroups.filter((group) => wants('instructions') || wants(group));
  if (options.length > 0) await benchOptions(site, all, options);
  if (wants('soak')) {
    const kinds = all.filter(({ server, introspects }) => server === 'native' && introspects !== 1);
    writeLoads(site, kinds);
    await soak(site, kinds.map(({ load }) => load), soakRequests, say);
  }
}

if (otherCpus.length === 0) throw new Error('needs two CPUs: one for the nginx that is measured, one for everything else');
try {
  await bench(process.argv.slice(2));
} finally {
  await stopAll();
}
