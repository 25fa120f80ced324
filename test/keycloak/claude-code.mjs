// `claude mcp login`, in a terminal as it wants one, and with a "browser" that leaves the address to the test's own.
import fs from 'node:fs';
import { start } from '../peers/lib/processes.mjs';

export async function startLogin(env, server) {
  const opened = `${env.HOME}/opened`;
  fs.writeFileSync(`${env.HOME}/open-url`, `#!/bin/sh\nprintf '%s' "$1" > ${opened}\n`, { mode: 0o755 });
  return start('claude mcp login', 'script', ['--quiet', '--return', '--command', `claude mcp login ${server}`, '/dev/null'], {
    env: { ...env, TERM: 'xterm', DISPLAY: ':0', BROWSER: `${env.HOME}/open-url` }, cwd: env.cwd,
    ready: () => (fs.existsSync(opened) ? fs.readFileSync(opened, 'utf8') : undefined),
  });
}
