// Spring Authorization Server: scope is an array in tokens and a string in answers; the keys are new at each start.
import { cleanEnvironment, freePort, printedJson, start } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';
import { installed } from './installed.mjs';
import { authorizationCode, callback, json, postForm } from './person.mjs';

const user = { id: 'mcp-client', secret: 'secret-of-mcp-client' };
const gateway = { id: 'gateway', secret: 'secret-of-gateway' };

export const spring = {
  name: 'Spring Authorization Server',
  needs: 'spring',
  modes: ['native', 'jwt', 'nativeIntrospect', 'introspect'],
  authentications: ['client_secret_post'],
  async start({ resource }) {
    const port = await freePort();
    const folder = installed('spring');
    await start('Spring', 'java', ['-XX:TieredStopAtLevel=1', '-cp', `${folder}/classes:${folder}/libraries/*`, 'Server', String(port), callback],
      { env: cleanEnvironment(), cwd: temporaryFolder('spring'), timeoutMs: 120_000, ready: printedJson('ready') });
    const metadata = await json(`http://127.0.0.1:${port}/.well-known/oauth-authorization-server`);
    const token = ({ scope = 'mcp:read', resource: target = resource }) =>
      authorizationCode({ metadata, client: user, scope, resource: target, known: { username: 'alice', password: 'in-wonderland' } });
    return {
      metadata, gateway, token, subject: /^alice$/,
      authenticated: () => ({ gateway, token: () => token({}) }),
      revoke: (token) => postForm(metadata.revocation_endpoint, { token }, user),
    };
  },
};
