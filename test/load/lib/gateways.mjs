// The three ways in which nginx comes to ask an authorization server because of what a client has sent, each behind the
// same words: a question has a name, and names that begin with "good" end in a 200.
import fs from 'node:fs';
import { memoryBytes, openFilesLimit, privateBytes, workersOf } from '../../bench/lib/machine.mjs';
import { findModule, startNginx } from '../../peers/lib/nginx.mjs';
import { freePort, run, until } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { patience, underSanitizer } from './scale.mjs';
import { assertNoReports, sanitized } from './sanitizer.mjs';

export const defaults = { per_server: 64, per_client: 16, total: 256, waiting: 16_384 };
// For tests of many questions at once that are not about the bounds.
export const raised = { per_server: 16_384, per_client: 16_384, total: 16_384, waiting: 65_536 };

const opaque = (name) => ({ host: 'mcp.example.com', token: name });

export const gateways = {
  'mcp_introspection': {
    module: 'ngx_http_mcp_resource_module',
    limits: 'mcp_authorization_server_limits',
    question: (server, name) => opaque(name),
    http: (server, folder) => `mcp_zone mcp 1m; mcp_authorization_server ${server.url};
      mcp_introspection ${server.url}/introspect client_id=gateway client_secret_file=${folder}/secret max_ttl=1h negative_ttl=60s;`,
    judged: (name) => `mcp_resource https://mcp.example.com/${name}; mcp_audience https://mcp.example.com/mcp; mcp_scope mcp:read;`,
  },
  'auth_oauth2_token': {
    module: 'ngx_http_auth_oauth2_token_module',
    limits: 'auth_oauth2_token_request_limits',
    question: (server, name) => opaque(name),
    http: () => 'auth_oauth2_token_client_id gateway; auth_oauth2_token_client_secret worth-nothing;',
    server: ({ url }) => `location = /_introspect { internal; proxy_pass ${url}/introspect; }`,
    judged: (name, seconds) => `auth_oauth2_token_timeout ${seconds}s; auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_introspect;
      auth_oauth2_token_introspect_cache zone=introspection:1m max_ttl=1h negative_ttl=60s;`,
  },
  'auth_jwt_key_request': {
    module: 'ngx_http_auth_jwt_module',
    limits: 'auth_jwt_key_request_limits',
    outlivesClient: true, // the request that asks for keys: others want them, too
    question: ({ goodJwt, forgedJwt }, name) => ({ host: `${name}.example.com`, token: name.startsWith('good') ? goodJwt : forgedJwt }),
    server: ({ url }) => `location /_jwks/ { internal; proxy_pass ${url}/jwks/; }`,
    judged: (name, seconds) => `auth_jwt "mcp"; auth_jwt_key_request /_jwks/$host; auth_jwt_key_request_timeout ${seconds}s; auth_jwt_key_cache 1h;`,
  },
  // One set of keys, whoever comes: all wait for the same.
  'mcp_jwks': {
    module: 'ngx_http_mcp_resource_module',
    limits: 'mcp_authorization_server_limits',
    question: ({ goodJwt }) => ({ host: 'mcp.example.com', token: goodJwt }),
    http: ({ url }) => `mcp_zone mcp 1m; mcp_authorization_server https://auth.bench.example; mcp_jwks ${url}/jwks/good;`,
    judged: (name) => `mcp_resource https://mcp.example.com/${name}; mcp_audience https://mcp.example.com/mcp;`,
  },
};

// Modules of older versions have no limits to set.
const known = new Map();
async function knows({ module, limits }) {
  if (!known.has(limits)) {
    const folder = temporaryFolder('load');
    fs.writeFileSync(`${folder}/nginx.conf`, `load_module ${findModule(module)};\npid ${folder}/pid;\nerror_log stderr;\nevents { }\nhttp { ${limits} per_server=1; }\n`);
    const { output } = await run('nginx -t', process.env.TEST_NGINX_BINARY ?? 'nginx', ['-t', '-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr'], { env: sanitized(folder) });
    known.set(limits, !output.includes('unknown directive'));
  }
  return known.get(limits);
}

const limitsLine = async (gateway, values) =>
  ((await knows(gateway)) ? `${gateway.limits} ${Object.entries(values).map(([name, value]) => `${name}=${value}`).join(' ')};` : '');

// With reuseport each worker gets its share of the connections.
const text = async (gateway, server, ports, folder, { limits, seconds, workers }) => `
  ${await limitsLine(gateway, limits)}
  ${gateway.http?.(server, folder) ?? ''}
  keepalive_requests 1000000;
  server {
    listen 127.0.0.1:${ports.http1} backlog=4096${workers > 1 ? ' reuseport' : ''};
    listen 127.0.0.1:${ports.http2} http2 backlog=4096${workers > 1 ? ' reuseport' : ''};
    server_name *.example.com;
    ${gateway.server?.(server) ?? ''}
    location = /judged { ${gateway.judged('judged', seconds)} empty_gif; }
    location = /asks   { auth_request /inside; empty_gif; }
    location = /inside { ${gateway.judged('inside', seconds)} empty_gif; }
  }
  server {
    listen 127.0.0.1:${ports.status} backlog=4096;
    location = /status { stub_status; }
  }`;

async function freePorts(...names) {
  const ports = {};
  for (const name of names) ports[name] = await freePort();
  return ports;
}

// server: the authorization server. connections: of each worker. seconds: that a question of the drop-in modules may take.
export async function startGateway(name, server, { workers = 1, connections = openFilesLimit(), limits = defaults, seconds = 30 } = {}) {
  const gateway = gateways[name];
  const ports = await freePorts('http1', 'http2', 'status');
  const folder = temporaryFolder('load');
  fs.writeFileSync(`${folder}/secret`, 'worth-nothing\n', { mode: 0o600 });
  const nginx = await startNginx({
    modules: [gateway.module], http: await text(gateway, server, ports, folder, { limits, seconds, workers }), port: ports.status,
    main: `worker_processes ${workers}; worker_rlimit_nofile ${openFilesLimit()}; ${process.getuid() === 0 ? 'user root;' : ''}`,
    events: `worker_connections ${connections};`,
    env: sanitized,
  });
  await until(() => workersOf(nginx.pid).length === workers);
  return new Gateway(gateway, server, nginx, ports, workers);
}

class Gateway {
  constructor(kind, server, nginx, ports, workers) {
    Object.assign(this, { kind, server, nginx, ports, workers });
  }

  question(name, path = '/judged') { return { path, ...this.kind.question(this.server, name) }; }
  workerPids() { return workersOf(this.nginx.pid); }
  signal(signal, pid = this.nginx.pid) { process.kill(pid, signal); }

  // What all workers hold: memory of their own, in MB, and open files.
  memory(bytes = underSanitizer ? memoryBytes : privateBytes) { return this.#sum(bytes) / 2 ** 20; }
  openFiles() { return this.#sum((pid) => fs.readdirSync(`/proc/${pid}/fd`).length); }
  #sum(of) { return this.workerPids().reduce((all, pid) => all + of(pid), 0); }

  // Requests that nginx is at work on, but for the one that asks for their number.
  async atWork() {
    const answer = await fetch(`http://127.0.0.1:${this.ports.status}/status`, { headers: { connection: 'close' } });
    return Number(/Writing: (\d+)/.exec(await answer.text())[1]) - 1;
  }

  // Besides, those that outlive their clients: one for each question at the most.
  async untilAtWork(count) {
    const outliving = async () => (count > 0 && this.kind.outlivesClient ? (await this.server.counts()).inFlight : 0);
    await until(async () => { const most = count + await outliving(); const now = await this.atWork(); return now >= count && now <= most; }, 20_000 * patience)
      .catch(async () => { throw new Error(`nginx is at work on ${await this.atWork()} requests, not on ${count}`); });
  }

  log() {
    const lines = this.nginx.errorLog().split('\n');
    const is = (level) => lines.filter((line) => level.test(line));
    const errors = is(/\[(error|warn)\]/);
    return { errors: errors.length, bytes: errors.join('\n').length, bad: is(/\[(alert|emerg|crit)\]|exited on signal/) };
  }

  async stop() {
    await this.nginx.stop('SIGQUIT');
    assertNoReports(this.nginx.folder);
  }
}
