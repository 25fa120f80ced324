// How nginx authenticates at the introspection endpoint of a real authorization server, in each way that it offers
// (RFC 8414 introspection_endpoint_auth_methods_supported), by both modules that introspect.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { runCommand } from '../peers/lib/command.mjs';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { bearer, request, trust } from '../peers/lib/http.mjs';
import { startNginx } from '../peers/lib/nginx.mjs';
import { freePort, stopAll } from '../peers/lib/processes.mjs';
import { startAuthorizationServer } from '../peers/lib/servers.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { clientSecret } from '../peers/lib/tokens.mjs';

const resource = 'https://mcp.example.com/mcp';
const folder = temporaryFolder('client-authentication');
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];
let issuer;
let nginx;

const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function makeCertificates() {
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
    '-keyout', `${folder}/server.key`, '-out', `${folder}/server.crt`);
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=authority', '-keyout', `${folder}/ca.key`, '-out', `${folder}/ca.crt`);
  for (const name of ['gateway-mtls', 'stranger']) {
    openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${folder}/${name}.key`, '-out', `${folder}/${name}.csr`);
    openssl('x509', '-req', '-days', '2', '-in', `${folder}/${name}.csr`, '-CA', `${folder}/ca.crt`, '-CAkey', `${folder}/ca.key`,
      '-CAcreateserial', '-out', `${folder}/${name}.crt`);
  }
  trust(fs.readFileSync(`${folder}/server.crt`));
}

const generate = {
  RS256: () => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: () => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => crypto.generateKeyPairSync('ed25519'),
};

// One key for each algorithm, whose public half the authorization server knows, and one that it does not know.
function makeKeys() {
  const save = (name, jwk) => fs.writeFileSync(`${folder}/${name}.jwk`, JSON.stringify(jwk), { mode: 0o600 });
  const known = algorithms.map((alg) => {
    const { privateKey, publicKey } = generate[alg]();
    const names = { kid: alg.toLowerCase(), alg, use: 'sig' };
    save(names.kid, { ...privateKey.export({ format: 'jwk' }), ...names });
    return { ...publicKey.export({ format: 'jwk' }), ...names };
  });
  save('unknown', { ...generate.ES256().privateKey.export({ format: 'jwk' }), kid: 'es256', alg: 'ES256' });
  fs.writeFileSync(`${folder}/gateway-keys.json`, JSON.stringify({ keys: known }));
}

const assertion = (key) => ({ id: 'gateway-jwt', method: 'private_key_jwt', key: `${folder}/${key}.jwk` });
const secret = () => `${folder}/secret`;

// name: what differs. id, method, key, certificate: who we are, and what proves it.
const clients = {
  basic: () => ({ id: 'gateway', method: 'client_secret_basic', secret: secret() }),
  post: () => ({ id: 'gateway-post', method: 'client_secret_post', secret: secret() }),
  ...Object.fromEntries(algorithms.map((alg) => [alg.toLowerCase(), () => assertion(alg.toLowerCase())])),
  'mtls': () => ({ id: 'gateway-mtls', method: 'tls_client_auth', certificate: `${folder}/gateway-mtls.crt`, key: `${folder}/gateway-mtls.key` }),
};
const strangers = {
  'wrong-secret': () => ({ id: 'gateway-post', method: 'client_secret_post', secret: `${folder}/other-secret` }),
  'unknown-key': () => assertion('unknown'),
  'wrong-certificate': () => ({ id: 'gateway-mtls', method: 'tls_client_auth', certificate: `${folder}/stranger.crt`, key: `${folder}/stranger.key` }),
};

const nativeLocation = (name, { id, method, secret: file, key, certificate }) => `
        location /${name} {
            mcp_resource https://mcp.example.com/${name};
            mcp_audience ${resource};
            mcp_authorization_server ${issuer};
            mcp_introspection ${issuer}/token/introspection client_id=${id} client_authentication=${method}
                ${file ? `client_secret_file=${file}` : ''} ${key ? `client_key_file=${key}` : ''} ${certificate ? `client_certificate_file=${certificate}` : ''};
            empty_gif;
        }`;
const nativeServer = (port) => `
    mcp_ssl_trusted_certificate ${folder}/server.crt;
    server {
        listen 127.0.0.1:${port};
        ${Object.entries({ ...clients, ...strangers }).map(([name, make]) => nativeLocation(name, make())).join('')}
    }`;

// The drop-in module has one client in all of nginx.
const dropInServer = (port, { id, method, secret: file, key, certificate }) => `
    auth_oauth2_token_client_id ${id};
    auth_oauth2_token_client_authentication ${method} ${method === 'private_key_jwt' ? `audience=${issuer}` : ''};
    ${file ? `auth_oauth2_token_client_secret_file ${file};` : ''}
    ${key && !certificate ? `auth_oauth2_token_client_key_file ${key};` : ''}
    server {
        listen 127.0.0.1:${port};
        location / { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_introspect; empty_gif; }
        location = /_introspect {
            internal;
            proxy_pass ${issuer}/token/introspection;
            proxy_ssl_verify on;
            proxy_ssl_trusted_certificate ${folder}/server.crt;
            ${certificate ? `proxy_ssl_certificate ${certificate}; proxy_ssl_certificate_key ${key}; proxy_ssl_session_reuse off;` : ''}
        }
    }`;

async function startDropIn(client) {
  const port = await freePort();
  const child = await startNginx({ modules: ['ngx_http_auth_oauth2_token_module'], port, http: dropInServer(port, client) });
  return { url: `http://127.0.0.1:${port}/`, child };
}

async function issued() {
  const body = new URLSearchParams({ grant_type: 'client_credentials', resource, scope: 'mcp:read' }).toString();
  const answer = await request(`${issuer}/token`, {
    method: 'POST', body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`m2m-opaque:${clientSecret}`).toString('base64')}`,
    },
  });
  return JSON.parse(answer.body).access_token;
}

before(async () => {
  makeCertificates();
  makeKeys();
  fs.writeFileSync(secret(), `${clientSecret}\n`, { mode: 0o600 });
  fs.writeFileSync(`${folder}/other-secret`, 'another-secret\n', { mode: 0o600 });
  const server = await startAuthorizationServer({
    resources: [resource], keysFile: `${folder}/keys.json`,
    more: ['--cert', `${folder}/server.crt`, '--key', `${folder}/server.key`, '--client-ca', `${folder}/ca.crt`,
      '--gateway-keys', `${folder}/gateway-keys.json`],
  });
  issuer = server.ready;
  const port = await freePort();
  nginx = await startNginx({ modules: ['ngx_http_mcp_resource_module'], port, http: nativeServer(port) });
  nginx.url = `http://127.0.0.1:${port}`;
});
after(async () => {
  await stopAll();
  assertCleanLog(nginx);
  for (const text of [clientSecret, 'another-secret', 'eyJ']) assert.ok(!nginx.errorLog().includes(text), 'no secret in the log');
});

// As `client` has it, beside a location of ours.
async function doctorSays({ id, method, secret: file, key, certificate }, ...more) {
  const named = { '--client-secret-file': file, '--client-key-file': key, '--client-certificate-file': certificate };
  const { output } = await runCommand(['doctor', `${nginx.url}/basic`, '--ca', `${folder}/server.crt`, '--introspection-endpoint', `${issuer}/token/introspection`,
    '--client-id', id, '--client-authentication', method, ...Object.entries(named).flatMap(([option, value]) => (value ? [option, value] : [])), ...more]);
  for (const hidden of [clientSecret, 'another-secret', 'eyJ', 'PRIVATE']) assert.equal(output.includes(hidden), false, 'it is shown');
  return output;
}
const withAudience = (method) => (method === 'private_key_jwt' ? ['--assertion-audience', issuer] : []);

const statusOf = async (url, token) => (await request(url, { headers: bearer(token) })).status;

for (const [name, make] of Object.entries(clients)) {
  test(`native, ${name}: the authorization server takes us for who we are`, async () => {
    assert.equal(await statusOf(`${nginx.url}/${name}`, await issued()), 200);
    assert.equal(await statusOf(`${nginx.url}/${name}`, await issued()), 200, 'a second time');
    assert.equal(await statusOf(`${nginx.url}/${name}`, 'x'.repeat(43)), 401, 'and says no to a token that it did not issue');
  });
  test(`auth_oauth2_token, ${name}: the same`, async () => {
    const { url, child } = await startDropIn(make());
    assert.equal(await statusOf(url, await issued()), 200);
    assert.equal(await statusOf(url, await issued()), 200, 'a second time');
    assert.equal(await statusOf(url, 'x'.repeat(43)), 401);
    await child.stop();
    assertCleanLog(child);
  });
}

for (const [name, make] of Object.entries(strangers)) {
  test(`native, ${name}: 503, and the log has the server's words`, async () => {
    assert.equal(await statusOf(`${nginx.url}/${name}`, await issued()), 503);
    assert.match(nginx.errorLog(), new RegExp(`server_refuses_client: .*"invalid_client": "client authentication failed".*"GET /${name} `));
  });
  test(`auth_oauth2_token, ${name}: the same`, async () => {
    const { url, child } = await startDropIn(make());
    assert.equal(await statusOf(url, await issued()), 503);
    assert.match(child.errorLog(), /server_refuses_client: .*"invalid_client": "client authentication failed"/);
    await child.stop();
    assertCleanLog(child);
  });
}

for (const [name, make] of Object.entries(clients))
  test(`doctor, ${name}: the same`, async () => {
    const client = make();
    const told = await doctorSays(client, ...withAudience(client.method));
    const proof = { private_key_jwt: 'key', tls_client_auth: 'certificate' }[client.method] ?? 'secret';
    assert.match(told, new RegExp(`^pass +introspection: client +"${client.id}" and its ${proof} are accepted`, 'm'));
  });
for (const [name, make] of Object.entries(strangers))
  test(`doctor, ${name}: the client fails, and what to do is told`, async () => {
    const client = make();
    assert.match(await doctorSays(client, ...withAudience(client.method)), /^FAIL +introspection: client +status 401 "invalid_client"[^\n]*\n +do this: /m);
  });

test('doctor: what proves a client is told when it is missing, has no effect or cannot be used', async () => {
  for (const [client, why] of [
    [{ id: 'gateway-jwt', method: 'private_key_jwt' }, '--client-authentication private_key_jwt needs --client-key-file'],
    [{ ...assertion('rs256'), secret: secret() }, '--client-secret-file has no effect with --client-authentication private_key_jwt: leave it out'],
    [{ ...clients.mtls(), certificate: undefined }, '--client-authentication tls_client_auth needs --client-certificate-file'],
    [{ id: 'gateway-jwt', method: 'private_key_jwt', key: `${folder}/server.crt` }, '--client-key-file: the key cannot be used: '],
  ]) assert.ok((await doctorSays(client)).startsWith(`mcp-resource: ${why}`), why);
  assert.match(await doctorSays(assertion('rs256')), /FAIL +introspection: client +not asked: an assertion names the authorization server, and none is known[^\n]*\n +do this: name it: --assertion-audience/);
  assert.match(await doctorSays({ ...clients.mtls(), key: `${folder}/stranger.key` }), /FAIL +introspection: answer [^\n]*the client's certificate and key cannot be used/);
});
