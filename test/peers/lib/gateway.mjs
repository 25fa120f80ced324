// nginx in front of an MCP server, protected with the snippets of conf/ or with the native module: what the demo and the
// tests run.
import { confFolder, startNginx } from './nginx.mjs';

const json = (value) => JSON.stringify(value);

// The variables of the snippets' contract.
const contractVariables = ({ resource, metadataUri, issuer, scope }) => `
    map "" $mcp_canonical_uri              { default "${resource}"; }
    map "" $mcp_canonical_uri_json         { default '${json(resource)}'; }
    map "" $mcp_metadata_uri               { default "${metadataUri}"; }
    map "" $mcp_required_scope             { default "${scope}"; }
    map "" $mcp_authorization_servers_json { default '${json([issuer])}'; }
    map "" $mcp_scopes_supported_json      { default '${json(['mcp:read', 'mcp:write'])}'; }
    map "" $mcp_bearer_methods_json        { default '${json(['header'])}'; }
`;

const scopeMap = (variable, scope) =>
  `map ${variable} $mcp_has_required_scope { default 0; "~(^|\\s)${scope}(\\s|$)" 1; }`;

const snippets = `
        include ${confFolder}/mcp-metadata.conf;
        include ${confFolder}/mcp-401-handler.conf;
        include ${confFolder}/mcp-403-handler.conf;`;

// What the snippets leave to who includes them, and the native module does by itself.
const forTheProxy = `
            proxy_set_header Authorization "";
            proxy_buffering off;
            proxy_read_timeout 1h;`;

const nativeLocation = ({ resource, issuer, scope, rules }, verification) => `
            mcp_resource             ${resource};
            mcp_authorization_server ${issuer};
            ${verification}
            mcp_scope                ${scope};
            ${rules ?? ''}`;

// The ways to verify a token: what each adds to the configuration, and the machine client that gets such tokens.
export const modes = {
  jwt: {
    module: 'ngx_http_auth_jwt_module',
    client: 'm2m-rs256',
    registration: {},
    http: ({ scope, ownMaps = true }) => (ownMaps ? `
    auth_jwt_claim_set $jwt_scope scope;
    ${scopeMap('$jwt_scope', scope)}` : ''),
    server: ({ keys }) => keys + snippets,
    location: () => `
            include ${confFolder}/mcp-resource-jwt.conf;
            auth_jwt_require_claim iss any $mcp_authorization_servers_json;${forTheProxy}`,
  },
  introspect: {
    module: 'ngx_http_auth_oauth2_token_module',
    client: 'm2m-opaque',
    registration: { access_token_alg: 'opaque' },
    http: ({ scope, resource, secretFile, clientId = 'gateway', authentication, ownMaps = true }) => `
    auth_oauth2_token_client_id ${clientId};
    ${authentication ?? `auth_oauth2_token_client_secret_file ${secretFile};`}` + (ownMaps ? `
    auth_oauth2_token_claim_set $oauth2_aud aud;
    auth_oauth2_token_claim_set $oauth2_scope scope;
    map $oauth2_aud $mcp_aud_ok { default 0; "${resource}" 1; }
    ${scopeMap('$oauth2_scope', scope)}` : ''),
    server: ({ issuer, maxTtl, introspection = `${issuer}/token/introspection`, introspectionTls = '' }) => `
        ${maxTtl ? `auth_oauth2_token_introspect_cache zone=introspection:1m max_ttl=${maxTtl};` : ''}
        location = /_introspect { internal; ${introspectionTls} proxy_pass ${introspection}; }${snippets}`,
    location: () => `
            include ${confFolder}/mcp-resource-introspect.conf;${forTheProxy}`,
  },
  native: {
    module: 'ngx_http_mcp_resource_module',
    client: 'm2m-rs256',
    registration: {},
    http: () => 'mcp_zone mcp 4m;',
    server: () => '',
    location: (settings) => nativeLocation(settings, 'mcp_discovery on;'),
  },
  nativeIntrospect: {
    module: 'ngx_http_mcp_resource_module',
    client: 'm2m-opaque',
    registration: { access_token_alg: 'opaque' },
    http: ({ trusted }) => `mcp_zone mcp 4m; ${trusted ? `mcp_ssl_trusted_certificate ${trusted};` : ''}`,
    server: () => '',
    location: ({ issuer, introspection = `${issuer}/token/introspection`, clientId = 'gateway', secretFile, authentication = `client_secret_file=${secretFile}`, ...settings }) =>
      nativeLocation({ issuer, ...settings }, `mcp_introspection ${introspection} client_id=${clientId} ${authentication};`),
  },
};

const server = (mode, settings) => `
    server {
        listen 127.0.0.1:${settings.port};
        ${mode.server(settings)}
        location ~ ^/mcp(?:/|$) {${mode.location(settings)}
            proxy_pass http://${settings.backend.host};
            proxy_http_version 1.1;
        }
        ${settings.extraServer ?? ''}
    }
`;

export const resourceOn = (port) => `http://127.0.0.1:${port}/mcp`;

// port: of nginx; backend: URL of the MCP server; resource: its name, when that is not where nginx is; keys: the
// auth_jwt_key_... lines (jwt); clientId, secretFile: the gateway client and its secret (introspect); introspection: the
// endpoint's URL; maxTtl: how long answers are cached (introspect; else not at all); ownMaps: the variables that the snippets
// may have (jwt, introspect); rules: more directives (native); authentication: how the client authenticates (parameters for
// nativeIntrospect, directives for introspect); extraHttp: more lines for http; trusted, introspectionTls: what TLS needs for it; workers: of nginx. Adds to
// the nginx child: resource and metadataUri.
export async function startGateway({
  mode = 'jwt', port, issuer, backend, resource = resourceOn(port), scope = 'mcp:read', workers = 2, ...rest
}) {
  const metadataUri = `http://127.0.0.1:${port}/.well-known/oauth-protected-resource/mcp`;
  const settings = { port, issuer, resource, metadataUri, scope, backend: new URL(backend), ...rest };
  const nginx = await startNginx({
    modules: [modes[mode].module],
    port,
    main: `worker_processes ${workers};`,
    http: contractVariables(settings) + modes[mode].http(settings) + (settings.extraHttp ?? '') + server(modes[mode], settings),
  });
  return Object.assign(nginx, { resource, metadataUri });
}
