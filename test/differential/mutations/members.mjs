// Members: another spelling of a name, alone or beside the name with a harmless value; the name twice; members that
// JavaScript, Go or Python treat specially.
import { headerValue, setHeader } from '../lib/draft.mjs';
import { Members, members } from '../lib/json.mjs';
import { fieldsOf, objectAt } from '../lib/missions.mjs';
import { spellingsOf, valuesLike } from './spellings.mjs';

const inMessage = (name, apply) => ({ kind: 'members', stage: 'message', name, apply: (draft) => apply(draft.message) });

function spellingMutations({ path, name, value, cover }) {
  return spellingsOf(name).flatMap(([what, spelling]) => [
    inMessage(`${name} as ${what}`, (message) => objectAt(message, path).replace(name, [spelling, value])),
    inMessage(`${name} harmless, then as ${what}`, (message) => objectAt(message, path).replace(name, [name, cover], [spelling, value])),
    inMessage(`${name} as ${what}, then harmless`, (message) => objectAt(message, path).replace(name, [spelling, value], [name, cover])),
    inMessage(`${name} twice as ${what}`, (message) => objectAt(message, path).replace(name, [spelling, cover], [spelling, value])),
  ]);
}

const twice = ({ path, name, value, cover }) => [
  inMessage(`${name} twice, harmless first`, (message) => objectAt(message, path).replace(name, [name, cover], [name, value])),
  inMessage(`${name} twice, harmless last`, (message) => objectAt(message, path).replace(name, [name, value], [name, cover])),
  inMessage(`${name} three times`, (message) => objectAt(message, path).replace(name, [name, cover], [name, value], [name, cover])),
  inMessage(`${name} last of all`, (message) => objectAt(message, path).pairs.reverse()),
  inMessage(`${name} harmless, far from the other`, (message) => {
    const object = objectAt(message, path);
    object.set(name, cover);
    object.pairs.push(...Array.from({ length: 200 }, (_, i) => [`x${i}`, i]), [name, value]);
  }),
];

// Where a language puts such a member's members into the object itself, or looks for what is missing.
const special = ({ path, name, value, cover }) => ['__proto__', 'constructor', 'prototype', 'toJSON', '', '_meta', '$ref', '<<'].flatMap((holder) => [
  inMessage(`${name} harmless, and in ${holder || 'the empty name'}`, (message) => {
    objectAt(message, path).replace(name, [name, cover], [holder, members({ [name]: value })]);
  }),
  inMessage(`${name} only in ${holder || 'the empty name'}`, (message) => {
    objectAt(message, path).replace(name, [holder, new Members([[name, value]])]);
  }),
]);

const values = ({ path, name, value }) => [
  ...valuesLike(value),
  ['an array', [value]],
  ['an array of two', ['x', value]],
  ['an object', members({ [name]: value })],
  ['an object with toString', members({ toString: value, value })],
  ['a number', 0],
  ['true', true],
  ['null', null],
].map(([what, other]) => ({
  kind: 'values', stage: 'message', name: `${name} is ${what}`,
  apply: (draft) => {
    objectAt(draft.message, path).set(name, other);
    if (draft.era === 'modern' && typeof other === 'string') setHeader(draft, name === 'method' ? 'Mcp-Method' : 'Mcp-Name', headerValue(other));
  },
}));

// A known name that is not there, or null.
const absent = ({ path, name }) => [
  inMessage(`${name} is missing`, (message) => objectAt(message, path).replace(name)),
  inMessage(`${name} is null`, (message) => objectAt(message, path).set(name, null)),
];

const envelopeNames = ['jsonrpc', 'id'].flatMap((name) => spellingsOf(name).map(([what, spelling]) =>
  inMessage(`${name} as ${what}`, (message) => message.replace(name, [spelling, message.get(name)]))));

export function memberMutations(mission, era) {
  const fields = fieldsOf(mission, era);
  return [
    ...fields.flatMap((field) => [...spellingMutations(field), ...twice(field), ...special(field), ...absent(field)]),
    ...fields.filter(({ value }) => typeof value === 'string').flatMap(values),
    ...envelopeNames,
  ];
}
