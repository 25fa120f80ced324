// The ports that tests are given: one given twice made a server refuse its configuration, once in ten thousand runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, run } from '../peers/lib/processes.mjs';

const count = 400; // of 12,000: chance alone would give six of them twice
const perl = fileURLToPath(new URL('../prove/lib', import.meta.url));

test('no port is given twice, to one process or to two, in JavaScript or in Perl', async () => {
  const ours = [];
  for (let i = 0; i < count; i++) ours.push(await freePort());
  const { code, output } = await run('perl', 'perl', [`-I${perl}`, '-MTestNginx::Port', '-E', `say TestNginx::Port::free() for 1 .. ${count}`]);
  assert.equal(code, 0, output);
  const ports = [...ours, ...output.trim().split('\n').map(Number)];
  assert.equal(ports.filter(Number.isInteger).length, 2 * count);
  assert.equal(new Set(ports).size, 2 * count);
});
