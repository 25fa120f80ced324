// The `docker run` of README.md, what docs/INSTALL.md does with the image, and the commands about variables of
// docs/CONFIGURATION.md, as they stand there.
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
import { stepsOf } from '../docs/lib/commands.mjs';

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

test('install, verify, upgrade, go back and uninstall as in docs/INSTALL.md', async (t) => {
  const [port, folder] = [await freePort(), temporaryFolder('install')];
  const shell = new Shell({ cwd: folder, env: dockerEnvironment() });
  const name = `mcp-gateway-${process.pid}`;
  t.after(async () => { shell.close(); await docker('rm', '--force', name, `${name}-old`); });
  const adapt = (text) => text.replace('-p 8080:8080', `-p 127.0.0.1:${port}:8080`).replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replaceAll('mcp-gateway', name).replaceAll(/nginx-mcp-resource:(dev|new)/g, image);
  const steps = stepsOf('docs/INSTALL.md');
  assert.ok(steps.length >= 9);
  for (const step of steps) await runStep(shell, { ...step, text: adapt(step.text) });
});

// Commands of a page in a folder with the files that it has: `start` runs a container in the background, which ends with the test.
function commandsOf(t, page) {
  const blocks = blocksOf(page);
  const folder = temporaryFolder('page');
  const inFolder = (command) => run(page, 'bash', ['-c', command], { cwd: folder, env: dockerEnvironment() });
  let count = 0;
  return {
    folder, run: inFolder,
    file: (name) => blocks.find(({ marks }) => marks.file === name).text,
    commands: blocks.filter(({ marks }) => marks.tested === 'smoke').map(({ text }) => text.trim().replace('nginx-mcp-resource:dev', image)),
    start: async (command, port) => {
      const name = `mcp-resource-page-${process.pid}-${++count}`;
      t.after(() => docker('rm', '--force', name));
      const { code, output } = await inFolder(command.replace('run --rm', `run --rm --detach --name ${name}`).replace('-p 8080:8080', `-p 127.0.0.1:${port}:8080`));
      assert.equal(code, 0, output);
      return name;
    },
  };
}

const isHealthy = (port) => until(async () => (await request(`http://127.0.0.1:${port}/healthz`).catch(() => ({}))).status === 200);

test('a file, check, convert, variables and a reload as in docs/CONFIGURATION.md', async (t) => {
  const page = commandsOf(t, 'docs/CONFIGURATION.md');
  assert.equal(page.commands.length, 6);
  const [withFile, check, withVariables, convert, checkSecond, reload] = page.commands;
  fs.mkdirSync(`${page.folder}/settings`);
  fs.writeFileSync(`${page.folder}/settings/mcp.yaml`, page.file('mcp.yaml'));
  fs.writeFileSync(`${page.folder}/mcp.env`, page.file('mcp.env'));
  const [port, otherPort] = [await freePort(), await freePort()];
  const name = await page.start(withFile, port);
  await isHealthy(port);
  fs.writeFileSync(`${page.folder}/settings/new.yaml`, page.file('mcp.yaml').replace('[mcp:read,', '[mcp:read, mcp:more,'));
  const second = await page.run(checkSecond.replace('CONTAINER', name));
  assert.equal(second.code, 0, second.output);
  fs.renameSync(`${page.folder}/settings/new.yaml`, `${page.folder}/settings/mcp.yaml`);
  const reloaded = await page.run(reload.replace('CONTAINER', name));
  assert.equal(reloaded.code, 0, reloaded.output);
  await until(async () => /mcp:more/.test((await request(`http://127.0.0.1:${port}/.well-known/oauth-protected-resource/mcp`)).body));
  const checked = await page.run(check);
  assert.equal(checked.code, 0, checked.output);
  assert.equal((await page.run(convert)).code, 0);
  assert.match(fs.readFileSync(`${page.folder}/mcp.yaml`, 'utf8'), /url: https:\/\/mcp\.example\.com\/mcp/);
  await page.start(withVariables, otherPort);
  await isHealthy(otherPort);
  fs.writeFileSync(`${page.folder}/mcp.env`, 'MCP_AUTH_MODE=jwt\n');
  const wrong = await page.run(check);
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.output, /MCP_CANONICAL_URI/);
});

test('64 MB and an nginx.conf of your own as in docs/OPERATIONS.md', async (t) => {
  const page = commandsOf(t, 'docs/OPERATIONS.md');
  assert.equal(page.commands.length, 2);
  const [small, own] = page.commands;
  fs.writeFileSync(`${page.folder}/mcp.env`, blocksOf('docs/CONFIGURATION.md').find(({ marks }) => marks.file === 'mcp.env').text);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path /tmp/${name};`).join(' ');
  fs.writeFileSync(`${page.folder}/my.conf`, `load_module modules/ngx_http_mcp_resource_module.so;
pid /tmp/nginx.pid; error_log stderr; events { }
http { access_log off; ${temporary} server { listen 8080; location / { return 200 mine; } } }\n`);
  const healthy = await page.start(small);
  await until(async () => (await docker('exec', healthy, 'mcp-resource', 'healthcheck')).code === 0, 30_000);
  const port = await freePort();
  await page.start(own.replace('run --rm', 'run --rm -p 8080:8080'), port);
  await until(async () => (await request(`http://127.0.0.1:${port}/`).catch(() => ({}))).body === 'mine');
});
