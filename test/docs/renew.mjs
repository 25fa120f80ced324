// Writes what commands print today into the pages that show it: node test/docs/renew.mjs docs/CLI.md. For pages whose commands
// run in one of places.mjs; a block with "..." and one that is right already stay as they are. Read what it changed.
import fs from 'node:fs';
import { stopAll } from '../peers/lib/processes.mjs';
import { Shell, runStep, stepsOf } from './lib/commands.mjs';
import { expectation, placeOfCommands, root, stable } from './lib/markdown.mjs';
import { places } from './lib/places.mjs';

for (const file of process.argv.slice(2)) {
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
await stopAll();
process.exit(0);
