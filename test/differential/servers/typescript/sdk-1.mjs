// TypeScript SDK v1 as its examples show it: Express, whose express.json() reads the body; stateless, answers in JSON.
import http from 'node:http';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { record, resources, serve } from './record.mjs';

function mcpServer() {
  const server = new McpServer({ name: 'typescript-sdk-1', version: '1.0.0' });
  for (const tool of ['read_x', 'delete_all'])
    server.registerTool(tool, { description: tool }, async ({ requestInfo }) => {
      record(`tool ${tool}`, requestInfo.headers);
      return { content: [{ type: 'text', text: 'done' }] };
    });
  for (const [name, uri] of Object.entries(resources))
    server.registerResource(name, uri, { mimeType: 'text/plain' }, async (url, { requestInfo }) => {
      record(`resource ${name}`, requestInfo.headers);
      return { contents: [{ uri, text: name }] };
    });
  server.registerResource('vault', new ResourceTemplate('file:///srv/vault/{name}', { list: undefined }), {}, async ({ href }, { name }, { requestInfo }) => {
    record(`resource ${name === 'key' ? 'vault' : 'other'}`, requestInfo.headers);
    return { contents: [{ uri: href, text: name }] };
  });
  return server;
}

const app = createMcpExpressApp();
app.post('/mcp', async (req, res) => {
  const server = mcpServer();
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  res.on('close', () => { transport.close(); server.close(); });
  await server.connect(transport);
  await transport.handleRequest(req, res, req.body);
});
app.all('/mcp', (req, res) => res.writeHead(405).end());
serve(http.createServer(app));
