// Clients that people use, as their authors publish them, through the native module: they log in by themselves at the first
// try, list the tools and call one. What they can do after a 403 is told apart: docs/TROUBLESHOOTING.md and the table of
// doctor (src/cli/doctor/clients.cpp) say the same.
//
// One that is not installed is skipped. CLIENTS="Codex,go-sdk": these alone. At the end stands a table of what was seen.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { copilot, gemini, opencode } from './lib/agents.mjs';
import { codex } from './lib/codex.mjs';
import { startScriptedModel } from './lib/scripted-model.mjs';
import { fastmcp, goSdk, pythonSdk } from './lib/sdks.mjs';

const steps = ['login', 'list', 'call', 'step-up', 'refusal'];
// count needs a scope that the challenge does not name, and whoami one that nobody gets.
const rules = `mcp_scopes_supported mcp:read mcp:write;
  mcp_scope mcp:write tool=count;
  mcp_scope mcp:admin tool=whoami;`;

// reaches: a tool whose scope only a later challenge, or scopes_supported, names.
const clients = [
  { ...codex, reaches: false },
  { ...gemini, reaches: true },
  { ...opencode, reaches: false },
  { ...copilot, reaches: true },
  { ...fastmcp, reaches: true },
  { ...pythonSdk, reaches: true },
  { ...goSdk, reaches: true },
];

const wanted = (process.env.CLIENTS ?? '').split(',').map((name) => name.trim()).filter(Boolean);
const isWanted = ({ name }) => wanted.length === 0 || wanted.includes(name);
const rows = [];

describe('Through the native module', () => {
  let stack;
  let model;
  before(async () => {
    model = await startScriptedModel();
    stack = await startStack({ mode: 'native', rules });
  });
  after(async () => {
    model.stop();
    await stopAll();
    assertCleanLog(stack.nginx);
    report();
  });

  for (const client of clients.filter(isWanted))
    test(`${client.name} ${client.version} logs in, lists and calls`, { skip: client.missing && `skipped: ${client.missing}`, timeout: 150_000 }, async () => {
      const seen = Object.fromEntries((await client.drive(stack, model)).map((one) => [one.step, one]));
      rows.push({ client, seen });
      for (const step of ['login', 'list', 'call']) assert.ok(seen[step]?.ok, `${step}: ${JSON.stringify(seen)}`);
      assert.equal(seen['step-up'].ok, client.reaches, JSON.stringify(seen['step-up']));
      assert.equal(seen.refusal?.ok ?? false, false, 'a tool whose scope nobody has');
    });
});

const shortened = (text) => (text.length > 240 ? `${text.slice(0, 60)} ... ${text.slice(-170)}` : text);
const cell = (text) => shortened(text.replaceAll(/\s+/g, ' ')).replaceAll('|', '\\|');

function report() {
  const lines = rows.map(({ client, seen }) => {
    const marks = steps.slice(0, 4).map((step) => (seen[step]?.ok ? 'yes' : 'no'));
    const shown = ['step-up', 'refusal', 'end'].filter((step) => seen[step]?.ok === false).map((step) => `${step}: ${cell(seen[step].said)}`);
    return `| ${client.name} | ${client.version} | ${marks.join(' | ')} | ${shown.join('; ')} |`;
  });
  const table = ['| Client | Version | Login | List | Call | Step-up | What it shows of refusals |', '|---|---|---|---|---|---|---|', ...lines].join('\n');
  console.log(table);
  if (process.env.CLIENTS_TABLE) fs.writeFileSync(process.env.CLIENTS_TABLE, `${table}\n`);
}
