// The status page in Chromium: readable by everybody (axe-core finds nothing serious), it loads nothing, and its search works
// without JavaScript. The pictures of docs/STATUS-PAGE.md are taken here: UPDATE_PICTURES=1.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { root } from '../docs/lib/markdown.mjs';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { mcpCall } from '../peers/lib/http.mjs';
import { stopAll, until } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { goodClaims, now, signedToken } from '../peers/lib/tokens.mjs';

const require = createRequire(new URL('../peers/', import.meta.url)); // where packages are installed
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const schemes = ['light', 'dark'];
const widths = [360, 1600];
let browser;
let stack;
let page; // its URL
let refusedId;

const call = async (name, changes) => {
  const token = changes && await signedToken(stack.keysFile, { ...goodClaims(stack.issuer, stack.resource), ...changes });
  return mcpCall(stack.resource, 'tools/call', { name, arguments: { message: 'x' } }, token ? { authorization: `Bearer ${token}` } : {});
};

// What a bad afternoon looks like.
async function storm() {
  for (let i = 0; i < 40; i += 1) await call(i % 8 < 6 ? 'echo' : 'whoami', {});
  for (let i = 0; i < 3; i += 1) await call('no-such-tool', {});
  for (let i = 0; i < 8; i += 1) await call('echo');
  for (let i = 0; i < 8; i += 1) await call('echo', { exp: now() - 3600 });
  for (let i = 0; i < 3; i += 1) await call('echo', { aud: stack.otherResource });
  for (let i = 0; i < 3; i += 1) await call('echo', { scope: 'other' });
  await call('admin_<script>alert(1)</script>\u202Eevil', {});
  const refused = await call('admin_delete_everything', { sub: 'bob', client_id: 'inspector' });
  return JSON.parse(refused.body).error.data.decision_id;
}

before(async () => {
  stack = await startStack({
    mode: 'native',
    rules: 'mcp_scope mcp:admin tool=admin_*; mcp_observe on;',
    extraServer: () => 'location = /status { mcp_status; } location = /status.json { mcp_status; } location = /metrics { mcp_metrics; }',
  });
  page = new URL('/status', stack.resource).href;
  refusedId = await storm();
  await until(async () => (await (await fetch(`${page}.json?id=${refusedId}`)).json()).refusals.length === 1);
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
});
after(async () => {
  await browser?.close();
  await stopAll();
});

// Calls look(tab) with the page opened, and fails when the page asked for anything else, or broke its own policy. The icon is
// what browsers ask every server for.
async function visit(url, { width = 1600, colorScheme = 'light', ...options }, look) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, ...options });
  const tab = await context.newPage();
  const asked = [];
  const complaints = [];
  tab.on('request', (request) => asked.push(request.url()));
  tab.on('console', (message) => { if (!message.location().url.endsWith('/favicon.ico')) complaints.push(message.text()); });
  tab.on('pageerror', (error) => complaints.push(String(error)));
  await tab.goto(url);
  await look(tab);
  await context.close();
  const elsewhere = asked.filter((each) => !each.startsWith(page) && !each.endsWith('/favicon.ico'));
  assert.deepEqual(elsewhere, [], 'nothing is loaded from anywhere');
  assert.deepEqual(complaints, [], 'the browser complains of nothing');
}

for (const colorScheme of schemes) {
  for (const width of widths) {
    test(`axe-core finds nothing serious: ${colorScheme}, ${width} pixels`, async () => {
      // Scripts of tests, which the page's policy would not let run, come from outside of the page.
      await visit(`${page}?id=${refusedId}`, { colorScheme, width, bypassCSP: true }, async (tab) => {
        await tab.locator('details').evaluate((element) => { element.open = true; });
        await tab.evaluate(axe);
        const { violations, passes } = await tab.evaluate(() => window.axe.run());
        assert.deepEqual(violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html }) => html.slice(0, 120))}`), []);
        assert.ok(passes.some(({ id }) => id === 'color-contrast'), 'it has looked at the colors');
      });
    });

    test(`nothing is wider than the screen: ${colorScheme}, ${width} pixels`, async () => {
      await visit(page, { colorScheme, width }, async (tab) => {
        assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width);
      });
    });
  }
}

test('a refusal is found by its id without JavaScript, by keyboard alone', async () => {
  await visit(page, { javaScriptEnabled: false }, async (tab) => {
    await tab.keyboard.press('Tab'); // Refresh
    await tab.keyboard.press('Tab');
    await tab.keyboard.type(refusedId);
    await tab.keyboard.press('Enter');
    await tab.waitForURL(`${page}?id=${refusedId}`);
    const found = tab.getByRole('region', { name: `Refusal ${refusedId}` });
    assert.match(await found.textContent(), /scope_insufficient.*Let the client request the scope.*bob.*inspector.*admin_delete_everything/s);
  });
});

test('tables say what they are, and each reason leads to what to do', async () => {
  await visit(page, { width: 360 }, async (tab) => {
    const refusals = tab.getByRole('table', { name: 'Newest refusals' });
    assert.ok(await refusals.getByRole('row').count() >= 20);
    await refusals.getByRole('link', { name: 'expired' }).first().click();
    assert.equal(new URL(tab.url()).hash, '#reason-expired');
    assert.equal(await tab.locator('#reason-expired').getByRole('rowheader').textContent(), 'expired');
  });
});

test('on a narrow screen the numbers of a row stand side by side, each below its name', async () => {
  await visit(page, { width: 360 }, async (tab) => {
    const row = tab.getByRole('table', { name: 'Calls since nginx started' }).getByRole('row', { name: 'echo' });
    const boxes = await Promise.all((await row.locator('.count').all()).map((cell) => cell.boundingBox()));
    assert.equal(boxes.length, 4);
    assert.equal(new Set(boxes.map(({ y }) => Math.round(y))).size, 1, 'on one line');
    assert.ok(boxes.every(({ x, width }, i) => x >= 0 && x + width <= (boxes[i + 1]?.x ?? 360)), 'none over another');
  });
});

test('a refusal without a scope says which scope is missing', async () => {
  await visit(`${page}?id=(${refusedId.toUpperCase()})`, {}, async (tab) => {
    assert.match(await tab.getByRole('region', { name: `Refusal ${refusedId}` }).textContent(), /Missing scopesmcp:admin/);
  });
});

test('a page whose own name leads here, as DNS rebinding does, is shown nothing', async () => {
  const foreign = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP evil.example 127.0.0.1'] });
  const tab = await foreign.newPage();
  const { port } = new URL(page);
  for (const path of ['/status', '/status.json', '/metrics']) {
    const answer = await tab.goto(`http://evil.example:${port}${path}`);
    assert.equal(answer.status(), 421);
    const read = await tab.evaluate(async (url) => { const fetched = await fetch(url, { headers: { 'Accept-Language': '' }, referrerPolicy: 'no-referrer' }); return `${fetched.status} ${await fetched.text()}`; }, path);
    assert.match(read, /^421 "evil\.example" is not a name of this server/);
  }
  await foreign.close();
});

test('the tools that were called are counted, and invented names are not', async () => {
  await visit(page, {}, async (tab) => {
    const tools = tab.getByRole('table', { name: 'Calls since nginx started' });
    assert.match(await tools.getByRole('row', { name: 'echo' }).textContent(), /^echotools\/call3000%/);
    assert.equal(await tools.getByText('no-such-tool').count(), 0);
  });
});

test('what a client calls itself runs nothing, and is seen as it is', async () => {
  await visit(page, {}, async (tab) => {
    assert.equal(await tab.locator('script').count(), 0);
    assert.equal(await tab.getByText('admin_<script>alert(1)</script>[U+202E]evil').count(), 1);
  });
});

test('pictures of the documents', async () => {
  const folder = process.env.UPDATE_PICTURES ? `${root}docs/images` : temporaryFolder('pictures');
  const pictures = [['status-light', page, 1200, 'light', 760], ['status-dark', page, 1200, 'dark', 760],
    ['status-found', `${page}?id=${refusedId}`, 1200, 'light', 480], ['status-narrow', page, 360, 'dark', 760]];
  for (const [name, url, width, colorScheme, height] of pictures) {
    await visit(url, { width, colorScheme }, async (tab) => {
      await tab.setViewportSize({ width, height });
      const file = `${folder}/${name}.png`;
      await tab.screenshot({ path: file });
      assert.ok(fs.statSync(file).size < 150 * 1024, `${name} is small`);
    });
  }
});

test('nginx complains of nothing', () => assertCleanLog(stack.nginx));
