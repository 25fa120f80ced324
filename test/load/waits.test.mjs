// Thousands of requests that wait for an authorization server: whatever happens meanwhile, each client that stays gets one
// answer, and nothing is left of those that go.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { stopAll, until } from '../peers/lib/processes.mjs';
import { startAuthorizationServer } from './lib/authorization-server.mjs';
import { gateways, raised, startGateway } from './lib/gateways.mjs';
import { Connection } from './lib/http1.mjs';
import { patience, scale, underSanitizer } from './lib/scale.mjs';
import { assertAnsweredOnce, leaveHalf, outcomes, send, wait } from './lib/waits.mjs';

const count = scale.waiting;
const half = count / 2;
const names = Object.keys(gateways);
// Four ask about the same; the first of them leaves.
const about = { one: (round) => () => `good-one-${round}`, many: (round) => (i) => `good-${round}-${i >> 2}` };
const both = ['HTTP/1.1', 'HTTP/2'];
const leaving = Math.min(half, 1_000); // together with their requests: enough to tell
const keptConnections = 80; // that a worker keeps to the authorization server

let server;
before(async () => { server = await startAuthorizationServer(); });
after(stopAll);

// Nobody is answered until the authorization server is told to.
async function gatewayFor(t, name, options) {
  await server.hold();
  const gateway = await startGateway(name, server, { limits: raised, ...options });
  t.after(async () => { await server.release(); await gateway.nginx.stop(); });
  return gateway;
}

async function assertEndsWell(gateway, allowed = /^$/) {
  await gateway.stop();
  assert.deepEqual(gateway.log().bad.filter((line) => !allowed.test(line)).slice(0, 3), []);
}

async function served(gateway) {
  const connection = await Connection.open(gateway.ports.http1, '127.0.0.1');
  const answer = await connection.ask(gateway.question('good-afterwards'));
  connection.leave();
  return answer?.status;
}

// All wait, half of the clients leave, the answers come. How many questions there were at once.
async function round(gateway, options) {
  const { requests, leave } = await wait(gateway, { count, ...options });
  const staying = leaveHalf(requests);
  await gateway.untilAtWork(half);
  await server.release();
  assert.deepEqual(await outcomes(staying), { 200: half });
  assertAnsweredOnce(requests);
  await gateway.untilAtWork(0);
  leave();
  return (await server.counts()).most;
}

// growth: what glibc's heap may be after the last round, as a multiple of what it was after the first. When thousands of questions
// end at once it is left in pieces; what is lost in the end a sanitizer sees, and nginx, which tells of sockets that were left.
async function assertNothingLeaks(gateway, { rounds, bound, growth, tokens, ...options }) {
  const files = gateway.openFiles();
  const held = [];
  for (let i = 0; i < rounds; i++) {
    const most = await round(gateway, { ...options, names: about[tokens](i) });
    assert.ok(most <= bound, `${most} questions at once, of ${bound}`);
    const surplus = () => gateway.openFiles() - files - keptConnections;
    await until(() => surplus() <= 0, 5_000 * patience).catch(() => assert.fail(`${surplus()} open files too many`));
    held.push(gateway.memory());
  }
  if (!underSanitizer) assert.ok(held.at(-1) <= held[0] * growth + 1, `MB after each round: ${held.map((mb) => mb.toFixed(1))}`);
}

for (const protocol of both)
  for (const name of names)
    test(`${name}, ${protocol}: when half of those leave who wait for one answer, each of the others gets it once, and nothing leaks`, async (t) => {
      const gateway = await gatewayFor(t, name);
      const rounds = name === 'mcp_jwks' ? 1 : 2; // keys stay
      await assertNothingLeaks(gateway, { rounds, bound: 2, growth: 1.2, tokens: 'one', protocols: [protocol] }); // where who asks leaves, another asks
      await assertEndsWell(gateway);
    });

for (const protocol of both)
  for (const name of names.filter((each) => each !== 'mcp_jwks'))
    test(`${name}, ${protocol}: when half of those leave who wait for many answers, each of the others gets its own once, and nothing leaks`, async (t) => {
      const gateway = await gatewayFor(t, name);
      await assertNothingLeaks(gateway, { rounds: 2, bound: count, growth: 2.5, tokens: 'many', protocols: [protocol] });
      await assertEndsWell(gateway);
    });

for (const name of names)
  test(`${name}: subrequests that wait are answered like requests, and end with the client that leaves`, async (t) => {
    const gateway = await gatewayFor(t, name);
    await round(gateway, { protocols: both, names: about.many(0), path: '/asks' });
    await assertEndsWell(gateway);
  });

for (const name of names)
  test(`${name}: when no answer ever comes, each client that stays is told to come back, once`, async (t) => {
    const gateway = await gatewayFor(t, name, { seconds: 1 });
    const { requests, leave } = await wait(gateway, { count, protocols: both, names: about.one(0) });
    const staying = leaveHalf(requests);
    assert.deepEqual(await outcomes(staying), { 503: half });
    assertAnsweredOnce(requests);
    assert.equal(staying.filter(({ answers: [answer] }) => !/^[1-9]\d*$/.test(answer.retryAfter ?? '')).length, 0, 'no Retry-After');
    await gateway.untilAtWork(0);
    leave();
    await assertEndsWell(gateway);
  });

for (const name of names)
  test(`${name}: a worker that is told to quit answers those who wait, and ends then`, async (t) => {
    const gateway = await gatewayFor(t, name, { workers: 2 });
    const { requests, leave } = await wait(gateway, { count, protocols: both, names: about.many(0) });
    const old = gateway.workerPids();
    gateway.signal('SIGHUP');
    await until(() => gateway.workerPids().length === 4, 10_000 * patience);
    await server.release();
    assert.deepEqual(await outcomes(requests), { 200: count });
    assertAnsweredOnce(requests);
    leave();
    await until(() => !gateway.workerPids().some((pid) => old.includes(pid)), 10_000 * patience);
    assert.equal(await served(gateway), 200);
    await assertEndsWell(gateway);
  });

for (const name of names)
  test(`${name}: when a worker is killed, those who wait in the other are served, and so is who comes next`, async (t) => {
    const gateway = await gatewayFor(t, name, { workers: 2 });
    const { requests, leave } = await wait(gateway, { count, protocols: both, names: about.many(0) });
    const [killed, lives] = gateway.workerPids();
    gateway.signal('SIGKILL', killed);
    await until(() => !gateway.workerPids().includes(killed) && gateway.workerPids().length === 2, 10_000 * patience);
    await server.release();
    const { 200: answered = 0, 503: late = 0, none: lost = 0, ...others } = await outcomes(requests);
    assert.deepEqual(others, {});
    assert.equal(late, 0, `${late} told to come back`);
    assert.ok(answered + late > 0 && lost > 0, `${answered + late} answered, ${lost} lost`);
    assertAnsweredOnce(requests);
    leave();
    assert.ok(gateway.workerPids().includes(lives));
    await until(async () => (await served(gateway)) === 200, 10_000 * patience);
    await assertEndsWell(gateway, /exited on signal 9|shared memory zone "\w+" was locked by/);
  });

// The end of the request and that of the connection reach nginx together, since it sleeps meanwhile: no further event will tell
// it. A question of the native module takes five seconds at the most, so it must have been given up before.
for (const name of names)
  for (const tokens of name === 'mcp_jwks' ? ['one'] : ['one', 'many'])
    test(`${name}: when all clients leave together with their requests, ${tokens === 'one' ? 'the question they share is' : 'their questions are'} given up`, async (t) => {
      const gateway = await gatewayFor(t, name);
      const [worker] = gateway.workerPids();
      await send(gateway, { protocols: ['HTTP/1.1'], count: leaving, names: about[tokens](0), how: 'sendLast', asleep: worker });
      const left = async () => ({ atWork: await gateway.atWork(), questions: (await server.counts()).inFlight });
      const { outlivesClient } = gateways[name];
      const isOver = async () => {
        const { atWork, questions } = await left();
        return outlivesClient ? atWork === questions : atWork === 0 && (questions === 0 || name === 'mcp_jwks'); // keys are wanted anyway
      };
      await until(isOver, 3_500).catch(async () => assert.fail(JSON.stringify(await left())));
      await server.release();
      assert.equal(await served(gateway), 200);
      await gateway.untilAtWork(0);
      await assertEndsWell(gateway);
    });
