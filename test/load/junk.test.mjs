// A flood of junk against an authorization server that takes its time. Beside it stands one good client on another address.
//   LOAD_SCALE=full TEST_NGINX_LOAD_MODULES="a.so b.so c.so" node --test test/load/
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { stopAll } from '../peers/lib/processes.mjs';
import { startAuthorizationServer } from './lib/authorization-server.mjs';
import { defaults, startGateway } from './lib/gateways.mjs';
import { floodWithJunk } from './lib/junk.mjs';
import { combinations } from './lib/junk-combinations.mjs';
import { scale, underSanitizer } from './lib/scale.mjs';

// MB of each worker beside what it held before: 500 connections, and the questions of the bound.
const growth = { 'HTTP/1.1': 12, 'HTTP/2': 40 };

let server;
before(async () => { server = await startAuthorizationServer(); });
after(stopAll);

const only = (tally, ...statuses) => assert.deepEqual(Object.keys(tally.statuses).filter((status) => !statuses.includes(status)), [], JSON.stringify(tally.statuses));

for (const { name, workers, protocol, from, addresses } of combinations(scale.name === 'full'))
  test(`${name}, ${protocol}, ${workers} workers: junk from ${from} makes nginx ask no more than the bound, and good tokens are served`, async (t) => {
    const gateway = await startGateway(name, server, { workers, connections: 4096 });
    t.after(() => gateway.nginx.stop());
    const flood = await floodWithJunk(gateway, { protocol, addresses });
    const manyAddresses = addresses.length > 1;

    await t.test('The bound on questions in flight holds', () => {
      const bound = workers * defaults[manyAddresses ? 'per_server' : 'per_client'];
      assert.ok(flood.mostJunk <= bound, `${flood.mostJunk} in flight, of ${bound}`);
    });
    await t.test('Junk is refused, and what is beyond the bound is told to come back', () => {
      only(flood.junk, '401', '503');
      assert.ok(flood.junk.statuses[503] > 0);
      assert.equal(flood.junk.noRetryAfter, 0);
    });
    await t.test('Tokens that are known are served, and not asked about again', () => {
      only(flood.known, '200');
      only(flood.resting, '200');
      assert.deepEqual([flood.knownAskedAgain, flood.restingAskedAgain], [0, 0]);
    });
    await t.test(manyAddresses ? 'New good tokens are served or told to come back' : 'New good tokens are served', () => {
      only(flood.fresh, '200', ...(manyAddresses ? ['503'] : []));
      assert.equal(flood.fresh.noRetryAfter, 0);
    });
    await t.test('Memory stays flat', { skip: underSanitizer && 'a sanitizer has a heap of its own' }, () => {
      const grown = (flood.memory.peak - flood.memory.before) / workers;
      assert.ok(grown <= growth[protocol], `${grown.toFixed(1)} MB a worker`);
    });
    await t.test('The log has a line for each refusal, one for each question that failed, and nothing alarming', () => {
      assert.deepEqual(flood.log.bad.slice(0, 3), []);
      assert.ok(flood.log.lines <= flood.junk.all + flood.fresh.all + flood.asked, `${flood.log.lines} lines`);
    });
    await gateway.stop();
  });
