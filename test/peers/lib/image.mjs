// The container image, run as in production: no root, no capabilities, nothing writable but /tmp.
import { cleanEnvironment, run, start } from './processes.mjs';

export const image = process.env.TEST_IMAGE ?? 'nginx-mcp-resource:dev';

export const dockerEnvironment = () => cleanEnvironment({
  HOME: process.env.HOME, DOCKER_HOST: process.env.DOCKER_HOST ?? '', DOCKER_CONFIG: process.env.DOCKER_CONFIG ?? `${process.env.HOME}/.docker`,
});

// { code, output } of a docker command.
export const docker = (...args) => run('docker', 'docker', args, { env: dockerEnvironment(), timeoutMs: 120_000 });

export async function dockerOk(...args) {
  const { code, output } = await docker(...args);
  if (code !== 0) throw new Error(`docker ${args.join(' ')}: ${code}\n${output}`);
  return output.trim();
}

const hardened = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

export const variables = (settings) => Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
export const mounts = (files) => Object.entries(files).flatMap(([outside, inside]) => ['--volume', `${outside}:${inside}:ro`]);

let count = 0;

// A container on the host's network, until the end of test `t` at the latest. files: { path outside: path inside }. Resolves when nginx' workers have started; adds to
// the child: container, resource, metadataUri, errorLog().
export async function startImage(t, settings, files = {}) {
  const container = `mcp-resource-test-${process.pid}-${++count}`;
  t.after(() => docker('rm', '--force', container));
  const child = await start(container, 'docker', [
    'run', '--rm', '--name', container, '--network', 'host', ...hardened, ...variables(settings), ...mounts(files), image,
  ], { env: dockerEnvironment(), ready: ({ output }) => (output.includes('start worker process ') ? true : undefined) });
  return Object.assign(child, {
    container, resource: settings.MCP_CANONICAL_URI, metadataUri: settings.MCP_METADATA_URI, errorLog: () => child.output,
  });
}

// Runs a subcommand in a container of its own: { code, output }.
export const runImage = (settings, args, files = {}) =>
  docker('run', '--rm', '--network', 'host', ...hardened, ...variables(settings), ...mounts(files), image, ...args);
