// Ways to write a name that one reader takes for the name and another does not.
import { byte } from '../lib/draft.mjs';
import { escaped, Raw } from '../lib/json.mjs';

const flip = (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase());
const replaceAt = (text, at, piece) => text.slice(0, at) + piece + text.slice(at + 1);

const caseFolds = (name) => [
  ...[...name].map((_, i) => [`case of letter ${i + 1}`, replaceAt(name, i, flip(name[i]))]).filter(([, other]) => other !== name),
  ['upper case', name.toUpperCase()],
  ...(name.includes('s') ? [['U+017F for s', name.replace('s', '\u017f')], ['upper case with U+017F', name.toUpperCase().replace('S', '\u017f')]] : []),
  ...(name.includes('k') ? [['U+212A for k', name.replace('k', '\u212a')]] : []),
  ...(name.includes('i') ? [['U+0130 for i', name.replace('i', '\u0130')], ['U+0131 for i', name.replace('i', '\u0131')]] : []),
];

const nul = (name) => [
  ['NUL after', `${name}\0`],
  ['NUL and more after', `${name}\0x`],
  ['NUL before', `\0${name}`],
  ['NUL inside', `${name.slice(0, 2)}\0${name.slice(2)}`],
  ['a NUL byte after', new Raw(`"${name}\0"`)],
];

const escapes = (name) => [
  ['all escaped', escaped(name)],
  ['first letter escaped', new Raw(`"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"`)],
  ['escape in upper case', new Raw(`"\\u00${name.charCodeAt(0).toString(16).toUpperCase()}${name.slice(1)}"`)],
  ['escape with a capital U', new Raw(`"\\U00${name.charCodeAt(0).toString(16)}${name.slice(1)}"`)],
  ['\\x escape', new Raw(`"\\x${name.charCodeAt(0).toString(16)}${name.slice(1)}"`)],
  ['needless backslash', new Raw(`"\\${name}"`)],
];

const padding = [
  ['space', ' '], ['tab', '\t'], ['line feed', '\n'], ['no-break space', '\u00a0'], ['zero-width space', '\u200b'],
  ['zero-width joiner', '\u200d'], ['byte order mark', '\ufeff'], ['soft hyphen', '\u00ad'], ['variation selector', '\ufe0f'],
  ['combining grapheme joiner', '\u034f'],
];

const padded = (name) => padding.flatMap(([what, piece]) => [[`${what} after`, name + piece], [`${what} before`, piece + name]]);

const lookalikes = (name) => [
  ['full-width letter', replaceAt(name, 0, String.fromCharCode(name.charCodeAt(0) + 0xfee0))],
  ['Cyrillic e', name.replace('e', '\u0435')],
  ['Cyrillic a', name.replace('a', '\u0430')],
  ['combining mark', `${name}\u0301`],
].filter(([, other]) => other !== name);

const brokenBytes = [
  ['a byte 0xFF', byte(0xff)], ['a byte 0x80', byte(0x80)], ['an overlong NUL', byte(0xc0) + byte(0x80)],
  ['half a character', byte(0xe2) + byte(0x80)],
  ['a surrogate in UTF-8', byte(0xed) + byte(0xa0) + byte(0x80)], ['a character above U+10FFFF', byte(0xf4) + byte(0x90) + byte(0x80) + byte(0x80)],
];

const broken = (name) => [
  ...brokenBytes.map(([what, piece]) => [`${what} after`, name + piece]),
  ['a byte 0xFF before', byte(0xff) + name],
  ['first letter overlong', byte(0xc0 | (name.charCodeAt(0) >> 6)) + byte(0x80 | (name.charCodeAt(0) & 0x3f)) + name.slice(1)],
];

const readers = (name) => [
  ['single quotes', new Raw(`'${name}'`)],
  ['no quotes', new Raw(name)],
  ['lone surrogate after', new Raw(`"${name}\\ud800"`)],
  ['colon after', `${name}:`],
  ['dollar before', `$${name}`],
  ['underscore after', `${name}_`],
  ['dotted', `.${name}`],
  ['pointer', `/${name}`],
];

// [what it is, how it is written] of a member's name.
export const spellingsOf = (name) =>
  [...caseFolds(name), ...nul(name), ...escapes(name), ...padded(name), ...lookalikes(name), ...broken(name), ...readers(name)];

// The same of a value.
export const valuesLike = (value) => [
  ...nul(value), ...escapes(value), ...padded(value), ...lookalikes(value), ...broken(value),
  ['upper case', value.toUpperCase()],
  ['first letter in upper case', flip(value[0]) + value.slice(1)],
  ['last letter in upper case', value.slice(0, -1) + flip(value.at(-1))],
  ['full-width underscore', value.replace('_', '\uff3f')],
  ['decomposed', `${value}\u0065\u0301`.normalize('NFD')],
  ['lone surrogate after', new Raw(`"${value}\\ud800"`)],
  ['lone low surrogate inside', new Raw(`"${value.slice(0, 1)}\\udc00${value.slice(1)}"`)],
  ['solidus escaped', new Raw(JSON.stringify(value).replaceAll('/', '\\/'))],
  ['a line feed byte after', new Raw(`"${value}\n"`)],
  ['a tab byte before', new Raw(`"\t${value}"`)],
  ['overlong piece', new Raw(`"${value.slice(0, -1)}\\u0000${value.at(-1)}"`)],
  ['percent-encoded', `%${value.charCodeAt(0).toString(16)}${value.slice(1)}`],
  ['solidus after', `${value}/`],
  ['dot before', `./${value}`],
  ['with a namespace', `x:${value}`],
  ['doubled', `${value},${value}`],
].filter(([, other]) => other !== value);
