// The pages and the schema of the settings are made of the tables that their readers use; the schema is one that editors
// can use, and agrees with the reader; what the module can be told the file can say. Settings in our documents are good.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { findCommand, runCommand } from '../peers/lib/command.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { blocksOf, documents } from './lib/markdown.mjs';

const require = createRequire(new URL('../peers/package.json', import.meta.url));
const Ajv = require('ajv/dist/2020').default;
const YAML = require('yaml');

const root = new URL('../../', import.meta.url);
const text = (file) => fs.readFileSync(new URL(file, root), 'utf8');
after(stopAll);

const schema = JSON.parse(text('docs/mcp-resource.schema.json'));
// Members of "defaults" may stand in another mapping than the one that demands them.
const validate = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema);

const folder = temporaryFolder('settings');
async function reader(yaml) {
  fs.writeFileSync(`${folder}/mcp.yaml`, yaml);
  const { code, output } = await runCommand(['render', '--config', `${folder}/mcp.yaml`]);
  return { good: code === 0, output };
}

// What follows the marker in a page is what the command prints.
async function assertMade(file, option) {
  const page = text(file);
  const marker = `<!-- What follows is made: mcp-resource schema ${option} -->\n\n`;
  assert.ok(page.includes(marker), `${file}: ${marker}`);
  assert.equal(page.slice(page.indexOf(marker) + marker.length), (await runCommand(['schema', option])).output, file);
}

test('the schema, the reference and the map of names are those of the tables', async () => {
  assert.ok(findCommand());
  assert.equal((await runCommand(['schema'])).output, text('docs/mcp-resource.schema.json'), 'mcp-resource schema > docs/mcp-resource.schema.json');
  await assertMade('docs/CONFIGURATION.md', '--reference');
  await assertMade('docs/NAMES.md', '--names');
});

// run, check and render share the section of their settings.
test('docs/CLI.md has each command, and each of its options', async () => {
  const sections = Object.fromEntries(text('docs/CLI.md').split(/^## /m).slice(1).map((section) => [section.split('\n', 1)[0], section]));
  const shared = sections['Settings of run, check and render'];
  const commands = Object.keys(sections).filter((title) => /^[a-z]/.test(title));
  const help = (await runCommand(['--help'])).output;
  const named = [...help.matchAll(/^  ([a-z]+(?: [a-z]+)?) {2,}/gm)].map(([, name]) => name).filter((name) => name !== 'keys' && name !== 'token');
  assert.ok(named.length >= 9);
  assert.deepEqual(named.filter((name) => !commands.includes(name)), []);
  for (const command of commands) {
    const { code, output } = await runCommand([...command.split(' '), '--help']);
    assert.equal(code, 0, output);
    const options = [...output.matchAll(/^ {2}(?:-\w, ?)?(--[a-z-]+)/gm)].map(([, name]) => name).filter((name) => name !== '--help');
    const page = sections[command] + (['run', 'check', 'render'].includes(command) ? shared : '');
    assert.deepEqual(options.filter((name) => !page.includes(name)), [], command);
  }
});

test('the manual page says of a variable what the table says', async () => {
  const page = text('docs/mcp-resource.1').replaceAll('\\-', '-').replaceAll('\\e', '\\');
  const lines = (await runCommand(['help', 'variables'])).output.trim().split('\n').map((line) => line.split(/ {2,}/));
  assert.ok(lines.length > 20);
  for (const [name, what] of lines)
    if (name !== 'MCP_CLIENT_SECRET') assert.ok(page.includes(`.B ${name}\n${what}\n`), `${name}: ${what}`);
});

test('settings in our documents are good for the reader and for an editor', async () => {
  const shown = documents().flatMap((file) => blocksOf(file)).filter(({ language, marks }) => language === 'yaml' && marks.settings);
  assert.ok(shown.length > 0);
  for (const { file, line, text: yaml } of shown) {
    const { good, output } = await reader(yaml);
    assert.ok(good, `${file}:${line}: ${output}`);
    assert.ok(validate(YAML.parse(yaml)), `${file}:${line}: ${JSON.stringify(validate.errors)}`);
  }
});

test('JSON and YAML in our documents can be parsed', () => {
  const parse = { json: JSON.parse, yaml: (yaml) => YAML.parseAllDocuments(yaml).forEach((document) => { if (document.errors.length > 0) throw document.errors[0]; }) };
  for (const { file, line, language, text: data } of documents().flatMap((name) => blocksOf(name)))
    if (language in parse) assert.doesNotThrow(() => parse[language](data.replaceAll(/^\.\.\.$/gm, '')), `${file}:${line}`);
});

// Lines of a YAML document as paths: "resources[].scopes.required".
const pathsIn = (value, path = '') => [path, ...(Array.isArray(value) ? value.flatMap((item) => pathsIn(item, `${path}[]`))
  : value !== null && typeof value === 'object' ? Object.entries(value).flatMap(([key, item]) => pathsIn(item, path === '' ? key : `${path}.${key}`)) : [])];

test('the key that the tables name for a variable is the one that convert writes', async () => {
  const settings = {
    MCP_AUTH_MODE: 'auto', MCP_SERVER_NAME: 'other.example.com', MCP_CANONICAL_URI: 'https://mcp.example.com/mcp',
    MCP_METADATA_URI: 'https://mcp.example.com/.well-known/oauth-protected-resource', MCP_AUTHORIZATION_SERVER: 'https://auth.example.com',
    MCP_REQUIRED_SCOPE: 'mcp:read', MCP_SCOPES_SUPPORTED: 'mcp:read,mcp:write', MCP_BACKEND: '127.0.0.1:3001', MCP_ISSUER: 'https://issuer.example.com',
    MCP_INTROSPECT_ENDPOINT: 'https://auth.example.com/introspect', MCP_CLIENT_ID: 'gateway', MCP_CLIENT_SECRET_FILE: '/secret',
    MCP_INTROSPECT_CACHE_MAX_TTL: '30s', MCP_LISTEN_PORT: '8443', MCP_RESOURCE_PATH: '/mcp/x', MCP_TLS: 'on', MCP_SSL_CERT_FILE: '/crt',
    MCP_SSL_CERT_KEY_FILE: '/key', MCP_WORKER_PROCESSES: '2', MCP_RESOLVER: '10.0.0.2',
    MCP_OBSERVE: 'on', MCP_AUDIT_LOG: '/audit.log', MCP_AUDIT_IDENTITY: 'hash', MCP_AUDIT_KEY_FILE: '/audit-key', MCP_AUDIT_REQUIRED: 'on',
    MCP_STATUS_PORT: '9464', MCP_STATUS_ADDRESS: '10.0.0.5', MCP_TRACE_EXPORTER: 'https://otel.example.com/v1/traces', MCP_TRACE_SAMPLE: '0.1',
    MCP_TRACE_HEADERS_FILE: '/headers', MCP_TRACE_SERVICE: 'gateway',
    MCP_RATELIMIT_ENABLED: 'on', MCP_RATELIMIT_RATE: '100r/m', MCP_RATELIMIT_BURST: '20', MCP_RATELIMIT_ALGO: 'gcra', MCP_RATELIMIT_REDIS: 'redis:6379',
    MCP_RATELIMIT_REDIS_PASSWORD_FILE: '/redis', MCP_RATELIMIT_ON_ERROR: 'allow',
  };
  const variants = [{ MCP_JWT_KEY_FILE: '/jwks.json' }, { MCP_JWKS_URI: 'https://auth.example.com/jwks' },
    { MCP_DISCOVERY: 'on', MCP_ISSUER: '', MCP_ACCEPT_ANY_ISSUER: 'on' }];
  const said = (await runCommand(['schema', '--names'])).output.split('\n').flatMap((row) => {
    const [, , variables, key] = row.split('|').map((cell) => cell.trim().replaceAll('`', ''));
    return key && key !== 'none' ? variables?.split(', ').filter((name) => name.startsWith('MCP_')).map((name) => [name, key]) ?? [] : [];
  });
  assert.ok(said.length > 20);
  const left = new Map(said.map(([name, key]) => [`${name} ${key}`, [name, key]]));
  for (const variant of variants) {
    const all = { ...settings, ...variant };
    const { code, output } = await runCommand(['convert'], all);
    assert.equal(code, 0, output);
    const paths = new Set(pathsIn(YAML.parse(output.replaceAll(/^mcp-resource: .*\n/gm, ''))).map((path) => path.replace('.keys.', '.keys[].')));
    for (const [id, [name, key]] of left) if (all[name] && paths.has(key)) left.delete(id);
  }
  assert.deepEqual([...left.keys()], []);
});

test('examples are good for the reader and for an editor', async () => {
  const shown = blocksOf('docs/CONFIGURATION.md').find(({ language, marks }) => language === 'yaml' && marks.settings).text;
  for (const yaml of [text('examples/mcp.yaml'), text('examples/mcp-everything.yaml'), shown]) {
    assert.match(yaml, /^# yaml-language-server: \$schema=\S*mcp-resource\.schema\.json\n/);
    const { good, output } = await reader(yaml);
    assert.ok(good, output);
    assert.ok(validate(YAML.parse(yaml)), JSON.stringify(validate.errors));
  }
});

const resource = { url: 'https://mcp.example.com/mcp', backend: 'http://127.0.0.1:3001', authorization_servers: 'https://auth.example.com' };
const withKey = (key, value) => YAML.stringify({ resources: [{ ...resource, [key]: value }] });

test('what is wrong for the reader an editor underlines, where one line can tell', async () => {
  const bad = [
    'listen: { port: 80 }', YAML.stringify({ resources: [] }), YAML.stringify({ resources: [{ url: resource.url, backend: resource.backend }] }),
    YAML.stringify({ listen: { port: 0 }, resources: [resource] }), YAML.stringify({ listen: { prot: 80 }, resources: [resource] }),
    YAML.stringify({ tls: { certificate: '/a' }, resources: [resource] }), YAML.stringify({ defaults: { url: 'https://a/b' }, resources: [resource] }),
    ...[{ audit: { log: 'stdot' } }, { audit: { log: 'syslog:facility=local7' } }, { audit: { identity: 'hashed' } }, { status: { address: '127.0.0.1' } },
      { tracing: { exporter: 'collector:4318' } }, { tracing: { exporter: 'http://c/v1/traces', sample: 2 } }, { observe: 'perhaps' },
      { redis: { address: 'redis' } }, { redis: { address: 'redis:6379', on_error: 'open' } }, { redis: { address: 'redis:6379', prefix: 'a b' } },
      { redis: { user: 'mcp' } }]
      .map((keys) => YAML.stringify({ ...keys, resources: [resource] })),
    ...[['url', 'mcp.example.com'], ['backend', '127.0.0.1:3001'], ['backend', { host: 'client' }], ['leeway', 'soon'], ['tools', ['a']],
      ['tools', {}], ['tools', { a: 'mcp:read mcp:write' }], ['keys', 'jwks'], ['keys', { file: '/a', url: 'https://a/b' }],
      ['algorithms', ['none']], ['token_type', 'jwt'], ['protocol_versions', '2025-01-01'], ['insecure_skip_issuer_check', 'perhaps'],
      ['introspection', { url: 'https://a/b', client_id: 'c', client_secret: 'd' }], ['identity_headers', { 'X User': 'sub' }],
      ['allowed_origins', 'https://app.example.com/'], ['max_body_size', '1x'], ['scopes', { required: [] }], ['mcp_scope', 'a'], ['path', 'mcp'],
      ['rate_limits', { burst: 1 }], ['rate_limits', [{ rate: '100' }]], ['rate_limits', [{ rate: '1r/s', by: 'user' }]], ['rate_limits', '1r/s'],
      ['rate_limits', { rate: '1r/s', burst: -1 }], ['rate_limits', { rate: '1r/s', algorithm: 'best' }], ['rate_limit_x_headers', 'perhaps'],
      ['refusal_limit', { rate: '1r/s', by: 'subject' }],
      ['name', null], ['allowed_origins', { a: 'b' }], ['server_names', ''], ['server_names', 'a b']].map(([key, value]) => withKey(key, value)),
  ];
  for (const yaml of bad) {
    assert.equal((await reader(yaml)).good, false, `the reader takes ${yaml}`);
    assert.equal(validate(YAML.parse(yaml)), false, `the schema takes ${yaml}`);
  }
});

test('what is right for the reader no editor underlines', async () => {
  const good = [
    YAML.stringify({ resources: resource }), YAML.stringify({ listen: { port: '8080' }, resources: [resource] }),
    YAML.stringify({ defaults: { authorization_servers: ['https://a'] }, resources: [{ url: resource.url, backend: resource.backend }] }),
    ...[{ audit: { log: 'stdout' } }, { audit: { log: 'log/audit.log', required: 'on' } }, { audit: { log: 'syslog:tag=mcp,server=10.0.0.1' } },
      { status: { port: 9464, address: ['127.0.0.1', '[::1]'] }, audit: { identity: 'plain' } }, { observe: false },
      { tracing: { exporter: 'http://127.0.0.1:4318/v1/traces', sample: 0.25, service: 7 } }, { tracing: { exporter: 'http://127.0.0.1/t', sample: '1.0' } },
      { redis: { address: 'unix:/run/redis.sock', timeout: '50ms' } }, { redis: { address: '[::1]:6379', prefix: 7, user: 'mcp', password_file: 'secret' } }]
      .map((keys) => YAML.stringify({ ...keys, resources: [resource] })),
    ...[['leeway', 30], ['leeway', '1m 30s'], ['insecure_skip_issuer_check', false], ['name', 2026], ['name', { default: 'a', 'pt-BR': 'b' }],
      ['audiences', [1, 'api']], ['keys', { file: 'jwks.json' }], ['keys', [{ url: 'https://a/b' }]], ['keys', 'discovery'],
      ['backend', { url: 'unix:/run/a.sock', host: 'backend' }], ['allowed_origins', ['null', 'tauri://localhost']],
      ['methods', { 'tools/*': 'a' }], ['max_body_size', 4096], ['rate_limits', { rate: '1r/s', burst: 0 }],
      ['rate_limits', [{ rate: '1000000r/h', algorithm: 'gcra', by: 'issuer' }, { rate: '1r/m', tool: 'a*' }]], ['refusal_limit', { rate: '30r/m' }]].map(([key, value]) => withKey(key, value)),
  ];
  for (const yaml of good) {
    const { good: isGood, output } = await reader(yaml);
    assert.ok(isGood, `${yaml}${output}`);
    assert.ok(validate(YAML.parse(yaml)), `${yaml}${JSON.stringify(validate.errors)}`);
  }
});

test('every directive of the module can be said in the file, and no key names another', async () => {
  const directives = [...text('src/modules/mcp_resource/module.cpp').matchAll(/row<set_\w+>\("(mcp_\w+)"/g)].map(([, name]) => name);
  assert.ok(directives.length > 25);
  const ofOurs = ['mcp_backend_rcvbuf', 'mcp_ready']; // render says them, whatever the file says
  const ofOthers = ['mcp_phase']; // of use beside nginx's own directives in the same location, where a file puts none
  const reached = new Set((await runCommand(['schema', '--reference'])).output.match(/(?<=\[`)mcp_\w+(?=`\])/g));
  assert.deepEqual([...reached, ...ofOurs, ...ofOthers].sort(), directives.sort());
});
