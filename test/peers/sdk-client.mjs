// Clients of the two TypeScript SDKs, with the whole OAuth flow: 401 -> metadata -> registration -> PKCE -> token.
//
//   node sdk-client.mjs http://127.0.0.1:8080/mcp [--legacy]
//
// lists the tools and calls echo.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { auth, Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { UnauthorizedError as LegacyUnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { MemoryOAuthProvider } from './lib/oauth-provider.mjs';

export { LegacyUnauthorizedError, UnauthorizedError };

const name = { name: 'test-client', version: '1.0.0' };

// The first request is refused and starts the flow; when the user is back from it, the client connects again.
async function connectWithOAuth(client, newTransport, isUnauthorized, finish) {
  const first = newTransport();
  try {
    await client.connect(first);
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    await finish(first);
    await client.connect(newTransport());
  }
}

// SDK v2. mode: "auto", "legacy", or a revision to insist on.
export async function connectClient(url, { authProvider = new MemoryOAuthProvider(), mode = 'auto', fetch } = {}) {
  const versionNegotiation = { mode: /^\d/.test(mode) ? { pin: mode } : mode };
  const client = new Client(name, { versionNegotiation });
  await connectWithOAuth(
    client,
    () => new StreamableHTTPClientTransport(new URL(url), { authProvider, fetch }),
    (error) => UnauthorizedError.isInstance(error),
    (transport) => transport.finishAuth(authProvider.callback.searchParams),
  );
  return { client, authProvider };
}

// SDK v1: revisions up to 2025-11-25.
export async function connectLegacyClient(url, { authProvider = new MemoryOAuthProvider(), fetch } = {}) {
  const client = new LegacyClient(name);
  await connectWithOAuth(
    client,
    () => new LegacyTransport(new URL(url), { authProvider, fetch }),
    (error) => error instanceof LegacyUnauthorizedError,
    (transport) => transport.finishAuth(authProvider.callback.searchParams.get('code')),
  );
  return { client, authProvider };
}

// An OpenID Connect ID token, got in the same way: what a client might send by mistake.
export async function fetchIdToken(serverUrl, scope) {
  const authProvider = new MemoryOAuthProvider();
  await auth(authProvider, { serverUrl, scope });
  const { searchParams } = authProvider.callback;
  await auth(authProvider, { serverUrl, scope, authorizationCode: searchParams.get('code'), iss: searchParams.get('iss') });
  return authProvider.tokens().id_token;
}

async function main() {
  const { values, positionals } = parseArgs({ options: { legacy: { type: 'boolean' } }, allowPositionals: true });
  const { client } = await (values.legacy ? connectLegacyClient : connectClient)(positionals[0]);
  const { tools } = await client.listTools();
  console.log(`${client.getServerVersion().name}: ${tools.map((tool) => tool.name).join(', ')}`);
  const { content } = await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
  console.log(content[0].text);
  await client.close();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
