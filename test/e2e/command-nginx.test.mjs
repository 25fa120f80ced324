// `mcp-resource nginx`: a configuration of one's own is served as `run` serves its own, and stopped as gently.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { after, test } from 'node:test';
import { findCommand, runCommand } from '../peers/lib/command.mjs';
import { freePort, portIsFree, start, stopAll, until } from '../peers/lib/processes.mjs';
import { openStream, streamingBackend } from '../peers/lib/streams.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

after(stopAll);

// What nginx is called with for this configuration in a folder of its own.
function written({ port, backend = '127.0.0.1:9', before = '' }) {
  const folder = temporaryFolder('own-nginx');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  fs.writeFileSync(`${folder}/nginx.conf`, `${before} pid ${folder}/nginx.pid; error_log stderr notice; events { }
    http { access_log off; ${temporary} server { listen 127.0.0.1:${port}; location / { proxy_pass http://${backend}; proxy_buffering off; } } }`);
  return ['nginx', '-e', 'stderr', '-p', folder, '-c', `${folder}/nginx.conf`];
}

const serving = (args) => start('mcp-resource nginx', findCommand(), args, {
  ready: ({ output }) => (output.includes('start worker process ') ? true : undefined),
});

test('healthcheck beside it says whether that nginx runs, whatever it serves', async (t) => {
  if (process.getuid() !== 0) return t.skip('a process namespace of its own needs root');
  const folder = temporaryFolder('own-health');
  const script = `"$@" & for i in $(seq 100); do "$0" healthcheck >${folder}/before 2>&1 && break; sleep 0.1; done; kill -QUIT $!; wait $!; "$0" healthcheck >${folder}/after 2>&1; echo $? >>${folder}/after`;
  const child = spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script, findCommand(), findCommand(), ...written({ port: await freePort() })]);
  t.after(() => child.kill('SIGKILL'));
  await new Promise((resolve) => { child.once('exit', resolve); });
  assert.equal(fs.readFileSync(`${folder}/before`, 'utf8'), '');
  assert.match(fs.readFileSync(`${folder}/after`, 'utf8'), /127\.0\.0\.1:80\/healthz: .*\n1\n$/);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'])
  test(`${signal} lets a stream that is open go on to its end`, async (t) => {
    const { finish, address } = await streamingBackend(t);
    const port = await freePort();
    const server = await serving(written({ port, backend: address }));
    const stream = await openStream(`http://127.0.0.1:${port}/`, 'any');
    assert.equal(await stream.next(), 'data: first\n\n');
    process.kill(server.pid, signal);
    await until(() => portIsFree(port));
    finish();
    assert.equal(await stream.next(), 'data: last\n\n');
    assert.equal(await server.exited, 0, server.output);
  });

const saidBy = { nobody: ['', []], 'the file': ['daemon off;', []], 'the command line': ['', ['-g', 'daemon off;']] };
for (const [who, [before, more]] of Object.entries(saidBy))
  test(`It stays in the foreground when ${who} says so, and is reloaded`, async () => {
    const port = await freePort();
    const server = await serving([...written({ port, before }), ...more]);
    process.kill(server.pid, 'SIGHUP');
    await until(() => server.output.includes('reconfiguring'));
    await server.stop();
    assert.equal(await server.exited, 0, server.output);
    assert.equal(await portIsFree(port), true);
  });

test('A configuration that cannot be served ends it with what nginx says', async () => {
  const port = await freePort();
  const unknown = await runCommand(written({ port, before: 'unknown_directive;' }));
  assert.deepEqual([unknown.code, /unknown directive "unknown_directive"/.test(unknown.output)], [1, true], unknown.output);
  const daemon = await runCommand(written({ port, before: 'daemon on;' }));
  assert.equal(daemon.code, 2, daemon.output);
  assert.match(daemon.output, /^mcp-resource: the configuration says `daemon on`/m);
});

test('What only asks nginx is nginx alone', async () => {
  const args = written({ port: await freePort() });
  const tested = await runCommand([...args, '-t']);
  assert.deepEqual([tested.code, /test is successful/.test(tested.output)], [0, true], tested.output);
  const version = await runCommand(['nginx', '-v']);
  assert.match(version.output, /^nginx version: nginx\/[\d.]+/);
});
