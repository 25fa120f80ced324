// A request as it goes over the wire: nothing merged, nothing followed, every header line kept.
import http from 'node:http';
import https from 'node:https';

const trusted = [];

// From now on https requests accept what this certificate signed, instead of what the public ones did.
export const trust = (certificate) => trusted.push(certificate);

// headers: { name: value or array of values, one line each }. Resolves to { status, lines(name), header(name), body }.
export function request(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const { request: send } = new URL(url).protocol === 'https:' ? https : http;
    const call = send(url, { method, headers, agent: false, timeout: 10_000, ca: trusted.length > 0 ? trusted : undefined }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve(readable(answer, Buffer.concat(chunks).toString())));
    });
    call.on('timeout', () => call.destroy(new Error(`no answer from ${url}`)));
    call.on('error', reject);
    call.end(body);
  });
}

function readable(answer, body) {
  const lines = (name) =>
    answer.rawHeaders.filter((value, i) => i % 2 === 1 && answer.rawHeaders[i - 1].toLowerCase() === name);
  return { status: answer.statusCode, statusText: answer.statusMessage, lines, header: (name) => lines(name)[0], body };
}

export const bearer = (token) => ({ authorization: `Bearer ${token}` });

// One MCP request (Streamable HTTP, 2025-11-25 without a session, which mcp-server.mjs answers).
export const mcpCall = (url, method, params = {}, headers = {}) =>
  request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });

// The JSON-RPC response in a body that is JSON or an event stream.
export function rpcResponse({ body }) {
  if (body.startsWith('{')) return JSON.parse(body);
  const data = body.split('\n').filter((line) => line.startsWith('data: ')).map((line) => JSON.parse(line.slice(6)));
  return data.find((message) => 'result' in message || 'error' in message);
}
