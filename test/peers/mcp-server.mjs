// A small real MCP server of the 2026-07-28 revision; it answers 2025-11-25 clients too, without sessions.
//
//   node mcp-server.mjs [--port 0]
//
// Prints one JSON line when it is ready: {"url":"http://127.0.0.1:40124/mcp"}. Listens on loopback only
// (unless --host gives a name that others reach it by), knows no tokens.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { listenAddress } from './lib/listen-address.mjs';

const { values: settings } = parseArgs({
  options: { port: { type: 'string', default: '0' }, host: { type: 'string', default: '127.0.0.1' } },
});
const text = (value) => ({ content: [{ type: 'text', text: value }] });

// Progress notifications go out one by one, so that a buffering proxy is noticed.
async function count({ n, pauseMs }, request) {
  const progressToken = request.mcpReq?._meta?.progressToken;
  for (let progress = 1; progress <= n; progress++) {
    await sleep(pauseMs);
    if (progressToken !== undefined)
      await request.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: n } });
  }
  return text('done');
}

function mcpServer(context) {
  const server = new McpServer({ name: 'mcp-server-2026-07-28', version: '1.0.0' });
  server.registerTool('echo', { description: 'Says it again', inputSchema: z.object({ message: z.string() }) },
    async ({ message }) => text(`Echo: ${message}`));
  server.registerTool('whoami', { description: 'The request headers that arrived here' },
    async () => text(JSON.stringify(Object.fromEntries(context.requestInfo?.headers ?? []))));
  server.registerTool('count', {
    description: 'Counts to n, with a progress notification for each number',
    inputSchema: z.object({ n: z.number(), pauseMs: z.number().default(50) }),
  }, count);
  return server;
}

const mcp = toNodeHandler(createMcpHandler(mcpServer));
const server = http.createServer((req, res) =>
  (new URL(req.url, 'http://localhost').pathname === '/mcp' ? mcp(req, res) : res.writeHead(404).end()));
server.listen(Number(settings.port), listenAddress(settings.host), () =>
  console.log(JSON.stringify({ url: `http://${settings.host}:${server.address().port}/mcp` })));
