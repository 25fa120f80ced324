// nginx -t for configurations in our documents, in a folder laid out like /etc/nginx, with throwaway keys and certificates.
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { confFolder, findModule } from '../../peers/lib/nginx.mjs';
import { cleanEnvironment, freePort, run } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';

const modules = ['ngx_http_mcp_resource_module', 'ngx_http_auth_jwt_module', 'ngx_http_auth_oauth2_token_module'];

// Where a configuration belongs, told by what it holds: a whole file, or what stands in http, server or location.
const ofHttp = /^\s*((server|upstream \S+|map [^\n]*)\s*\{|(mcp_zone|mcp_redis|mcp_keys_max_age|mcp_max_anonymous_bodies|mcp_proxy|mcp_trace_exporter|mcp_ssl_trusted_certificate|log_format|limit_req_zone|mcp_authorization_server_limits|auth_jwt_key_request_limits|auth_oauth2_token_request_limits|auth_jwt_claim_set|auth_jwt_header_set|auth_oauth2_token_claim_set|auth_oauth2_token_client_\w+)\b)/m;
export function placeOf(text) {
  if (/^\s*http\s*\{/m.test(text)) return 'main';
  if (ofHttp.test(text)) return 'http';
  return /^\s*location\b/m.test(text) ? 'server' : 'location';
}

const loadModules = modules.map((name) => `load_module modules/${name}.so;`).join('\n');
const upstreams = ['mcp_backend', 'backend', 'search'];
// A line that the text takes for granted: it uses what needs the line, and does not have it.
const assumed = (uses, has, line) => (text) => (uses.test(text) && !has.test(text) ? line : '');
const ours = /\bmcp_(?!zone)/;
const resource = assumed(ours, /\bmcp_resource\s/, 'mcp_resource https://mcp.example.com/mcp;');
const ofHttpAssumed = [
  assumed(/^/, /\bmcp_zone\b/, 'mcp_zone mcp 1m;'),
  assumed(ours, /\bmcp_authorization_server\s/, 'mcp_authorization_server https://auth.example.com;'),
  assumed(ours, /\bmcp_(jwks|discovery|introspection)\s/, 'mcp_discovery on;'),
  assumed(/\bauth_oauth2_token_/, /\bauth_oauth2_token_client_id\s/,
    'auth_oauth2_token_client_id gateway; auth_oauth2_token_client_secret_file keys/client_secret;'),
];

export const assumedInHttp = (text) => ofHttpAssumed.map((line) => `${line(text)}\n`).join('');

const inside = {
  location: (text) => inside.server(`location /mcp {\n${resource(text)}\n${text}\n}`),
  server: (text) => inside.http(`server {\nlisten 80;\n${text}\n}`),
  // A line of dots leads from what stands in http to what stands in a location.
  http: (text) => {
    const [http, location] = text.split(/^\.\.\.$/m);
    if (location !== undefined) return inside.http(`${http}\nserver {\nlisten 80;\nlocation / {\n${location}\n}\n}`);
    const missing = upstreams.filter((name) => text.includes(`//${name}`) && !text.includes(`upstream ${name}`));
    return inside.main(`${loadModules}\nevents { }\nhttp {\n${assumedInHttp(text)}` +
      `${missing.map((name) => `upstream ${name} { server 127.0.0.1:3001; }\n`).join('')}${text}\n}`);
  },
  main: (text) => text,
};

export class Configurations {
  #folder = temporaryFolder('docs');

  constructor() {
    fs.mkdirSync(`${this.#folder}/modules`);
    fs.mkdirSync(`${this.#folder}/logs`);
    fs.symlinkSync(confFolder, `${this.#folder}/conf`);
    for (const name of modules) fs.symlinkSync(findModule(name), `${this.#folder}/modules/${name}.so`);
    const certificate = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=mcp.example.com'];
    execFileSync('openssl', [...certificate, '-keyout', `${this.#folder}/throwaway.key`, '-out', `${this.#folder}/throwaway.crt`], { stdio: 'ignore' });
    const secret = crypto.randomBytes(48).toString('base64url');
    fs.writeFileSync(`${this.#folder}/throwaway.jwks`, JSON.stringify({ keys: [{ kty: 'oct', alg: 'HS256', kid: 'throwaway', k: secret }] }));
    const pem = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
    fs.writeFileSync(`${this.#folder}/throwaway.keyval`, JSON.stringify({ throwaway: pem }));
    fs.writeFileSync(`${this.#folder}/throwaway.secret`, 'throwaway', { mode: 0o600 });
    fs.writeFileSync(`${this.#folder}/throwaway.hmac`, secret, { mode: 0o600 });
    fs.writeFileSync(`${this.#folder}/throwaway.json`, '{}');
    fs.writeFileSync(`${this.#folder}/throwaway.headers`, 'X-Throwaway: yes\n', { mode: 0o600 });
  }

  // undefined, or what nginx says against it. Variables that the text has from elsewhere are made up, but none of ours.
  async problemWith(source) {
    for (let made = []; ;) {
      const text = await this.#adapted(inside[placeOf(source)](source), made);
      this.#writeFilesNamedIn(text);
      fs.writeFileSync(`${this.#folder}/nginx.conf`, text);
      const { code, output } = await run('nginx -t', 'nginx', ['-t', '-e', 'stderr', '-p', this.#folder, '-c', `${this.#folder}/nginx.conf`], { env: cleanEnvironment() });
      if (code === 0) return undefined;
      const [, unknown] = /unknown "(?!mcp_|jwt_|oauth2_)(\w+)" variable/.exec(output) ?? [];
      if (unknown === undefined || made.includes(unknown)) return `${output.replaceAll(`${this.#folder}/`, '')}\n${text}`;
      made = [...made, unknown];
    }
  }

  // Without what only root may do, and what another machine may lack.
  async #adapted(text, variables) {
    const port = await freePort();
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${this.#folder}/${name};`).join(' ');
    return `pid ${this.#folder}/nginx.pid;\n${text
      .replaceAll('/etc/nginx/', '').replaceAll('/run/secrets/', 'secrets/').replace(/^\s*(user|pid) .*\n/gm, '')
      .replaceAll('/etc/ssl/certs/ca-certificates.crt', 'throwaway.crt').replaceAll('/var/log/nginx/', 'logs/')
      .replace(/^http\s*\{/m, (http) => `${http} access_log logs/access.log; ${temporary} ${variables.map((name) => `map "" $${name} { default 1; }`).join(' ')}`)
      .replace(/(proxy_pass\s+https?:\/\/)[\w.-]+\.example\.com/g, '$1127.0.0.1')
      .replace(/(\blisten\s+(?:[^\s;]*:)?)(?:80|443|8080|8443)\b/g, `$1${port}`)}\n`;
  }

  #writeFilesNamedIn(text) {
    const kinds = {
      ssl_certificate: 'crt', ssl_certificate_key: 'key', auth_jwt_key_file: 'jwks', mcp_jwks: 'jwks', auth_jwt_revocation_list_sub: 'json',
      auth_jwt_revocation_list_kid: 'json', auth_oauth2_token_client_secret_file: 'secret', mcp_ssl_trusted_certificate: 'crt', proxy_ssl_trusted_certificate: 'crt',
      auth_oauth2_token_client_key_file: 'key', proxy_ssl_certificate: 'crt', proxy_ssl_certificate_key: 'key',
    };
    for (const [directive, kind] of Object.entries(kinds))
      for (const [, file, keyval] of text.matchAll(new RegExp(`(?<![\\w$])${directive}\\s+([^\\s;]+)( keyval)?`, 'g'))) this.#write(file, keyval ? 'keyval' : kind);
    const parameters = { client_secret_file: 'secret', password_file: 'secret', client_key_file: 'key', client_certificate_file: 'crt', '(?<!_)key_file': 'hmac', headers_file: 'headers' };
    for (const [parameter, kind] of Object.entries(parameters))
      for (const [, file] of text.matchAll(new RegExp(`${parameter}=([^\\s;]+)`, 'g'))) this.#write(file, kind);
  }

  #write(file, kind) {
    if (file.includes('://')) return;
    const target = path.resolve(this.#folder, file);
    if (!target.startsWith(this.#folder)) return;
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(`${this.#folder}/throwaway.${kind}`, target);
  }
}
