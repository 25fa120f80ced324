// What --help tells: of every command an example and what it ends with, and in one list what can be set.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '../peers/lib/command.mjs';

const helpOf = async (...command) => (await runCommand([...command, '--help'])).output;
const commandsIn = (output) => [...output.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}\S/gm)].map(([, name]) => name.split(' '));
const commands = commandsIn(await helpOf());

test('all commands are listed, in groups', async () => {
  assert.deepEqual(commands.map((words) => words.join(' ')), ['run', 'nginx', 'healthcheck', 'check', 'render', 'convert', 'schema',
    'doctor', 'token inspect', 'keys generate', 'token mint', 'help']);
  assert.match(await helpOf(), /^Run:\n[^]*^Settings:\n[^]*^Diagnose:\n[^]*^Create:\n/m);
  assert.deepEqual(commandsIn(await helpOf('token')), [['token', 'inspect'], ['token', 'mint']]);
});

// Where a line of a paragraph, or of a description, is broken although the next word had room.
const brokenEarly = (output) => output.split('\n').filter((line, i, lines) => {
  const next = lines[i + 1] ?? '';
  const goesOn = /^\S/.test(line) && /^\S/.test(next) && !line.endsWith(':') || /^ {30}\S/.test(next) && / {2}\S.*|^ {30}\S/.test(line) && line.length > 30;
  return goesOn && line.length + 1 + next.trim().split(' ')[0].length <= 100;
});

for (const command of [[], ['keys'], ['token'], ...commands])
  test(`${command.join(' ')} --help is laid out evenly, and its values have names`, async () => {
    const output = await helpOf(...command);
    const longest = output.split('\n').filter((line) => line.length > 100 && !/^ {2}(mcp-resource|docker) /.test(line));
    assert.deepEqual(longest, []);
    assert.deepEqual(brokenEarly(output).filter((line) => !/^ {2}--[a-z-]+ [A-Z|=]+$/.test(line)), []);
    assert.doesNotMatch(output, /\b(TEXT|INT|REQUIRED|FLOAT)\b|\{|\bTEXT:|\[0 - /);
    for (const [, option, rest] of output.matchAll(/^ {2}(--[a-z-]+)(.*)$/gm))
      assert.match(rest, /^( {2,}\S| [A-Z]+([|=][A-Z]+)?( {2,}\S|$))/, option);
  });

for (const command of commands)
  test(`${command.join(' ')} --help has an example, and says what it ends with`, async () => {
    const { code, output } = await runCommand([...command, '--help']);
    assert.equal(code, 0);
    assert.match(output, /^Examples?:\n {2}\S/m);
    assert.match(output, /^Exit status: /m);
  });

test('what is needed, has a default or can be repeated is said', async () => {
  const output = await helpOf('token', 'mint');
  assert.match(output, /^ {2}--key FILE .* \(required\)$/m);
  assert.match(output, /^ {2}--expires-in SECONDS .* \(default: 3600\)$/m);
  assert.match(output, /^ {2}--claim NAME=VALUE .*; can be repeated$/m);
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

test('a mistyped option or command is told in one line, with the nearest', async () => {
  for (const [args, line] of [
    [['run', '--resouce', 'https://mcp.example.com/mcp'], 'unknown option --resouce of `run`: did you mean --resource?'],
    [['doctor', '--cnofig', 'x'], 'unknown option --cnofig of `doctor`: did you mean --config?'],
    [['rnu'], 'unknown command "rnu": did you mean "run"?'],
    [['token', 'inspct'], 'unknown command "token inspct": did you mean "token inspect"?'],
    [['foo'], 'unknown command "foo"; `mcp-resource --help` lists the possible ones'],
  ]) assert.deepEqual(await runCommand(args), { code: 2, output: `mcp-resource: ${line}\n` });
});
