// The whole picture on loopback: authorization server, MCP server, and nginx between the MCP server and its clients.
import fs from 'node:fs';
import { resourceOn, startGateway } from './gateway.mjs';
import { freePort } from './processes.mjs';
import { startAuthorizationServer, startMcpServer } from './servers.mjs';
import { temporaryFolder } from './temporary.mjs';
import { clientSecret } from './tokens.mjs';

async function saveKeySet(issuer, file) {
  const answer = await fetch(`${issuer}/jwks`);
  if (!answer.ok) throw new Error(`no keys from ${issuer}: ${answer.status}`);
  fs.writeFileSync(file, await answer.text());
}

// backend: starts an MCP server. keys: the nginx lines that say where keys come from, by default a file; extraServer:
// more lines for the server, given the issuer. All other settings are startGateway's.
export async function startStack({ port, authorizationPort, backend = startMcpServer, keys, extraServer, ...gateway } = {}) {
  port ??= await freePort();
  const folder = temporaryFolder('stack');
  const keysFile = `${folder}/private-keys.json`;
  const resource = resourceOn(port);
  const otherResource = `http://127.0.0.1:${port}/other`; // known to the authorization server, but not ours
  const [authorizationServer, mcpServer] = await Promise.all([
    startAuthorizationServer({ resources: [resource, otherResource], keysFile, port: authorizationPort }),
    backend(),
  ]);
  const issuer = authorizationServer.ready;
  await saveKeySet(issuer, `${folder}/jwks.json`);
  fs.writeFileSync(`${folder}/client-secret`, `${clientSecret}\n`, { mode: 0o600 });
  const nginx = await startGateway({
    port, issuer, backend: mcpServer.ready,
    keys: keys ?? `auth_jwt_key_file ${folder}/jwks.json;`,
    secretFile: `${folder}/client-secret`,
    extraServer: extraServer?.(issuer),
    ...gateway,
  });
  return {
    issuer, resource, otherResource, keysFile, folder, metadataUri: nginx.metadataUri,
    authorizationServer, mcpServer, nginx,
  };
}
