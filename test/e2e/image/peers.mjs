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

export const redisImage = 'nginx-mcp-resource-redis:test';

// In the place of the image of examples/compose.ratelimit.yml, which comes from another registry than Debian's packages.
export const buildRedisImage = () =>
  dockerOk('build', '--quiet', '--tag', redisImage, '--file', fileURLToPath(new URL('redis.Dockerfile', import.meta.url)),
    fileURLToPath(new URL('.', import.meta.url)));

export const redisOverride = `  redis:\n    image: ${redisImage}\n    command: !reset null\n`;

// What it needs in a Compose file.
export const everythingOverride = `services:\n  mcp-server:\n    volumes: ["${path.resolve(peersFolder)}:/peers:ro"]\n`;
