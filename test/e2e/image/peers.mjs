// The image that the peers run in.
import { fileURLToPath } from 'node:url';
import { dockerOk } from '../../peers/lib/image.mjs';

export const peersImage = 'nginx-mcp-resource-peers:test';

export const buildPeersImage = () =>
  dockerOk('build', '--quiet', '--tag', peersImage, '--file', fileURLToPath(new URL('peers.Dockerfile', import.meta.url)),
    fileURLToPath(new URL('.', import.meta.url)));
