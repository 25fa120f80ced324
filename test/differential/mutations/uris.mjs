// Other spellings of a URI: what a URL parser (WHATWG or RFC 3986), a file system or a lenient reader takes for the same.
import { headerValue, setHeader } from '../lib/draft.mjs';

const all = (uri) => {
  const path = uri.slice('file://'.length); // "/srv/secret"
  const rest = path.slice(1);
  const [folder, name] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
  const percent = (text) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');
  return [
    `FILE://${path}`, `File://${path}`, `file:${path}`, `file:/${path.slice(1)}`, `file://localhost${path}`, `file://LOCALHOST${path}`,
    `file://127.0.0.1${path}`, `file:${rest}`, `file:////${rest}`, `file://///${rest}`, `file:\\\\${path}`, `file:\\${rest}`,
    `file:///./${rest}`, `file:///x/..${path}`, `file:///../${rest}`, `file:///../../..${path}`, `file:///%2e${path}`,
    `file:///%2e%2e${path}`, `file:///x/%2e%2e${path}`, `file:///x/%2E%2E${path}`, `file:///x/.%2e${path}`, `file:///x/%2e.${path}`,
    `file://${folder}/./${name}`, `file://${folder}/x/../${name}`, `file://${folder}/x/%2e%2e/${name}`, `file://${folder}//${name}`,
    `file://${folder}/.//${name}`, `file://${folder}\\${name}`, `file:///srv\\${path.slice(5)}`, `file:\\\\\\srv\\${path.slice(5).replaceAll('/', '\\')}`,
    `file://${folder}%2f${name}`, `file://${folder}%2F${name}`, `file://${folder}%5c${name}`, `file:///%73rv/${path.slice(5)}`,
    `file:///s%72v/${path.slice(5)}`, `file://${folder}/${percent(name)}`, `file://${folder}/%73${name.slice(1)}`, `file://${folder}/%53${name.slice(1)}`,
    `file://${folder}/%2573${name.slice(1)}`, `file://${percent(path)}`, `file:${percent('//')}${path}`, `f%69le://${path}`,
    ` file://${path}`, `file://${path} `, `\tfile://${path}`, `file://${path}\t`, `\nfile://${path}`, `file://${path}\n`, `\r\nfile://${path}\r\n`,
    `fi\tle://${path}`, `fi\nle://${path}`, `file\t://${path}`, `file:\n//${path}`, `file:/\t/${path}`, `file:///s\trv/${path.slice(5)}`,
    `file:///s\r\nrv/${path.slice(5)}`, `file://${folder}/\t${name}`, `file://${folder}/${name.slice(0, 2)}\n${name.slice(2)}`,
    `file://${folder}/${name.slice(0, 2)} ${name.slice(2)}`, `file://${path}\0`, `\0file://${path}`, `file://${path}\0.txt`, `\x01file://${path}`, `file://${path}\x1f`,
    `\u00a0file://${path}`, `file://${path}\u00a0`, `\u3000file://${path}`, `\ufefffile://${path}`, `file://${path}\ufeff`, `\u2028file://${path}`,
    `file://${path}.`, `file://${path}/`, `file://${path}/.`, `file://${path}/%2e`, `file://${path}/x/..`, `file://${path}/x/%2e%2e/`, `file://${path}//`,
    `file://${path}#`, `file://${path}#x`, `file://${path}?`, `file://${path}?x`, `file://${path}?#`, `file://${path};x`, `file://${path}%23`, `file://${path}%3f`,
    `file://${path}%00`, `file://${path}%20`, `file://${path}%0a`, `file://${path}%`, `file://${path}%zz`, `file://${path}%ff`, `file://${path}%c0%80`, `file://${folder}/%c1%b3${name.slice(1)}`,
    `file://user@${path}`, `file://user:pass@localhost${path}`, `file://@${path}`, `file://:@localhost${path}`, `file://localhost:80${path}`, `file://localhost:0${path}`, `file://:0${path}`, `file://localhost:${path}`,
    `file://loc\u00adalhost${path}`, `file://\uff4cocalhost${path}`, `file://LocalHost.${path}`, `file://%6cocalhost${path}`, `file://loc\talhost${path}`, `file://localhost\\${rest}`, `file://localhost//${rest}`,
    `file:///\u017frv/${path.slice(5)}`, `file://${folder}/\uff53${name.slice(1)}`, `file://${folder.toUpperCase()}/${name}`, `file://${folder}/${name.toUpperCase()}`, `file://${folder}/${name[0].toUpperCase()}${name.slice(1)}`,
    `file://${folder}/\u0455${name.slice(1)}`, `file://${folder}/${name}\u200b`, `file://${folder}/\u00ad${name}`, `file:///C:/..${path}`, `file:///C|/..${path}`, `file:///srv/../srv/${path.slice(5)}`, `file:///srv/./${path.slice(5)}`,
    `file:///srv//${path.slice(5)}`, `file:///srv/%2e/${path.slice(5)}`, `file:///srv/private/../${path.slice(5)}`, `file:///srv/open.txt/../${path.slice(5)}`, `file:///srv/open.txt/..%2f${path.slice(5)}`, `file:///srv/open.txt\\..\\${path.slice(5)}`,
    `file:///srv/open.txt/%2e%2e/${path.slice(5)}`, `view-source:file://${path}`, `url:file://${path}`, `<file://${path}>`, `"file://${path}"`, `blob:file://${path}`, `//${path}`, path, rest, name, `./${rest}`,
    `localhost${path}`, `http://localhost${path}`, `unix://${path}`, `[file://${path}]`, `file://[::1]${path}`, `file://[::]${path}`, `file+x://${path}`, `file ://${path}`, `file: //${path}`,
  ].filter((other) => other !== uri);
};

export const uriMutations = ({ method, member, value }) =>
  (method !== 'resources/read' ? [] : [...new Set(all(value))].map((uri) => ({
    kind: 'uris', stage: 'message', name: JSON.stringify(uri),
    apply: (draft) => {
      draft.message.get('params').set(member, uri);
      if (draft.era === 'modern') setHeader(draft, 'Mcp-Name', headerValue(uri));
    },
  })));
