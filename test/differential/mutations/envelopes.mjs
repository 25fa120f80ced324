// Around the message: batches, messages in messages, two messages in one body, and what is nearly JSON.
import { Members, members, Raw, serialize } from '../lib/json.mjs';
import { coverOf, eras, messageOf } from '../lib/missions.mjs';

const around = (name, apply) => ({ kind: 'envelopes', stage: 'envelope', name, apply });
const asText = (name, apply) => ({ kind: 'syntax', stage: 'text', name, apply: (draft) => { draft.text = apply(draft.text); } });
const set = (name, member, value) => around(name, ({ message }) => message.set(member, value));

const raw = (text) => new Raw(text);
const numbers = ['1e400', '-1e400', '-0', '01', '-', '+1', '.5', '1.', '0x1', '1e', 'NaN', 'Infinity', '-Infinity', 'undefined', '1_000',
  '9007199254740993', '18446744073709551616', '123456789012345678901234567890', '1.0', '1e2', '1E+2', '0.1e-400', 'null', 'true',
  '"1"', '""', '[1]', '{}', '"\\ud800"', '1n', '٣'];

const numberMutations = numbers.flatMap((text) => [
  ['id', set(`id is ${text}`, 'id', raw(text))],
  ['extra', around(`an extra member is ${text}`, ({ message }) => message.get('params').set('extra', raw(text)))],
  ['argument', around(`an argument is ${text}`, ({ message }) => message.get('params').set('arguments', members({ n: raw(text) })))],
]).map(([, mutation]) => ({ ...mutation, kind: 'numbers' }));

// A handshake around or in place of the call.
const handshake = (protocolVersion) => members({
  jsonrpc: '2.0', id: 0, method: 'initialize',
  params: members({ protocolVersion, capabilities: members({}), clientInfo: members({ name: 'x', version: '1' }) }),
});
const handshakes = ['2024-11-05', '2025-03-26', '2025-06-18', '2026-07-28', 'x'].flatMap((version) => [
  around(`initialize ${version} and the call in a batch`, (draft) => { draft.message = [handshake(version), draft.message]; }),
  around(`the call and initialize ${version} in a batch`, (draft) => { draft.message = [draft.message, handshake(version)]; }),
  around(`initialize ${version} that holds the call`, (draft) => {
    const call = draft.message;
    draft.message = handshake(version);
    draft.message.get('params').pairs.push(...call.pairs, ...call.get('params').pairs);
  }),
  around(`initialize ${version} with the members of the call`, (draft) => {
    const call = draft.message;
    draft.message = handshake(version);
    draft.message.pairs.push(...call.get('params').pairs);
  }),
]);

const legacyCalls = ({ value }) => [
  ['completion/complete', { ref: members({ type: 'ref/resource', uri: value }), argument: members({ name: 'x', value: 'x' }) }],
  ['completion/complete', { ref: members({ type: 'ref/prompt', name: value }), argument: members({ name: 'x', value: 'x' }) }],
  ['resources/subscribe', { uri: value }], ['resources/unsubscribe', { uri: value }], ['prompts/get', { name: value }],
  ['subscriptions/listen', { notifications: members({ resourceSubscriptions: [value] }) }],
  ['resources/templates/list', {}], ['tasks/get', { taskId: value }], ['tasks/result', { taskId: value }], ['logging/setLevel', { level: 'debug' }],
  ['sampling/createMessage', { name: value }], ['tools/call/', { name: value }], ['tools.call', { name: value }], ['resources/get', { uri: value }],
  ['rpc.batch', { name: value }], ['notifications/tools/call', { name: value }], ['tools/list', { name: value }], ['resources/list', { uri: value }],
].map(([method, params]) => around(`method ${method} with ${serialize(members(params)).slice(0, 60)}`, ({ message }) => {
  message.set('method', method);
  message.set('params', members(params));
}));

function nested(mission, cover) {
  const asCover = (draft, member, node) => {
    const target = draft.message;
    draft.message = cover(draft.era);
    draft.message.set(member, node(target));
  };
  const places = ['params', 'message', 'request', 'payload', 'body', 'data', 'jsonrpc', 'id', 'result', 'error', '0', 'batch', 'calls', ''];
  return [
    ...places.map((place) => around(`message inside ${place || 'the empty name'} of a harmless one`, (draft) => asCover(draft, place, (target) => target))),
    ...places.map((place) => around(`message as a string in ${place || 'the empty name'}`, (draft) => asCover(draft, place, (target) => serialize(target)))),
    around('params of a harmless message hold the whole of it', (draft) =>
      asCover(draft, 'params', (target) => new Members([...target.pairs, ...target.get('params').pairs]))),
    around('method inside params', ({ message }) => {
      message.get('params').set('method', mission.method);
      message.replace('method', ['method', mission.cover.method]);
    }),
    around('params is an array', ({ message }) => message.set('params', [message.get('params')])),
    around('params is an array of values', ({ message }) => message.set('params', [mission.value, {}])),
    around('params is a string', ({ message }) => message.set('params', serialize(message.get('params')))),
    around('params of params', ({ message }) => message.set('params', members({ params: message.get('params') }))),
    around('members of params beside method', ({ message }) => { const { pairs } = message.get('params'); message.replace('params', ...pairs); }),
    around('message as a JSON string', (draft) => { draft.message = serialize(draft.message); }),
    around('a response that is a request, too', ({ message }) => message.pairs.unshift(['result', members({})])),
    around('an error that is a request, too', ({ message }) => message.pairs.push(['error', members({ code: 1, message: 'x' })])),
    around('a notification', ({ message }) => message.replace('id')),
  ];
}

function batches(cover) {
  const batch = (name, make) => ({ ...around(name, (draft) => { draft.message = make(draft.message, cover(draft.era)); }), kind: 'batches' });
  return [
    batch('of one', (target) => [target]), batch('harmless first', (target, other) => [other, target]),
    batch('harmless last', (target, other) => [target, other]),
    batch('between harmless ones', (target, other) => [other, target, other]), batch('nested', (target) => [[target]]),
    batch('nested beside a harmless one', (target, other) => [other, [target]]),
    batch('with null', (target) => [null, target]), batch('with a number', (target) => [1, target]),
    batch('with an empty object', (target, other) => [other, members({}), target]),
    batch('with an empty batch', (target) => [[], target]), batch('empty', () => []), batch('of an empty one', () => [[]]),
    batch('as members 0 and 1', (target, other) => members({ 0: other, 1: target, length: 2 })),
    ...[63, 64, 65, 100, 1000].map((n) => batch(`after ${n} harmless ones`, (target, other) => [...Array(n).fill(other), target])),
    batch('twice the same', (target) => [target, target]),
    batch('with a response', (target) => [members({ jsonrpc: '2.0', id: 1, result: members({}) }), target]),
  ];
}

function twoMessages(cover) {
  const separators = ['', '\n', '\r\n', ' ', ',', ';', '\x1e', '\0', '\n\n', '\ufeff', '\f', '\u2028', ']', '}', '/', '\n---\n', '\ndata: '];
  const two = (name, join) => ({ ...asText(name), kind: 'two messages', apply: (draft) => { draft.text = join(serialize(cover(draft.era)), draft.text); } });
  return separators.flatMap((separator) => [
    two(`harmless, ${JSON.stringify(separator)}, message`, (harmless, text) => harmless + separator + text),
    two(`message, ${JSON.stringify(separator)}, harmless`, (harmless, text) => text + separator + harmless),
  ]);
}

function syntax(cover) {
  const harmless = serialize(cover(eras[0]));
  return [
    ...[
      '\ufeff', '\ufeff\ufeff', '\u200b', '\0', '\x1e', ' ', '\n', '\f', '\v', '\u00a0', '\u2028', ')]}\',\n', '/**/', '// x\n', '#\n', '--x\n', 'x=',
      'data: ', '<!--', '(',
    ].map((piece) =>
      asText(`${JSON.stringify(piece)} before`, (text) => piece + text)),
    ...['\0', '\x1a', '\x1e', '\n', '\f', '\u00a0', '\ufeff', '/**/', '//', ';', ')', '}', ']', ',', '{', '"', 'x', '\u2028'].map((piece) =>
      asText(`${JSON.stringify(piece)} after`, (text) => text + piece)),
    asText('comment with a harmless message', (text) => `/*${harmless}*/${text}`),
    asText('commented harmless member', (text) => text.replace('{', `{/*"method":"ping",*/`)),
    asText('line comment', (text) => text.replace('{', '{//\n')),
    asText('hash comment', (text) => text.replace('{', '{#\n')),
    asText('comma at the end', (text) => `${text.slice(0, -1)},}`),
    asText('comma at the beginning', (text) => text.replace('{', '{,')),
    asText('two commas', (text) => text.replace(',', ',,')),
    asText('no comma', (text) => text.replace(',', ' ')),
    asText('equals for colon', (text) => text.replaceAll(':', '=')),
    asText('single quotes', (text) => text.replaceAll('"', '\'')),
    asText('typographic quotes', (text) => text.replaceAll('"', '\u201d')),
    asText('backquotes', (text) => text.replaceAll('"', '`')),
    asText('names without quotes', (text) => text.replace(/"(\w+)":/g, '$1:')),
    asText('without its end', (text) => text.slice(0, -1)),
    asText('spaces everywhere', (text) => text.replace(/[{}:,]/g, ' \t\r\n$& \t\r\n')),
    asText('form feeds', (text) => text.replace(/[{}:,]/g, '$&\f')),
    asText('no-break spaces', (text) => text.replace(/[{}:,]/g, '$&\u00a0')),
    asText('deep extra member', (text) => text.replace('{', `{"x":${'['.repeat(600)}${']'.repeat(600)},`)),
    asText('long extra member', (text) => text.replace('{', `{"x":"${'x'.repeat(70_000)}",`)),
    asText('more than a megabyte of spaces before', (text) => ' '.repeat(1_100_000) + text),
    asText('more than a megabyte of spaces after', (text) => text + ' '.repeat(1_100_000)),
    asText('many members', (text) => text.replace('{', `{${Array.from({ length: 5000 }, (_, i) => `"m${i}":${i},`).join('')}`)),
    asText('lone surrogate in an extra member', (text) => text.replace('{', '{"x":"\\udead",')),
    asText('lone surrogate in a name', (text) => text.replace('{', '{"\\ud800":1,')),
    asText('as YAML', () => harmless.replaceAll('"', '').replace(/[{}]/g, '').replaceAll(',', '\n')),
  ];
}

const metaMutations = ({ value, method }) => [
  ['a version that is a number', 'io.modelcontextprotocol/protocolVersion', 20260728],
  ['an old version', 'io.modelcontextprotocol/protocolVersion', '2025-06-18'],
  ['an unknown version', 'io.modelcontextprotocol/protocolVersion', '2099-01-01'],
  ['a version that is an array', 'io.modelcontextprotocol/protocolVersion', ['2026-07-28']],
  ['a progress token', 'progressToken', 1], ['a name', 'name', value], ['a uri', 'uri', value], ['a method', 'method', method],
  ['a related task', 'io.modelcontextprotocol/related-task', members({ taskId: '1' })],
  ['a trace', 'traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
].map(([what, name, node]) => around(`_meta has ${what}`, ({ message }) => {
  const params = message.get('params');
  if (params.get('_meta') === undefined) params.set('_meta', members({}));
  params.get('_meta').set(name, node);
})).concat([
  around('_meta is an array', ({ message }) => message.get('params').set('_meta', [])),
  around('_meta is null', ({ message }) => message.get('params').set('_meta', null)),
  around('_meta beside params', ({ message }) => message.set('_meta', members({ name: value }))),
  around('_meta twice', ({ message }) => message.get('params').pairs.push(['_meta', members({})], ['_meta', members({})])),
  around('a task is asked for', ({ message }) => message.get('params').set('task', members({ ttl: 1000 }))),
]).map((mutation) => ({ ...mutation, kind: '_meta' }));

export function envelopeMutations(mission) {
  const cover = (era) => messageOf(coverOf(mission), era);
  return [
    ...numberMutations, ...handshakes, ...legacyCalls(mission), ...nested(mission, cover), ...batches(cover), ...twoMessages(cover), ...syntax(cover),
    ...metaMutations(mission),
    ...['1.0', '2', '2.00', ' 2.0', '2.0\0'].map((version) => set(`jsonrpc is ${JSON.stringify(version)}`, 'jsonrpc', version)),
    set('jsonrpc is a number', 'jsonrpc', raw('2.0')), around('jsonrpc is missing', ({ message }) => message.replace('jsonrpc')),
  ];
}
