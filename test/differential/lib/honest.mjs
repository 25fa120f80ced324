// Requests that must succeed: a test in which nothing can run proves nothing.
import { applyAll, draftOf, setHeader, wireOf } from './draft.mjs';
import { members, Raw } from './json.mjs';
import { operation } from './missions.mjs';
import { fill, send } from './wire.mjs';

const tool = (name) => operation('tools/call', 'name', name);
const resource = (uri) => operation('resources/read', 'uri', uri);

const everything = 'mcp:read mcp:admin files';
const list = { policy: 'anonymous', scope: undefined, operation: operation('tools/list') };
const read = { policy: 'tool', scope: 'mcp:read', operation: tool('read_x'), runs: 'tool read_x' };

export const honest = [
  list,
  { ...list, operation: operation('resources/list') },
  read,
  { ...read, policy: 'resource' },
  { policy: 'resource', scope: 'mcp:read', operation: resource('file:///srv/open.txt'), runs: 'resource open' },
  { policy: 'resource', scope: 'mcp:read', operation: resource('file:///srv/vault/other'), runs: 'resource other' },
  { policy: 'tool', scope: everything, operation: tool('delete_all'), runs: 'tool delete_all' },
  { policy: 'resource', scope: everything, operation: resource('file:///srv/secret'), runs: 'resource secret' },
  { policy: 'resource', scope: everything, operation: resource('file:///srv/private/secret.txt'), runs: 'resource private' },
  { policy: 'resource', scope: everything, operation: resource('file:///srv/vault/key'), runs: 'resource vault' },
  { policy: 'resource', scope: everything, operation: resource('https://docs.example.com/private/page'), runs: 'resource page' },
];

// What is unusual and still has one meaning: it must not be refused.
const unusual = (name, stage, apply) => ({ ...read, policy: 'resource', mutations: [{ stage, apply }], name });
const argument = (name, value) => unusual(name, 'message', ({ message }) => message.get('params').set('arguments', members({ x: value })));

export const honestVariants = [
  unusual('charset=utf-8', 'request', (draft) => setHeader(draft, 'Content-Type', 'application/json; charset=utf-8')),
  unusual('charset="UTF-8"', 'request', (draft) => setHeader(draft, 'Content-Type', 'application/json;charset="UTF-8"')),
  unusual('chunks of 7', 'request', (draft) => { draft.framing = { kind: 'chunked', size: 7 }; }),
  unusual('in pieces', 'request', (draft) => { draft.pieceSize = 40; }),
  unusual('members in another order', 'message', ({ message }) => { message.pairs.reverse(); message.get('params').pairs.reverse(); }),
  unusual('spaces everywhere', 'text', (draft) => { draft.text = draft.text.replace(/[{}:,]/g, ' \t\r\n$& \t\r\n'); }),
  unusual('a string as id', 'message', ({ message }) => message.set('id', 'a-\u00e9')),
  argument('an argument in other scripts', '\u00e9\u4e2d\u{1f600}'),
  argument('an argument in escapes', new Raw('"\\u00e9\\ud83d\\ude00\\/\\n"')),
  argument('an argument with names like those of the envelope', members({ method: 'delete_all', name: 'delete_all', Name: 'x', uri: 'FILE:///srv/secret' })),
  argument('an argument that is a large number', new Raw('12345678901234567')),
  argument('an argument that is null', null),
];

// Resolves to the answer.
export function sendHonest(nginx, backend, { policy, scope, operation: what, mutations = [] }, era, mark) {
  const draft = applyAll(draftOf(what, era, policy), mutations);
  const wire = wireOf(draft);
  return send(nginx.socket, fill(wire, { server: backend.server.name, token: scope && nginx.token(scope), mark: `honest-${mark}` }), draft.pieceSize);
}

export const honestRead = async (nginx, backend) => (await sendHonest(nginx, backend, read, 'legacy', 'again')).status === 200;
