// How the client that introspects shows who it is: what nginx' configuration says of each method, for the native module and for the
// drop-in one. A client has an id and either a secret, a keyFile or a folder of certificates.
import fs from 'node:fs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';

export function secretFile({ secret }) {
  if (!secret) return undefined;
  const file = `${temporaryFolder('secret')}/secret`;
  fs.writeFileSync(file, secret, { mode: 0o600 });
  return file;
}

const native = {
  client_secret_post: (client) => `client_secret_file=${secretFile(client)}`,
  private_key_jwt: ({ keyFile }) => `client_key_file=${keyFile}`,
  tls_client_auth: ({ certificates }) => `client_certificate_file=${certificates}/nginx.crt client_key_file=${certificates}/nginx.key`,
};

const dropIn = {
  client_secret_post: (client) => `auth_oauth2_token_client_secret_file ${secretFile(client)};`,
  private_key_jwt: ({ keyFile }) => `auth_oauth2_token_client_key_file ${keyFile};`,
  tls_client_auth: () => '', // the location that is asked has the certificate
};

const tls = (folder) => `
        proxy_ssl_certificate ${folder}/nginx.crt;
        proxy_ssl_certificate_key ${folder}/nginx.key;
        proxy_ssl_session_reuse off;
        proxy_ssl_trusted_certificate ${folder}/ca.crt;
        proxy_ssl_name localhost; # nginx knows no addresses in certificates
        proxy_ssl_verify on;`;

// mode of the gateway: (method, client, authorization server) => settings of startGateway.
export const proofs = {
  nativeIntrospect: (method, client) => ({
    authentication: `client_authentication=${method} ${native[method](client)}`,
    trusted: client.certificates && `${client.certificates}/ca.crt`,
  }),
  introspect: (method, client, { issuer }) => ({
    authentication: `auth_oauth2_token_client_authentication ${method}${method === 'private_key_jwt' ? ` audience=${issuer}` : ''}; ${dropIn[method](client)}`,
    introspectionTls: client.certificates && tls(client.certificates),
  }),
};
