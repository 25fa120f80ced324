// A real Jaeger gets spans of a client, of nginx and of an MCP server: they are one trace, and nginx's has the names and
// attributes of OpenTelemetry's conventions for MCP.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { bearer, mcpCall } from '../peers/lib/http.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { startMcpServer } from '../peers/lib/servers.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { issuedToken } from '../peers/lib/tokens.mjs';
import { connectClient, connectLegacyClient } from '../peers/sdk-client.mjs';
import { startJaeger } from './lib/jaeger.mjs';
import { startTracingServer } from './lib/tracing-server.mjs';

const binary = process.env.TEST_JAEGER;
const clients = [['SDK v2', connectClient], ['SDK v1', connectLegacyClient]];
const newId = (bytes) => crypto.randomBytes(bytes).toString('hex');
const kinds = { client: 3 };
let jaeger, server, stack;

const called = (spans, service) => spans.filter((span) => span.service === service);
const parentOf = ({ references }) => references.find(({ refType }) => refType === 'CHILD_OF');

// What an instrumented client does around a call: a span, whose context goes with the message.
async function traced(name, call) {
  const [traceId, spanId, begin] = [newId(16), newId(8), Date.now()];
  const result = await call({ traceparent: `00-${traceId}-${spanId}-01` });
  await jaeger.send('mcp-client', { traceId, spanId, name, kind: kinds.client, begin, end: Date.now() });
  return { traceId, spanId, result };
}

describe('traces in Jaeger', { skip: binary ? false : 'Jaeger is not there: ./dev test observability builds it, with Go' }, () => {
  before(async () => {
    jaeger = await startJaeger(binary);
    const mcpServer = await startMcpServer();
    server = await startTracingServer(mcpServer.ready, jaeger);
    mcpServer.ready = server.url;
    stack = await startStack({
      mode: 'native', rules: 'mcp_observe on;', backend: () => mcpServer,
      extraHttp: `mcp_trace_exporter ${jaeger.tracesUrl} service=gateway;`,
    });
  });
  after(async () => {
    server?.close();
    await stopAll();
    if (stack) assertCleanLog(stack.nginx);
  });

  for (const [sdk, connect] of clients)
    test(`a call of ${sdk} is one trace of client, nginx and MCP server`, async () => {
      const { client } = await connect(stack.resource);
      const { traceId, spanId, result } = await traced('tools/call echo', (meta) =>
        client.callTool({ name: 'echo', arguments: { message: 'hello' }, _meta: meta }));
      assert.match(JSON.stringify(result), /hello/);
      const spans = await jaeger.trace(traceId, 3);
      const [own] = called(spans, 'gateway');
      const [ofServer] = called(spans, 'mcp-server');
      assert.equal(spans.length, 3);
      assert.equal(parentOf(own).spanID, spanId, 'nginx goes on from the client');
      assert.equal(parentOf(ofServer).spanID, own.id, 'the MCP server goes on from nginx');
      assert.equal(own.name, 'tools/call echo');
      assert.equal(own.kind, 'server');
      const { attributes } = own;
      const expected = {
        'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'echo', 'gen_ai.operation.name': 'execute_tool',
        'http.request.method': 'POST', 'http.response.status_code': 200, 'network.transport': 'tcp',
        'network.protocol.name': 'http', 'network.protocol.version': '1.1', 'client.address': '127.0.0.1',
        'mcp_resource.uri': stack.resource, 'mcp_resource.decision': 'pass',
      };
      for (const [key, value] of Object.entries(expected)) assert.equal(attributes[key], value, key);
      assert.match(attributes['jsonrpc.request.id'], /^\d+$/);
      assert.match(attributes['mcp.protocol.version'], /^\d{4}-\d\d-\d\d$/);
      assert.equal(attributes['error.type'], undefined);
      await client.close();
    });

  test('a tool that fails has the error type of the convention', async () => {
    const token = await issuedToken(stack.issuer, { resource: stack.resource });
    const { traceId } = await traced('tools/call echo', (meta) =>
      mcpCall(stack.resource, 'tools/call', { name: 'echo', arguments: {}, _meta: meta }, bearer(token)));
    const [own] = called(await jaeger.trace(traceId, 3), 'gateway');
    assert.equal(own.attributes['error.type'], 'tool_error');
    assert.equal(own.attributes['otel.status_code'], 'ERROR');
  });

  test('a caller whose token is not verified does not write into the trace', async () => {
    const { traceId } = await traced('tools/call echo', (meta) =>
      mcpCall(stack.resource, 'tools/call', { name: 'echo', arguments: {}, _meta: meta }, bearer('worthless')));
    const token = await issuedToken(stack.issuer, { resource: stack.resource });
    const later = await traced('ping', (meta) => mcpCall(stack.resource, 'ping', { _meta: meta }, bearer(token)));
    await jaeger.trace(later.traceId, 3); // sent after the other one
    assert.deepEqual((await jaeger.spans(traceId)).map(({ service }) => service), ['mcp-client']);
    const operations = (await jaeger.api('services/gateway/operations')).data;
    assert.ok(operations.includes('tools/call'), 'the refusal has a trace of its own, which does not name the tool');
  });
});
