// What --help tells: of every command an example and what it ends with, and in one list what can be set.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '../peers/lib/command.mjs';

const commands = [...(await runCommand(['--help'])).output.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name)
  .flatMap((name) => ({ keys: [['keys', 'generate']], token: [['token', 'mint'], ['token', 'inspect']] }[name] ?? [[name]]));

test('the list of commands is the one that is looked at', () => {
  assert.deepEqual(commands.map((command) => command[0]).filter((name, i, all) => all.indexOf(name) === i).sort(),
    ['check', 'convert', 'doctor', 'healthcheck', 'help', 'keys', 'nginx', 'render', 'run', 'schema', 'token']);
});

for (const command of commands)
  test(`${command.join(' ')} --help has an example, and says what it ends with`, async () => {
    const { code, output } = await runCommand([...command, '--help']);
    assert.equal(code, 0);
    assert.match(output, /^Examples?:\n {2}\S/m);
    assert.match(output, /\b[Ee]nds with\b/);
    assert.ok(output.split('\n').every((line) => line.length <= 125), output);
  });

test('help lists variables and keys, one line each', async () => {
  const variables = await runCommand(['help', 'variables']);
  assert.equal(variables.code, 0);
  assert.match(variables.output, /^MCP_AUTH_MODE +Required\. .*jwt: /m);
  assert.ok(variables.output.trimEnd().split('\n').every((line) => /^MCP_[A-Z_]+ {2,}\S/.test(line)), variables.output);
  const keys = await runCommand(['help', 'keys']);
  assert.match(keys.output, /^ *resources\[\]\.url /m);
  const { code, output } = await runCommand(['help', 'nothing']);
  assert.equal(code, 2);
  assert.match(output, /variables/);
});
