// The MCP servers, each of which offers the same: the tools read_x and delete_all, the resources file:///srv/open.txt,
// file:///srv/secret and file:///srv/private/secret.txt; and writes down what it runs.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, freePort, listening, start } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';

const sources = fileURLToPath(new URL('../servers/', import.meta.url));
export const builds = fileURLToPath(new URL('../../../.dev/differential/', import.meta.url)); // scripts/dev/differential.sh

const typescript = (name, file) => ({
  name, tool: 'node', built: `${sources}../node_modules`, command: () => [process.execPath, `${sources}typescript/${file}`],
  modern: name === 'typescript-sdk-2',
});
const python = (name, folder, modern) => ({
  name, tool: 'python3', built: `${builds}${folder}/complete`, command: () => [`${builds}${folder}/bin/python`, `${sources}${folder}/server.py`],
  env: { PYTHONPATH: `${sources}python`, PYTHONDONTWRITEBYTECODE: '1' }, modern,
});
const go = (name) => ({ name, tool: 'go', built: `${builds}go/complete`, command: () => [`${builds}go/${name}`], modern: true });

export const servers = [
  typescript('typescript-sdk-1', 'sdk-1.mjs'),
  typescript('typescript-sdk-2', 'sdk-2.mjs'),
  python('python-sdk-1', 'python-1', false),
  python('python-sdk-2', 'python-2', true),
  go('mcp-go'),
  go('go-sdk'),
  {
    name: 'java-sdk', tool: 'mvn', built: `${builds}java/complete`, modern: true,
    command: () => ['java', '-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', `${builds}java/classes:${builds}java/libraries/*`, 'Server', `${folder}/tomcat`],
  },
];

const isOnPath = (program) => process.env.PATH.split(':').some((folder) => fs.existsSync(path.join(folder, program)));

// Why a server cannot run here; undefined when it can.
export function whyNot({ tool, built }) {
  if (fs.existsSync(built)) return undefined;
  return isOnPath(tool) ? `${built} is missing: ./dev test differential builds it` : `there is no ${tool} on this machine`;
}

let folder;

// A server that can be started again on its port, and what it has written down.
export class Backend {
  #child;
  #read = 0;

  constructor(server) {
    this.server = server;
    folder ??= temporaryFolder('differential-servers');
    this.record = `${folder}/${server.name}`;
    fs.writeFileSync(this.record, '');
  }

  async start() {
    this.port ??= await freePort();
    const [program, ...args] = this.server.command();
    this.#child = await start(this.server.name, program, args, {
      ready: listening(this.port), env: cleanEnvironment({ ...this.server.env, PORT: String(this.port), RECORD: this.record }),
    });
    return this;
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  stop() {
    return this.#child.stop('SIGKILL');
  }

  get output() {
    return this.#child.output;
  }

  // What ran since the last time: [{ what: "tool delete_all", mark }].
  ran() {
    const all = fs.readFileSync(this.record, 'utf8');
    const lines = all.slice(this.#read).split('\n').slice(0, -1);
    this.#read = all.lastIndexOf('\n') + 1;
    return lines.map((line) => {
      const [kind, name, mark] = line.split(' ');
      return { what: `${kind} ${name}`, mark };
    });
  }
}
