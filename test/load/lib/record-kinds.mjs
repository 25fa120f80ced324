// Ten kinds of requests to a protected resource, and what the record of each has to say. Every request is told from the others by its session.
import crypto from 'node:crypto';

export const resource = 'https://mcp.example.com/mcp';
const issuer = 'https://auth.example.com';
const seconds = () => Math.floor(Date.now() / 1000);

const message = (method, params) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
const call = (name) => message('tools/call', { name, arguments: { password: 'hunter2-hunter2' } });
const hostile = '\u2028"}{"version":1,"sub":"root"\\';

const newKey = () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });

// ES256 (RFC 7515)
function signedBy({ privateKey }, claims) {
  const header = { alg: 'ES256', kid: 'k', typ: 'at+jwt' };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${crypto.sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

// The keys that nginx verifies with, the kinds, and all that must not be in any record.
export function recordKinds() {
  const key = newKey();
  const sign = (claims, by = key) => signedBy(by, { iss: issuer, aud: resource, sub: 'alice', client_id: 'desktop', scope: 'a', exp: seconds() + 3600, ...claims });
  const [good, expired, forged, odd] = [sign({}), sign({ exp: 1 }), sign({}, newKey()), sign({ sub: `eve\n${hostile}`, client_id: '\u0000' })];
  const alice = { iss: issuer, sub: 'alice', client: 'desktop', scopes: 'a' };
  const pass = { decision: 'pass', status: 200 };
  const refuse = (status, reason) => ({ decision: 'refuse', status, reason });
  const kinds = [
    { token: good, body: call('read'), says: { ...pass, ...alice } },
    { token: good, body: `[${Array(20).fill(call('read')).join()}]`, says: { ...pass, ...alice } },
    { token: odd, body: message('tools/list'), says: { ...pass, ...alice, sub: `eve\n${hostile}`, client: '\u0000' } },
    { body: message('ping'), says: { decision: 'anonymous', status: 200 } },
    { body: call('read'), says: refuse(401, 'credentials_missing') },
    { token: expired, body: call('read'), says: refuse(401, 'expired') },
    { token: forged, body: call('read'), says: refuse(401, 'signature_invalid') },
    { token: good, body: call('write'), says: { ...refuse(403, 'scope_insufficient'), ...alice, missing: 'b' } },
    { token: good, body: '{"jsonrpc":', says: { ...refuse(400, 'body_not_json'), ...alice } },
    { method: 'OPTIONS', headers: { Origin: 'https://mcp.example.com', 'Access-Control-Request-Method': 'POST' }, says: { decision: 'preflight', status: 204 } },
  ];
  const parts = [good, expired, forged, odd].flatMap((token) => token.split('.').slice(1));
  const jwks = { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256' }] };
  return { jwks, kinds, secrets: [...new Set(parts), 'hunter2-hunter2'] };
}

export const sessionOf = (number) => `session-${number}`;
export const shownSession = (number) => crypto.createHash('sha256').update(sessionOf(number)).digest('hex').slice(0, 16);
