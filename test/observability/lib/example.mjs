// The files of examples/observability.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { run } from '../../peers/lib/processes.mjs';

const YAML = createRequire(new URL('../../peers/package.json', import.meta.url))('yaml');

export const folder = fileURLToPath(new URL('../../../examples/observability/', import.meta.url));
export const text = (file) => fs.readFileSync(folder + file, 'utf8');
export const yaml = (file) => YAML.parse(text(file));
export const dashboard = () => JSON.parse(text('grafana/dashboard.json'));
export const alerts = () => yaml('alerts.yml').groups.flatMap(({ rules }) => rules);

export const promtool = (...args) => run('promtool', 'promtool', args, { cwd: folder });

// The queries of the dashboard, with what Grafana would put for its variables: [{ panel, expr }].
export const queriesOf = ({ panels }, variables) => panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({
  panel: title,
  expr: Object.entries(variables).reduce((all, [name, value]) => all.replaceAll(`$${name}`, value), expr),
})));
