// The servers of the bench: a backend, an authorization server, and each nginx that is compared, alike in everything but
// what is measured. Each has one worker on the measured CPU; while one works the others sleep.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { confFolder, findModule } from '../../peers/lib/nginx.mjs';
import { freePort, listening, start, until } from '../../peers/lib/processes.mjs';
import { startRedis } from '../../peers/lib/redis.mjs';
import { cpuMask, measuredCpu, openFilesLimit, otherCpus, workersOf } from './machine.mjs';
import { withOptions } from './options.mjs';
import { issuer, resource } from './tokens.mjs';

const basics = ({ folder, name, modules, cpus, workers }) => `
${modules.map((module) => `load_module ${findModule(module)};`).join('\n')}
daemon off;
worker_processes ${workers};
worker_cpu_affinity ${cpuMask(cpus)};
worker_rlimit_nofile ${openFilesLimit()};
pid ${folder}/${name}.pid;
error_log ${folder}/${name}.log error;
events { worker_connections 32768; }
`;

const http = (folder, name) => `
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    client_body_temp_path ${folder}/${name}-body;
    proxy_temp_path ${folder}/${name}-proxy;
    fastcgi_temp_path ${folder}/${name}-fastcgi;
    uwsgi_temp_path ${folder}/${name}-uwsgi;
    scgi_temp_path ${folder}/${name}-scgi;
`;

const toBackend = 'proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";';

const upstreams = (folder) => `
    upstream backend { server unix:${folder}/backend.sock; keepalive 128; keepalive_requests 1000000000; }
    upstream streams { server unix:${folder}/streams.sock; }
`;

// Never told apart from a slow one by what it answers: 200 bytes, from memory.
const backend = (folder) => `
    server {
        listen unix:${folder}/backend.sock;
        location / {
            default_type application/json;
            return 200 '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"${'x'.repeat(126)}"}]}}';
        }
    }`;

// Answers every introspection alike, and counts them.
const authorizationServer = (port) => `
    server {
        listen 127.0.0.1:${port};
        location = /introspect {
            default_type application/json;
            return 200 '{"active":true,"scope":"mcp:read mcp:write","client_id":"mcp-client","sub":"alice","iss":"${issuer}","aud":${JSON.stringify(['/mcp', '/opaque', '/unkept'].map(resource))},"exp":4102444800,"token_type":"Bearer"}';
        }
        location = /count { stub_status; }
    }`;

// Takes spans.
const collector = (port) => `
    server {
        listen 127.0.0.1:${port};
        location = /v1/traces { client_max_body_size 0; default_type application/json; return 200 '{}'; }
    }`;

const bare = ({ folder, port }) => `${upstreams(folder)}
    server {
        listen 127.0.0.1:${port};
        location /mcp { ${toBackend} }
        location /stripped { ${toBackend} proxy_set_header Authorization ""; }
        location /streams { ${toBackend.replace('backend', 'streams')} proxy_buffering off; proxy_read_timeout 1h; }
    }`;

const introspection = ({ folder, issuerPort }, keep) =>
  `mcp_introspection http://127.0.0.1:${issuerPort}/introspect client_id=bench client_secret_file=${folder}/secret max_ttl=${keep};`;

const native = (site) => `${upstreams(site.folder)}
    mcp_zone mcp 64m;
    mcp_authorization_server ${issuer};
    server {
        listen 127.0.0.1:${site.port};
        location /mcp { mcp_resource ${resource('/mcp')}; mcp_jwks ${site.folder}/keys.json; mcp_scope mcp:read; ${toBackend} }
        location /hmac { mcp_resource ${resource('/hmac')}; mcp_jwks ${site.folder}/hmac.json; mcp_scope mcp:read; ${toBackend} }
        location /tools {
            mcp_resource ${resource('/tools')};
            mcp_jwks ${site.folder}/keys.json;
            mcp_scope mcp:read;
            mcp_scope mcp:write tool=write_*;
            mcp_scope mcp:admin tool=delete_*;
            ${toBackend}
        }
        location /streams {
            mcp_resource ${resource('/streams')};
            mcp_jwks ${site.folder}/keys.json;
            mcp_scope mcp:read;
            ${toBackend.replace('backend', 'streams')}
        }
        location /opaque { mcp_resource ${resource('/opaque')}; ${introspection(site, '1h')} mcp_scope mcp:read; ${toBackend} }
        location /unkept { mcp_resource ${resource('/unkept')}; ${introspection(site, '0s')} mcp_scope mcp:read; ${toBackend} }
    }`;

// As in examples/nginx-jwt.conf and examples/nginx-introspect.conf.
const snippetMaps = `
    map "" $mcp_canonical_uri              { default "${resource('/mcp')}"; }
    map "" $mcp_canonical_uri_json         { default '"${resource('/mcp')}"'; }
    map "" $mcp_metadata_uri               { default "https://mcp.bench.example/.well-known/oauth-protected-resource/mcp"; }
    map "" $mcp_required_scope             { default "mcp:read"; }
    map "" $mcp_authorization_servers_json { default '["${issuer}"]'; }
    map "" $mcp_scopes_supported_json      { default '["mcp:read","mcp:write"]'; }
    map "" $mcp_bearer_methods_json        { default '["header"]'; }
`;

const snippetLocation = (kind, own) => `
        include ${confFolder}/mcp-metadata.conf;
        include ${confFolder}/mcp-401-handler.conf;
        include ${confFolder}/mcp-403-handler.conf;
        location ~ ^/mcp(?:/|$) {
            include ${confFolder}/mcp-resource-${kind}.conf;
            ${own}
            proxy_set_header Authorization "";
            ${toBackend}
            proxy_buffering off;
            proxy_read_timeout 1h;
        }`;

const authJwt = ({ folder, port }) => `${upstreams(folder)}${snippetMaps}
    server {
        listen 127.0.0.1:${port};
        auth_jwt_key_file ${folder}/keys.json;
        ${snippetLocation('jwt', 'auth_jwt_require_claim iss any $mcp_authorization_servers_json;')}
    }`;

const authOauth2Token = ({ folder, port, issuerPort }) => `${upstreams(folder)}${snippetMaps}
    auth_oauth2_token_client_id bench;
    auth_oauth2_token_client_secret_file ${folder}/secret;
    upstream authorization_server { server 127.0.0.1:${issuerPort}; keepalive 64; keepalive_requests 1000000000; }
    server {
        listen 127.0.0.1:${port};
        ${snippetLocation('introspect', 'auth_oauth2_token_introspect_cache zone=introspection:64m max_ttl=1h;')}
        location = /_introspect {
            internal;
            proxy_pass http://authorization_server/introspect;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }`;

// Those that every run starts.
const always = {
  bare: { modules: [], http: bare },
  native: { modules: ['ngx_http_mcp_resource_module'], http: native },
  auth_jwt: { modules: ['ngx_http_auth_jwt_module'], http: authJwt },
  auth_oauth2_token: { modules: ['ngx_http_auth_oauth2_token_module'], http: authOauth2Token },
};
const compared = { ...always, ...withOptions(upstreams, toBackend) };

function writeConfiguration({ folder, name, modules = [], cpus = [measuredCpu], workers = 1, http: content }) {
  const file = `${folder}/${name}.conf`;
  fs.writeFileSync(file, `${basics({ folder, name, modules, cpus, workers })}http {${http(folder, name)}${content}\n}\n`);
  return file;
}

const arguments_ = (folder, name) => ['-p', folder, '-c', `${folder}/${name}.conf`, '-e', `${folder}/${name}.log`];

async function run(folder, name, ready) {
  const child = await start(name, process.env.TEST_NGINX_BINARY ?? 'nginx', arguments_(folder, name), { ready });
  await until(() => workersOf(child.pid).length > 0); // the master listens before it has any
  child.workers = workersOf(child.pid);
  return child;
}

// The authorization server, the collector and Redis have a port.
export async function startPeers(folder) {
  const common = { folder, cpus: otherCpus, workers: 1 };
  writeConfiguration({ ...common, name: 'backend', http: backend(folder) });
  const socket = async () => (fs.existsSync(`${folder}/backend.sock`) ? true : undefined);
  const peers = { backend: await run(folder, 'backend', socket) };
  for (const [name, content] of Object.entries({ issuer: authorizationServer, collector })) {
    const port = await freePort();
    writeConfiguration({ ...common, name, http: content(port) });
    peers[name] = Object.assign(await run(folder, name, listening(port)), { port });
  }
  peers.redis = await redisAside();
  return peers;
}

// On the CPUs of the other peers.
async function redisAside() {
  const redis = await startRedis();
  execFileSync('taskset', ['-a', '-p', '-c', otherCpus.join(','), String(redis.pid)], { stdio: 'ignore' });
  return Object.assign(redis, { workers: [] });
}

// How many tokens the authorization server was asked about.
export async function introspections(issuerServer) {
  const text = await (await fetch(`http://127.0.0.1:${issuerServer.port}/count`)).text();
  return Number(/requests\s+\d+ \d+ (\d+)/.exec(text)[1]);
}

// names: of those to start, more than the usual ones.
export async function startCompared(folder, ports, names) {
  const servers = {};
  for (const name of new Set([...Object.keys(always), ...names])) {
    const { modules, http: content } = compared[name];
    const port = await freePort();
    writeConfiguration({ folder, name, modules, http: content({ folder, port, ...ports }) });
    servers[name] = await run(folder, name, listening(port));
    servers[name].port = port;
    Object.assign(servers[name], { folder, configuration: `${folder}/${name}.conf` });
  }
  return servers;
}
