// How much: LOAD_SCALE=small (for a sanitizer), default, or full.
import { openFilesLimit } from '../../bench/lib/machine.mjs';

const scales = {
  small: { junk: 600, connections: 100, waiting: 200, newTokens: 8, records: 2_000 },
  default: { junk: 4_000, connections: 500, waiting: 2_000, newTokens: 8, records: 20_000 },
  full: { junk: 20_000, connections: 500, waiting: 10_000, newTokens: 40, records: 100_000 },
};
const name = process.env.LOAD_SCALE || 'default';
if (!(name in scales)) throw new Error(`LOAD_SCALE is one of ${Object.keys(scales).join(', ')}`);

export const scale = { name, ...scales[name], delayMs: name === 'small' ? 300 : 1000 };
// nginx has a socket for the client of each request that waits, and up to half as many again for the questions.
if (openFilesLimit() < scale.waiting * 1.6) throw new Error(`raise the limit of open files (ulimit -n) to ${scale.waiting * 2}`);
export const underSanitizer = Boolean(process.env.TEST_NGINX_PRELOAD);
export const patience = underSanitizer ? 3 : 1; // factor for every time limit
