// `mcp-resource run` with nothing behind it: what it does as a process, not what nginx answers.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { findCommand, places, runCommand } from './command.mjs';
import { cleanEnvironment, freePort, until } from './processes.mjs';
import { temporaryFolder } from './temporary.mjs';

// Settings that are complete; nothing is asked of the backend.
export async function ownSettings() {
  const keys = temporaryFolder('keys');
  await runCommand(['keys', 'generate', '--out', keys]);
  const file = `${keys}/jwks.json`;
  const port = await freePort();
  return {
    MCP_AUTH_MODE: 'jwt', MCP_JWT_KEY_FILE: file, MCP_SERVER_NAME: 'localhost',
    MCP_CANONICAL_URI: `http://127.0.0.1:${port}/mcp`,
    MCP_METADATA_URI: `http://127.0.0.1:${port}/.well-known/oauth-protected-resource/mcp`,
    MCP_AUTHORIZATION_SERVER: 'https://auth.example.com', MCP_REQUIRED_SCOPE: 'mcp:read', MCP_SCOPES_SUPPORTED: 'mcp:read',
    MCP_BACKEND: '127.0.0.1:9', MCP_LISTEN_PORT: String(port), MCP_WORKER_PROCESSES: '2',
  };
}

const kill = (pid) => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
};
const isThere = (pid) => fs.existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
export const childrenOf = (pid) => {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
};
const descendantsOf = (pid) => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

// A process of ours, killed with all that it has started when test `t` ends. Adds: errors, ended (code or signal), kill().
export function spawnFor(t, command, args, settings, { stdout = 'pipe', ...options } = {}) {
  const child = spawn(command, args, { env: cleanEnvironment(settings), stdio: ['ignore', stdout, 'pipe'], ...options });
  const seen = new Set();
  child.errors = '';
  child.stderr.on('data', (chunk) => { child.errors += chunk; });
  child.ended = new Promise((resolve) => { child.once('exit', (code, signal) => resolve(signal ?? code)); });
  child.remember = () => descendantsOf(child.pid).forEach((pid) => seen.add(pid));
  child.left = () => [...seen].filter(isThere);
  t.after(() => {
    child.remember();
    child.kill('SIGKILL'); // first: it would end the others itself meanwhile
    for (const pid of [...seen].filter(isThere)) kill(pid);
  });
  return child;
}

export const spawnRun = (t, settings, { folder, args = [], ...options } = {}) =>
  spawnFor(t, findCommand(), ['run', ...places(folder), ...args], settings, options);

// { status, body }; rejects when nobody answers.
export const get = (settings, path, agent) => new Promise((resolve, reject) => {
  const request = http.get({ host: '127.0.0.1', port: settings.MCP_LISTEN_PORT, path, agent, timeout: 3000 }, (response) => {
    let body = '';
    response.on('data', (chunk) => { body += chunk; });
    response.on('end', () => resolve({ status: response.statusCode, body }));
  });
  request.once('timeout', () => request.destroy(new Error('no answer')));
  request.once('error', reject);
});

export const isWell = async (settings) => (await get(settings, '/healthz').catch(() => ({}))).status === 200;
const hasEnded = ({ exitCode, signalCode }) => exitCode !== null || signalCode !== null;
export const serves = async (child, settings) => {
  await until(async () => (await isWell(settings)) || hasEnded(child), 10_000);
  if (hasEnded(child)) throw new Error(`ended (${child.exitCode ?? child.signalCode}):\n${child.errors}`);
  child.remember();
};
