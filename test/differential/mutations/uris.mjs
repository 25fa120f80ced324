// Other spellings of a URI: what a URL parser (WHATWG or RFC 3986), a file system or a lenient reader takes for the same.
import { headerValue, setHeader } from '../lib/draft.mjs';

// In the forms: {s} scheme, {h} host (none in file:), {p} path, {f} folder, {n} name; {%n} each letter of the name encoded,
// {%1} its first letter, {2} the rest; {N} the name in upper case; {r} the path without its first "/".
const forms = {
  scheme: [
    '{S}://{h}{p}', '{S1}://{h}{p}', 'view-source:{s}://{h}{p}', 'url:{s}://{h}{p}', 'blob:{s}://{h}{p}', '{s}+x://{h}{p}', '{s} ://{h}{p}',
    '{s}: //{h}{p}', 'unix://{h}{p}', '//{h}{p}',
  ],
  slashes: [
    '{s}:{p}', '{s}:/{h}{p}', '{s}:{h}{p}', '{s}:{r}', '{s}:/{r}', '{s}:///{h}{p}', '{s}:////{h}{p}', '{s}://///{r}', '{s}:\\\\{h}{p}',
    '{s}:\\{h}{p}', '{s}:\\{r}', '{s}:/\\{h}{p}',
    '{s}://{h}/{p}', '{s}://{h}{f}//{n}', '{s}://{h}{f}\\{n}', '{s}://{h}\\{r}', '{s}:\\\\\\{r}', '{s}:///{r}', '{s}://{h}{f}/.//{n}',
    '{s}://{h}{p}/', '{s}://{h}{p}//', '{s}://{h}{p}\\',
  ],
  authority: [
    '{s}://localhost{p}', '{s}://LOCALHOST{p}', '{s}://127.0.0.1{p}', '{s}://loc\u00adalhost{p}', '{s}://\uff4cocalhost{p}', '{s}://localhost.{p}',
    '{s}://%6cocalhost{p}', '{s}://loc\talhost{p}',
    '{s}://localhost\\{r}', '{s}://localhost//{r}', '{s}://user@{h}{p}', '{s}://user:pass@{h}{p}', '{s}://@{h}{p}', '{s}://:@{h}{p}',
    '{s}://user@localhost{p}', '{s}://{h}:{p}', '{s}://{h}:0{p}', '{s}://{h}:80{p}',
    '{s}://{h}:443{p}', '{s}://{h}:0443{p}', '{s}://{h}.{p}', '{s}://{H}{p}', '{s}://\u00ad{h}{p}', '{s}://{h}\u3002{p}', '{s}://{h1}{p}',
    '{s}://{h2}{p}', '{s}://{h3}{p}', '{s}://[::1]{p}', '{s}://[::]{p}', '{s}://x\\@{h}{p}', '{s}://{h}#@x{p}',
  ],
  'dot segments': [
    '{s}://{h}/.{p}', '{s}://{h}/..{p}', '{s}://{h}/../..{p}', '{s}://{h}/x/..{p}', '{s}://{h}{f}/./{n}', '{s}://{h}{f}/x/../{n}',
    '{s}://{h}{f}/open.txt/../{n}', '{s}://{h}{f}/open.txt\\..\\{n}', '{s}://{h}{f}/x/..\\{n}',
    '{s}://{h}{p}/.', '{s}://{h}{p}/x/..', '{s}://{h}{p}/../{n}', '{s}://{h}/C:/..{p}', '{s}://{h}/C|/..{p}', '{s}://{h}{f}/.{n}',
    '{s}://{h}{f}/..;/{n}', './{r}', '{s}:./{r}', '{s}:../{r}',
  ],
  'dot segments, encoded': [
    '{s}://{h}/%2e{p}', '{s}://{h}/%2E{p}', '{s}://{h}/%2e%2e{p}', '{s}://{h}/x/%2e%2e{p}', '{s}://{h}/x/%2E%2E{p}', '{s}://{h}/x/.%2e{p}',
    '{s}://{h}/x/%2e.{p}', '{s}://{h}{f}/%2e/{n}', '{s}://{h}{f}/x/%2e%2e/{n}',
    '{s}://{h}{f}/open.txt/%2e%2e/{n}', '{s}://{h}{f}/open.txt/..%2f{n}', '{s}://{h}{f}/open.txt/%2e%2e%2f{n}', '{s}://{h}{p}/%2e',
    '{s}://{h}{p}/x/%2e%2e', '{s}://{h}{f}/x%2f..%2f{n}', '{s}://{h}{f}/x%5c..%5c{n}',
  ],
  'encoded letters': [
    '{s}://{h}{f}/{%n}', '{s}://{h}{f}/{%1}{2}', '{s}://{h}{f}/{%1U}{2}', '{s}://{h}{f}/{%%1}{2}', '{s}://{h}{f}/%u00{1}{2}', '{s}://{h}{f}%2f{n}',
    '{s}://{h}{f}%2F{n}', '{s}://{h}{f}%5c{n}', '{s}://{h}/{%r}', '{s}://{%h}{p}', '{s}%3a//{h}{p}',
    '{s}:%2f%2f{h}{p}', '{s}://{h}%2f{r}', '{s}://{h}{p}%00', '{s}://{h}{p}%20', '{s}://{h}{p}%0a', '{s}://{h}{p}%', '{s}://{h}{p}%zz',
    '{s}://{h}{p}%ff', '{s}://{h}{p}%c0%80', '{s}://{h}{f}/{overlong}{2}', '{s}://{h}{p}%e2%80%8b', '{s}://{h}{p}%2f', '{s}://{h}{p}%3f',
    '{s}://{h}{p}%23',
  ],
  'spaces and controls': [
    ...[
      ' ', '\t', '\n', '\r\n', '\0', '\x01', '\x1f', '\x7f', '\u0085', '\u00a0', '\u2028', '\u3000', '\ufeff', '\u200b', '\ufffd',
    ].flatMap((piece) => [`${piece}{s}://{h}{p}`, `{s}://{h}{p}${piece}`, `${piece}{s}://{h}{p}${piece}`]),
    ...[
      '\t', '\n', '\r', '\r\n', ' ', '\0', '\u00ad', '\u200b',
    ].flatMap((piece) => [
      `{s1}${piece}{s2}://{h}{p}`, `{s}${piece}://{h}{p}`, `{s}:${piece}//{h}{p}`, `{s}:/${piece}/{h}{p}`, `{s}://{h}${piece}{p}`,
      `{s}://{h}{f}/${piece}{n}`, `{s}://{h}{f}/{1}${piece}{2}`,
    ]),
    '{s}://{h}{p}\0.txt', '{s}://{h}{p}\n{s}://{h}{f}/open.txt',
  ],
  'behind it': [
    '{s}://{h}{p}.', '{s}://{h}{p}#', '{s}://{h}{p}#x', '{s}://{h}{p}?', '{s}://{h}{p}?x', '{s}://{h}{p}?#', '{s}://{h}{p};x', '{s}://{h}{p};',
    '{s}://{h}{p}::$DATA', '{s}://{h}{p},', '{s}://{h}{p}*', '{s}://{h}{f}/open.txt#/../{n}', '{s}://{h}{f}/open.txt?/../{n}',
  ],
  parameters: [
    '{s}://{h}{f}/{n};v=1', '{s}://{h}{f};x/{n}', '{s}://{h}{f};/{n}', '{s}://{h}{f}/;/{n}', '{s}://{h}{f}/x;/../{n}', '{s}://{h}{f}/..;x/{n}',
    '{s}://{h}{f}/.;x/{n}', '{s}://{h}{f}/%3B/{n}', '{s}://{h}{f}/{n}%3Bx', '{s}://{h}{f}/.%20/{n}',
    '{s}://{h}{f}/..%20/{n}', '{s}://{h}{f}/...%20/{n}', '{s}://{h}{f}/%20/{n}', '{s}://{h}{f}/{n}&x', '{s}://{h}{f}/{n}+', '{s}://{h}{f}/{n}%2B',
    '{s}://{h}{f}/{n}~', '{s}://{h}{f}/{n}%EF%BC%8F', '{s}://{h}{f}%EF%BC%8F{n}', '{s}://{h}{f}/{%nU}', '{s}://{h}{f}/(x){n}', '{s}://{h}{f}/@{n}',
  ],
  lookalikes: [
    '{s}://{h}{f}/{N}', '{s}://{h}{f}/{1U}{2}', '{s}://{h}{F}/{n}', '{s}://{h}{f}/{wide}{2}', '{s}://{h}{f}\uff0f{n}', '{s}://{h}{f}\u2215{n}',
    '{s}\uff1a//{h}{p}', '{s}://{h}{f}\uff0e\uff0e/{n}', '{s}://{h}{p}\u0301',
  ],
  'not a URI': [
    '{p}', '{r}', '{n}', './{n}', '<{s}://{h}{p}>', '"{s}://{h}{p}"', '[{s}://{h}{p}]', '{s}://{h}{p} {s}://{h}{f}/open.txt', '{s}://{h}{f}/{{n}}',
    '{s}://{h}{f}/{+n}', '{s}://{h}{f}/*', '{s}://{h}{f}/?',
  ],
};

const encoded = (text) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');

function partsOf(uri) {
  const [, s, h, p] = /^([a-z]+):\/\/([^/]*)(\/.*)$/.exec(uri);
  const at = p.lastIndexOf('/');
  const [f, n] = [p.slice(0, at), p.slice(at + 1)];
  return {
    s, h, p, f, n, r: p.slice(1), S: s.toUpperCase(), S1: s[0].toUpperCase() + s.slice(1), s1: s.slice(0, 2), s2: s.slice(2), H: h.toUpperCase(),
    F: f.toUpperCase(), N: n.toUpperCase(),
    h1: h.replace('e', '\uff45'), h2: h.replaceAll('.', '\u3002'), h3: h.replace('s', '\u017f'), '%h': encoded(h), '%n': encoded(n),
    '%nU': encoded(n).toUpperCase(), '%r': encoded(p.slice(1)), '%1': encoded(n[0]), '%1U': encoded(n[0]).toUpperCase(),
    '%%1': encoded(n[0]).replace('%', '%25'), 1: n[0], '1U': n[0].toUpperCase(), 2: n.slice(1), wide: String.fromCharCode(n.charCodeAt(0) + 0xfee0),
    overlong: `%c1%${(n.charCodeAt(0) & 0x3f | 0x80).toString(16)}`,
  };
}

function spellingsOf(uri) {
  const parts = partsOf(uri);
  const filled = (form) => form.replace(/\{([%\w]+)\}/g, (placeholder, part) => parts[part] ?? placeholder);
  const all = Object.entries(forms).flatMap(([what, list]) => list.map((form) => [what, filled(form)]));
  return [...new Map(all.map(([what, other]) => [other, what]))].filter(([other]) => other !== uri);
}

export const uriMutations = ({ method, member, value }) =>
  (method !== 'resources/read' ? [] : spellingsOf(value).map(([uri, what]) => ({
    kind: 'uris', stage: 'message', name: `${what}: ${JSON.stringify(uri)}`,
    apply: (draft) => {
      draft.message.get('params').set(member, uri);
      if (draft.era === 'modern') setHeader(draft, 'Mcp-Name', headerValue(uri));
    },
  })));
