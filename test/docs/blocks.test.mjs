// What our documents show is true: configurations pass nginx -t, data can be parsed, commands run and print what the page
// says. Pages whose commands need more than a build (<!-- commands: ... -->) are run by the suites that have it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { cleanEnvironment, stopAll } from '../peers/lib/processes.mjs';
import { runStep, Shell, stepsOf } from './lib/commands.mjs';
import { Configurations, placeOf } from './lib/configurations.mjs';
import { blocksOf, documents, expectation, placeOfCommands, stable } from './lib/markdown.mjs';
import { places } from './lib/places.mjs';

const blocks = documents().flatMap((file) => blocksOf(file));
const counts = { 'commands run': 0, 'commands run by other suites': 0, 'commands for readers alone': 0, configurations: 0, 'outputs compared': 0 };
after(async () => {
  await stopAll();
  console.log(`documents: ${Object.entries(counts).map(([what, count]) => `${count} ${what}`).join(', ')}`);
});

test('every block of commands says whether it runs, or what runs it', () => {
  const unmarked = blocks.filter(({ language, marks }) => language === 'sh' && !marks.run && !marks.background && !marks.tested && !marks['by-hand']);
  assert.deepEqual(unmarked.map(({ file, line }) => `${file}:${line}`), []);
  counts['commands run by other suites'] += blocks.filter(({ marks }) => marks.tested).length;
  counts['commands for readers alone'] = blocks.filter(({ marks }) => marks['by-hand']).length;
});

test('configurations pass nginx -t', async (t) => {
  const configurations = new Configurations();
  for (const block of blocks.filter(({ language }) => language === 'nginx')) {
    const problem = await configurations.problemWith(block.text);
    await t.test(`${block.file}:${block.line} (${placeOf(block.text)})`, () => assert.equal(problem, undefined));
    counts.configurations++;
  }
});

for (const file of documents()) {
  const steps = stepsOf(file);
  if (steps.length === 0) continue;
  const place = places[placeOfCommands(file)];
  if (place === undefined) {
    counts['commands run by other suites'] += steps.length;
    continue;
  }
  test(`${file}: its commands`, async (t) => {
    const { cwd, env, adapt } = await place();
    const shell = new Shell({ cwd, env });
    t.after(() => shell.close());
    for (const step of steps) {
      await runStep(shell, { ...step, text: adapt(step.text), outputs: step.outputs.map(adapt) });
      counts['commands run']++;
      counts['outputs compared'] += step.outputs.length;
    }
  });
}

// A check that cannot fail shows nothing.
test('a wrong line is found', async (t) => {
  const configurations = new Configurations();
  assert.match(await configurations.problemWith('mcp_resource https://mcp.example.com/mcp nonsense;'), /nonsense/);
  assert.match('a b\nc', expectation('a ...\nc'));
  assert.doesNotMatch('a b\nd', expectation('a ...\nc'));
  assert.match(stable('exp is 1795914266, 60 s ago'), expectation('exp is ..., ... s ago'));
  assert.match(stable('exp is 1795914266, 60 s ago'), expectation('exp is 1795910408, 604 s ago'));
  const shell = new Shell({ cwd: '/', env: cleanEnvironment() });
  t.after(() => shell.close());
  const page = (command, output) => stepsOf('page', `\`\`\`sh run\n${command}\n\`\`\`\n\`\`\`text output\n${output}\n\`\`\`\n`)[0];
  await runStep(shell, page('echo yes', 'yes'));
  await assert.rejects(runStep(shell, page('echo no', 'yes')), /printed\nno/);
  await assert.rejects(runStep(shell, page('false; echo yes', 'yes')), /ended with 1/);
});
