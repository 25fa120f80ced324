// The slow authorization server of this folder, and the say over it.
import crypto from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { sign, writeKeySet } from '../../bench/lib/tokens.mjs';
import { printedJson, start } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';

const program = fileURLToPath(new URL('../peers/slow-authorization-server.mjs', import.meta.url));
const newKey = () => ({ alg: 'ES256', kid: 'load', ...crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }) });

export async function startAuthorizationServer() {
  const file = `${temporaryFolder('load')}/keys.json`;
  const key = newKey();
  writeKeySet(file, [key]);
  const child = await start('authorization server', process.execPath, [program, file], { ready: printedJson('listening') });
  const ask = async (options) => (await fetch(`http://127.0.0.1:${child.ready.control}/`, options)).json();
  const change = (what) => ask({ method: 'POST', body: JSON.stringify(what) });
  return {
    url: `http://127.0.0.1:${child.ready.port}`,
    counts: () => ask(),
    // Counts begin anew; each answer takes this long.
    answerAfter: (delayMs) => change({ delayMs, hold: false, reset: true }),
    // Counts begin anew; nobody is answered until release.
    hold: () => change({ hold: true, delayMs: 0, reset: true }),
    release: () => change({ hold: false, delayMs: 0 }),
    stop: () => child.stop(),
    // A token whose signature is right, or is that of somebody else.
    goodJwt: sign(key, 'https://mcp.example.com/mcp'),
    forgedJwt: sign(newKey(), 'https://mcp.example.com/mcp'),
  };
}
