// Starts the packaged and the own servers of this folder.
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, printedJson, start } from './processes.mjs';

export const peersFolder = fileURLToPath(new URL('..', import.meta.url));
export const packageFile = (path) => `${peersFolder}node_modules/${path}`;

// child.ready is its issuer. more: further arguments.
export const startAuthorizationServer = ({ resources, keysFile, port = 0, more = [] }) =>
  start('authorization server', process.execPath, [
    'authorization-server.mjs', '--port', String(port), '--keys', keysFile,
    ...resources.flatMap((resource) => ['--resource', resource]), ...more,
  ], { cwd: peersFolder, ready: printedJson('issuer') });

// Revision 2026-07-28. child.ready is its URL.
export const startMcpServer = () =>
  start('mcp-server', process.execPath, ['mcp-server.mjs'], { cwd: peersFolder, ready: printedJson('url') });

// Revision 2025-11-25, stateful. It has a tool that shows its environment: it gets a clean one. child.ready is its URL;
// child.output has the requests it got.
export async function startServerEverything() {
  const child = await start('server-everything', process.execPath, [
    '--import', './lib/loopback-only.mjs', '--import', './lib/record-requests.mjs',
    packageFile('@modelcontextprotocol/server-everything/dist/index.js'), 'streamableHttp',
  ], { cwd: peersFolder, env: cleanEnvironment({ PORT: '0' }), ready: printedJson('port') });
  child.ready = `http://127.0.0.1:${child.ready}/mcp`;
  return child;
}
