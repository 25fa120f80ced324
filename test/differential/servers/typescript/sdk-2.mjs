// TypeScript SDK v2 on node:http: it reads the body itself; both eras of the protocol, without sessions.
import http from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { record, resources, serve } from './record.mjs';

function mcpServer({ requestInfo }) {
  const headers = Object.fromEntries(requestInfo.headers);
  const server = new McpServer({ name: 'typescript-sdk-2', version: '1.0.0' });
  for (const tool of ['read_x', 'delete_all'])
    server.registerTool(tool, { description: tool }, async () => {
      record(`tool ${tool}`, headers);
      return { content: [{ type: 'text', text: 'done' }] };
    });
  for (const [name, uri] of Object.entries(resources))
    server.registerResource(name, uri, { mimeType: 'text/plain' }, async () => {
      record(`resource ${name}`, headers);
      return { contents: [{ uri, text: name }] };
    });
  server.registerResource('vault', new ResourceTemplate('file:///srv/vault/{name}', { list: undefined }), {}, async ({ href }, { name }) => {
    record(`resource ${name === 'key' ? 'vault' : 'other'}`, headers);
    return { contents: [{ uri: href, text: name }] };
  });
  return server;
}

const mcp = toNodeHandler(createMcpHandler(mcpServer));
serve(http.createServer((req, res) =>
  (new URL(req.url, 'http://localhost').pathname === '/mcp' ? mcp(req, res) : res.writeHead(404).end())));
