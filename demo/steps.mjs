// The steps of the demo. Each shows what happens and checks it; a wrong answer ends the demo.
import { setTimeout as sleep } from 'node:timers/promises';
import { bearer, request } from '../test/peers/lib/http.mjs';
import { MemoryOAuthProvider } from '../test/peers/lib/oauth-provider.mjs';
import { issuedToken, revokeToken } from '../test/peers/lib/tokens.mjs';
import { connectClient } from '../test/peers/sdk-client.mjs';
import { answer, check, command, heading, line } from './terminal.mjs';

const challenge = (response) => response.lines('www-authenticate');

export async function withoutToken({ resource, metadataUri }) {
  heading('No token: refused, and told where to get one');
  command(`curl -i ${resource}`);
  const response = await request(resource);
  answer(response, ['www-authenticate', 'cache-control']);
  check(response.status === 401, 'status 401');
  check(challenge(response).length === 1 && challenge(response)[0].includes(`resource_metadata="${metadataUri}"`),
    'one challenge, and it names the metadata document');
}

export async function metadata({ resource, issuer, metadataUri }) {
  heading('The metadata document, readable by anybody, names the authorization server');
  command(`curl -i ${metadataUri}`);
  const response = await request(metadataUri);
  answer(response, ['content-type', 'access-control-allow-origin']);
  check(response.status === 200, 'status 200');
  const document = JSON.parse(response.body);
  check(document.resource === resource && document.authorization_servers[0] === issuer,
    'it names this resource and its authorization server');
}

const roles = (stack, status) => [
  [stack.resource, status === 400 ? 'asks for the 2026-07-28 revision; this server speaks 2025-11-25' : 'MCP request'],
  [`${stack.issuer}/.well-known/`, 'what the authorization server offers'],
  [`${stack.issuer}/reg`, 'dynamic client registration'],
  [`${stack.issuer}/token`, 'code and PKCE verifier for a token'],
];

function watchedFetch(stack) {
  return async (url, options) => {
    const response = await fetch(url, options);
    const { origin, pathname } = new URL(url);
    const where = `${origin}${pathname}`;
    const role = where.includes('/oauth-protected-resource') ? 'metadata of the resource'
      : roles(stack, response.status).find(([prefix]) => where.startsWith(prefix))?.[1] ?? '';
    line(`${(options?.method ?? 'GET').padEnd(6)} ${where}  ${response.status}${role && `  (${role})`}`);
    return response;
  };
}

function describeJwt(token) {
  const { iss, aud, scope, exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  return `a JWT with ${JSON.stringify({ iss, aud, scope, exp })}`;
}

// Returns the connected client.
export async function oauthFlow(stack) {
  heading('An MCP client (TypeScript SDK) logs in by itself: discovery, registration, PKCE, token');
  const authProvider = new MemoryOAuthProvider(stack.registration);
  const { client } = await connectClient(stack.resource, { authProvider, fetch: watchedFetch(stack) });
  check(authProvider.authorizationUrls.length === 1, 'the user was sent to the authorization server once');
  const token = authProvider.accessToken;
  line(`the token: ${token.includes('.') ? describeJwt(token) : `opaque, ${token.length} characters`}`);
  return client;
}

export async function useTools(stack, client) {
  heading('It lists the tools and calls one, through nginx');
  const { tools } = await client.listTools();
  line(`tools/list: ${tools.map((tool) => tool.name).join(', ')}`);
  check(tools.length > 0, `${tools.length} tools`);
  const { content } = await client.callTool({ name: 'echo', arguments: { message: 'hello from behind nginx' } });
  line(`tools/call echo: ${content[0].text}`);
  check(content[0].text.includes('hello from behind nginx'), 'the tool answered');
  await client.close();
}

export async function whatTheBackendSaw({ mcpServer }) {
  heading('What the MCP server saw of all this');
  const requests = mcpServer.output.split('\n').filter((text) => text.startsWith('{"method"')).map((text) => JSON.parse(text));
  line(`${requests.length} requests; the headers of the last: ${Object.keys(requests.at(-1).headers).join(', ')}`);
  check(requests.every(({ headers }) => !('authorization' in headers)), 'no request carried an Authorization header');
}

export async function wrongAudience(stack) {
  heading('A genuine token, but issued for another resource: refused');
  const token = await issuedToken(stack.issuer, { client: stack.client, resource: stack.otherResource });
  command(`curl -i -H "Authorization: Bearer $TOKEN_FOR_ANOTHER_RESOURCE" ${stack.resource}`);
  const response = await request(stack.resource, { headers: bearer(token) });
  answer(response, ['www-authenticate']);
  check(response.status === 401, 'status 401');
}

export async function missingScope(stack) {
  heading('A genuine token that lacks the scope: refused, and told which scope to ask for');
  const token = await issuedToken(stack.issuer, { client: stack.client, resource: stack.resource, scope: 'mcp:write' });
  command(`curl -i -H "Authorization: Bearer $TOKEN_WITH_MCP_WRITE_ONLY" ${stack.resource}`);
  const response = await request(stack.resource, { headers: bearer(token) });
  answer(response, ['www-authenticate']);
  check(response.status === 403, 'status 403');
  check(challenge(response)[0].startsWith('Bearer error="insufficient_scope", scope="mcp:read"'), 'the challenge says mcp:read');
}

export async function expired(stack) {
  heading('A token that was good for two seconds: refused after that');
  const token = await issuedToken(stack.issuer, { client: `${stack.client}-short`, resource: stack.resource });
  command(`curl -i -H "Authorization: Bearer $SHORT_TOKEN" ${stack.resource}`);
  const fresh = await request(stack.resource, { headers: bearer(token) });
  check(fresh.status !== 401, `at once it passes nginx (the MCP server says ${fresh.status} to a bare GET)`);
  await sleep(2100);
  const response = await request(stack.resource, { headers: bearer(token) });
  answer(response, ['www-authenticate']);
  check(response.status === 401, 'status 401');
}

// Opaque tokens only: a JWT is good until it expires.
export async function revoked(stack, maxTtl) {
  heading(`A token that its authorization server revoked: refused within max_ttl, here ${maxTtl} seconds`);
  const token = await issuedToken(stack.issuer, { client: stack.client, resource: stack.resource });
  command(`curl -i -H "Authorization: Bearer $TOKEN" ${stack.resource}`);
  const fresh = await request(stack.resource, { headers: bearer(token) });
  check(fresh.status !== 401, 'at first it passes nginx, which keeps the answer of the authorization server');
  await revokeToken(stack.issuer, { client: stack.client, token });
  line(`POST   ${stack.issuer}/token/revocation  200  (revoked)`);
  await sleep(maxTtl * 1000 + 100);
  command(`curl -i -H "Authorization: Bearer $TOKEN" ${stack.resource}`);
  const response = await request(stack.resource, { headers: bearer(token) });
  answer(response, ['www-authenticate']);
  check(response.status === 401, 'status 401');
}

export async function tokenInQuery(stack) {
  heading('A token in the URL ends up in logs: refused whatever it is');
  const url = `${stack.resource}?access_token=anything`;
  command(`curl -i '${url}'`);
  const response = await request(url);
  answer(response, ['www-authenticate']);
  check(response.status === 400, 'status 400');
}
