// Runs the commands of one page in one shell, as its reader would: variables and folders stay as they were left.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { blocksOf, expectation, stable } from './markdown.mjs';

const mark = '\x1e'; // no command prints it

export class Shell {
  #output = '';
  #process;

  constructor({ cwd, env }) {
    this.#process = spawn('bash', ['--noprofile', '--norc'], { cwd, env, detached: true });
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream.on('data', (bytes) => { this.#output += bytes; });
    this.#process.stdin.on('error', () => {}); // the shell has ended: the status tells
    process.on('exit', () => this.close());
  }

  // { status, output } of commands, which do not end the shell. The status is that of the last one, or else of one before.
  async run(commands, timeoutMs = 120_000) {
    this.#output = '';
    this.#process.stdin.write(`set -o pipefail; _failed=0; trap '_failed=$?' ERR\n{\n${commands}\n} </dev/null 2>&1; _status=$?\n` +
      `trap - ERR; printf '${mark}%d${mark}' $((_status ? _status : _failed))\n`);
    for (const deadline = Date.now() + timeoutMs; ; await sleep(20)) {
      const [, output, status] = new RegExp(`^([^]*)${mark}(\\d+)${mark}`).exec(this.#output) ?? [];
      if (status !== undefined) return { status: Number(status), output: output.replaceAll('\r', '') };
      if (this.#process.exitCode !== null) return { status: this.#process.exitCode, output: this.#output };
      if (Date.now() > deadline) return { status: 'none in time', output: this.#output };
    }
  }

  close() {
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch { /* it has ended */ }
  }
}

// Each step of a page: a block that runs, with the output that the page shows for it.
export function stepsOf(file, text) {
  const steps = [];
  for (const block of blocksOf(file, text)) {
    if (block.marks.file) steps.push({ ...block, marks: { run: true }, text: `cat >${block.marks.file} <<'END_OF_FILE'\n${block.text}END_OF_FILE`, outputs: [] });
    if (block.language === 'sh' && (block.marks.run || block.marks.background)) steps.push({ ...block, outputs: [] });
    if (block.marks.output && steps.length > 0) steps.at(-1).outputs.push(block.text);
  }
  return steps;
}

const isAsShown = (step, output) => step.outputs.every((text) => expectation(text).test(stable(output)));

// What it has printed when that is what the page shows and no more comes, or at a deadline.
async function runInBackground(shell, step) {
  await shell.run(`{\n${step.text}\n} >background.log 2>&1 </dev/null &`);
  const deadline = Date.now() + 20_000;
  for (let before; ;) {
    await sleep(1000);
    const { output } = await shell.run('cat background.log');
    if ((isAsShown(step, output) && output === before) || Date.now() > deadline) return { status: 0, output };
    before = output;
  }
}

// Throws when it went otherwise than the page says.
export async function runStep(shell, step, timeoutMs) {
  if (step.marks.background) step = { ...step, marks: { ...step.marks, run: true } };
  const { status, output } = await (step.marks.background ? runInBackground(shell, step) : shell.run(step.text, timeoutMs));
  const wanted = step.marks.run === true ? 0 : Number(step.marks.run);
  const where = `${step.file}:${step.line}`;
  if (status !== wanted) throw new Error(`${where} ended with ${status}, not ${wanted}:\n${step.text}\n${output}`);
  for (const text of step.outputs)
    if (!expectation(text).test(stable(output))) throw new Error(`${where} printed\n${output}\nwhere the page shows\n${text}`);
  return output;
}
