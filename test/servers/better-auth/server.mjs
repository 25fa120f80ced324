// better-auth as an authorization server that keeps all it knows in memory. Prints {"ready": {...}} when it listens: its issuer,
// and a client for users and one for introspection, each with its secret.
import http from 'node:http';
import { parseArgs } from 'node:util';
import { oauthProvider } from '@better-auth/oauth-provider';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';

const { values: settings } = parseArgs({
  options: { port: { type: 'string' }, callback: { type: 'string' }, resource: { type: 'string', multiple: true } },
});
const baseURL = `http://127.0.0.1:${settings.port}`;
const tables = ['user', 'session', 'account', 'verification', 'jwks', 'oauthClient', 'oauthRefreshToken', 'oauthAccessToken', 'oauthConsent',
  'oauthResource', 'oauthClientResource', 'oauthClientAssertion'];

const auth = betterAuth({
  baseURL,
  secret: 'known-to-every-test-and-worth-nothing',
  database: memoryAdapter(Object.fromEntries(tables.map((table) => [table, []]))),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  disabledPaths: ['/token'], // of the jwt plugin: its tokens are no access tokens
  plugins: [jwt(), oauthProvider({
    loginPage: '/login',
    consentPage: '/consent',
    scopes: ['openid', 'offline_access', 'mcp:read', 'mcp:write'],
    resources: settings.resource,
    enforcePerClientResources: false,
    silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
  })],
});

const cookiesOf = (headers) => new Headers({ cookie: headers.getSetCookie().map((line) => line.split(';')[0]).join('; ') });

const client = (name, grants, alice) => auth.api.adminCreateOAuthClient({
  headers: alice,
  body: {
    client_name: name, redirect_uris: [settings.callback], grant_types: grants, response_types: ['code'], application_type: 'native',
    token_endpoint_auth_method: 'client_secret_basic', scope: 'mcp:read mcp:write', skip_consent: true,
  },
});

http.createServer(toNodeHandler(auth)).listen(Number(settings.port), '127.0.0.1', async () => {
  const { headers } = await auth.api.signUpEmail({ body: { name: 'Alice', email: 'alice@example.com', password: 'in-wonderland' }, returnHeaders: true });
  const alice = cookiesOf(headers);
  const [user, gateway] = [await client('user', ['authorization_code'], alice), await client('gateway', ['authorization_code'], alice)];
  // It tells a client only about tokens for a resource that the client is linked to.
  await auth.api.adminLinkClientResource({ headers: alice, params: { identifier: settings.resource[0], client_id: gateway.client_id } });
  console.log(JSON.stringify({ ready: {
    issuer: `${baseURL}/api/auth`,
    user: { id: user.client_id, secret: user.client_secret }, gateway: { id: gateway.client_id, secret: gateway.client_secret },
  } }));
});
