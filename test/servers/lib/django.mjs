// django-oauth-toolkit: opaque tokens, aud only when the client asked for a resource; neither sub nor iss.
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, freePort, printedJson, start } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { installed } from './installed.mjs';
import { authorizationCode, callback, json, postForm } from './person.mjs';

const program = fileURLToPath(new URL('../django/server.py', import.meta.url));

export const django = {
  name: 'django-oauth-toolkit',
  needs: 'django',
  wrongSecret: 403,
  modes: ['nativeIntrospect', 'introspect'],
  async start({ resource }) {
    const port = await freePort();
    const server = await start('django', `${installed('django')}/bin/python`, [program, String(port), temporaryFolder('django'), callback],
      { env: cleanEnvironment({ PYTHONDONTWRITEBYTECODE: '1' }), ready: printedJson('ready') });
    const { issuer, user, gateway } = server.ready;
    const metadata = await json(issuer.replace('/o', '/.well-known/oauth-authorization-server/o'));
    return {
      metadata, gateway, subject: /^$/,
      token: ({ scope = 'mcp:read', resource: target = resource }) =>
        authorizationCode({ metadata, client: user, scope, resource: target, known: { username: 'alice', password: 'in-wonderland' } }),
      revoke: (token) => postForm(metadata.revocation_endpoint, { token }, user),
    };
  },
};
