// `mcp-resource healthcheck` finds the nginx that `run` has started, whatever has said where it listens.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { findCommand, places, runCommand } from '../peers/lib/command.mjs';
import { cleanEnvironment, freePort, start, stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

let stack;
before(async () => { stack = await startStack(); });
after(stopAll);

const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);

for (const [name, argumentsFor] of Object.entries({
  'three values': (port) => ['--resource', `http://127.0.0.1:${port}/mcp`, '--authorization-server', stack.issuer, '--backend', stack.mcpServer.ready],
  'a file': (port) => {
    const file = `${temporaryFolder('config')}/mcp.yaml`;
    fs.writeFileSync(file, `listen: { port: ${port}, addresses: ["127.0.0.1"] }
resources:
  - url: http://127.0.0.1:${port}/mcp
    backend: ${new URL(stack.mcpServer.ready).origin}
    authorization_servers: ${stack.issuer}
`);
    return ['--config', file];
  },
}))
  test(`${name}: it is well while it runs, and not after that`, async () => {
    const folder = temporaryFolder('state');
    const server = await start('mcp-resource', findCommand(), ['run', ...places(folder), ...argumentsFor(await freePort())], { ready, env: cleanEnvironment() });
    assert.deepEqual(await runCommand(['healthcheck', '--state', folder]), { code: 0, output: '' });
    await server.stop();
    assert.equal((await runCommand(['healthcheck', '--state', folder], { MCP_LISTEN_PORT: String(await freePort()) })).code, 1);
  });
