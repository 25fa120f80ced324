// better-auth: EdDSA, typ at+jwt. It introspects the JWTs that it issues.
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, freePort, printedJson, start } from '../../peers/lib/processes.mjs';
import { authorizationCode, callback, json, Person } from './person.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));

export const betterAuth = {
  name: 'better-auth',
  checksAudience: true,
  modes: ['native', 'jwt', 'nativeIntrospect', 'introspect'],
  revokesNothing: true, // a JWT, it says, is self-contained
  async start({ resource, otherResource }) {
    const port = await freePort();
    const server = await start('better-auth', process.execPath,
      ['better-auth/server.mjs', '--port', String(port), '--callback', callback, '--resource', resource, '--resource', otherResource],
      { cwd: folder, env: cleanEnvironment(), ready: printedJson('ready') });
    const { issuer, user, gateway } = server.ready;
    const metadata = await json(`${issuer}/.well-known/oauth-authorization-server`);
    const person = new Person();
    await person.postJson(`${issuer}/sign-in/email`, { email: 'alice@example.com', password: 'in-wonderland' });
    return {
      metadata, gateway, subject: /^\w{32}$/,
      token: ({ scope = 'mcp:read', resource: target = resource }) => authorizationCode({ metadata, client: user, scope, resource: target, person }),
    };
  },
};
