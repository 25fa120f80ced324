// What is said of the alerts of examples/observability, in its README.md and in docs/REASONS.md. test/observability runs them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { alerts, text } from '../observability/lib/example.mjs';

const reasons = fs.readFileSync(fileURLToPath(new URL('../../docs/REASONS.md', import.meta.url)), 'utf8');

test('Each alert has a summary, a description and a severity', () => {
  for (const { alert, annotations, labels } of alerts()) {
    assert.ok(annotations.summary && annotations.description, alert);
    assert.match(labels.severity, /^(critical|warning)$/);
  }
});

test('README.md lists the alerts with their severity, in the order of the file', () => {
  const listed = [...text('README.md').matchAll(/^\| (Mcp\w+) \| (\w+) \|/gm)].map(([, alert, severity]) => ({ alert, severity }));
  assert.deepEqual(listed, alerts().map(({ alert, labels: { severity } }) => ({ alert, severity })));
});

test('McpCannotDecide is about all reasons with a status of 5xx, and about no other', () => {
  const { expr } = alerts().find(({ alert }) => alert === 'McpCannotDecide');
  const pattern = new RegExp(`^(?:${/reason=~"([^"]+)"/.exec(expr)[1]})$`);
  const all = [...reasons.matchAll(/^### (\w+)\n\n.*?Status (\d)\d\d/gm)];
  assert.ok(all.length > 80);
  for (const [, reason, kind] of all) assert.equal(pattern.test(reason), kind === '5', reason);
});
