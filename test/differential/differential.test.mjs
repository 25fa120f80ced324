// Hostile requests through a real nginx with the native module to real MCP servers in several languages. The judge is what
// a server did, never what we think that it reads: each tool and each resource, when it runs, is written down with the mark
// of the request (header X-Mark). What a policy denies must never run, in whatever spelling it was asked for.
//
//   three policies  anonymous methods without a token; a tool that needs another scope; resources that need another scope
//   by rule         every mutation of every mission once (mutations/): members, values, URIs, envelopes, syntax, charsets,
//                   Content-Type, codings, framing, mirrored headers, versions, HTTP methods
//   stacked         one to three of them at once, chosen by DIFFERENTIAL_SEED (1), DIFFERENTIAL_COUNT of them
//   first of all    honest requests: what is allowed runs on every server, else nothing would be proven
//
// ./dev test differential sends all of them; with DIFFERENTIAL_QUICK=1, and in CI, a fixed part. DIFFERENTIAL_SERVERS="mcp-go
// go-sdk" chooses servers. What got through goes to .dev/differential/violations.json with the bytes of its request, and
//
//   node test/differential/replay.mjs .dev/differential/violations.json
//
// sends it again. TEST_NGINX_LOAD_MODULES points at another build. A tool that a machine lacks skips its servers; in CI it fails.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { Campaign } from './lib/campaign.mjs';
import { policies, startGateway } from './lib/gateway.mjs';
import { byRule, stacked } from './lib/generator.mjs';
import { honest, honestVariants, sendHonest } from './lib/honest.mjs';
import { describeCampaign, describeRequest } from './lib/report.mjs';
import { Backend, builds, servers, whyNot } from './lib/servers.mjs';

const { CI, DIFFERENTIAL_QUICK, DIFFERENTIAL_SEED = '1', DIFFERENTIAL_COUNT, DIFFERENTIAL_SERVERS } = process.env;
const quick = DIFFERENTIAL_QUICK === undefined ? CI === 'true' : DIFFERENTIAL_QUICK === '1';
const count = Number(DIFFERENTIAL_COUNT ?? (quick ? 500 : 5000));
const deadlineMs = (quick ? 2 : 10) * 60_000;
const violationsFile = `${builds}violations.json`;

const chosen = servers.filter(({ name }) => !DIFFERENTIAL_SERVERS || DIFFERENTIAL_SERVERS.split(' ').includes(name));
const here = chosen.filter((server) => whyNot(server) === undefined);
const backends = Object.fromEntries(here.map((server) => [server.name, new Backend(server)]));
const violations = [];
let nginx;

before(async () => {
  await Promise.all(Object.values(backends).map((backend) => backend.start()));
  nginx = await startGateway(Object.values(backends));
});
after(async () => {
  await stopAll();
  fs.mkdirSync(builds, { recursive: true });
  fs.writeFileSync(violationsFile, JSON.stringify(violations.map(({ wire, ...rest }) => ({ ...rest, wire: wire?.toString('latin1') })), null, 1));
});

for (const server of chosen)
  describe(server.name, { skip: CI === 'true' ? false : whyNot(server) }, () => {
    test('is here', () => assert.equal(whyNot(server), undefined));
    if (whyNot(server) !== undefined) return;
    const backend = backends[server.name];

    for (const era of server.modern ? ['legacy', 'modern'] : ['legacy'])
      test(`honest requests do what they say (${era})`, async () => {
        for (const [i, one] of honest.entries()) {
          const answer = await sendHonest(nginx, backend, one, era, i);
          assert.equal(answer.status, 200, answer.text);
          assert.deepEqual(backend.ran(), one.runs === undefined ? [] : [{ what: one.runs, mark: `honest-${i}` }]);
        }
      });

    test('unusual requests with one meaning pass', async () => {
      for (const one of honestVariants) {
        const answer = await sendHonest(nginx, backend, one, 'legacy', 'unusual');
        assert.deepEqual([one.name, answer.status, backend.ran().map(({ what }) => what)], [one.name, 200, [one.runs]], answer.text);
      }
    });

    describe('under attack', () => {
      let campaign;
      before(async () => {
        campaign = new Campaign({ backend, nginx, deadlineMs });
        await campaign.run([...byRule({ modern: server.modern, quick }), ...stacked(Number(DIFFERENTIAL_SEED), count)]);
        violations.push(...campaign.violations);
        console.log(describeCampaign(server.name, campaign));
      });

      for (const policy of Object.keys(policies))
        test(`nothing runs that policy "${policy}" denies`, () => {
          assert.ok(campaign.sent[policy] >= 2000 / 3);
          const found = campaign.violations.filter((violation) => violation.policy === policy);
          assert.equal(found.length, 0, found.slice(0, 3).map(describeRequest).join('\n'));
        });
      test('nothing runs that no request can be blamed for', () => {
        assert.deepEqual(campaign.violations.filter(({ policy }) => policies[policy] === undefined), []);
      });
      test('each request was sent, and the server has survived all of them', () => {
        assert.equal(campaign.left, 0);
        assert.equal(campaign.hangs.length, 0, campaign.hangs.slice(0, 3).map(describeRequest).join('\n'));
      });
      test('a refusal is a 4xx that says what it is', () => {
        assert.equal(campaign.oddAnswers.length, 0, campaign.oddAnswers.slice(0, 5).map(describeRequest).join('\n'));
      });
      test('nginx is well', () => assertCleanLog(nginx));
    });
  });
