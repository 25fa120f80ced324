// A real nginx with a prefix of its own, on loopback, with our modules loaded.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, listening, start } from './processes.mjs';
import { temporaryFolder } from './temporary.mjs';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
export const confFolder = `${repository}conf`;

// TEST_NGINX_LOAD_MODULES="/path/a.so /path/b.so" points at other builds.
export function findModule(name) {
  const named = (process.env.TEST_NGINX_LOAD_MODULES ?? '').split(/\s+/).find((file) => path.basename(file) === `${name}.so`);
  const file = named ?? `${repository}build/release/modules/${name}.so`;
  if (!fs.existsSync(file)) throw new Error(`${file} is missing: build it first (./dev build)`);
  return file;
}

const configuration = ({ modules, http, main, events }, folder) => `
${modules.map((module) => `load_module ${findModule(module)};`).join('\n')}
daemon off;
${main}
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;
events { ${events} }
http {
    access_log off;
    client_body_temp_path ${folder}/body;
    proxy_temp_path ${folder}/proxy;
    fastcgi_temp_path ${folder}/fastcgi;
    uwsgi_temp_path ${folder}/uwsgi;
    scgi_temp_path ${folder}/scgi;
${http}
}
`;

// http: what stands inside "http { }"; it listens on port. env(folder): the environment, else a clean one.
export async function startNginx({ modules, http, port, main = 'worker_processes 2;', events = '', env = () => cleanEnvironment() }) {
  const folder = temporaryFolder('nginx');
  fs.writeFileSync(`${folder}/nginx.conf`, configuration({ modules, http, main, events }, folder));
  const child = await start('nginx', process.env.TEST_NGINX_BINARY ?? 'nginx',
    ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', `${folder}/error.log`], { ready: listening(port), env: env(folder) });
  child.folder = folder;
  child.configuration = `${folder}/nginx.conf`;
  child.errorLog = () => fs.readFileSync(`${folder}/error.log`, 'utf8');
  return child;
}
