// A real Prometheus scrapes a real nginx, in front of a real MCP server with clients of both SDKs: what its queries answer is
// what the clients did.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { bearer, mcpCall, request } from '../peers/lib/http.mjs';
import { freePort, run, stopAll, until } from '../peers/lib/processes.mjs';
import { startMcpServer } from '../peers/lib/servers.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { clientSecret, goodClaims, issuedToken, now, signedToken } from '../peers/lib/tokens.mjs';
import { connectClient, connectLegacyClient } from '../peers/sdk-client.mjs';
import { alerts, dashboard, queriesOf } from './lib/example.mjs';
import { startPrometheus } from './lib/prometheus.mjs';

const operations = 'mcp_server_operation_duration_seconds';
const rounds = 2; // a rate needs two figures
const clients = [['SDK v2', connectClient], ['SDK v1', connectLegacyClient]];
let stack, prometheus, statusUrl;

// One round, and what it adds to each figure.
const each = { echo: 2 * clients.length, toolErrors: clients.length, rpcErrors: 1, expired: 3, scope: 2, missing: clients.length + 1, kept: 2 };

async function useSdk(connect) {
  const { client } = await connect(stack.resource);
  await client.listTools();
  for (const message of ['one', 'two']) await client.callTool({ name: 'echo', arguments: { message } });
  const failed = await client.callTool({ name: 'echo', arguments: {} }); // without what its schema requires
  assert.equal(failed.isError, true);
  await client.close();
}

async function refused(count, status, token) {
  for (let i = 0; i < count; i++)
    assert.equal((await mcpCall(stack.resource, 'tools/call', { name: 'echo', arguments: {} }, token ? bearer(token) : {})).status, status);
}

async function oneRound() {
  for (const [, connect] of clients) await useSdk(connect);
  const { issuer, resource, keysFile } = stack;
  const good = await issuedToken(issuer, { resource });
  const answer = await mcpCall(resource, 'nobody/knows', {}, bearer(good));
  assert.match(answer.body, /-32601/);
  await refused(each.expired, 401, await signedToken(keysFile, { ...goodClaims(issuer, resource), exp: now() - 600 }));
  await refused(each.scope, 403, await issuedToken(issuer, { resource, scope: 'mcp:write' }));
  await refused(1, 401);
  await useOpaque();
}

// At the resource whose tokens are introspected: a new token, which is then known, and one that was never issued.
async function useOpaque() {
  const token = await issuedToken(stack.issuer, { client: 'm2m-opaque', resource: stack.otherResource });
  for (let i = 0; i <= each.kept; i++) assert.equal((await mcpCall(stack.otherResource, 'tools/list', {}, bearer(token))).status, 200);
  assert.equal((await mcpCall(stack.otherResource, 'tools/list', {}, bearer(crypto.randomUUID()))).status, 401);
}

const introspectingLocation = (port, backend, secretFile) => (issuer) => `
        location /other {
            mcp_resource http://127.0.0.1:${port}/other;
            mcp_authorization_server ${issuer};
            mcp_introspection ${issuer}/token/introspection client_id=gateway client_secret_file=${secretFile};
            mcp_scope mcp:read;
            mcp_observe on;
            proxy_pass http://${new URL(backend).host}/mcp;
        }`;

before(async () => {
  const port = await freePort();
  const collector = await freePort(); // nobody listens there
  const statusPort = await freePort();
  const mcpServer = await startMcpServer();
  const secretFile = `${temporaryFolder('secret')}/secret`;
  fs.writeFileSync(secretFile, clientSecret, { mode: 0o600 });
  stack = await startStack({
    port, mode: 'native', rules: 'mcp_observe on;', backend: () => mcpServer,
    extraServer: introspectingLocation(port, mcpServer.ready, secretFile),
    extraHttp: `
    mcp_trace_exporter http://127.0.0.1:${collector}/v1/traces sample=1;
    server { listen 127.0.0.1:${statusPort}; location = /metrics { mcp_metrics; } }`,
  });
  statusUrl = `http://127.0.0.1:${statusPort}/metrics`;
  prometheus = await startPrometheus(`127.0.0.1:${statusPort}`);
  await prometheus.seesNow();
  for (let round = 0; round < rounds; round++) {
    await oneRound();
    await prometheus.seesNow();
  }
});
after(async () => {
  await stopAll();
  assertCleanLog(stack.nginx);
});

const sum = (metric, labels) => prometheus.number(`sum(${metric}{${labels}})`);
const refusals = (reason) => sum('mcp_decisions_total', `decision="refuse",reason="${reason}",mcp_resource="${stack.resource}"`);
const calls = (labels) => sum(`${operations}_count`, `mcp_method_name="tools/call",${labels}`);

describe('What the queries of Prometheus answer', () => {
  test('The calls of a tool that succeeded, and those that failed', async () => {
    assert.equal(await calls('gen_ai_tool_name="echo",error_type=""'), rounds * each.echo);
    assert.equal(await calls('gen_ai_tool_name="echo",error_type="tool_error"'), rounds * each.toolErrors);
  });

  test('A JSON-RPC error is counted by its code, and an invented method by no name of its own', async () => {
    assert.equal(await sum(`${operations}_count`, 'error_type="-32601",rpc_response_status_code="-32601"'), rounds * each.rpcErrors);
    assert.deepEqual(await prometheus.query(`${operations}_count{mcp_method_name=~".*nobody.*"}`), []);
  });

  test('Each refusal is counted by its reason', async () => {
    assert.equal(await refusals('expired'), rounds * each.expired);
    assert.equal(await refusals('scope_insufficient'), rounds * each.scope);
    assert.equal(await refusals('credentials_missing'), rounds * each.missing);
  });

  test('The histogram counts what its sum is of, and its p95 is a time', async () => {
    assert.equal(await prometheus.number(`sum(${operations}_bucket{le="+Inf"}) - sum(${operations}_count)`), 0);
    const p95 = await prometheus.number(`histogram_quantile(0.95, sum by (le) (${operations}_bucket{gen_ai_tool_name="echo"}))`);
    assert.ok(p95 > 0 && p95 < 300, String(p95));
  });

  test('Introspections are counted by their result, and apart from those that were not needed', async () => {
    const of = (result) => sum('mcp_introspections_total', `result="${result}"`);
    assert.deepEqual([await of('active'), await of('inactive'), await of('kept'), await of('error')], [rounds, rounds, rounds * each.kept, 0]);
  });

  test('Authorization was measured for every decision', async () => {
    assert.equal(await prometheus.number('mcp_authorization_duration_seconds_count'), await prometheus.number('sum(mcp_decisions_total)'));
  });

  test('The keys of the issuer are as old as their fetch, and the fetch succeeded', async () => {
    const age = await prometheus.number(`mcp_keys_age_seconds{issuer="${stack.issuer}"}`);
    assert.ok(age >= 0 && age < 600, String(age));
    assert.ok(await sum('mcp_fetches_total', 'kind="keys",result="success"') >= 1);
  });

  test('Spans that no collector takes are counted as lost', async () => {
    await until(async () => (await prometheus.number('sum(mcp_trace_spans_total{result=~"failed|dropped"})')) > 0);
  });

  test('Nothing was folded, and the versions are told', async () => {
    assert.equal(await prometheus.number('sum(mcp_metrics_folded_total)'), 0);
    const [{ labels }] = await prometheus.query('mcp_build_info');
    assert.match(labels.version, /^\d/);
    assert.match(labels.nginx_version, /^1\./);
  });
});

describe('The files of examples/observability with this Prometheus', () => {
  for (const { panel, expr } of queriesOf(dashboard(), { __rate_interval: '1m', __range: '5m', resource: '.*', tool: '.*' }))
    test(`The dashboard shows data: ${panel}: ${expr.slice(0, 70)}`, async () => {
      assert.ok((await prometheus.query(expr)).some(({ value }) => Number.isFinite(value)), expr);
    });

  test('The names of tools and resources that the dashboard offers are those that were used', async () => {
    const values = async (name) => (await prometheus.query(`count by (${name}) (${operations}_count)`)).map(({ labels }) => labels[name]);
    assert.ok((await values('gen_ai_tool_name')).includes('echo'));
    assert.ok((await values('mcp_resource')).includes(stack.resource));
  });

  test('Prometheus evaluates every alert rule', async () => {
    const health = async () => (await prometheus.api('rules')).groups.flatMap(({ rules }) => rules.map((rule) => rule.health));
    await until(async () => (await health()).every((one) => one === 'ok'));
    assert.equal((await health()).length, alerts().length);
  });

  test('The alerts that wait are those about what went wrong here, and none fires yet', async () => {
    const active = async () => (await prometheus.api('alerts')).alerts;
    const names = async () => [...new Set((await active()).map(({ labels }) => labels.alertname))].sort().join(' ');
    await until(async () => (await names()) === 'McpSpansLost McpToolErrors');
    assert.deepEqual((await active()).filter(({ state }) => state === 'firing'), []);
  });
});

describe('The exposition', () => {
  test('promtool finds nothing wrong with it', async () => {
    const file = `${temporaryFolder('metrics')}/metrics`;
    const answer = await request(statusUrl);
    assert.equal(answer.status, 200);
    fs.writeFileSync(file, answer.body);
    const { code, output } = await run('promtool', 'sh', ['-c', `promtool check metrics <${file}`]);
    assert.equal(code, 0, output);
  });

  test('No token, subject or client is in it', async () => {
    const { body } = await request(statusUrl);
    assert.doesNotMatch(body, /eyJ|alice|m2m-rs256/);
  });
});
