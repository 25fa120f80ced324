// Where the commands of a page run: <!-- commands: build -->, or "gateway". What a place offers stands here; pages of other
// places (keycloak, image) are run by the suites of that name.
import path from 'node:path';
import { findCommand } from '../../peers/lib/command.mjs';
import { cleanEnvironment } from '../../peers/lib/processes.mjs';
import { startStack } from '../../peers/lib/stack.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { goodClaims, now, signedToken } from '../../peers/lib/tokens.mjs';
import { root } from './markdown.mjs';

const environment = (folder, extra) => cleanEnvironment({
  PATH: `${path.dirname(findCommand())}:${process.env.PATH}`, HOME: folder, REPOSITORY: root, ...extra,
});

export const places = {
  // The command in PATH, and nothing else.
  build: async () => {
    const folder = temporaryFolder('page');
    return { cwd: folder, env: environment(folder), adapt: (text) => text };
  },
  // The native module, as 127.0.0.1:8080, before an MCP server; an authorization server as 127.0.0.1:9000; $TOKEN and $EXPIRED_TOKEN.
  gateway: async () => {
    const folder = temporaryFolder('page');
    const stack = await startStack({ mode: 'native' });
    const token = (changes) => signedToken(stack.keysFile, { ...goodClaims(stack.issuer, stack.resource), ...changes });
    return {
      cwd: folder, env: environment(folder, { TOKEN: await token({}), EXPIRED_TOKEN: await token({ exp: now() - 60 }) }),
      adapt: (text) => text.replaceAll('127.0.0.1:8080', new URL(stack.resource).host).replaceAll('127.0.0.1:9000', new URL(stack.issuer).host),
    };
  },
};
