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
     .what =
         "Where the MCP server is: `http://`, `https://` (whose certificate is verified) or `unix:/path`. Without a "
         "port it is 80 or 443. A path in it replaces the one that clients see.",
     .example = "http://127.0.0.1:3001",
     .is_required = true,
     .set = set_backend_url},
    {.name = "host",
     .kind = &kinds::backend_host,
     .what = "The `Host` that the backend sees: `client` as it came, `backend` the host of its own URL, or a name.",
     .otherwise = "client",
     .example = "backend",
     .set = set_backend_host},
    {.name = "ca",
     .kind = &kinds::file,
     .what = "The certification authorities in PEM that an `https` backend is verified with.",
     .otherwise = "the system's",
     .example = "/etc/ssl/backend-ca.crt",
     .set = into<Backend, &Backend::ca_file>},
    {.name = "answer_timeout",
     .kind = &kinds::pause,
     .what = "How long the backend may be silent in the middle of an answer; an event stream has a day.",
     .otherwise = "1h",
     .example = "10m",
     .set = into<Backend, &Backend::answer_timeout>},
};

constexpr Key key_keys[] = {
    {.name = "file",
     .kind = &kinds::file,
     .what = "A JWK Set; read again when it changes.",
     .example = "/keys/jwks.json",
     .directives = "mcp_jwks",
     .set = into<KeySet, &KeySet::file_or_url>},
    {.name = "url",
     .kind = &kinds::fetched_url,
     .what = "A JWK Set that is fetched. Each entry has `file` or `url`.",
     .example = "https://auth.example.com/jwks",
     .directives = "mcp_jwks",
     .set = into<KeySet, &KeySet::file_or_url>},
    {.name = "issuer",
     .kind = &kinds::token_issuer,
     .what = "Whose keys these are: needed beside others, and where there are several issuers.",
     .otherwise = "the one issuer's",
     .example = "https://auth.example.com",
     .directives = "mcp_jwks",
     .set = into<KeySet, &KeySet::issuer>},
};

template <auto Member>
constexpr auto in_introspection = into<Introspection, Member>;

constexpr Key introspection_keys[] = {
    {.name = "url",
     .kind = &kinds::fetched_url,
     .what = "The introspection endpoint (RFC 7662).",
     .example = "https://auth.example.com/introspect",
     .directives = "mcp_introspection",
     .is_required = true,
     .set = in_introspection<&Introspection::url>},
    {.name = "client_id",
     .kind = &kinds::client_id,
     .what = "Who we are to the authorization server.",
     .example = "mcp-gateway",
     .directives = "mcp_introspection",
     .is_required = true,
     .set = in_introspection<&Introspection::client_id>},
    {.name = "client_authentication",
     .kind = &kinds::client_authentication,
     .what = "How we prove it.",
     .otherwise = "client_secret_basic",
     .example = "private_key_jwt",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::client_authentication>},
    {.name = "client_secret_file",
     .kind = &kinds::secret_file,
     .what = "A file with the secret, for `client_secret_basic` and `client_secret_post`.",
     .example = "/run/secrets/introspection",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::client_secret_file>},
    {.name = "client_key_file",
     .kind = &kinds::secret_file,
     .what = "A private key, for `private_key_jwt` (PEM or JWK) and `tls_client_auth` (PEM).",
     .example = "/run/secrets/client-key.pem",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::client_key_file>},
    {.name = "client_certificate_file",
     .kind = &kinds::file,
     .what = "Our certificate in PEM, for `tls_client_auth`.",
     .example = "/keys/client.crt",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::client_certificate_file>},
    {.name = "assertion_audience",
     .kind = &kinds::text,
     .what = "Who a JWT of `private_key_jwt` is for.",
     .otherwise = "the authorization server",
     .example = "https://auth.example.com",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::assertion_audience>},
    {.name = "assertion_key_id",
     .kind = &kinds::text,
     .what = "The `kid` of that JWT.",
     .otherwise = "that of the JWK, or none",
     .example = "key-1",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::assertion_key_id>},
    {.name = "assertion_algorithm",
     .kind = &kinds::assertion_algorithm,
     .what = "The algorithm of that JWT.",
     .otherwise = "what fits the key",
     .example = "ES256",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::assertion_algorithm>},
    {.name = "issuer",
     .kind = &kinds::token_issuer,
     .what = "The issuer whose tokens are asked about.",
     .otherwise = "the accepted issuers",
     .example = "https://auth.example.com",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::issuer>},
    {.name = "max_ttl",
     .kind = &kinds::time,
     .what = "How long a good answer is kept: so long can a revoked token still be used.",
     .otherwise = "60s",
     .example = "30s",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::max_ttl>},
    {.name = "negative_ttl",
     .kind = &kinds::time,
     .what = "How long a definitive no is kept.",
     .otherwise = "5s",
     .example = "5s",
     .directives = "mcp_introspection",
     .set = in_introspection<&Introspection::negative_ttl>},
};

constexpr Key scopes_keys[] = {
    {.name = "required",
     .form = Form::list,
     .kind = &kinds::scope,
     .what = "What every request needs.",
     .otherwise = "none",
     .example = "[mcp:read]",
     .directives = "mcp_scope",
     .set = in_resource<&ResourceDraft::required_scopes>},
    {.name = "supported",
     .form = Form::list,
     .kind = &kinds::scope,
     .what = "What the metadata tells clients to ask for.",
     .otherwise = "`required` and `challenge`",
     .example = "[mcp:read, mcp:write]",
     .directives = "mcp_scopes_supported",
     .set = in_resource<&ResourceDraft::supported_scopes>},
    {.name = "challenge",
     .form = Form::list,
     .kind = &kinds::scope,
     .what = "What a 401 tells clients to ask for.",
     .otherwise = "`required`",
     .example = "[mcp:read, mcp:write]",
     .directives = "mcp_challenge_scope",
     .set = in_resource<&ResourceDraft::challenge_scopes>},
    {.name = "implies",
     .form = Form::mapping,
     .kind = &kinds::scope,
     .names = &kinds::scope,
     .what = "Who has the scope on the left has those on the right.",
     .otherwise = "none",
     .example = "{ mcp:admin: [mcp:read, mcp:write] }",
     .directives = "mcp_scope_implies",
     .set = in_resource<&ResourceDraft::implied_scopes>},
};

}  // namespace

constinit const Object backend_object = {"resources[].backend", "The MCP server that is protected.", backend_keys};
constinit const Object key_object = {"resources[].keys[]", "Keys that verify tokens: one mapping, or a list of them.",
                                     key_keys};
constinit const Object introspection_object = {
    "resources[].introspection", "Asks the authorization server about tokens (RFC 7662).", introspection_keys};
constinit const Object scopes_object = {"resources[].scopes", "What tokens must allow.", scopes_keys};

}  // namespace cli::file
