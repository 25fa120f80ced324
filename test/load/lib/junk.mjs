// Strangers who send junk from hundreds of connections, each piece another, and beside them a good client with tokens that
// nginx knows and tokens that are new.
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../bench/lib/quantile.mjs';
import { Connection } from './http1.mjs';
import { Session } from './http2.mjs';
import { patience, scale } from './scale.mjs';

const goodAddress = '127.0.0.2';
const afterRefusal = 100; // ms that a stranger waits then: the flood shall not be limited by this machine
const knownTokens = 20;
const newAtOnce = 4;
const longest = 60_000 * patience;
const mostJunk = 5 * scale.junk;

// How many of each status, how many 503 lacked what they must have, and how long each took.
class Tally {
  statuses = {};
  noRetryAfter = 0;
  milliseconds = [];

  add(answer, since = performance.now()) {
    const status = answer?.status ?? 'none';
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status === 503 && !/^[1-9]\d*$/.test(answer.retryAfter ?? '')) this.noRetryAfter++;
    this.milliseconds.push(performance.now() - since);
  }

  get all() { return Object.values(this.statuses).reduce((a, b) => a + b, 0); }
}

// Of one stranger: one request at a time on an HTTP/1.1 connection, that is made again when it ends.
async function strangerHttp1(gateway, address, next, tally) {
  let connection;
  for (let name; (name = next()) !== undefined;) {
    if (!connection || connection.ended) connection = await Connection.open(gateway.ports.http1, address).catch(() => undefined);
    const answer = await connection?.ask(gateway.question(name));
    tally.add(answer);
    if (answer?.status !== 401) await sleep(afterRefusal);
  }
  connection?.leave();
}

// All of its share at once, on one HTTP/2 connection, as many times as there is more.
async function strangerHttp2(gateway, address, next, tally) {
  let session;
  const streams = Math.ceil(scale.junk / scale.connections);
  for (let more = true; more;) {
    if (!session || session.ended) session = await Session.open(gateway.ports.http2, address).catch(() => undefined);
    const names = Array.from({ length: streams }, next).filter((name) => name !== undefined);
    more = names.length > 0;
    const answers = await Promise.all(names.map((name) => session?.request(gateway.question(name)).answer()));
    for (const answer of answers) tally.add(answer);
    if (more) await sleep(10 * afterRefusal); // for all of them
  }
  session?.leave();
}

const strangers = { 'HTTP/1.1': strangerHttp1, 'HTTP/2': strangerHttp2 };

// At least scale.junk pieces, and more until the good client is done.
async function flood(gateway, { protocol, addresses, isOver }, tally) {
  const deadline = Date.now() + longest;
  let number = 0;
  const isEnough = () => number >= mostJunk || Date.now() > deadline || (number >= scale.junk && isOver());
  const next = () => (isEnough() ? undefined : `junk-${++number}`);
  await Promise.all(Array.from({ length: scale.connections }, (_, i) => strangers[protocol](gateway, addresses[i % addresses.length], next, tally)));
}

// Keeps its connection, and so its worker, as long as nginx does.
class GoodClient {
  #connection;

  constructor(gateway) { this.gateway = gateway; }

  async ask(name, tally) {
    const since = performance.now();
    if (!this.#connection || this.#connection.ended)
      this.#connection = await Connection.open(this.gateway.ports.http1, goodAddress).catch(() => undefined);
    tally.add(await this.#connection?.ask(this.gateway.question(name)), since);
  }

  async askAll(prefix) {
    const tally = new Tally();
    for (let i = 0; i < knownTokens; i++) await this.ask(`${prefix}-${i}`, tally);
    return tally;
  }

  leave() { this.#connection?.leave(); }
}

// One after another.
async function useKnown(client, isOver, tally) {
  for (let i = 0; !isOver(); i++) {
    await client.ask(`good-known-${i % knownTokens}`, tally);
    await sleep(20);
  }
}

// Each once, on a connection of its own.
async function useNew(gateway, tally) {
  let number = 0;
  const one = async () => {
    for (let nth; (nth = ++number) <= scale.newTokens;) {
      const client = new GoodClient(gateway);
      await client.ask(`good-new-${nth}`, tally);
      client.leave();
    }
  };
  await Promise.all(Array.from({ length: newAtOnce }, one));
}

function sampleMemory(gateway) {
  let peak = 0;
  const sample = () => { peak = Math.max(peak, gateway.memory()); };
  const timer = setInterval(sample, 100);
  return () => { clearInterval(timer); sample(); return peak; };
}

const repeated = (counts, prefix) =>
  Object.entries(counts.byName).filter(([name]) => name.startsWith(prefix)).reduce((all, [, count]) => all + count, 0);

// addresses: where the junk comes from. What it gives is what report.mjs prints.
export async function floodWithJunk(gateway, { protocol, addresses = ['127.0.0.1'] }) {
  const { server } = gateway;
  await server.answerAfter(0);
  const client = new GoodClient(gateway);
  for (const prefix of ['good-known', 'good-resting']) await client.askAll(prefix);
  await server.answerAfter(scale.delayMs);
  const before = { memory: gateway.memory(), log: gateway.log() };
  const [junk, known, fresh] = [new Tally(), new Tally(), new Tally()];
  const peak = sampleMemory(gateway);
  const over = { fresh: false, flood: false };
  const flooding = flood(gateway, { protocol, addresses, isOver: () => over.fresh }, junk);
  await sleep(scale.delayMs / 2); // the flood is there first
  const using = useKnown(client, () => over.flood, known);
  await useNew(gateway, fresh);
  over.fresh = true;
  await flooding;
  over.flood = true;
  await using;
  await gateway.untilAtWork(0);
  await server.release();
  const resting = await client.askAll('good-resting');
  client.leave();
  const [counts, log] = [await server.counts(), gateway.log()];
  return {
    junk, known, fresh, resting, most: counts.most, mostJunk: counts.mostJunk, asked: counts.asked,
    knownAskedAgain: repeated(counts, 'good-known'), restingAskedAgain: repeated(counts, 'good-resting'),
    memory: { before: before.memory, peak: peak(), after: gateway.memory() },
    log: { lines: log.errors - before.log.errors, bytes: log.bytes - before.log.bytes, bad: log.bad },
  };
}

// What it took those who were answered or not.
export const milliseconds = ({ milliseconds: all }) => ({ p50: quantile(all, 0.5), p99: quantile(all, 0.99) });
