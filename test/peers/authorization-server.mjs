// A real authorization server (oidc-provider) for the tests and the demo: PKCE, dynamic client registration, resource
// indicators, JWT and opaque access tokens, introspection, revocation. Nobody has to click: alice is logged in and consents.
//
//   node authorization-server.mjs --resource http://127.0.0.1:8080/mcp --keys keys.json [--port 0] [--host name] [--scopes "mcp:read mcp:write"]
//
// Prints one JSON line when it is ready: {"issuer":"http://127.0.0.1:40123"}. Listens on loopback only,
// unless --host gives a name that others reach it by. With --cert FILE and --key FILE (PEM) it speaks https.
//
// Resource servers authenticate as gateway (client_secret_basic) or gateway-post (client_secret_post); with --gateway-keys FILE
// (a public JWK set) as gateway-jwt (private_key_jwt); and by https with --client-ca FILE (PEM) as gateway-mtls
// (tls_client_auth, subject CN=gateway-mtls).
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { parseArgs } from 'node:util';
import Provider from 'oidc-provider';
import { providerConfiguration } from './lib/authorization-server-configuration.mjs';
import { privateKeySet } from './lib/key-set.mjs';
import { listenAddress } from './lib/listen-address.mjs';

const { values: settings } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    cert: { type: 'string' },
    key: { type: 'string' },
    resource: { type: 'string', multiple: true },
    keys: { type: 'string' },
    'gateway-keys': { type: 'string' },
    'client-ca': { type: 'string' },
    scopes: { type: 'string', default: 'mcp:read mcp:write' },
    user: { type: 'string', default: 'alice' },
  },
});
if (!settings.resource || !settings.keys) {
  console.error('authorization-server: --resource URI and --keys FILE are needed');
  process.exit(2);
}

async function grantFor(provider, prompt, params, grantId) {
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: settings.user, clientId: params.client_id });
  const missing = prompt.details;
  if (missing.missingOIDCScope) grant.addOIDCScope(missing.missingOIDCScope.join(' '));
  if (missing.missingOIDCClaims) grant.addOIDCClaims(missing.missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missing.missingResourceScopes ?? {}))
    grant.addResourceScope(resource, scopes.join(' '));
  return grant.save();
}

// Login and consent without a page.
async function interaction(provider, req, res) {
  const { prompt, params, grantId } = await provider.interactionDetails(req, res);
  const result = prompt.name === 'login'
    ? { login: { accountId: settings.user } }
    : { consent: { grantId: await grantFor(provider, prompt, params, grantId) } };
  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: true });
}

function logErrors(provider) {
  provider.on('server_error', (ctx, error) => console.error('server_error', error));
  for (const event of ['grant.error', 'authorization.error', 'registration_create.error', 'introspection.error'])
    provider.on(event, (ctx, error) =>
      console.error(event, error.error, error.error_description ?? '', error.error_detail ?? ''));
}

const read = (file) => file && fs.readFileSync(file);
const server = settings.cert
  ? https.createServer({
    cert: read(settings.cert), key: read(settings.key),
    ca: read(settings['client-ca']), requestCert: Boolean(settings['client-ca']), rejectUnauthorized: false,
  })
  : http.createServer();
server.listen(Number(settings.port), listenAddress(settings.host), async () => {
  const issuer = `${settings.cert ? 'https' : 'http'}://${settings.host}:${server.address().port}`;
  const provider = new Provider(issuer, providerConfiguration({
    jwks: await privateKeySet(settings.keys),
    resources: settings.resource,
    scopes: settings.scopes,
    gatewayKeys: settings['gateway-keys'] && JSON.parse(read(settings['gateway-keys'])),
    hasClientCertificates: Boolean(settings['client-ca']),
  }));
  logErrors(provider);
  const standard = provider.callback();
  server.on('request', async (req, res) => {
    try {
      const { pathname, searchParams } = new URL(req.url, issuer);
      if (pathname.startsWith('/interaction/')) return await interaction(provider, req, res);
      // A client that names no scope gets all of them (RFC 6749 section 3.3 leaves the default to the server).
      if (pathname === '/auth' && !searchParams.has('scope')) req.url += `&scope=${encodeURIComponent(settings.scopes)}`;
      return standard(req, res);
    } catch (error) {
      console.error(error);
      res.writeHead(500).end();
    }
  });
  console.log(JSON.stringify({ issuer }));
});
