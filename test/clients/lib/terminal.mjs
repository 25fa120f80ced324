// A program in a terminal, for those that do not log in without one.
import fs from 'node:fs';
import { run, start } from '../../peers/lib/processes.mjs';

// ready(child): as for start(). Adds to the child: type(text).
export async function startInTerminal(name, command, { env, ready, timeoutMs = 40_000 }) {
  const fifo = `${env.HOME}/keys`;
  await run('mkfifo', 'mkfifo', [fifo]);
  const keys = fs.openSync(fifo, 'r+');
  const type = (text) => fs.writeSync(keys, text);
  const child = await start(name, 'sh', ['-c', `exec script --quiet --return --command "$1" /dev/null < "$2"`, 'sh', command, fifo],
    { env, cwd: env.HOME, timeoutMs, ready: (started) => ready(started, type) });
  child.exited.then(() => { fs.closeSync(keys); fs.rmSync(fifo, { force: true }); });
  return child;
}
