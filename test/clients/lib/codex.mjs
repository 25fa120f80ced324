// Codex: its commands log in; its app server lists and calls without a model.
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { run } from '../../peers/lib/processes.mjs';
import { newHome, npmPart } from './parts.mjs';

const part = npmPart('@openai/codex', '@openai/codex/bin/codex.js');

function startAppServer(env) {
  const server = spawn(process.execPath, [part.file, 'app-server'], { env, cwd: env.HOME, stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting = new Map();
  readline.createInterface({ input: server.stdout }).on('line', (line) => {
    const message = JSON.parse(line);
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  const send = (message) => server.stdin.write(`${JSON.stringify(message)}\n`);
  let id = 0;
  return {
    send,
    call: (method, params) => new Promise((resolve) => { waiting.set(++id, resolve); send({ id, method, params }); }),
    stop: () => server.kill(),
  };
}

async function useTools(server) {
  await server.call('initialize', { clientInfo: { name: 'clients-test', version: '1' } });
  server.send({ method: 'initialized' });
  const status = await server.call('mcpServerStatus/list', {});
  const names = Object.keys(status.result?.data[0]?.tools ?? {}).sort();
  const steps = [{ step: 'list', ok: names.includes('echo'), said: names.join(' ') }];
  const threadId = (await server.call('thread/start', {})).result.thread.id;
  for (const [step, tool, args] of [['call', 'echo', { message: 'hello' }], ['step-up', 'count', { n: 1 }], ['refusal', 'whoami', {}]]) {
    const { result, error } = await server.call('mcpServer/tool/call', { threadId, server: 'gateway', tool, arguments: args });
    steps.push({ step, ok: error === undefined, said: error?.message ?? result.content[0].text });
  }
  return steps;
}

export const codex = {
  name: 'Codex', ...part,
  async drive({ resource }) {
    const env = newHome();
    const { output } = await run('codex', process.execPath, [part.file, 'mcp', 'add', 'gateway', '--url', resource], { env, cwd: env.HOME });
    const server = startAppServer(env);
    try {
      return [{ step: 'login', ok: output.includes('Successfully logged in'), said: '' }, ...await useTools(server)];
    } finally {
      server.stop();
    }
  },
};
