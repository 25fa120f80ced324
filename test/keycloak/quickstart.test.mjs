// docs/GETTING_STARTED.md from its beginning to its end: a real Keycloak, the image, a real MCP server; with Claude Code, and
// with MCP Inspector in a browser. Ports are those of the page: 8080, 8081 and 6274.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Shell } from '../docs/lib/commands.mjs';
import { Page } from '../docs/lib/page.mjs';
import { buildEverything, everythingOverride } from '../e2e/image/peers.mjs';
import { dockerEnvironment } from '../peers/lib/image.mjs';
import { freshHome, writeProgram } from '../peers/lib/packaged-clients.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { Browser } from './browser.mjs';
import { startInspector } from './inspector.mjs';
import { provideKeycloak, quickstart } from './keycloak.mjs';

let shell, page, browser;
const folder = path.join(temporaryFolder('quickstart'), 'keycloak-quickstart');

before(async () => {
  await buildEverything();
  await provideKeycloak();
  fs.cpSync(quickstart, folder, { recursive: true });
  fs.writeFileSync(`${folder}/compose.override.yml`, everythingOverride);
  const home = freshHome();
  writeProgram(home, 'claude', '@anthropic-ai/claude-code/cli-wrapper.cjs');
  shell = new Shell({ cwd: folder, env: { ...home, ...dockerEnvironment(), HOME: home.HOME, PATH: home.PATH } });
  page = new Page('docs/GETTING_STARTED.md', shell);
  browser = await Browser.start();
});
after(async () => {
  await browser?.close();
  await shell?.run('docker compose down --volumes --timeout 2 2>&1; MODE=introspect docker compose down --volumes 2>&1');
  shell?.close();
  await stopAll();
  console.log(`GETTING_STARTED.md: ${page?.ran} commands run, ${page?.compared} outputs compared`);
});

const sections = []; // that were run
const run = async (heading) => { sections.push(heading); return page.run(heading, 300_000); };

test('Start', () => run('Start'));
test('Look at it with curl', () => run('Look at it with curl'));
test('Claude Code', () => run('Claude Code'));

test('MCP Inspector: login at Keycloak in a browser, tools listed and called', async () => {
  const inspector = await startInspector();
  const tab = await browser.open(inspector.url);
  await inspector.connect(tab, 'http://localhost:8080/mcp');
  await browser.logIn(tab, { username: 'alice', password: 'wonderland', screenshot: 'keycloak-login' });
  assert.deepEqual((await inspector.tools(tab)).includes('echo'), true);
  await browser.screenshot(tab, 'inspector-connected');
  await inspector.stop();
});

test('Introspection, logout and revocation', () => run('The other mode: Keycloak is asked about each token'));
test('Stop', () => run('Stop'));

test('no section with commands was left out', () => assert.deepEqual(sections, page.headings));
