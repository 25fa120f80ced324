// The image that the peers run in.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dockerOk } from '../../peers/lib/image.mjs';
import { peersFolder } from '../../peers/lib/servers.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';

export const peersImage = 'nginx-mcp-resource-peers:test';

export const buildPeersImage = () =>
  dockerOk('build', '--quiet', '--tag', peersImage, '--file', fileURLToPath(new URL('peers.Dockerfile', import.meta.url)),
    fileURLToPath(new URL('.', import.meta.url)));

// The image of examples/mcp-server, from packages that are here already: npm's registry is not asked again.
export async function buildEverything() {
  await buildPeersImage();
  const folder = temporaryFolder('mcp-server');
  fs.writeFileSync(`${folder}/Dockerfile`, `FROM ${peersImage}\nENV PORT=3001\n` +
    'ENTRYPOINT ["node", "/peers/node_modules/@modelcontextprotocol/server-everything/dist/index.js", "streamableHttp"]\n');
  await dockerOk('build', '--quiet', '--tag', 'mcp-server-everything:example', folder);
}

// What it needs in a Compose file.
export const everythingOverride = `services:\n  mcp-server:\n    volumes: ["${path.resolve(peersFolder)}:/peers:ro"]\n`;
