// What an attacker wants: an operation that a policy denies. The cover is what the policy lets pass in its place.
import { members } from './json.mjs';

// Modern requests say in headers what the body says: here what it says to the server, or what the policy would like.
export const eras = ['legacy', 'modern', 'modern, headers name the cover'];
export const versionOf = (era) => (era === 'legacy' ? '2025-06-18' : '2026-07-28');

export const missions = [
  { policy: 'anonymous', method: 'tools/call', member: 'name', value: 'delete_all', cover: { method: 'tools/list', value: 'read_x' } },
  { policy: 'anonymous', method: 'resources/read', member: 'uri', value: 'file:///srv/secret', cover: { method: 'ping', value: 'file:///srv/open.txt' } },
  { policy: 'tool', method: 'tools/call', member: 'name', value: 'delete_all', cover: { method: 'tools/list', value: 'read_x' } },
  { policy: 'resource', method: 'resources/read', member: 'uri', value: 'file:///srv/secret', cover: { method: 'resources/list', value: 'file:///srv/open.txt' } },
  { policy: 'resource', method: 'resources/read', member: 'uri', value: 'file:///srv/private/secret.txt', cover: { method: 'ping', value: 'file:///srv/open.txt' } },
  { policy: 'resource', method: 'resources/read', member: 'uri', value: 'file:///srv/vault/key', cover: { method: 'resources/list', value: 'file:///srv/vault/other' } },
  { policy: 'resource', method: 'resources/read', member: 'uri', value: 'https://docs.example.com/private/page', cover: { method: 'ping', value: 'file:///srv/open.txt' } },
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
