// mcp-resource, the command: run to its end, or as the nginx that stands in front of an MCP server.
import fs from 'node:fs';
import path from 'node:path';
import { resourceOn } from './gateway.mjs';
import { findModule } from './nginx.mjs';
import { cleanEnvironment, run, start } from './processes.mjs';
import { temporaryFolder } from './temporary.mjs';

const modulesFolder = () => path.dirname(findModule('ngx_http_mcp_resource_module'));

export function findCommand() {
  const file = path.join(modulesFolder(), '..', 'bin', 'mcp-resource');
  if (!fs.existsSync(file)) throw new Error(`${file} is missing: build it first (./dev build)`);
  return file;
}

// { code, output } of a subcommand.
export const runCommand = (args, settings = {}, options = {}) =>
  run('mcp-resource', findCommand(), args, { env: cleanEnvironment(settings), ...options });

// Options of the subcommands that need nginx: our modules, and a folder of their own.
export const places = (folder = temporaryFolder('command')) => ['--modules', modulesFolder(), '--state', folder];

// What every mode needs, for a stack's servers.
export const commonSettings = ({ port, issuer, backend }) => ({
  MCP_SERVER_NAME: 'localhost',
  MCP_CANONICAL_URI: resourceOn(port),
  MCP_METADATA_URI: `http://127.0.0.1:${port}/.well-known/oauth-protected-resource/mcp`,
  MCP_AUTHORIZATION_SERVER: issuer,
  MCP_REQUIRED_SCOPE: 'mcp:read',
  MCP_SCOPES_SUPPORTED: 'mcp:read,mcp:write',
  MCP_BACKEND: new URL(backend).host,
  MCP_LISTEN_PORT: String(port),
  MCP_WORKER_PROCESSES: '2',
});

// What each mode adds.
export const modeSettings = {
  jwt: ({ folder }) => ({ MCP_AUTH_MODE: 'jwt', MCP_JWT_KEY_FILE: `${folder}/jwks.json` }),
  introspect: ({ issuer, secretFile }) => ({
    MCP_AUTH_MODE: 'introspect', MCP_INTROSPECT_ENDPOINT: `${issuer}/token/introspection`,
    MCP_CLIENT_ID: 'gateway', MCP_CLIENT_SECRET_FILE: secretFile,
  }),
  auto: (stack) => ({ ...modeSettings.introspect(stack), MCP_AUTH_MODE: 'auto', MCP_DISCOVERY: 'on' }),
};

// `mcp-resource run`, ready for requests. Adds to the child: resource, metadataUri, errorLog().
export async function startCommand(settings, folder) {
  // Not listening(): `nginx -t` opens the port for a moment, too.
  const ready = ({ output }) => (output.includes('start worker process ') ? true : undefined);
  const child = await start('mcp-resource', findCommand(), ['run', ...places(folder)], { ready, env: cleanEnvironment(settings) });
  return Object.assign(child, {
    resource: settings.MCP_CANONICAL_URI, metadataUri: settings.MCP_METADATA_URI, errorLog: () => child.output,
  });
}
