// What doctor says at a gateway in front of an authorization server is what a client, or nginx, finds there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runCommand } from '../../peers/lib/command.mjs';
import { secretFile } from './client-proofs.mjs';

const mode = 'nativeIntrospect';
const fileWith = (text) => secretFile({ secret: text });

// said(subject): its lines.
async function askDoctor(resource, { metadata, gateway }, token, secret = gateway.secret) {
  const { code, output } = await runCommand(['doctor', resource, '--token-file', fileWith(token), '--client-id', gateway.id,
    '--client-secret-file', fileWith(secret), '--introspection-endpoint', metadata.introspection_endpoint]);
  for (const hidden of [token, gateway.secret]) assert.equal(output.includes(hidden), false, 'it is shown');
  return { code, output, said: (subject) => output.split('\n').filter((line) => line.includes(`  ${subject} `)).join('\n') };
}

// registers: whoever asks gets a client; checksAudience: it calls tokens for others inactive; wrongSecret: the status for one;
// hidesTokens: what doctor says where its client is told nothing.
export function tryDoctor({ registers, checksAudience, wrongSecret = 401, hidesTokens }, { resource, otherResource, asked: start, gatewayFor, ended }) {
  let asked, gateway;
  before(async () => {
    asked = await start();
    gateway = await gatewayFor(asked, mode);
  });
  after(() => gateway && ended(gateway));
  const doctor = (token, secret) => askDoctor(resource, asked, token, secret);
  const token = (wish = {}) => asked.token({ mode, ...wish });

  test('a good token passes everywhere, and who cannot register is told', async () => {
    const { code, output, said } = await doctor(await token());
    assert.equal(code, 0, output);
    for (const subject of ['your token', 'introspection: active', 'introspection: aud']) assert.match(said(subject), /^pass/, output);
    assert.match(said('authorization server: registration'), registers ? /^pass/ : /^warn/);
    assert.equal(/Codex: codex mcp add --oauth-client-id/.test(output), !registers);
  });
  test('a wrong secret, and an unknown token', async () => {
    assert.match((await doctor(await token(), 'wrong')).said('introspection: client'), new RegExp(`^FAIL .*status ${wrongSecret}`));
    const unknown = await doctor('nobody-issued-this');
    assert.match(unknown.said('your token'), /^FAIL .*status 401/);
    assert.match(unknown.said('introspection: active'), /^FAIL .*false/);
  });
  test('a token for another resource, and one without the scope', async () => {
    const other = await doctor(await token({ resource: otherResource }));
    assert.match(other.said(checksAudience ? 'introspection: active' : 'introspection: aud'), /^FAIL .*aud is .*other\.example\.com\/mcp.*, accepted is /);
    const read = await doctor(await token({ scope: 'mcp:write' }));
    assert.match(read.said('your token'), /^FAIL .*status 403: insufficient_scope.*it needs mcp:read/);
    assert.match(read.said('introspection: scope'), /^FAIL .*lacks mcp:read/);
  });
  if (hidesTokens)
    test('a client that is told nothing makes every token inactive, and doctor says why', async () => {
      await ended(gateway);
      gateway = await gatewayFor({ ...asked, gateway: asked.stranger }, mode);
      const { said, output } = await askDoctor(resource, { ...asked, gateway: asked.stranger }, await token());
      assert.match(said('your token'), /^FAIL .*status 401: invalid_token/);
      assert.match(gateway.nginx.errorLog(), /token_inactive/);
      assert.match(said('introspection: active'), /^FAIL /);
      assert.match(output.replace(/\s+/g, ' '), hidesTokens); // what to do stands in the next line
    });
}
