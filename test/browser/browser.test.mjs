// A client that runs in a browser (Chromium): on an origin that mcp_allowed_origins names it logs in, on another it gets nothing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { cleanEnvironment, start, stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

// This authorization server lets no page register: it is done here.
async function register(redirectUri) {
  const answer = await fetch(`${stack.issuer}/reg`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: [redirectUri], token_endpoint_auth_method: 'none', grant_types: ['authorization_code'], response_types: ['code'],
    }),
  });
  return (await answer.json()).client_id;
}

let stack;
let page; // the server of the page
let clientId;
let said = []; // by the page
before(async () => {
  const text = fs.readFileSync(new URL('page.html', import.meta.url), 'utf8');
  page = http.createServer(async (req, res) => {
    if (req.method === 'POST') said.push(Buffer.concat(await req.toArray()).toString());
    const body = text.replace("'MCP'", `'${stack.resource}'`).replace("'CLIENT'", `'${clientId}'`);
    res.writeHead(200, { 'content-type': 'text/html' }).end(req.method === 'GET' ? body : '');
  });
  await new Promise((resolve) => { page.listen(0, '127.0.0.1', resolve); });
  stack = await startStack({ mode: 'native', rules: `mcp_allowed_origins http://127.0.0.1:${page.address().port};` });
  clientId = await register(`http://127.0.0.1:${page.address().port}/`);
});
after(async () => {
  page.closeAllConnections();
  page.close();
  await stopAll();
});

// What the page says, until it is at an end.
async function browse(url) {
  const home = temporaryFolder('browser');
  said = [];
  const chromium = await start('chromium', 'chromium', [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', `--user-data-dir=${home}`, url,
  ], { env: cleanEnvironment({ HOME: home }), ready: () => said.find((line) => /^(accepted|failed)/.test(line)) });
  await chromium.stop();
  return said;
}

test('SPEC 26: on an allowed origin the page reads the 401, logs in and calls a tool', async () => {
  const [first, last, ...more] = await browse(`http://127.0.0.1:${page.address().port}/`);
  assert.equal(first, 'refused: 401');
  assert.match(last, /^accepted: 200 [^]*from a browser/);
  assert.deepEqual(more, []);
  assertCleanLog(stack.nginx);
});

test('SPEC 26: on a foreign origin it cannot even read the refusal', async () => {
  assert.deepEqual(await browse(`http://localhost:${page.address().port}/`), ['failed: Failed to fetch']);
  assert.match(stack.nginx.errorLog(), /origin_not_allowed/);
});
