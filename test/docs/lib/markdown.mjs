// The fenced blocks of our documents, and what their marks (behind the language) say of them:
//
//   ```sh run            runs, in the order of the page, in one shell; "run=42" ends with that status
//   ```sh background     runs until the page ends; its output is awaited
//   ```sh tested=smoke   is run by that suite; "tested=render": a "mcp-resource run" with options, which examples.test.mjs renders
//   ```sh by-hand        is for a reader alone: it needs what no test has (another company's server, root, a browser)
//   ```text output       what the block before must have printed: in this order, "..." stands for anything; times and ids
//                        may be others (json output as well)
//   ```yaml file=a.yaml  is a file that the commands of the page have
//   ```yaml settings     "mcp-resource render --config" accepts it (configuration.test.mjs)
//   ```nginx             "nginx -t" accepts it (configurations.mjs)
//
// A page whose commands run says where, in a comment: <!-- commands: build --> and so on.
import fs from 'node:fs';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

// Every document of the repository, as it will be committed.
export const documents = () => execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n').filter((file) => file && fs.existsSync(root + file));

// [{ file, line, language, marks: { name: value }, text }]
export function blocksOf(file, text = fs.readFileSync(root + file, 'utf8')) {
  const blocks = [];
  for (const { 1: info, 2: body, index } of text.matchAll(/^```(.*)\n((?:(?!```).*\n)*)^```$/gm)) {
    const [language = '', ...marks] = info.trim().split(/\s+/);
    blocks.push({
      file, language, text: body, line: text.slice(0, index).split('\n').length,
      marks: Object.fromEntries(marks.map((mark) => [...mark.split('='), true].slice(0, 2))),
    });
  }
  return blocks;
}

export const placeOfCommands = (file) => /<!-- commands: (\S+) -->/.exec(fs.readFileSync(root + file, 'utf8'))?.[1];

// Without what is different each time: times, how long ago they are, ids of requests and numbers of connections.
export const stable = (text) => text
  .replace(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)/g, '<time>').replace(/\b20\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d\b/g, '<time>')
  .replace(/\b1[6-9]\d{8}\b/g, '<time>').replace(/(?:\b\d+|\.\.\.) (?:s|min|h|days?) ago\b/g, '<ago>').replace(/\bin (?:\d+|\.\.\.) (?:s|min|h|days?)\b/g, '<ahead>')
  .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8}\b/g, '<id>')
  .replace(/\b(\d+)#\1: \*\d+ /g, '<pid>: <connection> ').replace(/\b(\d+)#\1\b/g, '<pid>').replace(/(?<=(?:worker process|received from) )\d+/g, '<pid>').replace(/^(Date|ETag|Last-Modified): .*$/gim, '$1: <time>');

// What a block must have printed, as a pattern. Ends of lines and spaces before them do not matter.
export function expectation(text) {
  const literal = (part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(stable(text).trim().split('...').map((part) => literal(part).replace(/[ \t]*\n/g, '\\s*\\n')).join('[^]*?'));
}
