// Where the commands of a page run: <!-- commands: build -->, "gateway" or "command". What a place offers stands here; pages
// of other places (keycloak, image) are run by the suites of that name.
import fs from 'node:fs';
import path from 'node:path';
import { findCommand } from '../../peers/lib/command.mjs';
import { cleanEnvironment, freePort } from '../../peers/lib/processes.mjs';
import { startAuthorizationServer, startMcpServer } from '../../peers/lib/servers.mjs';
import { startStack } from '../../peers/lib/stack.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { goodClaims, now, signedToken } from '../../peers/lib/tokens.mjs';
import { root } from './markdown.mjs';

const environment = (folder, extra) => cleanEnvironment({
  PATH: `${path.dirname(findCommand())}:${process.env.PATH}`, HOME: folder, REPOSITORY: root, ...extra,
});

// Pages show the left, and what runs is at the right: of commands before they run, and back again of what they print.
const shownAs = (pairs) => ({
  adapt: (text) => pairs.reduce((all, [shown, real]) => all.replaceAll(shown, real), text),
  restore: (text) => pairs.reduce((all, [shown, real]) => all.replaceAll(real, shown), text),
});

// A folder of commands: ours, which finds the modules and a folder for its state without being asked to.
function commandFolder() {
  const folder = temporaryFolder('command');
  const command = findCommand();
  const modules = path.resolve(path.dirname(command), '../modules');
  fs.mkdirSync(`${folder}/bin`);
  fs.mkdirSync(`${folder}/state`);
  fs.writeFileSync(`${folder}/bin/mcp-resource`, `#!/bin/sh
case $1 in
run | check | render) exec ${command} "$@" --modules ${modules} --state ${folder}/state ;;
healthcheck) exec ${command} "$@" --state ${folder}/state ;;
esac
exec ${command} "$@"
`, { mode: 0o755 });
  return { bin: `${folder}/bin`, pairs: [['/usr/lib/nginx/modules', modules], ['/tmp/nginx', `${folder}/state/nginx`]] };
}

export const places = {
  // The command in PATH, and nothing else.
  build: async () => {
    const folder = temporaryFolder('page');
    return { cwd: folder, env: environment(folder), ...shownAs([]) };
  },
  // The native module, as 127.0.0.1:8080, before an MCP server; its status page as 127.0.0.1:9464; an authorization server as
  // 127.0.0.1:9000; $TOKEN and $EXPIRED_TOKEN.
  gateway: async () => {
    const folder = temporaryFolder('page');
    const stack = await startStack({ mode: 'native', extraServer: () => 'location = /status.json { mcp_status; }' });
    const token = (changes) => signedToken(stack.keysFile, { ...goodClaims(stack.issuer, stack.resource), ...changes });
    return {
      cwd: folder, env: environment(folder, { TOKEN: await token({}), EXPIRED_TOKEN: await token({ exp: now() - 60 }) }),
      ...shownAs([['127.0.0.1:8080', new URL(stack.resource).host], ['127.0.0.1:9464', new URL(stack.resource).host],
        ['127.0.0.1:9000', new URL(stack.issuer).host]]),
    };
  },
  // The command in PATH; an MCP server as 127.0.0.1:3001, an authorization server as 127.0.0.1:9000, nothing yet at
  // 127.0.0.1:8080; its tokens for http://127.0.0.1:8080/mcp in token.txt and, no longer good, in old-token.txt.
  command: async () => {
    const folder = temporaryFolder('page');
    const port = await freePort();
    const resource = `http://127.0.0.1:${port}/mcp`;
    const keysFile = `${temporaryFolder('keys')}/private-keys.json`;
    const [authorizationServer, mcpServer] = await Promise.all([startAuthorizationServer({ resources: [resource], keysFile }), startMcpServer()]);
    const issuer = authorizationServer.ready;
    const claims = { ...goodClaims(issuer, resource), client_id: 'my-client', jti: 'token-1' };
    fs.writeFileSync(`${folder}/token.txt`, await signedToken(keysFile, claims));
    fs.writeFileSync(`${folder}/old-token.txt`, await signedToken(keysFile, { ...claims, aud: `http://127.0.0.1:${port}/other`, exp: now() - 600 }));
    const { bin, pairs } = commandFolder();
    const env = environment(folder);
    return {
      cwd: folder, env: { ...env, PATH: `${bin}:${env.PATH}` },
      ...shownAs([['8080', String(port)], ['127.0.0.1:9000', new URL(issuer).host], ['127.0.0.1:3001', new URL(mcpServer.ready).host], ...pairs]),
    };
  },
};
