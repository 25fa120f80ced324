// The `docker run` of README.md and the commands about settings of docs/INSTALL.md, as they stand there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { runStep, Shell } from '../docs/lib/commands.mjs';
import { blocksOf } from '../docs/lib/markdown.mjs';
import { docker, dockerEnvironment, image } from '../peers/lib/image.mjs';
import { request } from '../peers/lib/http.mjs';
import { freePort, run, until } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { goodClaims } from '../peers/lib/tokens.mjs';

test('README.md: docker run and the first request print what the page shows; without keys no token passes', async (t) => {
  const readme = fs.readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [command] = readme.match(/^docker run (?:.*\\\n)*.*$/m);
  const port = await freePort();
  const name = `mcp-resource-readme-${process.pid}`;
  t.after(() => docker('rm', '--force', name));
  const adapted = command.replace('docker run --rm', `docker run --rm --detach --name ${name}`)
    .replace('-p 8080:8080', `-p 127.0.0.1:${port}:8080`).replace('nginx-mcp-resource:dev', image);
  const { code, output } = await run('README', 'bash', ['-c', adapted], { env: dockerEnvironment() });
  assert.equal(code, 0, output);
  const ask = (path, headers) => request(`http://127.0.0.1:${port}${path}`, { headers }).catch(() => ({}));
  await until(async () => (await ask('/healthz')).status === 200);
  const refused = await ask('/mcp');
  assert.equal(refused.status, 401);
  assert.deepEqual(refused.lines('www-authenticate'), [
    'Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"']);
  const [derived, answer] = blocksOf('README.md').filter(({ language }) => language === 'text').map(({ text }) => text);
  const shell = new Shell({ cwd: '/', env: dockerEnvironment() });
  t.after(() => shell.close());
  const prints = (text, output) => runStep(shell, { file: 'README.md', line: text, marks: { run: true }, text, outputs: [output] });
  await prints(`docker logs ${name}`, derived);
  await prints(readme.match(/^curl -i .*$/m)[0].replace('curl', 'curl -sS').replace(':8080', `:${port}`), answer);
  await until(async () => (await docker('inspect', '--format', '{{.State.Health.Status}}', name)).output.trim() === 'healthy', 60_000);
  const metadata = JSON.parse((await ask('/.well-known/oauth-protected-resource/mcp')).body);
  assert.deepEqual([metadata.resource, metadata.authorization_servers], ['https://mcp.example.com/mcp', ['https://auth.example.com']]);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  // One that only its keys can judge: what is bad whatever they are is refused without them.
  const token = `${part({ alg: 'RS256', kid: 'x' })}.${part(goodClaims('https://auth.example.com', 'https://mcp.example.com/mcp'))}.AAAA`;
  const withToken = await ask('/mcp', { authorization: `Bearer ${token}` });
  assert.equal(withToken.status, 503);
  assert.match(withToken.header('retry-after'), /^\d+$/);
});

test('Three values as in docs/INSTALL.md', async () => {
  const page = fs.readFileSync(new URL('../../docs/INSTALL.md', import.meta.url), 'utf8');
  const [command] = page.match(/^docker run .* run --port 8080 \\\n {4}--resource.*$/m);
  const checked = await run('INSTALL', 'bash', ['-c', command.replace(/-p \S+/, '').replace('nginx-mcp-resource:dev run', `${image} check`)], { env: dockerEnvironment() });
  assert.equal(checked.code, 0, checked.output);
  assert.match(checked.output, /derived: .*\n(?:[^]*\n)?The settings are complete/);
});

test('check and render as in docs/INSTALL.md', async () => {
  const page = fs.readFileSync(new URL('../../docs/INSTALL.md', import.meta.url), 'utf8');
  const commands = page.match(/^docker run --rm --env-file .*$/gm).map((line) => line.replace('nginx-mcp-resource:dev', image));
  assert.equal(commands.length, 2);
  const folder = temporaryFolder('settings');
  const settings = {
    MCP_AUTH_MODE: 'jwt', MCP_DISCOVERY: 'on', MCP_SERVER_NAME: 'mcp.example.com', MCP_CANONICAL_URI: 'https://mcp.example.com/mcp',
    MCP_METADATA_URI: 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp', MCP_AUTHORIZATION_SERVER: 'https://auth.example.com',
    MCP_REQUIRED_SCOPE: 'mcp:read', MCP_SCOPES_SUPPORTED: 'mcp:read', MCP_BACKEND: '127.0.0.1:3001',
  };
  const inFolder = (command) => run('INSTALL', 'bash', ['-c', command], { cwd: folder, env: dockerEnvironment() });
  fs.writeFileSync(`${folder}/mcp.env`, Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join(''));
  const [checked, rendered] = [await inFolder(commands[0]), await inFolder(commands[1])];
  assert.equal(checked.code, 0, checked.output);
  assert.match(rendered.output, /https:\/\/mcp\.example\.com\/mcp[^]*proxy_pass/);
  fs.writeFileSync(`${folder}/mcp.env`, 'MCP_AUTH_MODE=jwt\n');
  const wrong = await inFolder(commands[0]);
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.output, /MCP_CANONICAL_URI/);
});
