// The recipes of docs/EXAMPLES.md do what the page says: each configuration that commands follow is served, as nginx' own
// language and as a settings file, and the commands below print what the page shows for either.
// A block "sh tested=render" of any page is a "mcp-resource run" with options: it is rendered here.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { stopAll } from '../peers/lib/processes.mjs';
import { runStep, Shell } from './lib/commands.mjs';
import { blocksOf, documents } from './lib/markdown.mjs';
import { World } from './lib/recipes.mjs';

const file = 'docs/EXAMPLES.md';
const isServed = ({ language, marks }) => language === 'nginx' || (language === 'yaml' && marks.settings);

// [{ configurations, steps }]: what is served, and what is then run. Commands before the first configuration need none.
function recipesOf(blocks) {
  const recipes = [{ configurations: [], steps: [] }];
  let pending = [];
  for (const block of blocks) {
    if (isServed(block)) pending.push(block);
    if (block.marks.output) recipes.at(-1).steps.at(-1)?.outputs.push(block.text.replace(/\([0-9a-f]{8}\)/g, '(...)')); // the id of a refusal
    if (block.language !== 'sh' || !block.marks.run) continue;
    if (pending.length > 0) recipes.push({ configurations: pending.filter(({ marks }) => !marks.fragment), steps: [] });
    pending = [];
    recipes.at(-1).steps.push({ ...block, outputs: [] });
  }
  return recipes;
}

let world, shell;
const counts = { configurations: 0, commands: 0, outputs: 0 };
before(async () => {
  world = await World.start();
  shell = new Shell({ cwd: world.environment.HOME, env: world.environment });
});
after(async () => {
  console.log(`documents: EXAMPLES.md: ${counts.configurations} configurations served, ${counts.commands} commands run, ${counts.outputs} outputs compared`);
  shell?.close();
  world?.close();
  await stopAll();
});

const [first, ...recipes] = recipesOf(blocksOf(file));

test('what all recipes use', async () => {
  for (const step of first.steps) await runStep(shell, step);
});

async function tryRecipe(configuration, steps) {
  const server = await world.serve(configuration);
  try {
    for (const step of steps) await runStep(shell, step, 30_000);
  } catch (error) {
    throw new Error(`${error.message}\n${server.output}`);
  } finally {
    await server.stop();
  }
}

for (const { configurations, steps } of recipes)
  for (const configuration of configurations)
    test(`${file}:${configuration.line} (${configuration.language})`, async () => {
      await tryRecipe(configuration, steps);
      counts.configurations++;
      counts.commands += steps.length;
      counts.outputs += steps.flatMap(({ outputs }) => outputs).length;
    });

// A check that cannot fail shows nothing.
test('a configuration that protects less is found', async () => {
  const { configurations, steps } = recipes[0];
  for (const { language, text } of configurations) {
    const weaker = text.replace(/^\s*mcp_scope .*\n/m, '').replace(/^\s*scopes: .*\n/m, '');
    assert.notEqual(weaker, text);
    await assert.rejects(tryRecipe({ language, text: weaker }, steps), /where the page shows/);
  }
});

// The command without a file: what it would run with can be made, without a warning.
test('three values are enough where a page says so', async () => {
  const commands = documents().flatMap((page) => blocksOf(page)).filter(({ marks }) => marks.tested === 'render');
  assert.ok(commands.length >= 8);
  for (const { file: page, line, text } of commands) {
    const { status, output } = await shell.run(text.replace('mcp-resource run', 'mcp-resource render'));
    assert.ok(status === 0 && !output.includes('warning'), `${page}:${line}\n${output}`);
  }
});

test('there are recipes, in both languages', () => {
  for (const language of ['nginx', 'yaml'])
    assert.ok(recipes.flatMap(({ configurations }) => configurations).filter((one) => one.language === language).length >= 6, language);
});
