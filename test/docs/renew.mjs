// Writes what the command prints today into the documents that show it. Read what it changed.
//
//   node test/docs/renew.mjs                  the parts that are made of the tables of variables and keys
//   node test/docs/renew.mjs docs/CLI.md      outputs of a page whose commands run in one of places.mjs; a block with "..." and
//                                             one that is right already stay as they are
import fs from 'node:fs';
import { runCommand } from '../peers/lib/command.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { runStep, Shell, stepsOf } from './lib/commands.mjs';
import { expectation, placeOfCommands, root, stable } from './lib/markdown.mjs';
import { places } from './lib/places.mjs';

const printed = async (...args) => (await runCommand(args)).output;
const change = async (file, how) => fs.writeFileSync(root + file, await how(fs.readFileSync(root + file, 'utf8')));

async function renewMadeParts() {
  await change('docs/mcp-resource.schema.json', () => printed('schema'));
  for (const [file, option] of [['docs/CONFIGURATION.md', '--reference'], ['docs/NAMES.md', '--names']]) {
    const marker = `<!-- What follows is made: mcp-resource schema ${option} -->\n\n`;
    await change(file, async (page) => page.slice(0, page.indexOf(marker) + marker.length) + await printed('schema', option));
  }
  for (const line of (await printed('help', 'variables')).trim().split('\n')) {
    const [name, what] = line.split(/ {2,}/);
    const text = what.replaceAll('\\', '\\e').replaceAll('-', '\\-');
    await change('docs/mcp-resource.1', (page) => page.replace(new RegExp(`^(\\.B ${name}\\n).*$`, 'm'), (_, head) => head + text));
  }
}

async function renewOutputs(file) {
  let page = fs.readFileSync(root + file, 'utf8');
  const { cwd, env, adapt, restore } = await places[placeOfCommands(file)]();
  const shell = new Shell({ cwd, env });
  for (const step of stepsOf(file)) {
    const awaited = step.marks.background ? step.outputs.map(() => '') : [];
    const output = restore(await runStep(shell, { ...step, text: adapt(step.text), outputs: awaited }));
    for (const shown of step.outputs)
      if (!shown.includes('...') && !expectation(shown).test(stable(output))) page = page.replace(`\n${shown}\`\`\``, () => `\n${output.trimEnd()}\n\`\`\``);
  }
  shell.close();
  fs.writeFileSync(root + file, page);
}

const pages = process.argv.slice(2);
if (pages.length === 0) await renewMadeParts();
for (const page of pages) await renewOutputs(page);
await stopAll();
process.exit(0);
