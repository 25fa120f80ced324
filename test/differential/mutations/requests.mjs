// Around the body: Content-Type, Content-Encoding, framing, headers that repeat what the body says, versions, HTTP methods.
import zlib from 'node:zlib';
import { applyAll, draftOf, headerValue, removeHeader, setHeader, tokenPlaceholder, wireOf } from '../lib/draft.mjs';
import { serialize } from '../lib/json.mjs';
import { coverOf, messageOf } from '../lib/missions.mjs';

const request = (kind) => (name, apply) => ({ kind, stage: 'request', name, apply });
const contentType = request('content type');
const coding = request('content encoding');
const transfer = request('transfer');
const headers = request('headers');
const version = request('version');
const verb = request('HTTP method');
const credentials = request('credentials');

const types = [
  'text/json', 'text/plain', 'application/vnd.api+json', 'application/json+x', 'application/jsonp', 'application/x-json', 'application/json-rpc',
  'application/jsonrequest', 'application/json-seq',
  'application/x-ndjson', 'application/*', '*/*', 'APPLICATION/JSON', 'Application/Json', 'application/json;', 'application/json ; charset=utf-8',
  'application/json;charset="utf-8"',
  'application/json; charset=utf-8; charset=utf-7', 'application/json; charset=utf-7; charset=utf-8', 'application/json; CHARSET=UTF-7',
  'application/json; charset*=utf-7\'\'utf-7', 'application/json; charset=\'utf-7\'',
  'application/json; charset = utf-7', 'application/json;\tcharset=utf-7', 'application/json; x="; charset=utf-7"',
  'application/json; x="\\"; charset=utf-7', 'application/json, text/plain', 'text/plain, application/json',
  'application/json; boundary=x', 'application/json; profile="x"', 'application/json\t', '  application/json', 'application /json',
  'application/json charset=utf-8', 'json', '', 'application', 'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-8', 'multipart/form-data; boundary=x', 'multipart/mixed', 'application/octet-stream',
  'application/yaml', 'application/cbor', 'text/event-stream', 'application/json\u00e9', 'application/json; charset=utf-8\u00a0',
];

const contentTypes = (mission) => [
  ...types.map((type) => contentType(JSON.stringify(type), (draft) => setHeader(draft, 'Content-Type', type))),
  contentType('missing', (draft) => removeHeader(draft, 'Content-Type')),
  ...[
    'text/plain', 'application/json; charset=utf-7', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16le',
    'multipart/form-data; boundary=x',
  ].flatMap((other) => [
    contentType(`two: JSON, ${other}`, (draft) => setHeader(draft, 'Content-Type', 'application/json', other)),
    contentType(`two: ${other}, JSON`, (draft) => setHeader(draft, 'Content-Type', other, 'application/json')),
  ]),
  contentType('underscored', (draft) => { removeHeader(draft, 'Content-Type'); draft.headers.push(['Content_Type', 'application/json']); }),
  contentType('really a form', (draft) => {
    draft.body = Buffer.from(`payload=${encodeURIComponent(draft.text)}`);
    setHeader(draft, 'Content-Type', 'application/x-www-form-urlencoded');
  }),
  contentType('a form of members', (draft) => {
    draft.body = Buffer.from(`jsonrpc=2.0&id=1&method=${mission.method}&params[${mission.member}]=${mission.value}`);
    setHeader(draft, 'Content-Type', 'application/x-www-form-urlencoded');
  }),
  contentType('really multipart', (draft) => {
    draft.body = Buffer.from(`--x\r\nContent-Disposition: form-data; name="message"\r\nContent-Type: application/json\r\n\r\n${draft.text}\r\n--x--\r\n`);
    setHeader(draft, 'Content-Type', 'multipart/form-data; boundary=x');
  }),
];

const codings = { gzip: zlib.gzipSync, 'x-gzip': zlib.gzipSync, deflate: zlib.deflateSync, 'raw deflate': zlib.deflateRawSync, br: zlib.brotliCompressSync };
const codingName = (name) => (name === 'raw deflate' ? 'deflate' : name);

function encodings(harmless) {
  const really = Object.entries(codings).flatMap(([name, compress]) => [
    coding(`really ${name}`, (draft) => { draft.body = compress(draft.body); setHeader(draft, 'Content-Encoding', codingName(name)); }),
    coding(`really ${name}, not said`, (draft) => { draft.body = compress(draft.body); }),
    coding(`really ${name}, then harmless in clear`, (draft) => {
      draft.body = Buffer.concat([compress(draft.body), harmless(draft.era)]);
      setHeader(draft, 'Content-Encoding', codingName(name));
    }),
    coding(`harmless in clear, then really ${name}`, (draft) => {
      draft.body = Buffer.concat([harmless(draft.era), compress(draft.body)]);
      setHeader(draft, 'Content-Encoding', codingName(name));
    }),
    coding(`really ${name}, said in upper case`, (draft) => {
      draft.body = compress(draft.body);
      setHeader(draft, 'Content-Encoding', codingName(name).toUpperCase());
    }),
    coding(`really ${name}, as Transfer-Encoding`, (draft) => {
      draft.body = compress(draft.body);
      draft.framing = { kind: 'chunked', headers: [`Transfer-Encoding: ${codingName(name)}, chunked`] };
    }),
  ]);
  const clear = [
    'gzip', 'deflate', 'br', 'zstd', 'compress', 'identity', 'identity, identity', 'gzip, identity', 'x', '', ' ', 'aes128gcm',
  ].map((name) =>
    coding(`in clear, called ${JSON.stringify(name)}`, (draft) => setHeader(draft, 'Content-Encoding', name)));
  return [
    ...really, ...clear,
    coding('twice gzip', (draft) => { draft.body = zlib.gzipSync(zlib.gzipSync(draft.body)); setHeader(draft, 'Content-Encoding', 'gzip, gzip'); }),
    coding('gzip, then deflate', (draft) => {
      draft.body = zlib.deflateSync(zlib.gzipSync(draft.body));
      setHeader(draft, 'Content-Encoding', 'gzip', 'deflate');
    }),
    coding('gzip in two members', (draft) => {
      draft.body = Buffer.concat([zlib.gzipSync(harmless(draft.era)), zlib.gzipSync(draft.body)]);
      setHeader(draft, 'Content-Encoding', 'gzip');
    }),
    coding('gzip and identity in two headers', (draft) => {
      draft.body = zlib.gzipSync(draft.body);
      setHeader(draft, 'Content-Encoding', 'identity', 'gzip');
    }),
    coding('gzip that holds the message as its name', (draft) => {
      const packed = zlib.gzipSync(harmless(draft.era));
      packed[3] |= 8; // FNAME
      draft.body = Buffer.concat([packed.subarray(0, 10), draft.body, Buffer.from([0]), packed.subarray(10)]);
      setHeader(draft, 'Content-Encoding', 'gzip');
    }),
  ];
}

const lengths = [
  ['twice the same', (n) => [`Content-Length: ${n}`, `Content-Length: ${n}`]],
  ['twice, another first', (n) => ['Content-Length: 2', `Content-Length: ${n}`]],
  ['with a plus', (n) => [`Content-Length: +${n}`]], ['with zeros', (n) => [`Content-Length: 000${n}`]],
  ['as a list', (n) => [`Content-Length: ${n}, ${n}`]], ['too short', (n) => [`Content-Length: ${n - 3}`]],
  ['none', () => []], ['zero', () => ['Content-Length: 0']], ['underscored', (n) => [`Content_Length: ${n}`]],
  ['with chunked', (n) => [`Content-Length: ${n}`, 'Transfer-Encoding: chunked']],
  ['with chunked before', (n) => ['Transfer-Encoding: chunked', `Content-Length: ${n}`]],
  ['with identity', (n) => ['Transfer-Encoding: identity', `Content-Length: ${n}`]],
  ['with an unknown coding', (n) => ['Transfer-Encoding: xchunked', `Content-Length: ${n}`]],
  ['with a tab before chunked', (n) => ['Transfer-Encoding:\tchunked', `Content-Length: ${n}`]], ['folded', (n) => ['Content-Length:', ` ${n}`]],
  ['space before the colon', (n) => [`Content-Length : ${n}`]],
].map(([name, make]) => transfer(`length ${name}`, (draft) => { draft.framing = { kind: 'length', headers: make }; }));

const chunks = [
  ...[1, 2, 3, 7, 64, 4096].map((size) => [`of ${size}`, { size }]),
  ['with extensions', { size: 9, extension: ';name=value' }], ['with a quoted extension', { size: 9, extension: ';x="a;b"' }],
  ['with a bare extension', { size: 9, extension: ' ;x' }], ['with an extension with a line feed', { size: 9, extension: ';\nx' }],
  ['with sizes in upper case', { size: 30, format: (n) => n.toString(16).toUpperCase() }],
  ['with zeros before sizes', { size: 30, format: (n) => n.toString(16).padStart(12, '0') }],
  ['with 0x before sizes', { size: 30, format: (n) => `0x${n.toString(16)}` }],
  ['with a plus before sizes', { size: 30, format: (n) => `+${n.toString(16)}` }],
  ['with sizes of 17 digits', { size: 30, format: (n) => `1${n.toString(16).padStart(16, '0')}` }],
  ['with a trailer', { trailer: 'Content-Type: text/plain\r\n' }], ['with a trailer that names another method', { trailer: 'Mcp-Method: ping\r\n' }],
  ['said in upper case', { headers: ['Transfer-Encoding: CHUNKED'] }],
  ['said twice', { headers: ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'] }],
  ['said as a list', { headers: ['Transfer-Encoding: chunked, chunked'] }], ['after identity', { headers: ['Transfer-Encoding: identity, chunked'] }],
].map(([name, how]) => transfer(`chunks ${name}`, (draft) => { draft.framing = { kind: 'chunked', ...how }; }));

const transfers = (mission, harmless) => [
  ...lengths, ...chunks,
  transfer('HTTP/1.0', (draft) => { draft.protocol = 'HTTP/1.0'; }),
  transfer('HTTP/1.0, chunked', (draft) => { draft.protocol = 'HTTP/1.0'; draft.framing = { kind: 'chunked' }; }),
  transfer('HTTP/1.2', (draft) => { draft.protocol = 'HTTP/1.2'; }),
  transfer('Expect', (draft) => setHeader(draft, 'Expect', '100-continue')),
  transfer('unknown Expect', (draft) => setHeader(draft, 'Expect', 'x')),
  transfer('harmless by its length, more behind', (draft) => {
    const first = harmless(draft.era);
    draft.framing = { kind: 'length', headers: () => [`Content-Length: ${first.length}`] };
    draft.body = Buffer.concat([first, draft.body]);
  }),
  transfer('harmless in chunks, more behind', (draft) => {
    const first = harmless(draft.era);
    draft.framing = { kind: 'none' };
    setHeader(draft, 'Transfer-Encoding', 'chunked');
    draft.body = Buffer.concat([Buffer.from(`${first.length.toString(16)}\r\n`), first, Buffer.from('\r\n0\r\n\r\n'), draft.body]);
  }),
  transfer('behind a harmless request on its connection', (draft) => {
    draft.before = [wireOf({ ...applyAll(draftOf(coverOf(mission), draft.era, mission.policy), []), connection: 'keep-alive' })];
  }),
  transfer('behind a harmless chunked request on its connection', (draft) => {
    const first = applyAll(draftOf(coverOf(mission), draft.era, mission.policy), []);
    draft.before = [wireOf({ ...first, connection: 'keep-alive', framing: { kind: 'chunked' } })];
  }),
  ...[1, 50, 300].map((size) => transfer(`in pieces of ${size}`, (draft) => { draft.pieceSize = size; })),
  transfer('Range', (draft) => setHeader(draft, 'Range', 'bytes=0-1')),
  transfer('Content-Range', (draft) => setHeader(draft, 'Content-Range', 'bytes 0-1/2')),
  transfer('Upgrade', (draft) => setHeader(draft, 'Upgrade', 'h2c')),
];

const sentinel = (text) => `=?base64?${Buffer.from(text).toString('base64')}?=`;

function mirrored(mission) {
  const cover = coverOf(mission);
  return [['Mcp-Method', mission.method, mission.cover.method], ['Mcp-Name', mission.value, mission.cover.value]].flatMap(([name, real, other]) => [
    ['real', [real]], ['the cover', [other]], ['real, then the cover', [real, other]], ['the cover, then real', [other, real]],
    ['both in one', [`${other}, ${real}`]], ['empty', ['']], ['real in upper case', [real.toUpperCase()]],
    ['real encoded', [sentinel(real)]], ['the cover encoded', [sentinel(other)]],
    ['encoded with lower-case marker missing', [sentinel(real).replace('base64', 'BASE64')]],
    ['encoded without its end', [sentinel(real).slice(0, -2)]], ['encoded twice', [sentinel(sentinel(other))]],
    ['a long one', [`${other}${'x'.repeat(3000)}`]], ['with bytes above 127', [`${other}\u00e9`]],
  ].map(([what, values]) => headers(`${name} is ${what}`, (draft) => setHeader(draft, name, ...values))).concat([
    headers(`${name} underscored`, (draft) => { setHeader(draft, name, real); draft.headers.push([name.replace('-', '_'), other]); }),
    headers(`only ${name} underscored`, (draft) => { removeHeader(draft, name); draft.headers.push([name.replace('-', '_'), other]); }),
  ])).concat([
    headers('both say the cover', (draft) => {
      setHeader(draft, 'Mcp-Method', cover.method);
      setHeader(draft, 'Mcp-Name', headerValue(cover.value ?? mission.cover.value));
    }),
    headers('neither is there', (draft) => { removeHeader(draft, 'Mcp-Method'); removeHeader(draft, 'Mcp-Name'); }),
    ...[
      'Mcp-Session-Id', 'Last-Event-ID', 'X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Prefix', 'Mcp-Param-Name', 'X-Original-Method',
    ].map((name) => headers(name, (draft) => setHeader(draft, name, mission.value))),
    ...[
      '', 'text/event-stream', 'application/json', '*/*', 'text/html',
    ].map((accept) => headers(`Accept ${JSON.stringify(accept)}`, (draft) => setHeader(draft, 'Accept', accept))),
  ]);
}

const versions = [
  '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28', '2026-07-27', '2099-01-01', '1', '', 'DRAFT-2026-v1', ' 2026-07-28',
  '2026-7-28', '2026-07-28\u00a0', '2025-06-18, 2026-07-28', '2026-07-28;x',
].flatMap((one) => [
  version(`header ${JSON.stringify(one)}`, (draft) => setHeader(draft, 'MCP-Protocol-Version', one)),
  {
    ...version(`header and _meta ${JSON.stringify(one)}`),
    stage: 'message',
    apply: (draft) => {
      setHeader(draft, 'MCP-Protocol-Version', one);
      draft.message.get('params').get('_meta')?.set('io.modelcontextprotocol/protocolVersion', one);
    },
  },
]).concat([
  version('no header', (draft) => removeHeader(draft, 'MCP-Protocol-Version')),
  ...[
    ['2025-06-18', '2026-07-28'], ['2026-07-28', '2025-06-18'], ['2026-07-28', '2026-07-28'],
  ].map((two) => version(`headers ${two.join(', ')}`, (draft) => setHeader(draft, 'MCP-Protocol-Version', ...two))),
  version('underscored header', (draft) => {
    removeHeader(draft, 'MCP-Protocol-Version');
    draft.headers.push(['MCP_Protocol_Version', '2026-07-28']);
  }),
  { ...version('no _meta'), stage: 'message', apply: (draft) => draft.message.get('params').replace('_meta') },
]);

const overrides = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'];
const verbs = [
  'GET', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'QUERY', 'post', 'Post', 'PROPFIND', 'REPORT', 'POSTS', 'CONNECT', 'LOCK',
].flatMap((name) => [
  verb(name, (draft) => { draft.verb = name; }),
  verb(`${name}, chunked`, (draft) => { draft.verb = name; draft.framing = { kind: 'chunked' }; }),
  ...overrides.map((override) => verb(`${name} with ${override}`, (draft) => { draft.verb = name; setHeader(draft, override, 'POST'); })),
  verb(`${name} with _method`, (draft) => { draft.verb = name; draft.query = '?_method=POST'; }),
]).concat(overrides.map((override) => verb(`POST with ${override}: GET`, (draft) => setHeader(draft, override, 'GET'))));

const bearer = `Bearer ${tokenPlaceholder}`;
const authorizations = [
  ['none', []], ['empty', ['']], ['a space', [' ']], ['Basic', ['Basic eDp5']], ['Bearer without a token', ['Bearer']],
  ['Bearer and spaces', ['Bearer   ']], ['bearer', [bearer.replace('B', 'b')]], ['twice the same', [bearer, bearer]],
  ['empty, then good', ['', bearer]], ['good, then empty', [bearer, '']], ['Basic, then good', ['Basic eDp5', bearer]],
  ['two tokens', [`${bearer}, ${bearer}`]], ['a tab', [bearer.replace(' ', '\t')]], ['a bad one', ['Bearer x']],
  ['an unsigned one', ['Bearer eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im1jcDphZG1pbiJ9.']],
].map(([what, values]) => credentials(what, (draft) => setHeader(draft, 'Authorization', ...values))).concat([
  ...[
    'X-Authorization', 'Proxy-Authorization', 'X-Access-Token', 'X-Forwarded-User', 'X-Remote-User', 'X-Mcp-Scopes',
  ].map((name) => credentials(name, (draft) => setHeader(draft, name, bearer))),
  ...['access_token', 'token', 'authorization'].map((name) => credentials(`query ${name}`, (draft) => { draft.query = `?${name}=x`; })),
  credentials('underscored', (draft) => { removeHeader(draft, 'Authorization'); draft.headers.push(['Authorization_', bearer]); }),
  credentials('an internal redirect asked for', (draft) => setHeader(draft, 'X-Accel-Redirect', '/')),
]);

const oddNames = [
  'Content-Type ', 'Content-Type\t', '\tContent-Type', 'Content\u00adType', 'Content-Encoding ', 'Content_Encoding', 'Content.Type', 'content-type\0',
  'Content-Type:', 'MCP-Protocol-Version ', 'Mcp-Name\0',
].map((name) =>
  headers(`a header called ${JSON.stringify(name)}`, (draft) => draft.headers.push([name, 'application/json; charset=utf-7'])));

const queries = ({ method, member, value }) => ['?', `?method=${method}`, `?${member}=${value}`, '?transportType=sse', '?sessionId=1', '?stream=1'].map((query) =>
  verb(`query ${query}`, (draft) => { draft.query = query; }));

export function requestMutations(mission) {
  const harmless = (era) => Buffer.from(serialize(messageOf(coverOf(mission), era)));
  return [
    ...contentTypes(mission), ...encodings(harmless), ...transfers(mission, harmless), ...mirrored(mission), ...versions, ...verbs, ...authorizations,
    ...oddNames, ...queries(mission),
  ];
}
