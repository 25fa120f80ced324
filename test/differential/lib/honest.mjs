// Requests that must succeed: a test in which nothing can run proves nothing.
import { applyAll, draftOf, wireOf } from './draft.mjs';
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
];

// Resolves to the answer.
export function sendHonest(nginx, backend, { policy, scope, operation: what }, era, mark) {
  const wire = wireOf(applyAll(draftOf(what, era, policy), []));
  return send(nginx.socket, fill(wire, { server: backend.server.name, token: scope && nginx.token(scope), mark: `honest-${mark}` }));
}

export const honestRead = async (nginx, backend) => (await sendHonest(nginx, backend, read, 'legacy', 'again')).status === 200;
