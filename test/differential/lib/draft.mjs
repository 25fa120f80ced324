// A request on its way to bytes. Mutations work on it stage by stage: the message, what is around it, the text, the body's
// bytes, the request.
import { serialize } from './json.mjs';
import { versionOf, messageOf } from './missions.mjs';

export const stages = ['message', 'envelope', 'text', 'bytes', 'request'];

export const tokenPlaceholder = '@TOKEN@';
export const markPlaceholder = '@MARK@';

// What a header can carry stays as it is, all else is encoded (MCP 2026-07-28).
export const headerValue = (text) =>
  (/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(text) && !text.startsWith('=?base64?') ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`);

const mirroredHeaders = ({ method, member, value }) =>
  [['Mcp-Method', method], ...(member === undefined ? [] : [['Mcp-Name', headerValue(value)]])];

// mirrored: the operation that the headers of a modern request name.
export function draftOf(operation, era, policy, mirrored = operation) {
  return {
    policy,
    era,
    verb: 'POST',
    query: '',
    protocol: 'HTTP/1.1',
    headers: [
      ['X-Mark', markPlaceholder],
      ...(policy === 'anonymous' ? [] : [['Authorization', `Bearer ${tokenPlaceholder}`]]),
      ['Accept', 'application/json, text/event-stream'],
      ['Content-Type', 'application/json'],
      ['MCP-Protocol-Version', versionOf(era)],
      ...(era === 'legacy' ? [] : mirroredHeaders(mirrored)),
    ],
    message: messageOf(operation, era),
    framing: { kind: 'length' },
  };
}

export function setHeader(draft, name, ...values) {
  removeHeader(draft, name);
  for (const value of values) draft.headers.push([name, value]);
}

export function removeHeader(draft, name) {
  draft.headers = draft.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
}

// Mutations of one stage are applied in the order given.
export function applyAll(draft, mutations) {
  for (const stage of stages) {
    if (stage === 'text') draft.text = serialize(draft.message);
    if (stage === 'bytes') draft.body = Buffer.from(draft.text);
    for (const mutation of mutations) if (mutation.stage === stage) mutation.apply(draft);
  }
  return draft;
}

function chunked(body, { size = 16, extension = '', format = (n) => n.toString(16), trailer = '' }) {
  const parts = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    parts.push(Buffer.from(`${format(chunk.length)}${extension}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailer}\r\n`)]);
}

// framing: how the body is delimited; its headers, if given, stand in place of what belongs there.
function framed({ framing, body }) {
  switch (framing.kind) {
    case 'chunked': return { headers: framing.headers ?? ['Transfer-Encoding: chunked'], body: chunked(body, framing) };
    case 'none': return { headers: [], body };
    default: return { headers: framing.headers?.(body.length) ?? [`Content-Length: ${body.length}`], body };
  }
}

// Header values are bytes: one character each.
export function wireOf(draft, path) {
  const { headers, body } = framed(draft);
  const lines = [
    `${draft.verb} ${path}${draft.query} ${draft.protocol}`,
    'Host: localhost',
    ...draft.headers.map(([name, value]) => `${name}: ${value}`),
    ...headers,
    'Connection: close',
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
