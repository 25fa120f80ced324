// What the shell completes, and what the manual page lists, is what --help of each command lists: nothing less, nothing else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findCommand, runCommand } from '../peers/lib/command.mjs';

const repository = new URL('../..', import.meta.url).pathname;
const helpOf = async (...command) => (await runCommand([...command, '--help'])).output;
const optionsIn = (output) => [...output.matchAll(/^ {2}(?:-[a-z], )?(--[a-z-]+)/gm)].map(([, option]) => option).sort();
const commands = [...(await helpOf()).matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}\S/gm)].map(([, name]) => name.split(' '));
const choices = async (...words) => [...(await helpOf(...words)).matchAll(/\b[a-z_]+_[a-z_]+\b|\b(?:auto|always|never|variables|keys)\b/g)].map(([word]) => word);

// What bash offers for the last of these words.
function offered(...words) {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _mcp_resource; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { PATH: `${path.dirname(findCommand())}:${process.env.PATH}`, HOME: '/nonexistent' };
  const output = execFileSync('bash', ['-c', script, 'bash', `${repository}packaging/mcp-resource.bash`, 'mcp-resource', ...words], { env, cwd: repository, encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '').sort();
}
const unique = (list) => [...new Set(list)].sort();

test('the first word is a command, and the second one of its own', () => {
  assert.deepEqual(unique(offered('')), unique(commands.map(([first]) => first)));
  for (const first of unique(commands.filter((words) => words.length === 2).map(([one]) => one)))
    assert.deepEqual(offered(first, ''), unique(commands.filter((words) => words[0] === first).map(([, second]) => second)));
});

for (const command of [[], ['keys'], ['token'], ...commands])
  test(`${command.join(' ') || 'the command'}: the options are those of --help, wherever they stand`, async () => {
    const options = optionsIn(await helpOf(...command));
    assert.ok(options.includes('--help'));
    assert.deepEqual(offered(...command, '--'), options);
    if (command.length > 0 && command.join(' ') !== 'keys' && command.join(' ') !== 'token')
      assert.deepEqual(offered(...command, 'https://mcp.example.com/mcp', '--ca', 'file', '--'), options);
  });

test('doctor --config is among them', () => {
  assert.deepEqual(offered('doctor', 'https://mcp.example.com/mcp', '--con'), ['--config']);
});

test('values of which there are few are offered, and those that --help names', async () => {
  for (const [words, values] of [[['help', ''], ['keys', 'variables']], [['doctor', '--color', ''], ['always', 'auto', 'never']],
    [['doctor', '--client-authentication', ''], ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth']]]) {
    assert.deepEqual(offered(...words), values);
    const named = await choices(words[0]);
    for (const value of values) assert.ok(named.includes(value), value);
  }
  assert.deepEqual(offered('keys', 'generate', '--algorithm', 'E'), ['ES256', 'ES384', 'EdDSA']);
  assert.ok(offered('run', '--config', 'README').includes('README.md'));
});

const manual = fs.readFileSync(`${repository}docs/mcp-resource.1`, 'utf8').replaceAll('\\-', '-');

test('the manual page has every command', () => {
  for (const command of commands)
    assert.match(manual, new RegExp(`^\\.TP\\n\\.(B|BI|BR) ${command.join(' ')}\\b`, 'm'), command.join(' '));
});

test('the manual page has every option, and none that is not there', async () => {
  const all = unique((await Promise.all([[], ...commands].map((command) => helpOf(...command)))).flatMap(optionsIn));
  const named = unique([...manual.matchAll(/(?<![\w-])--[a-z]+(?:-[a-z]+)*/g)].map(([option]) => option));
  assert.deepEqual(all.filter((option) => !named.includes(option)), [], 'not in the manual page');
  assert.deepEqual(named.filter((option) => !all.includes(option)), [], 'of no command');
});

test('the manual page has every variable', async () => {
  for (const [name] of (await runCommand(['help', 'variables'])).output.matchAll(/^MCP_[A-Z_]+/gm))
    assert.ok(manual.includes(name), name);
});
