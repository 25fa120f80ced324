// What an attacker wants: an operation that a policy denies. The cover is what the policy lets pass in its place.
import { members } from './json.mjs';

// Modern requests say in headers what the body says: here what it says to the server, or what the policy would like.
export const eras = ['legacy', 'modern', 'modern, headers name the cover'];
export const versionOf = (era) => (era === 'legacy' ? '2025-06-18' : '2026-07-28');

const call = (policy) => ({ policy, method: 'tools/call', member: 'name', value: 'delete_all', cover: { method: 'tools/list', value: 'read_x' } });
const read = (policy, value, cover) => ({ policy, method: 'resources/read', member: 'uri', value, cover });
const open = 'file:///srv/open.txt';

export const missions = [
  call('anonymous'),
  read('anonymous', 'file:///srv/secret', { method: 'ping', value: open }),
  call('tool'),
  read('resource', 'file:///srv/secret', { method: 'resources/list', value: open }),
  read('resource', 'file:///srv/private/secret.txt', { method: 'ping', value: open }),
  read('resource', 'file:///srv/vault/key', { method: 'resources/list', value: 'file:///srv/vault/other' }),
  read('resource', 'https://docs.example.com/private/page', { method: 'ping', value: open }),
];

export const operation = (method, member, value) => ({ method, member, value });

const meta = (version) => members({
  'io.modelcontextprotocol/protocolVersion': version,
  'io.modelcontextprotocol/clientInfo': members({ name: 'differential', version: '1.0.0' }),
  'io.modelcontextprotocol/clientCapabilities': members({}),
});

export function messageOf({ method, member, value }, era) {
  const params = members({});
  if (member !== undefined) params.set(member, value);
  if (method === 'tools/call') params.set('arguments', members({}));
  if (era !== 'legacy') params.set('_meta', meta(versionOf(era)));
  return members({ jsonrpc: '2.0', id: 1, method, params });
}

export const coverOf = ({ policy, member, method, cover }) =>
  policy === 'anonymous' ? operation(cover.method) : operation(method, member, cover.value);

// The members that an attacker must hide, each with what the policy would like to see there.
export function fieldsOf(mission, era) {
  const method = { path: [], name: 'method', value: mission.method, cover: mission.cover.method };
  if (mission.policy === 'anonymous') return [method];
  const params = (value) => messageOf({ ...mission, value }, era).get('params');
  return [
    method,
    { path: [], name: 'params', value: params(mission.value), cover: params(mission.cover.value) },
    { path: ['params'], name: mission.member, value: mission.value, cover: mission.cover.value },
  ];
}

export const objectAt = (message, path) => path.reduce((object, name) => object.get(name), message);
