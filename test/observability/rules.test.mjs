// The files of examples/observability without nginx: promtool accepts them, and the tests of the alerts find a wrong alert.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { findCommand } from '../peers/lib/command.mjs';
import { cleanEnvironment, run } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { alerts, dashboard, folder, promtool, queriesOf, text, yaml } from './lib/example.mjs';

test('promtool accepts the configuration and the rules, and the tests of the rules pass', async () => {
  for (const command of [['check', 'config', 'prometheus.yml'], ['check', 'rules', 'alerts.yml'], ['test', 'rules', 'alerts_test.yml']]) {
    const { code, output } = await promtool(...command);
    assert.equal(code, 0, output);
  }
});

// What the tests say of the rules when all of them are this expression.
async function reportWith(expression) {
  const copy = temporaryFolder('alerts');
  fs.writeFileSync(`${copy}/alerts.yml`, text('alerts.yml').replace(/expr:[^]*?\n(?= {8}\w)/g, `expr: ${expression}\n`));
  fs.copyFileSync(`${folder}alerts_test.yml`, `${copy}/alerts_test.yml`);
  const { code, output } = await run('promtool', 'promtool', ['test', 'rules', 'alerts_test.yml'], { cwd: copy });
  assert.equal(code, 1, output);
  return output;
}

test('The tests of each alert find a rule that never fires', async () => {
  const report = await reportWith('vector(0) > 1');
  for (const { alert } of alerts()) assert.match(report, new RegExp(`alertname: ?${alert},[^\\[]*exp:\\[\\s+0:`), alert);
});

test('The tests of each alert find a rule that always fires', async () => {
  const report = await reportWith('vector(1)');
  for (const { alert } of alerts()) assert.match(report, new RegExp(`alertname: ?${alert},[^\\[]*exp:\\[\\]`), alert);
});

test('The dashboard has a description and a place of its own for each panel', () => {
  const { panels } = dashboard();
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Set();
  for (const { title, type, description, gridPos: { x, y, w, h } } of panels) {
    assert.ok(type === 'row' || description, title);
    assert.ok(x + w <= 24, title);
    for (let column = x; column < x + w; column++)
      for (let line = y; line < y + h; line++) {
        assert.ok(!taken.has(`${column},${line}`), `${title} is over another panel`);
        taken.add(`${column},${line}`);
      }
  }
});

test('The dashboard asks the Prometheus that its reader has chosen', () => {
  const { panels, templating } = dashboard();
  const variables = templating.list.map(({ name }) => name);
  for (const { title, targets = [] } of panels)
    for (const { datasource, expr } of targets) {
      assert.deepEqual(datasource, { type: 'prometheus', uid: '${datasource}' }, title);
      for (const [, name] of expr.matchAll(/\$(\w+)/g)) assert.ok([...variables, '__rate_interval', '__range'].includes(name), `${title}: $${name}`);
    }
  assert.ok(queriesOf(dashboard(), {}).length >= 25);
});

test('Prometheus scrapes the port that nginx opens in the Compose file, and no other machine reaches a port without a login', () => {
  const { services } = yaml('compose.yml');
  const [{ static_configs: [{ targets }] }] = yaml('prometheus.yml').scrape_configs;
  assert.deepEqual(targets, [`nginx:${services.nginx.environment.MCP_STATUS_PORT}`]);
  for (const { ports = [] } of Object.values(services)) for (const published of ports) assert.match(published, /^127\.0\.0\.1:/);
});

test('The command accepts the settings of the Compose file, and serves and sends what the other services expect', async () => {
  const { services } = yaml('compose.yml');
  const given = { MCP_AUTHORIZATION_SERVER: 'https://auth.example.com' };
  const value = (text) => String(text).replace(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (all, name, otherwise) => given[name] ?? otherwise);
  const environment = Object.fromEntries(Object.entries(services.nginx.environment).map(([name, text]) => [name, value(text)]));
  const { code, output } = await run('mcp-resource', findCommand(), ['render'], { env: cleanEnvironment(environment) });
  assert.equal(code, 0, output);
  assert.match(output, new RegExp(`listen .*:${environment.MCP_STATUS_PORT}\\b`));
  assert.match(output, /mcp_metrics;/);
  assert.match(output, /mcp_trace_exporter "?http:\/\/jaeger:4318\/v1\/traces/);
});
