// The keys of what a resource consists of.
#include "cli/settings/file/backend.h"
#include "cli/settings/file/resource_keys.h"
#include "cli/settings/file/setters.h"

namespace cli::file {
namespace {

using setters::into;

template <auto Member>
constexpr auto in_resource = into<ResourceDraft, Member>;

constexpr Key backend_keys[] = {
    {.name = "url",
     .kind = &kinds::backend_url,
     .what = "URL of the MCP server: `http://`, `https://` (nginx verifies the certificate) or `unix:/path`. The "
             "default port is 80 or 443. A path in it replaces the path that clients request.",
     .example = "http://127.0.0.1:3001",
     .directives = "proxy_pass",
     .is_required = true,
     .set = set_backend_url},
    {.name = "host",
     .kind = &kinds::backend_host,
     .what = "`Host` header that the backend receives: `client` passes the client's, `backend` sends the host of the "
             "backend's URL, and any other value is sent as it is.",
     .otherwise = "client",
     .example = "backend",
     .directives = "proxy_set_header",
     .set = set_backend_host},
    {.name = "ca",
     .kind = &kinds::file,
     .what = "CA certificates, in PEM, that nginx verifies an `https` backend with.",
     .otherwise = "the CA certificates of the system",
     .example = "/etc/ssl/backend-ca.crt",
     .directives = "proxy_ssl_trusted_certificate",
     .set = into<Backend, &Backend::ca_file>},
    {.name = "answer_timeout",
     .kind = &kinds::pause,
     .what = "Maximum time between two reads of a response. For event streams it is one day.",
     .otherwise = "1h",
     .example = "10m",
     .directives = "proxy_read_timeout",
     .set = into<Backend, &Backend::answer_timeout>},
};

constexpr Key key_keys[] = {
    {.name = "file",
     .kind = &kinds::file,
     .what = "File with a JWK Set. nginx reads the file again when it changes.",
     .example = "/keys/jwks.json",
     .directives = "mcp_jwks",
     .set = into<KeySet, &KeySet::file_or_url>},
    {.name = "url",
     .kind = &kinds::fetched_url,
     .what = "URL of a JWK Set, which nginx fetches. Each entry has either `file` or `url`.",
     .example = "https://auth.example.com/jwks",
     .directives = "mcp_jwks",
     .set = into<KeySet, &KeySet::file_or_url>},
    {.name = "issuer",
     .kind = &kinds::token_issuer,
     .what = "Issuer that the keys belong to. Required if there are several entries or several issuers.",
     .otherwise = "the only issuer",
     .example = "https://auth.example.com",
     .directives = "mcp_jwks",
     .set = into<KeySet, &KeySet::issuer>},
};

template <auto Member>
constexpr auto in_introspection = into<Introspection, Member>;

constexpr Key introspection_keys[] = {
    {.name = "url",
     .kind = &kinds::fetched_url,
     .what = "URL of the introspection endpoint (RFC 7662).",
     .example = "https://auth.example.com/introspect",
     .directives = "mcp_introspection",
     .is_required = true,
     .set = in_introspection<&Introspection::url>},
    {.name = "client_id",
     .kind = &kinds::client_id,
     .what = "Client ID that nginx uses at the introspection endpoint.",
     .example = "mcp-gateway",
     .directives = "mcp_introspection",
     .is_required = true,
     .set = in_introspection<&Introspection::client_id>},
    {.name = "client_authentication",
     .kind = &kinds::client_authentication,
     .what = "How nginx authenticates at the introspection endpoint.",
     .otherwise = "client_secret_basic",
     .example = "private_key_jwt",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::client_authentication>},
    {.name = "client_secret_file",
     .kind = &kinds::secret_file,
     .what = "File with the client secret, for `client_secret_basic` and `client_secret_post`.",
     .example = "/run/secrets/introspection",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::client_secret_file>},
    {.name = "client_key_file",
     .kind = &kinds::secret_file,
     .what = "File with the private key, for `private_key_jwt` (PEM or JWK) and `tls_client_auth` (PEM).",
     .example = "/run/secrets/client-key.pem",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::client_key_file>},
    {.name = "client_certificate_file",
     .kind = &kinds::file,
     .what = "File with the client certificate in PEM, for `tls_client_auth`.",
     .example = "/keys/client.crt",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::client_certificate_file>},
    {.name = "assertion_audience",
     .kind = &kinds::text,
     .what = "Audience (`aud`) of the client assertion of `private_key_jwt`.",
     .otherwise = "the authorization server",
     .example = "https://auth.example.com",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::assertion_audience>},
    {.name = "assertion_key_id",
     .kind = &kinds::text,
     .what = "Key ID (`kid`) of the client assertion.",
     .otherwise = "the `kid` of the JWK, or none",
     .example = "key-1",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::assertion_key_id>},
    {.name = "assertion_algorithm",
     .kind = &kinds::assertion_algorithm,
     .what = "Signature algorithm of the client assertion.",
     .otherwise = "the algorithm that fits the key",
     .example = "ES256",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::assertion_algorithm>},
    {.name = "issuer",
     .kind = &kinds::token_issuer,
     .what = "Issuer of the tokens that nginx introspects.",
     .otherwise = "the accepted issuers",
     .example = "https://auth.example.com",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::issuer>},
    {.name = "max_ttl",
     .kind = &kinds::time,
     .what = "Maximum time for which nginx caches the response for an active token. nginx rejects a revoked token "
             "after this time at the latest.",
     .otherwise = "60s",
     .example = "30s",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::max_ttl>},
    {.name = "negative_ttl",
     .kind = &kinds::time,
     .what = "Time for which nginx caches the response for an inactive token.",
     .otherwise = "5s",
     .example = "5s",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::negative_ttl>},
};

constexpr Key scopes_keys[] = {
    {.name = "required",
     .form = Form::list,
     .kind = &kinds::scope,
     .what = "Scopes that every request needs.",
     .otherwise = "none",
     .example = "[mcp:read]",
     .directives = "mcp_scope",
     .set = in_resource<&ResourceDraft::required_scopes>},
    {.name = "supported",
     .form = Form::list,
     .kind = &kinds::scope,
     .what = "Scopes that the metadata lists, for clients to request.",
     .otherwise = "`required` and `challenge`",
     .example = "[mcp:read, mcp:write]",
     .directives = "mcp_scopes_supported",
     .set = in_resource<&ResourceDraft::supported_scopes>},
    {.name = "challenge",
     .form = Form::list,
     .kind = &kinds::scope,
     .what = "Scopes that a 401 response tells clients to request.",
     .otherwise = "`required`",
     .example = "[mcp:read, mcp:write]",
     .directives = "mcp_challenge_scope",
     .set = in_resource<&ResourceDraft::challenge_scopes>},
    {.name = "implies",
     .form = Form::mapping,
     .kind = &kinds::scope,
     .names = &kinds::scope,
     .what = "A token with the scope on the left also has the scopes on the right.",
     .otherwise = "none",
     .example = "{ mcp:admin: [mcp:read, mcp:write] }",
     .directives = "mcp_scope_implies",
     .set = in_resource<&ResourceDraft::implied_scopes>},
};

}  // namespace

constinit const Object backend_object = {"resources[].backend", "The MCP server that nginx passes requests to.",
                                         backend_keys};
constinit const Object key_object = {"resources[].keys[]", "Keys that verify JWTs: one mapping, or a list of mappings.",
                                     key_keys};
constinit const Object introspection_object = {
    "resources[].introspection", "Introspects tokens at the authorization server (RFC 7662).", introspection_keys};
constinit const Object scopes_object = {"resources[].scopes",
                                        "Scopes that requests need, and scopes that clients request.", scopes_keys};

}  // namespace cli::file
