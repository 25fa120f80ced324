// What the demo prints: headings, requests as curl lines, answers, checks. Color only on a terminal.
const color = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (color ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = paint(1);
const green = paint(32);
const red = paint(31);
const width = Math.min(process.stdout.columns || 100, 110);

export const print = (text = '') => console.log(text);

let number = 0;
export function heading(text) {
  number += 1;
  print(`\n${bold(`${number}. ${text}`)}`);
}

// Breaks at spaces; a continued shell line ends in a backslash.
function wrap(text, { indent, continuation = '' }) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last && indent.length + last.length + word.length > width - continuation.length) lines.push(`    ${word}`);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines.map((line) => indent + line).join(`${continuation}\n`);
}

export const command = (line) => print(wrap(`$ ${line}`, { indent: '   ', continuation: ' \\' }));

export const line = (text) => print(wrap(text, { indent: '   ' }));

// Status line, the named headers, and the body if there is one worth reading.
export function answer(response, headers, { body = true } = {}) {
  line(`HTTP/1.1 ${response.status} ${response.statusText}`);
  for (const name of headers) {
    const title = name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase()).replace(/^Www/, 'WWW');
    for (const value of response.lines(name)) line(`${title}: ${value}`);
  }
  if (body && response.body) line(response.body.trim());
}

export class CheckFailed extends Error {}

export function check(ok, text) {
  line(ok ? green(`ok: ${text}`) : red(`FAILED: ${text}`));
  if (!ok) throw new CheckFailed(text);
}
