// What an instrumented MCP server does, in front of a real one: it goes on from the `traceparent` of each request that has
// one, and sends a span of its own.
import crypto from 'node:crypto';
import http from 'node:http';

const bodyOf = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};

export async function startTracingServer(mcpServer, jaeger) {
  const server = http.createServer(async (request, response) => {
    const begin = Date.now();
    const body = await bodyOf(request);
    const { host, connection, ...headers } = request.headers;
    const onward = http.request(mcpServer, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.end(body);
    response.on('close', () => {
      const [, traceId, parentSpanId, flags] = (request.headers.traceparent ?? '').split('-');
      if (flags === '01')
        jaeger.send('mcp-server', { traceId, parentSpanId, spanId: crypto.randomBytes(8).toString('hex'), name: 'run tool', kind: 2, begin, end: Date.now() });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/mcp`, close: () => { server.close(); server.closeAllConnections(); } };
}
