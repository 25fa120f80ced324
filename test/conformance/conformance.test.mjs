// The MCP conformance suite, run at an MCP server and at the same server behind nginx: check by check nothing may differ, but
// that nginx refuses foreign origins. What the server itself fails says nothing about nginx.
// Needs Node.js 22.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { run, stopAll } from '../peers/lib/processes.mjs';
import { startMcpServer, startServerEverything } from '../peers/lib/servers.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { issuedToken } from '../peers/lib/tokens.mjs';

after(stopAll);
const suite = fileURLToPath(new URL('node_modules/.bin/conformance', import.meta.url));

// The suite knows no tokens: this stands between it and nginx, and adds one to every request.
async function startTokenAdder(t) {
  let target;
  const server = http.createServer((req, res) => {
    const headers = { ...req.headers, authorization: `Bearer ${target.token}` };
    const onward = http.request(target.url, { method: req.method, path: req.url, headers }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    req.pipe(onward);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.after(() => { server.closeAllConnections(); server.close(); });
  return { port: server.address().port, lead: (url, token) => { target = { url, token }; } };
}

// "scenario/check: SUCCESS", and why not.
async function results(url, revision) {
  const folder = temporaryFolder('conformance');
  const { output } = await run('conformance', process.execPath, [
    suite, 'server', '--url', url, '--requirements', revision, '--output-dir', folder,
  ], { timeoutMs: 300_000 });
  const found = fs.readdirSync(folder).flatMap((scenario) => {
    const name = scenario.replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '');
    return JSON.parse(fs.readFileSync(path.join(folder, scenario, 'checks.json'))).map(({ id, status, errorMessage = '' }) =>
      `${name}/${id}: ${status} ${errorMessage.replace(/127\.0\.0\.1:\d+/g, 'HOST')}`.trim());
  });
  assert.ok(found.length > 30, output);
  return found.sort();
}

// The servers take requests of any origin.
const refusesForeignOrigins = (line) =>
  line.replace(/^(server-dns-rebinding-protection\/localhost-host-rebinding-rejected): .*/, '$1: SUCCESS');

for (const [revision, backend] of [['2025-11-25', startServerEverything], ['2026-07-28', startMcpServer]])
  test(`${revision}: behind nginx every check ends as it does without`, async (t) => {
    const { port, lead } = await startTokenAdder(t);
    const origins = `mcp_allowed_origins http://127.0.0.1:${port} http://localhost:${port};`;
    const stack = await startStack({ mode: 'native', backend, rules: origins });
    lead(stack.resource, await issuedToken(stack.issuer, { client: 'm2m-rs256-day', resource: stack.resource }));
    const direct = await results(stack.mcpServer.ready, revision);
    const proxied = await results(`http://127.0.0.1:${port}/mcp`, revision);
    const expected = direct.map(refusesForeignOrigins);
    const only = (lines, others) => lines.filter((line) => !others.includes(line));
    assert.deepEqual({ withNginx: only(proxied, expected), without: only(expected, proxied) }, { withNginx: [], without: [] });
    assert.equal(proxied.length, direct.length);
    const passed = (lines) => lines.filter((line) => line.includes(': SUCCESS')).length;
    console.log(`${revision}: ${direct.length} checks; passed without nginx: ${passed(direct)}, with it: ${passed(proxied)}`);
    assertCleanLog(stack.nginx);
  });
