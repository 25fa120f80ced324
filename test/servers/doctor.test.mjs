// doctor at a gateway in front of each authorization server: what it says is what a client, or nginx, would find.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { runCommand } from '../peers/lib/command.mjs';
import { resourceOn, startGateway } from '../peers/lib/gateway.mjs';
import { freePort, stopAll } from '../peers/lib/processes.mjs';
import { startMcpServer } from '../peers/lib/servers.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { whyNot } from './lib/installed.mjs';
import { servers } from './lib/servers.mjs';

const otherResource = 'https://other.example.com/mcp';
// Who registers clients by itself, and what a wrong secret is answered with.
const known = {
  'oidc-provider': { registers: true }, Keycloak: { registers: true, checksAudience: true },
  'better-auth': { checksAudience: true }, 'django-oauth-toolkit': { wrongSecret: 403 }, 'Spring Authorization Server': {},
};

const wanted = process.env.TEST_SERVERS?.split(',');
const lines = (output, subject) => output.split('\n').filter((line) => line.includes(`  ${subject} `));

function fileWith(text) {
  const file = `${temporaryFolder('secret')}/file`;
  fs.writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function examine(server) {
  const { registers, checksAudience, wrongSecret = 401 } = known[server.name];
  let asked, resource, secret;
  before(async () => {
    const port = await freePort();
    resource = resourceOn(port);
    asked = await server.start({ resource, otherResource });
    secret = fileWith(asked.gateway.secret);
    await startGateway({
      mode: 'nativeIntrospect', port, backend: (await startMcpServer()).ready, resource, issuer: asked.metadata.issuer, keys: '',
      secretFile: secret, clientId: asked.gateway.id, introspection: asked.metadata.introspection_endpoint,
    });
  });
  after(stopAll);

  const doctor = async (token, file = secret) => {
    const tokenFile = fileWith(token);
    const { code, output } = await runCommand(['doctor', resource, '--token-file', tokenFile, '--client-id', asked.gateway.id,
      '--client-secret-file', file, '--introspection-endpoint', asked.metadata.introspection_endpoint]);
    for (const hidden of [token, asked.gateway.secret]) assert.equal(output.includes(hidden), false, 'it is shown');
    return { code, output, said: (subject) => lines(output, subject).join('\n') };
  };
  const token = (wish = {}) => asked.token({ mode: 'nativeIntrospect', ...wish });

  test('a good token passes everywhere, and who cannot register is told', async () => {
    const { code, output, said } = await doctor(await token());
    assert.equal(code, 0, output);
    assert.match(said('your token'), /^pass .*is accepted/);
    assert.match(said('introspection: active'), /^pass/);
    assert.match(said('introspection: aud'), /^pass/);
    assert.match(said('authorization server: registration'), registers ? /^pass/ : /^warn/);
    assert.equal(/Codex: codex mcp add --oauth-client-id/.test(output), !registers);
  });
  test('a wrong secret, and an unknown token', async () => {
    assert.match((await doctor(await token(), fileWith('wrong'))).said('introspection: client'), new RegExp(`^FAIL .*status ${wrongSecret}`));
    const unknown = await doctor('nobody-issued-this');
    assert.match(unknown.said('your token'), /^FAIL .*status 401/);
    assert.match(unknown.said('introspection: active'), /^FAIL .*false/);
  });
  test('a token for another resource, and one without the scope', async () => {
    const other = await doctor(await token({ resource: otherResource }));
    assert.match(other.said(checksAudience ? 'introspection: active' : 'introspection: aud'), /^FAIL .*other\.example\.com\/mcp"\]? and does not name/);
    const read = await doctor(await token({ scope: 'mcp:write' }));
    assert.match(read.said('your token'), /^FAIL .*status 403: insufficient_scope.*it needs mcp:read/);
    assert.match(read.said('introspection: scope'), /^FAIL .*lacks mcp:read/);
  });
}

for (const server of servers.filter(({ name }) => !wanted || wanted.includes(name)))
  describe(`doctor at ${server.name}`, { skip: process.env.CI !== 'true' && whyNot(server) }, () => examine(server));
