// docs/authorization-servers: a token like the one that the page shows passes with each settings file that the page shows. It
// is refused for another audience, and without its scopes.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { stopAll } from '../peers/lib/processes.mjs';
import { now } from '../peers/lib/tokens.mjs';
import { Shell } from './lib/commands.mjs';
import { blocksOf, documents } from './lib/markdown.mjs';
import { World } from './lib/recipes.mjs';

const YAML = createRequire(new URL('../peers/package.json', import.meta.url))('yaml');
const first = (value) => [value].flat()[0];

// [{ file, line, text, settings, sample }]
const files = documents().filter((file) => file.startsWith('docs/authorization-servers/')).flatMap((file) => {
  const blocks = blocksOf(file);
  const sample = blocks.filter(({ language }) => language === 'json').map(({ text }) => JSON.parse(text)).find(({ aud }) => aud);
  const settings = blocks.filter(({ language, marks }) => language === 'yaml' && marks.settings);
  return sample ? settings.map((block) => ({ ...block, sample, settings: first(YAML.parse(block.text).resources) })) : [];
});

// The sample as it would be now. Where a page has several files, the later ones may be for another issuer or audience.
function claimsOf({ settings, sample }, changes) {
  const accepted = { iss: first(settings.issuers ?? settings.authorization_servers), aud: first(settings.audiences ?? settings.url) };
  const audiences = [sample.aud].flat();
  return {
    ...sample, iat: now(), exp: now() + 300, ...(sample.nbf && { nbf: now() }), ...(sample.iss && { iss: accepted.iss }),
    ...(!audiences.includes(accepted.aud) && { aud: accepted.aud }), ...changes,
  };
}

let world, shell;
before(async () => {
  world = await World.start([...new Set(files.map(({ settings }) => new URL(settings.authorization_servers).hostname))]);
  shell = new Shell({ cwd: world.environment.HOME, env: world.environment });
});
after(async () => {
  shell?.close();
  world?.close();
  await stopAll();
});

async function statusOf(file, changes) {
  const claims = claimsOf(file, changes);
  world.known.claims = () => claims;
  const token = file.settings.introspection ? `opaque-${Math.random()}` : await world.token(claims, file.settings.token_type ?? 'JWT');
  const { output } = await shell.run(`curl -sS -o /dev/null -w '%{http_code}' https://mcp.example.com/mcp -H 'Authorization: Bearer ${token}' ` +
    "-H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' " +
    `-d '${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })}'`);
  return output;
}

for (const file of files)
  test(`${file.file}:${file.line}`, async () => {
    world.known.issuer = file.settings.authorization_servers;
    const server = await world.serve({ language: 'yaml', text: file.text.replace('http://127.0.0.1:4445', 'https://auth.example.com') });
    try {
      assert.equal(await statusOf(file, {}), '200', server.output);
      assert.equal(await statusOf(file, { aud: 'https://other.example.com/mcp' }), '401', server.output);
      assert.equal(await statusOf(file, { scope: undefined, scp: undefined }), '403', server.output);
    } finally {
      await server.stop();
    }
  });

test('the first file of each page takes the sample as it is shown', () => {
  const seen = new Set();
  for (const file of files.filter(({ file: page }) => !seen.has(page) && seen.add(page))) {
    const { iss, aud } = claimsOf(file, {});
    assert.deepEqual({ iss, aud }, { iss: file.sample.iss, aud: file.sample.aud }, file.file);
  }
  assert.ok(seen.size >= 9);
});
