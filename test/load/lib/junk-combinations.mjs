// Whom junk is sent to, how, and where it comes from.
const sources = [
  { from: 'one address', addresses: ['127.0.0.1'] },
  { from: 'a hundred addresses', addresses: Array.from({ length: 100 }, (_, i) => `127.0.1.${i + 1}`) },
];
const names = ['mcp_introspection', 'auth_oauth2_token', 'auth_jwt_key_request'];

// All of them, or for each name two that differ in everything.
export const combinations = (all) => names.flatMap((name) => [1, 2].flatMap((workers) => ['HTTP/1.1', 'HTTP/2'].flatMap((protocol) => sources
  .map((source, i) => ({ name, workers, protocol, ...source, extreme: (workers === 1) === (protocol === 'HTTP/1.1') && (workers === 1) === (i === 0) }))
  .filter(({ extreme }) => all || extreme))));
