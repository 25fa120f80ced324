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
import { Browser, logIn } from './browser.mjs';
import { startLogin } from './claude-code.mjs';
import { connect, connected, showTools, startInspector } from './inspector.mjs';
import { provideKeycloak, quickstart } from './keycloak.mjs';

const alice = { username: 'alice', password: 'wonderland' };
const folder = path.join(temporaryFolder('quickstart'), 'keycloak-quickstart');
let shell, page, environment;

before(async () => {
  await buildEverything();
  await provideKeycloak();
  fs.cpSync(quickstart, folder, { recursive: true });
  fs.writeFileSync(`${folder}/compose.override.yml`, everythingOverride);
  const home = freshHome();
  writeProgram(home, 'claude', '@anthropic-ai/claude-code/cli-wrapper.cjs');
  environment = { ...dockerEnvironment(), ...home, cwd: folder };
  shell = new Shell({ cwd: folder, env: environment });
  page = new Page('docs/GETTING_STARTED.md', shell);
});
after(async () => {
  if (page) console.log(`documents: GETTING_STARTED.md: ${page.ran} commands run, ${page.compared} outputs compared`);
  await shell?.run('docker compose down --volumes --timeout 2');
  shell?.close();
  await stopAll();
});

const sections = []; // that were run
const section = (heading) => test(`docs/GETTING_STARTED.md: ${heading}`, () => {
  sections.push(heading);
  return page.run(heading, 300_000);
});

async function withBrowser(use) {
  const browser = await Browser.start();
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

section('2. Start the containers');
section('3. Call the MCP server without a token');
section('4. Call the MCP server with a token');
section('5. Connect Claude Code');

test('Claude Code: login at Keycloak in a browser, then it is connected', () => withBrowser(async (browser) => {
  const login = await startLogin(environment, 'demo');
  const tab = await browser.open(login.ready);
  await logIn(tab, alice);
  assert.equal(await login.exited, 0, login.output);
  const { output } = await shell.run('claude mcp list');
  assert.match(output, /^demo: .*Connected$/m);
}));

test('MCP Inspector: login at Keycloak in a browser, then the tools are there', () => withBrowser(async (browser) => {
  const inspector = await startInspector('http://localhost:8080/mcp');
  const tab = await browser.open(inspector.ready);
  await connect(tab);
  await logIn(tab, { ...alice, before: () => browser.picture(tab, 'keycloak-login') });
  await connected(tab);
  await showTools(tab);
  await browser.picture(tab, 'inspector-connected');
  await inspector.stop();
}));

test('nginx has seen them pass, and logged no token', async () => {
  const { output } = await shell.run('docker compose logs nginx');
  assert.match(output, /"POST \/mcp" 200 pass/);
  assert.doesNotMatch(output, /eyJ/);
});

section('6. Connect MCP Inspector');
section('7. Let a logout take effect within seconds');
section('8. Stop the containers');

test('no section with commands was left out', () => assert.deepEqual(sections, page.headings));
