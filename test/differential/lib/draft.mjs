// A request on its way to bytes. Mutations work on it stage by stage: the message, what is around it, the text, the body's
// bytes, the request.
import { copy, serialize } from './json.mjs';
import { versionOf, messageOf } from './missions.mjs';

export const stages = ['message', 'envelope', 'text', 'bytes', 'request'];

export const tokenPlaceholder = '@TOKEN@';
export const markPlaceholder = '@MARK@';
export const serverPlaceholder = '@SERVER@';

// What a header can carry stays as it is, all else is encoded (MCP 2026-07-28).
export const headerValue = (text) =>
  (/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(text) && !text.startsWith('=?base64?') ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`);

const mirroredHeaders = ({ method, member, value }) =>
  [['Mcp-Method', method], ...(member === undefined ? [] : [['Mcp-Name', headerValue(value)]])];

// mirrored: the operation that the headers of a modern request name.
// U+EE80 to U+EEFF stand for single bytes: text that is no UTF-8.
export const byte = (value) => String.fromCharCode(0xee00 + value);

const singleBytes = (text) => Buffer.from([...text].map((c) => c.charCodeAt(0) - 0xee00));
const bytesOf = (text) =>
  Buffer.concat(text.split(/([\uee80-\ueeff]+)/).map((piece, i) => (i % 2 === 0 ? Buffer.from(piece) : singleBytes(piece))));

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
    if (stage === 'bytes') draft.body = bytesOf(draft.text);
    for (const mutation of mutations) {
      if (mutation.stage !== stage) continue;
      mutation.apply(draft);
      draft.message = copy(draft.message); // what a mutation has put in belongs to all requests
    }
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

// Header values are bytes: one character each. What is not known yet (the token, the server) has a placeholder.
export function wireOf(draft) {
  const { headers, body } = framed(draft);
  const lines = [
    `${draft.verb} /${serverPlaceholder}/${draft.policy}${draft.query} ${draft.protocol}`,
    'Host: localhost',
    ...draft.headers.map(([name, value]) => `${name}: ${value}`),
    ...headers,
    `Connection: ${draft.connection ?? 'close'}`,
  ];
  return Buffer.concat([...(draft.before ?? []), Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
