// A real Prometheus with the configuration of examples/observability, which scrapes each second instead of each 15.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { freePort, start, until } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { text } from './example.mjs';

const documented = { target: 'nginx:9464', intervals: /_interval: 15s/g };

function configuration(target) {
  const example = text('prometheus.yml');
  assert.ok(example.includes(documented.target));
  assert.equal(example.match(documented.intervals).length, 2);
  return example.replace(documented.target, target).replace(documented.intervals, '_interval: 1s');
}

const labelsOf = ({ __name__, instance, job, ...labels }) => labels;

class Prometheus {
  constructor(url) {
    this.url = url;
  }

  async api(path, parameters = {}) {
    const answer = await (await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters)}`)).json();
    assert.equal(answer.status, 'success', `${path} ${JSON.stringify(parameters)}: ${answer.error}`);
    return answer.data;
  }

  // [{ labels, value }], without the labels that every scraped series has.
  async query(query) {
    const { result } = await this.api('query', { query });
    return result.map(({ metric, value }) => ({ labels: labelsOf(metric), value: Number(value[1]) }));
  }

  // Of a query with one result; NaN when there is none.
  async number(query) {
    const result = await this.query(query);
    assert.ok(result.length <= 1, query);
    return result[0]?.value ?? NaN;
  }

  // Waits until Prometheus has scraped what happened until now. nginx may send a text that it has just made for another one.
  async seesNow() {
    const later = Date.now() / 1000 + 0.5;
    await until(async () => (await this.number('min(timestamp(up))')) > later);
  }
}

export async function startPrometheus(target) {
  const folder = temporaryFolder('prometheus');
  fs.writeFileSync(`${folder}/prometheus.yml`, configuration(target));
  fs.writeFileSync(`${folder}/alerts.yml`, text('alerts.yml'));
  const port = await freePort();
  const prometheus = new Prometheus(`http://127.0.0.1:${port}`);
  const isReady = () => fetch(`${prometheus.url}/-/ready`).then(({ ok }) => ok || undefined, () => undefined);
  await start('prometheus', 'prometheus', [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'], { cwd: folder, ready: isReady });
  return prometheus;
}
