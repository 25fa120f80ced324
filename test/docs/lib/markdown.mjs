// The fenced blocks of our documents, and what their marks (behind the language) say of them:
//
//   ```sh run            runs, in the order of the page, in one shell; "run=42" ends with that status
//   ```sh tested=smoke   is run by that suite
//   ```sh by-hand        is for a reader alone: it needs what no test has (another company's server, root, a browser)
//   ```text output       what the block before must have printed: in this order, "..." stands for anything
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

// What a block must have printed, as a pattern. Ends of lines and spaces before them do not matter.
export function expectation(text) {
  const literal = (part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(text.trim().split('...').map((part) => literal(part).replace(/[ \t]*\n/g, '\\s*\\n')).join('[^]*?'));
}
