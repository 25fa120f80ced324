// MCP clients as people install them, run with a home folder of their own and a clean environment.
import fs from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { cleanEnvironment, freePort, run } from './processes.mjs';
import { packageFile, peersFolder } from './servers.mjs';
import { temporaryFolder } from './temporary.mjs';

export const program = (name, command) => {
  const { bin } = JSON.parse(fs.readFileSync(packageFile(`${name}/package.json`)));
  return packageFile(`${name}/${bin[command]}`);
};

// The environment of a home with a browser in it that needs nobody to click.
export function freshHome() {
  const home = temporaryFolder('home');
  fs.mkdirSync(`${home}/bin`);
  fs.symlinkSync(`${peersFolder}browser.sh`, `${home}/bin/xdg-open`);
  const { NODE_EXTRA_CA_CERTS } = process.env; // whom the test trusts, its clients trust
  const trust = NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS, CURL_CA_BUNDLE: NODE_EXTRA_CA_CERTS } : {};
  return cleanEnvironment({ ...trust, HOME: home, PATH: `${home}/bin:${process.env.PATH}`, BROWSER: `${peersFolder}browser.sh` });
}

// A command of that home: a file of a package, run by node.
export function writeProgram({ HOME }, command, file) {
  fs.writeFileSync(`${HOME}/bin/${command}`, `#!/bin/sh\nexec ${process.execPath} ${packageFile(file)} "$@"\n`, { mode: 0o755 });
}

const authorization = (token) => (token ? ['--header', `Authorization: Bearer ${token}`] : []);

// One method call. Refused, the Inspector goes through its own OAuth flow unless interactive is false. era: "legacy" or
// "modern".
export async function inspect(url, { method, token, era = 'legacy', interactive = true }) {
  const { code, output } = await run('Inspector', process.execPath, [
    program('@modelcontextprotocol/inspector', 'mcp-inspector'), '--cli', url, '--transport', 'http',
    '--method', method, '--format', 'json', '--protocol-era', era,
    '--callback-url', `http://127.0.0.1:${await freePort()}/oauth/callback`, ...authorization(token),
    ...(interactive ? [] : ['--stored-auth-only']),
  ], { env: { ...freshHome(), MCP_AUTO_OPEN_ENABLED: 'true' } });
  const json = output.split('\n').find((line) => line.startsWith('{"result"'));
  return { code, output, result: json && JSON.parse(json).result };
}

// What Claude Code says of these servers: [{ name, url, token }] -> its list, one line for each.
export async function claudeCodeList(servers) {
  // Not the package's own launcher: that one needs an install script to have run.
  const launcher = packageFile('@anthropic-ai/claude-code/cli-wrapper.cjs');
  const env = freshHome();
  const claude = (...args) => run('Claude Code', process.execPath, [launcher, 'mcp', ...args], { env, cwd: env.HOME });
  for (const { name, url, token } of servers) {
    const added = await claude('add', '--transport', 'http', name, url, ...authorization(token));
    if (added.code !== 0) throw new Error(added.output);
  }
  return (await claude('list')).output;
}

// A client that speaks stdio to mcp-remote, which speaks HTTP to the server.
export async function connectThroughMcpRemote(url, { token } = {}) {
  const client = new Client({ name: 'stdio-client', version: '1.0.0' });
  await client.connect(new StdioClientTransport({
    command: process.execPath,
    args: [program('mcp-remote', 'mcp-remote'), url, '--allow-http', '--transport', 'http-only', '--host', '127.0.0.1',
      ...authorization(token)],
    env: freshHome(),
    stderr: 'ignore',
  }));
  return client;
}
