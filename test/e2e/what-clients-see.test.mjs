// What real SDK clients make of refusals: what their users read, when they log in, and what they ask for.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MemoryOAuthProvider } from '../peers/lib/oauth-provider.mjs';
import { claudeCodeList } from '../peers/lib/packaged-clients.mjs';
import { stopAll, until } from '../peers/lib/processes.mjs';
import { startMcpServer, startServerEverything } from '../peers/lib/servers.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { issuedToken } from '../peers/lib/tokens.mjs';
import { connectClient, connectLegacyClient } from '../peers/sdk-client.mjs';

const write = 'mcp_scope mcp:write tool=echo; mcp_scopes_supported mcp:read;';
const beginning = 'mcp_allow_anonymous initialize notifications/initialized ping tools/list server/discover subscriptions/listen;';

// A fetch that remembers what the endpoint answered, and sends a token where one is given.
function recording(resource, token) {
  const seen = [];
  const recorded = async (url, init = {}) => {
    const headers = new Headers(init.headers);
    if (token) headers.set('authorization', `Bearer ${token}`);
    const answer = await fetch(url, { ...init, headers });
    if (String(url) === resource) seen.push(`${init.method ?? 'GET'} ${answer.status}`);
    return answer;
  };
  return { seen, fetch: recorded };
}

const clients = [
  ['SDK v1', connectLegacyClient, {}],
  ['SDK v2, legacy', connectClient, { mode: 'legacy' }],
  ['SDK v2', connectClient, {}],
];
const call = (client) => client.callTool({ name: 'echo', arguments: { message: 'hello' } });
const failure = async (promise) => { try { await promise; } catch (error) { return error; } throw new Error('it did not fail'); };
const stopAfter = (start) => {
  let stack;
  before(async () => { stack = await startStack({ mode: 'native', ...start }); });
  after(stopAll);
  return () => stack;
};

describe('A refusal of JSON-RPC', () => {
  const stack = stopAfter({ rules: write });

  for (const [name, connect, options] of clients)
    test(`${name}: its message names the missing scope`, async () => {
      const { resource, issuer } = stack();
      const token = await issuedToken(issuer, { resource });
      const { client } = await connect(resource, { ...options, authProvider: null, fetch: recording(resource, token).fetch });
      // SDK v2 makes a sentence of its own of the challenge.
      const told = name === 'SDK v1' ? /the token does not have the required scope, missing mcp:write \([0-9a-f]{8}\)/ : /Insufficient scope: required "mcp:read mcp:write"/;
      assert.match((await failure(call(client))).message, told);
      await client.close();
    });

  for (const [name, connect, options] of clients)
    test(`${name}: where it cannot log in, its error says what is wrong with the token`, async () => {
      const { resource } = stack();
      const error = await failure(connect(resource, { ...options, authProvider: null, fetch: recording(resource, 'a.b.c').fetch }));
      assert.match(error.data?.text ?? error.message, /"code":-32010,"message":"a part of the token is not base64url \([0-9a-f]{8}\)"/);
    });
});

describe('A challenge that asks for more than every request needs', () => {
  const stack = stopAfter({ rules: `${write} mcp_challenge_scope mcp:read mcp:write;` });

  for (const [name, connect, options] of clients)
    test(`SPEC 4: ${name} asks for all of it at its first login, and needs no step-up`, async () => {
      const { client, authProvider } = await connect(stack().resource, options);
      assert.match(JSON.stringify(await call(client)), /hello/);
      assert.equal(authProvider.authorizationUrls.length, 1);
      assert.deepEqual(authProvider.authorizationUrls[0].searchParams.get('scope').split(' ').filter((scope) => scope.startsWith('mcp:')), ['mcp:read', 'mcp:write']);
      await client.close();
    });
});

for (const [backendName, backend] of [['a 2026-07-28 server', startMcpServer], ['a 2025-11-25 server with sessions', startServerEverything]])
  describe(`Anonymous listing in front of ${backendName}`, () => {
    const stack = stopAfter({ rules: beginning, backend });

    for (const [name, connect, options] of clients)
      test(`${name} lists without a login, and logs in for a call`, async () => {
        const { resource } = stack();
        const authProvider = new MemoryOAuthProvider();
        const { seen, fetch } = recording(resource);
        const { client } = await connect(resource, { ...options, authProvider, fetch });
        assert.ok((await client.listTools()).tools.length > 0);
        // A legacy client, which says that it is initialized, opens a stream on its own.
        if (seen.includes('POST 202')) await until(() => seen.some((one) => one.startsWith('GET ')));
        assert.deepEqual(seen.filter((one) => / 40[13]$/.test(one)), [], seen.join(', '));
        assert.equal(authProvider.authorizationUrls.length, 0, seen.join(', '));
        await failure(call(client));
        assert.equal(authProvider.authorizationUrls.length, 1, seen.join(', '));
        await client.close();
      });

    test('Claude Code connects without a login', async () => {
      assert.match(await claudeCodeList([{ name: 'anonymous', url: stack().resource }]), /anonymous: .*Connected/);
    });
  });

describe('A legacy client at a modern-only server', () => {
  const stack = stopAfter({ rules: 'mcp_protocol_versions 2026-07-28;' });

  for (const [name, connect, options] of clients.slice(0, 2))
    test(`SPEC 30: ${name} learns which version is spoken`, async () => {
      const error = await failure(connect(stack().resource, options));
      assert.match(error.message, /Unsupported protocol version, this server speaks 2026-07-28/);
      assert.match(error.message, /"supported":\["2026-07-28"\],"requested":"2025-11-25"/);
    });

  test('SDK v2, which speaks it, connects', async () => {
    const { client } = await connectClient(stack().resource);
    assert.match(JSON.stringify(await call(client)), /hello/);
    await client.close();
  });
});
