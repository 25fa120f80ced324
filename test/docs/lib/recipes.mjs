// The world of docs/EXAMPLES.md and docs/authorization-servers: https://mcp.example.com is an nginx with the configuration that
// the page shows, every other name is an authorization server, and "curl" finds both. Names and ports are those of the page:
// nginx reaches authorization servers through a proxy, and curl is told where to connect.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { createRequire } from 'node:module';
import { findCommand, places } from '../../peers/lib/command.mjs';
import { confFolder, findModule } from '../../peers/lib/nginx.mjs';
import { cleanEnvironment, freePort, listening, start } from '../../peers/lib/processes.mjs';
import { privateKeySet } from '../../peers/lib/key-set.mjs';
import { startMcpServer } from '../../peers/lib/servers.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { goodClaims, now, signedToken } from '../../peers/lib/tokens.mjs';
import { assumedInHttp } from './configurations.mjs';

const YAML = createRequire(new URL('../../peers/package.json', import.meta.url))('yaml');
const issuer = 'https://auth.example.com';
const resource = 'https://mcp.example.com/mcp';
const namesOfExamples = ['mcp', 'auth', 'staff', 'partners'].map((name) => `${name}.example.com`);

function makeCertificate(folder, names) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=example.com',
    '-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`, '-keyout', 'server.key', '-out', 'server.crt');
}

// One key for all issuers. Metadata is that of `issuer`, or of the name that is asked; the token "revoked" is inactive.
function authorizationServer(folder, keySet, known) {
  const documents = (url, host, form) => {
    if (url.includes('/.well-known/')) return { issuer: known.issuer ?? `https://${host}`, jwks_uri: `https://${host}/jwks` };
    if (url === '/jwks') return keySet;
    return form.get('token') === 'revoked' ? { active: false } : { active: true, ...known.claims() };
  };
  const tls = { key: fs.readFileSync(`${folder}/server.key`), cert: fs.readFileSync(`${folder}/server.crt`) };
  return https.createServer(tls, async (request, response) => {
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(documents(request.url, request.headers.host, form)));
  });
}

function proxyTo(port) {
  return http.createServer().on('connect', (request, client, head) => {
    const server = net.connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      server.write(head);
      server.pipe(client).pipe(server);
    });
    for (const socket of [client, server]) socket.on('error', () => { client.destroy(); server.destroy(); });
  });
}

const publicPart = ({ kty, kid, alg, use, n, e, crv, x, y }) => ({ kty, kid, alg, use, n, e, crv, x, y });
const listen = (server) => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server.address().port)); });

export class World {
  #folder = temporaryFolder('recipes');
  #servers = [];
  // What authorization servers call themselves, and say of opaque tokens.
  known = { issuer: undefined, claims: () => ({ aud: resource, scope: 'mcp:read', sub: 'alice', exp: now() + 300 }) };

  // names: of more authorization servers.
  static async start(names = []) {
    const world = new World();
    await world.#start([...namesOfExamples, ...names]);
    return world;
  }

  // A JWT that the keys of all authorization servers verify.
  token(claims, typ) {
    return signedToken(`${this.#folder}/private-keys.json`, claims, { header: { typ } });
  }

  async #start(names) {
    const folder = this.#folder;
    makeCertificate(folder, names);
    const keySet = { keys: (await privateKeySet(`${folder}/private-keys.json`)).keys.map(publicPart) };
    fs.writeFileSync(`${folder}/jwks.json`, JSON.stringify(keySet));
    fs.writeFileSync(`${folder}/secret`, 'known-to-every-test\n', { mode: 0o600 });
    const authorization = authorizationServer(folder, keySet, this.known);
    const proxy = proxyTo(await listen(authorization));
    this.#servers = [authorization, proxy];
    this.proxyPort = await listen(proxy);
    this.port = await freePort();
    this.backend = new URL((await startMcpServer()).ready).origin;
    fs.writeFileSync(`${folder}/.curlrc`, `cacert = "${folder}/server.crt"\n` +
      ['mcp.example.com:443', 'mcp.example.com:80'].map((from) => `connect-to = "${from}:127.0.0.1:${this.port}"\n`).join(''));
    const sign = (claims, typ = 'JWT') => this.token({ ...goodClaims(issuer, resource), ...claims }, typ);
    this.environment = cleanEnvironment({
      HOME: folder, PATH: `${path.dirname(findCommand())}:${process.env.PATH}`,
      TOKEN: await sign({}), WRITE_TOKEN: await sign({ scope: 'mcp:read mcp:write' }),
      ADMIN_TOKEN: await sign({ scope: 'mcp:admin' }), OTHER_TOKEN: await sign({ aud: 'https://mcp.example.com/search' }),
      SEARCH_TOKEN: await sign({ aud: 'https://mcp.example.com/search', scope: 'search:read' }),
      STAFF_TOKEN: await sign({ iss: 'https://staff.example.com' }), ID_TOKEN: await sign({ aud: 'client-1', nonce: 'n', scope: undefined }),
      TYPED_TOKEN: await sign({}, 'at+jwt'),
      ENTRA_TOKEN: await sign({ aud: '11111111-2222-3333-4444-555555555555', scope: undefined, scp: 'mcp:read' }),
    });
  }

  close() {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  // A running nginx: stop() ends it.
  serve({ language, text }) {
    return language === 'yaml' ? this.#settings(text) : this.#configuration(text);
  }

  async #configuration(text) {
    const folder = temporaryFolder('recipe');
    fs.mkdirSync(`${folder}/logs`);
    fs.symlinkSync(confFolder, `${folder}/conf`);
    fs.writeFileSync(`${folder}/nginx.conf`, this.#mainOf(text, folder));
    return start('nginx', 'nginx', ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', `${folder}/error.log`], { ready: listening(this.port) });
  }

  #mainOf(text, folder) {
    const tls = `ssl_certificate ${this.#folder}/server.crt; ssl_certificate_key ${this.#folder}/server.key;`;
    const own = this.#named(text)
      .replace(/^\s*(ssl_certificate|ssl_certificate_key) .*\n/gm, '').replaceAll('/var/log/nginx/', 'logs/')
      .replace(/\blisten\s+(80|443 ssl);/g, (_, what) => `listen 127.0.0.1:${this.port}${what === '80' ? ';' : ` ssl; ${tls}`}`);
    const http = /^\s*server\s*\{/m.test(own) ? own : `server { listen 127.0.0.1:${this.port} ssl; ${tls}\n${own}\n}`;
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
    const modules = ['ngx_http_mcp_resource_module', 'ngx_http_auth_jwt_module', 'ngx_http_auth_oauth2_token_module'];
    return `${modules.map((name) => `load_module ${findModule(name)};`).join('\n')}\ndaemon off; pid ${folder}/nginx.pid;\nevents { }\nhttp { ${temporary} ` +
      `access_log off; mcp_proxy http://127.0.0.1:${this.proxyPort}; mcp_ssl_trusted_certificate ${this.#folder}/server.crt;\n${assumedInHttp(text)}\n${http}\n}\n`;
  }

  // Backends are the one that runs; files are ours.
  #named(text) {
    return text
      .replace(/http:\/\/(127\.0\.0\.1|mcp-server|search-server):300\d/g, this.backend)
      .replace(/(?<=[\s=])(\/etc\/nginx\/)?keys\/[\w./-]*\.json/g, `${this.#folder}/jwks.json`)
      .replace(/(?<=[\s=])(\/run\/secrets|keys)\/introspection[\w-]*/g, `${this.#folder}/secret`);
  }

  async #settings(text) {
    const folder = temporaryFolder('settings');
    const settings = YAML.parse(this.#named(text));
    settings.listen = { port: this.port, addresses: ['127.0.0.1'] };
    if (!settings.trusted_proxies) // behind those, TLS has ended
      settings.tls = { certificate: `${this.#folder}/server.crt`, key: `${this.#folder}/server.key` };
    settings.proxy = { url: `http://127.0.0.1:${this.proxyPort}` };
    settings.ca = `${this.#folder}/server.crt`;
    fs.writeFileSync(`${folder}/mcp.yaml`, YAML.stringify(settings));
    const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
    return start('mcp-resource', findCommand(), ['run', '--config', `${folder}/mcp.yaml`, ...places(temporaryFolder('state'))], { ready });
  }
}
