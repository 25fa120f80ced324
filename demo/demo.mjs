// The main job, for real and on this machine alone: an authorization server, an MCP server without any auth code, and
// nginx between it and its clients. Every step is checked; a wrong answer ends the demo with exit status 1.
//
//   node demo/demo.mjs [jwt|introspect] [--once]
//
// Without --once everything is left running, with commands to try, until Ctrl-C.
import { parseArgs } from 'node:util';
import { modes } from '../test/peers/lib/gateway.mjs';
import { freePort, portIsFree, stopAll } from '../test/peers/lib/processes.mjs';
import { startServerEverything } from '../test/peers/lib/servers.mjs';
import { startStack } from '../test/peers/lib/stack.mjs';
import { issuedToken } from '../test/peers/lib/tokens.mjs';
import * as steps from './steps.mjs';
import { CheckFailed, print } from './terminal.mjs';

const maxTtl = 2; // seconds that nginx keeps an answer of introspection: short, for who watches

function readArguments() {
  const { values, positionals } = parseArgs({ options: { once: { type: 'boolean', default: false } }, allowPositionals: true });
  const [mode = 'jwt', ...rest] = positionals;
  if (!(mode in modes) || rest.length > 0) throw new Error(`usage: demo [${Object.keys(modes).join('|')}] [--once]`);
  return { mode, once: values.once };
}

async function preferred(port) {
  if (await portIsFree(port)) return port;
  const other = await freePort();
  print(`Port ${port} is in use: ${other} instead.`);
  return other;
}

async function startEverything(mode) {
  const stack = await startStack({
    mode, port: await preferred(8080), authorizationPort: await preferred(8081), backend: startServerEverything,
    maxTtl: `${maxTtl}s`,
  });
  print(`
   MCP client --> nginx ${stack.resource} --> MCP server ${stack.mcpServer.ready}
        \\          |
         \\         | whose token is it?
          \\        v
           +--> authorization server ${stack.issuer}`);
  return { ...stack, ...modes[mode], mode };
}

async function show(stack) {
  await steps.withoutToken(stack);
  await steps.metadata(stack);
  const client = await steps.oauthFlow(stack);
  await steps.useTools(stack, client);
  await steps.whatTheBackendSaw(stack);
  await steps.wrongAudience(stack);
  await steps.missingScope(stack);
  await steps.expired(stack);
  if (stack.mode === 'introspect') await steps.revoked(stack, maxTtl);
  await steps.tokenInQuery(stack);
}

const initialize = JSON.stringify({
  jsonrpc: '2.0', id: 1, method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'curl', version: '1' } },
});

async function invite({ issuer, resource, nginx, client }) {
  const token = await issuedToken(issuer, { client: `${client}-day`, resource, scope: 'mcp:read mcp:write' });
  print(`
All of it is still running. The nginx configuration: ${nginx.configuration}
A token, good for a day on this machine:

export TOKEN=${token}

curl -i -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -H 'Accept: application/json, text/event-stream' -d '${initialize}' \\
    ${resource}

test/peers/node_modules/.bin/mcp-inspector --cli ${resource} --transport http --method tools/list \\
    --header "Authorization: Bearer $TOKEN"

claude mcp add --transport http demo ${resource} --header "Authorization: Bearer $TOKEN"
claude mcp add --transport http demo-oauth ${resource}      # without a token: log in with /mcp in Claude Code

Ctrl-C ends everything.`);
}

async function untilOneEnds({ nginx, authorizationServer, mcpServer }) {
  const ended = await Promise.race([nginx, authorizationServer, mcpServer].map((child) => child.exited.then(() => child)));
  if (!ended.stopRequested) throw new Error(`${ended.name} ended by itself:\n${ended.output}`);
}

async function main() {
  const { mode, once } = readArguments();
  const stack = await startEverything(mode);
  await show(stack);
  if (once) return print('\nAll steps did what they should.');
  await invite(stack);
  return untilOneEnds(stack);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof CheckFailed ? `\nThe demo failed: ${error.message}` : error.message);
  process.exitCode = 1;
} finally {
  await stopAll();
}
