// Where the clients of this folder are installed, and at which version they are pinned.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
const built = fileURLToPath(new URL('../../../.dev/clients/', import.meta.url));

const pinned = (file, pattern) => pattern.exec(fs.readFileSync(`${folder}${file}`, 'utf8'))[1];

// { version, file, missing }: missing says why it cannot be run.
export function npmPart(name, path) {
  const file = `${folder}node_modules/${path}`;
  const version = JSON.parse(fs.readFileSync(`${folder}package.json`, 'utf8')).dependencies[name];
  return { version, file, missing: fs.existsSync(file) ? undefined : `${name} is not installed (npm ci --prefix test/clients)` };
}

export function pythonPart(name, distribution, program) {
  const python = `${built}${name}/bin/python`;
  const version = pinned(`python/requirements-${name}.txt`, new RegExp(`^${distribution}==(.+)$`, 'm'));
  return { version, file: python, args: [`${folder}python/${program}`], missing: fs.existsSync(python) ? undefined : 'there is no Python with venv' };
}

export function goPart() {
  const file = `${built}go/go-sdk`;
  return { version: pinned('go/go.mod', /go-sdk v(\S+)/), file, args: [], missing: fs.existsSync(file) ? undefined : 'there is no Go' };
}

// A home of its own with a browser that returns at once.
export function newHome(extra = {}) {
  const home = temporaryFolder('home');
  fs.mkdirSync(`${home}/bin`);
  const browser = `${folder}browser.sh`;
  fs.symlinkSync(browser, `${home}/bin/xdg-open`);
  return cleanEnvironment({ HOME: home, PATH: `${home}/bin:${process.env.PATH}`, BROWSER: browser, DISPLAY: ':0', TERM: 'xterm-256color', ...extra });
}

export function writeJson(file, value) {
  fs.mkdirSync(file.slice(0, file.lastIndexOf('/')), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(value));
}
