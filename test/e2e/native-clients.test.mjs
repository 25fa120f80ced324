// The native module with the few lines that its users write, keys by discovery, and the clients people use.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertContract } from '../peers/lib/contract.mjs';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { bearer, mcpCall, rpcResponse } from '../peers/lib/http.mjs';
import { claudeCodeList, connectThroughMcpRemote, inspect } from '../peers/lib/packaged-clients.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { startMcpServer, startServerEverything } from '../peers/lib/servers.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { openStream, streamingBackend } from '../peers/lib/streams.mjs';
import { issuedToken } from '../peers/lib/tokens.mjs';
import { connectClient, connectLegacyClient, LegacyUnauthorizedError, UnauthorizedError } from '../peers/sdk-client.mjs';

const text = (result) => result.content[0].text;
const echo = (client) => client.callTool({ name: 'echo', arguments: { message: 'hello' } });

for (const [name, backend, version, eras] of [
  ['a 2026-07-28 server', startMcpServer, '2026-07-28', ['legacy', 'modern']],
  ['a 2025-11-25 server with sessions', startServerEverything, '2025-11-25', ['legacy']],
])
  describe(`In front of ${name}`, () => {
    let stack;
    before(async () => { stack = await startStack({ mode: 'native', backend }); });
    after(async () => {
      await stopAll();
      assertCleanLog(stack.nginx);
    });

    test('SPEC 3, 4: SDK v2 finds its way and calls a tool', async () => {
      const { client, authProvider } = await connectClient(stack.resource);
      assert.equal(client.getNegotiatedProtocolVersion(), version);
      assert.equal(authProvider.authorizationUrls[0].searchParams.get('resource'), stack.resource);
      assert.match(text(await echo(client)), /hello/);
      await client.close();
    });

    test('SPEC 3, 4: SDK v1 does the same', async () => {
      const { client } = await connectLegacyClient(stack.resource);
      assert.match(text(await echo(client)), /hello/);
      await client.close();
    });

    for (const era of eras)
      test(`Inspector (${era}) goes through its OAuth flow by itself`, async () => {
        const { code, output, result } = await inspect(stack.resource, { method: 'tools/list', era });
        assert.equal(code, 0, output);
        assert.ok(result.tools.some((tool) => tool.name === 'echo'));
      });

    test('Claude Code connects with a token, and asks for a login without one', async () => {
      const token = await issuedToken(stack.issuer, { resource: stack.resource });
      const list = await claudeCodeList([{ name: 'with-token', url: stack.resource, token }, { name: 'without-token', url: stack.resource }]);
      assert.match(list, /with-token: .*Connected/);
      assert.match(list, /without-token: .*Needs authentication/);
    });

    test('mcp-remote bridges a stdio client through its OAuth flow', async () => {
      const client = await connectThroughMcpRemote(stack.resource);
      assert.ok((await client.listTools()).tools.some((tool) => tool.name === 'echo'));
      await client.close();
    });
  });

describe('Every answer', () => {
  let stack;
  before(async () => {
    stack = await startStack({
      mode: 'native', rules: 'mcp_scopes_supported mcp:read mcp:write;',
      extraServer: () => 'location = /healthz { default_type text/plain; return 200 ok; } location / { return 404; }',
    });
  });
  after(stopAll);

  test('SPEC 12, 13, 63, 64: of the contract, with every algorithm of the authorization server', () =>
    assertContract({ ...stack, clients: ['m2m-rs256', 'm2m-ps256', 'm2m-es256', 'm2m-eddsa'] }));
});

describe('Scopes by tool', () => {
  let stack;
  before(async () => {
    stack = await startStack({ mode: 'native', rules: 'mcp_scope mcp:write tool=count;' });
  });
  after(stopAll);

  // The call is refused, the client asks the user for more, and calls again.
  async function callAfterStepUp({ client, authProvider }, call, isUnauthorized, finish) {
    assert.match(text(await echo(client)), /hello/);
    assert.equal(authProvider.authorizationUrls.length, 1);
    await assert.rejects(call, isUnauthorized);
    assert.deepEqual(authProvider.authorizationUrls[1].searchParams.get('scope').split(' ').filter((scope) => scope.startsWith('mcp:')).sort(),
      ['mcp:read', 'mcp:write']);
    await finish();
    assert.equal(text(await call()), 'done');
  }
  const count = (client) => () => client.callTool({ name: 'count', arguments: { n: 1 } });

  for (const mode of ['2026-07-28', 'legacy'])
    test(`SPEC 16, 17: SDK v2 (${mode}): an allowed tool works, another asks for the scope it needs, and works then`, async () => {
      const connected = await connectClient(stack.resource, { mode });
      const { client, authProvider } = connected;
      await callAfterStepUp(connected, count(client), (error) => UnauthorizedError.isInstance(error),
        () => client.transport.finishAuth(authProvider.callback.searchParams));
      await client.close();
    });

  test('SPEC 16, 17: SDK v1: the same', async () => {
    const connected = await connectLegacyClient(stack.resource);
    const { client, authProvider } = connected;
    // With a refresh token this SDK takes a token of the same scope for the answer to a 403, and gives up.
    authProvider.saveTokens({ ...authProvider.tokens(), refresh_token: undefined });
    await callAfterStepUp(connected, count(client), (error) => error instanceof LegacyUnauthorizedError,
      () => client.transport.finishAuth(authProvider.callback.searchParams.get('code')));
    await client.close();
  });

  test('SPEC 16: the 403 names both scopes, and the tool does not run', async () => {
    const token = await issuedToken(stack.issuer, { resource: stack.resource });
    const answer = await mcpCall(stack.resource, 'tools/call', { name: 'count', arguments: { n: 1 } }, bearer(token));
    assert.equal(answer.status, 403);
    assert.deepEqual(answer.lines('www-authenticate'),
      [`Bearer error="insufficient_scope", scope="mcp:read mcp:write", resource_metadata="${stack.metadataUri}"`]);
    assert.equal(rpcResponse(answer)?.result, undefined);
  });
});

describe('Streams', () => {
  test('SPEC 44: the first event is with the client before the backend has sent the last', async (t) => {
    const { finish, address } = await streamingBackend(t);
    const stack = await startStack({ mode: 'native', backend: async () => ({ ready: `http://${address}/mcp` }) });
    const stream = await openStream(stack.resource, await issuedToken(stack.issuer, { resource: stack.resource }));
    assert.equal(await stream.next(), 'data: first\n\n');
    finish();
    assert.equal(await stream.next(), 'data: last\n\n');
    await stopAll();
  });
});
