// nginx with the native module: for each server one location a policy, whose tokens a key of our own signs.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { startNginx } from '../../peers/lib/nginx.mjs';
import { freePort } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';

const issuer = 'https://auth.example.com';
const resource = (server, policy) => `https://mcp.example.com/${server}/${policy}`;

// Directives, the scope of the attacker's token, and what must not run then. Where no token is needed for some methods, no
// scope is of use for others.
export const policies = {
  anonymous: {
    rules: 'mcp_allow_anonymous ping initialize notifications/* tools/list resources/list prompts/list server/discover;',
    scope: 'none',
    forbids: () => true,
  },
  tool: {
    rules: 'mcp_scope mcp:admin tool=delete_*;',
    scope: 'mcp:read',
    forbids: (what) => what === 'tool delete_all',
  },
  resource: {
    rules: ['file:///srv/secret*', 'file:///srv/private/*', 'file:///srv/vault/key*', 'https://docs.example.com/private/*']
      .map((name) => `mcp_scope files method=resources/read resource=${name};`).join(' '),
    scope: 'mcp:read',
    forbids: (what) => ['resource secret', 'resource private', 'resource vault', 'resource page'].includes(what),
  },
};

const location = ({ server: { name: server }, port }, policy, keys) => `
        location = /${server}/${policy} {
            mcp_resource             ${resource(server, policy)};
            mcp_authorization_server ${issuer};
            mcp_jwks                 ${keys};
            mcp_scope                mcp:read;
            ${policies[policy].rules}
            add_header X-Upstream $upstream_status always;
            proxy_pass http://${server}/mcp;
            proxy_http_version 1.1;
            proxy_set_header Host 127.0.0.1:${port};
            proxy_set_header Connection "";
            proxy_read_timeout 10s;
        }`;

const http = (backends, socket, port, keys) => `
    mcp_zone mcp 1m;
    client_body_timeout 2s;
    client_header_timeout 2s;
    ${backends.map(({ server, port: to }) => `upstream ${server.name} { server 127.0.0.1:${to} max_fails=0; keepalive 8; keepalive_timeout 2s; }`).join('\n    ')}
    server {
        listen unix:${socket};
        listen 127.0.0.1:${port};
        ${backends.flatMap((backend) => Object.keys(policies).map((policy) => location(backend, policy, keys))).join('')}
    }`;

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signer(file) {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  fs.writeFileSync(file, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'ES256', use: 'sig' }] }));
  return (claims) => {
    const signed = `${part({ alg: 'ES256', kid: 'test', typ: 'at+jwt' })}.${part(claims)}`;
    return `${signed}.${crypto.sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
}

// Adds to the nginx child: socket, and token(scope), which is good for every location.
export async function startGateway(backends) {
  const folder = temporaryFolder('differential');
  const port = await freePort();
  const sign = signer(`${folder}/jwks.json`);
  const socket = `${folder}/nginx.sock`;
  const nginx = await startNginx({ modules: ['ngx_http_mcp_resource_module'], port, http: http(backends, socket, port, `${folder}/jwks.json`) });
  const audience = backends.flatMap(({ server }) => Object.keys(policies).map((policy) => resource(server.name, policy)));
  const now = Math.floor(Date.now() / 1000);
  const token = (scope) => sign({ iss: issuer, aud: audience, sub: 'alice', client_id: 'test', jti: 'test', scope, iat: now, exp: now + 7200 });
  return Object.assign(nginx, { socket, token });
}
