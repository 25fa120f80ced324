// The body in another charset than UTF-8, and bodies that are one message in UTF-8 and another in the charset they name.
import { setHeader } from '../lib/draft.mjs';
import { Raw, serialize } from '../lib/json.mjs';
import { fieldsOf, objectAt } from '../lib/missions.mjs';

// One character as a shifted sequence of UTF-7 (RFC 2152); shift is "&" and the alphabet another in IMAP's.
const shifted = (text, shift) => {
  const base64 = Buffer.from(text, 'utf16le').swap16().toString('base64').replace(/=+$/, '');
  return `${shift}${shift === '&' ? base64.replaceAll('/', ',') : base64}-`;
};
const inUtf7 = (text, which, shift) => text.replace(which, (piece) => shifted(piece, shift));
const patterns = { 'first letter': /[a-z]/, letters: /[a-z]+/g, 'each letter': /[a-z]/g, quotes: /"/g, all: /.+/gs };

const utf32 = (text, write) => {
  const points = [...text].map((c) => c.codePointAt(0));
  const bytes = Buffer.alloc(points.length * 4);
  points.forEach((point, i) => bytes[write](point, i * 4));
  return bytes;
};
const bigEndian = (text) => Buffer.from(text, 'utf16le').swap16();
const bom = '\ufeff';

// Code page 037: its characters in runs, and its punctuation one by one.
const runs = { 0x81: 'abcdefghi', 0x91: 'jklmnopqr', 0xa2: 'stuvwxyz', 0xc1: 'ABCDEFGHI', 0xd1: 'JKLMNOPQR', 0xe2: 'STUVWXYZ', 0xf0: '0123456789' };
const punctuation = ' .<(+&*);-/,%_>?:#@\'="[]{}\\';
const punctuationBytes = Buffer.from('404b4c4d4e505c5d5e60616b6c6d6e6f7a7b7c7d7e7fbabbc0d0e0', 'hex');
const codePage037 = new Map([
  ...Object.entries(runs).flatMap(([first, characters]) => [...characters].map((c, i) => [c, Number(first) + i])),
  ...[...punctuation].map((c, i) => [c, punctuationBytes[i]]),
]);
const ebcdic = (text) => Buffer.from([...text].map((c) => codePage037.get(c) ?? codePage037.get('?')));

const twoBytes = (c) => Buffer.from([0xc0 | (c.charCodeAt(0) >> 6), 0x80 | (c.charCodeAt(0) & 0x3f)]);
const overlong = (text) => Buffer.concat([...text].map((c) => (/[a-z]/.test(c) ? twoBytes(c) : Buffer.from(c))));

const encodings = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with BOM': (text) => Buffer.from(bom + text),
  'UTF-16LE': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16LE with BOM': (text) => Buffer.from(bom + text, 'utf16le'),
  'UTF-16BE': bigEndian,
  'UTF-16BE with BOM': (text) => bigEndian(bom + text),
  'UTF-32LE': (text) => utf32(text, 'writeUInt32LE'),
  'UTF-32LE with BOM': (text) => utf32(bom + text, 'writeUInt32LE'),
  'UTF-32BE': (text) => utf32(text, 'writeUInt32BE'),
  'UTF-32BE with BOM': (text) => utf32(bom + text, 'writeUInt32BE'),
  'UTF-7, letters': (text) => Buffer.from(inUtf7(text, patterns.letters, '+')),
  'UTF-7, quotes': (text) => Buffer.from(inUtf7(text, patterns.quotes, '+')),
  'UTF-7, all': (text) => Buffer.from(inUtf7(text, patterns.all, '+')),
  EBCDIC: ebcdic,
  'overlong UTF-8': overlong,
  'Latin-1 with a byte above 127': (text) => Buffer.from(text.replace('{', '{"x":"\u00e9",'), 'latin1'),
};

const labels = [
  '', 'utf-8', 'utf8', 'utf-7', 'utf-7-imap', 'unicode-1-1-utf-7', 'utf-16', 'utf-16le', 'utf-16be', 'utf-32', 'utf-32le', 'utf-32be', 'ucs-2',
  'iso-8859-1', 'us-ascii',
  'cp037', 'ibm1047', 'windows-1252', 'shift_jis', 'gb18030', 'hz-gb-2312', 'iso-2022-jp', 'utf-ebcdic', 'utf-1', 'x-unknown', 'utf-',
];

const setType = (draft, label) => setHeader(draft, 'Content-Type', label === '' ? 'application/json' : `application/json; charset=${label}`);

const wholeBodies = Object.entries(encodings).flatMap(([encoding, encode]) => labels.map((label) => ({
  kind: 'charset', stage: 'bytes', name: `${encoding} called ${label || 'nothing'}`,
  apply: (draft) => { draft.body = encode(draft.text); setType(draft, label); },
})));

// In UTF-8 harmless: the harmless member in clear, what the server shall see encoded.
function polyglots({ path, name, value, cover }, chosen, shift) {
  const into = (what, apply) => ({ what, apply: (draft) => apply(objectAt(draft.message, path)) });
  const hidden = (text, pattern) => inUtf7(text, pattern, shift);
  const smuggled = hidden(`","${name}":${serialize(value)},"z":"`, patterns.all);
  return Object.entries(patterns).filter(([what]) => chosen.includes(what)).flatMap(([what, pattern]) => [
    into(`${name}, ${what} encoded`, (object) => object.replace(name, [hidden(name, pattern), value])),
    into(`${name} harmless, then ${what} encoded`, (object) => object.replace(name, [name, cover], [hidden(name, pattern), value])),
    into(`${name}, ${what} encoded, then harmless`, (object) => object.replace(name, [hidden(name, pattern), value], [name, cover])),
    ...(typeof value === 'string' ? [into(`value of ${name}, ${what} encoded`, (object) => object.set(name, hidden(value, pattern)))] : []),
  ]).concat([
    into(`${name} inside a harmless string`, (object) => object.replace(name, [name, cover], ['x', new Raw(`"${smuggled}"`)])),
    into(`${name} inside a harmless string before it`, (object) => object.replace(name, ['x', new Raw(`"${smuggled}"`)], [name, cover])),
  ]);
}

const labelled = (bodies, [label, ...types]) => bodies.map(({ what, apply }) => ({
  kind: 'charset', stage: 'message', name: `${label}: ${what}`,
  apply: (draft) => { apply(draft); setHeader(draft, 'Content-Type', ...types); },
}));

const json = 'application/json';
const plainLabels = ['utf-7', 'unicode-1-1-utf-7'].map((label) => [label, `${json}; charset=${label}`]);
// Ways to say UTF-7 that one reader of Content-Type understands and another does not.
const oddLabels = [
  `${json};charset=UTF-7`, `${json}; charset="utf-7"`, `${json}; charset="ut\\f-7"`, `${json}; charset='utf-7'`, `${json}; charset= utf-7`,
  `${json}; charset =utf-7`, `${json} ;charset=utf-7`, `${json};;charset=utf-7`, `${json}; ;charset=utf-7`,
  `${json};\tcharset=utf-7`, `${json}; charset=utf-8; charset=utf-7`, `${json}; charset=utf-7; charset=utf-8`,
  `${json}; x="; charset=utf-8"; charset=utf-7`, `${json}; x="\\"; charset=utf-7"`, `${json}; x=y; charset=utf-7`,
  `${json}; charset*=utf-8''utf-7`, `${json}; charset*0=utf; charset*1=-7`, `${json}; charset=utf-7 `, `${json}; charset=utf-7;`,
  `${json}; charset=utf-7; x`, `${json}, ${json}; charset=utf-7`, `${json}; charset=utf-8, ${json}; charset=utf-7`,
  `${json}; charset=csUTF7`, `${json}; charset=utf7`, `${json}; charset=UTF_7`, `${json}; charset=utf-7\u00a0`, `${json}; \u00a0charset=utf-7`,
  `application/vnd.api+json; charset=utf-7`, `text/json; charset=utf-7`, `${json}; CHAR\u017fET=utf-7`, `; charset=utf-7`,
].map((type) => [JSON.stringify(type), type]).concat([
  ['UTF-7, then UTF-8', `${json}; charset=utf-7`, `${json}; charset=utf-8`],
  ['UTF-8, then UTF-7', `${json}; charset=utf-8`, `${json}; charset=utf-7`],
  ['UTF-7, then nothing', `${json}; charset=utf-7`, json],
  ['nothing, then UTF-7', json, `${json}; charset=utf-7`],
  ['text, then UTF-7', 'text/plain', `${json}; charset=utf-7`],
]);

export const charsetMutations = (mission, era) => [
  ...wholeBodies,
  ...fieldsOf(mission, era).flatMap((field) => [
    ...plainLabels.flatMap((label) => labelled(polyglots(field, Object.keys(patterns).filter((what) => what !== 'quotes'), '+'), label)),
    ...oddLabels.flatMap((label) => labelled(polyglots(field, ['first letter'], '+'), label)),
    ...labelled(polyglots(field, ['first letter', 'letters'], '&'), ['utf-7-imap', `${json}; charset=utf-7-imap`]),
  ]),
];
