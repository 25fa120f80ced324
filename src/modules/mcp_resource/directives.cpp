#include "modules/mcp_resource/directives.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/http_url.h"
#include "mcp/reserved_headers.h"
#include "modules/mcp_resource/boundary.h"
#include "modules/mcp_resource/free_text.h"
#include "ngx/file.h"
#include "ngx/location.h"
#include "ngx/request_headers.h"
#include "oauth/jwt/algorithm.h"

namespace mcp_resource {

using ngx::ConfigError;
using ngx::in_quotes;

namespace {

mcp::ResourceUri read_uri(std::string_view text) {
    auto uri = mcp::ResourceUri::parse(text);
    if (!uri) throw ConfigError(ngx::url_in_quotes(text) + " " + uri.error());
    return *std::move(uri);
}

bool is_header_name(std::string_view name) noexcept {
    return !name.empty() &&
           std::ranges::all_of(name, [](char c) { return base::is_letter_or_digit(c) || c == '-' || c == '_'; });
}

// Whatever this nginx has a place for, which mcp::has_own_meaning() may not know yet.
bool is_kept_by_nginx(std::string_view name) noexcept {
    for (const ngx_http_header_t* header = ngx_http_headers_in; header->name.len != 0; header++)
        if (ngx::same_cgi_name(name, ngx::view(header->name))) return true;
    return false;
}

void check_claim_header_name(std::string_view name, const std::vector<ClaimHeader>& others) {
    if (!is_header_name(name))
        throw ConfigError("invalid header name " + in_quotes(name) +
                          (name.contains(',') ? "; write a directive for each header" : ""));
    if (mcp::has_own_meaning(name) || is_kept_by_nginx(name))
        throw ConfigError("header " + in_quotes(name) +
                          " is reserved and cannot carry a claim, use one like \"X-User\"");
    for (const ClaimHeader& other : others)
        if (ngx::same_cgi_name(name, other.name))
            throw ConfigError("header " + in_quotes(name) + " is set twice, as " + in_quotes(other.name) + " before");
}

// The location as nginx names it: empty for a regular expression, whose paths nobody can compare.
std::string_view location_path(ngx_conf_t* cf) {
    const ngx_http_core_loc_conf_t& location = ngx::location_of(cf);
    const bool is_path = ngx::view(location.name).starts_with('/');
#if (NGX_PCRE)
    if (location.regex != nullptr) return {};
#endif
    return is_path ? ngx::view(location.name) : std::string_view();
}

// "/mcp/" and "/mcp" are two resources; a client that asks for one is not served by the other's token.
void check_trailing_slash(ngx_conf_t* cf, const mcp::ResourceUri& uri) {
    const std::string_view location = location_path(cf);
    const std::string_view path = uri.path();
    const bool differ_by_slash =
        location.size() > 1 && (location == std::string(path) + "/" || path == std::string(location) + "/");
    if (differ_by_slash)
        throw ConfigError(in_quotes(uri.text()) + " and location " + in_quotes(location) +
                          " differ by a trailing slash; write both with it or both without");
}

constexpr authority::ClientWords client_words = {
    .method = "client_authentication=",
    .materials = {"client_secret_file=", "client_key_file=", "client_certificate_file=", "assertion_audience=",
                  "assertion_key_id=", "assertion_algorithm="}};

// What only some ways to authenticate need. False for another parameter.
bool set_proof_parameter(const ngx::Arguments& arguments, std::string_view argument, authority::ClientSetting& client) {
    if (const auto file = ngx::parameter(argument, "client_key_file=")) {
        client.key = authority::ClientFile::read_key(arguments, *file);
    } else if (const auto certificates = ngx::parameter(argument, "client_certificate_file=")) {
        client.certificates = authority::ClientFile::read_certificates(arguments, *certificates);
    } else if (const auto audience = ngx::parameter(argument, "assertion_audience="); audience && !audience->empty()) {
        client.audience = *audience;
    } else if (const auto kid = ngx::parameter(argument, "assertion_key_id="); kid && !kid->empty()) {
        client.key_id = *kid;
    } else if (const auto algorithm = ngx::parameter(argument, "assertion_algorithm=")) {
        client.algorithm = authority::read_signing_algorithm(*algorithm);
    } else {
        return false;
    }
    return true;
}

bool set_client_parameter(const ngx::Arguments& arguments, std::string_view argument,
                          authority::ClientSetting& client) {
    if (const auto id = ngx::parameter(argument, "client_id=")) {
        refuse(mcp::client_id_problem(*id), in_quotes(argument));
        client.client_id = *id;
    } else if (const auto file = ngx::parameter(argument, "client_secret_file=")) {
        client.secret = std::make_shared<const base::Secret>(ngx::read_secret_file(arguments, *file));
    } else if (const auto method = ngx::parameter(argument, "client_authentication=")) {
        client.method = authority::read_client_authentication(*method);
    } else {
        return set_proof_parameter(arguments, argument, client);
    }
    return true;
}

// Anyone on the way could take a connection that shows no certificate for ours.
void check_transport(const IntrospectionDirective& directive) {
    const auto url = base::HttpUrl::parse(directive.url);
    if (directive.proof->certificate() != nullptr && url && !url->secure)
        throw ConfigError("\"client_authentication=tls_client_auth\" needs an https URL, " +
                          ngx::url_in_quotes(directive.url) + " is none");
}

void set_introspection_parameter(std::string_view argument, IntrospectionDirective& directive) {
    if (const auto max_ttl = ngx::parameter(argument, "max_ttl=")) {
        directive.keep_for.active = ngx::Arguments::seconds(*max_ttl);
    } else if (const auto negative_ttl = ngx::parameter(argument, "negative_ttl=")) {
        directive.keep_for.inactive = ngx::Arguments::seconds(*negative_ttl);
    } else if (const auto issuer = ngx::parameter(argument, "issuer="); issuer && !issuer->empty()) {
        directive.issuer = read_issuer(*issuer);
    } else {
        // A value without a name may be a secret.
        const std::string shown = argument.contains('=') ? ngx::argument_in_quotes(argument) : "without \"=\"";
        throw ConfigError("invalid parameter " + shown +
                          ", it must be \"client_id=\", \"client_secret_file=\", \"max_ttl=\", \"negative_ttl=\", "
                          "\"issuer=\" or another that docs/DIRECTIVES.md names, and a value");
    }
}

// What nobody knows yet has rules that nobody knows; and a date that never was would lock out the clients that were
// meant.
void add_revision(mcp::Revisions& revisions, std::string_view text) {
    switch (revisions.add(text)) {
        case mcp::Revisions::Added::added:
            return;
        case mcp::Revisions::Added::again:
            throw ConfigError("revision " + in_quotes(text) + " appears twice");
        case mcp::Revisions::Added::unknown:
            break;
    }
    if (text.contains(',')) throw ConfigError("unknown revision " + in_quotes(text) + ", write spaces between several");
    std::string known;
    for (const std::string_view revision : mcp::Revisions::known)
        known += (known.empty() ? "" : " ") + std::string(revision);
    throw ConfigError("unknown revision " + in_quotes(text) + ", it must be of " + in_quotes(known) +
                      "; without the directive every one is served");
}

}  // namespace

// mcp_resource uri [default] | off
void set_mcp_resource(const ngx::Arguments& arguments, LocationConf& conf) {
    if (arguments[0] == "off") {
        if (arguments.size() > 1) throw ConfigError("\"off\" takes no parameter");
        return ngx::set_once(conf.resource, ResourceDirective{});
    }
    ResourceDirective resource{.uri = read_uri(arguments[0]), .is_default = arguments.size() > 1};
    if (resource.is_default && arguments[1] != "default")
        throw ConfigError("invalid parameter " + in_quotes(arguments[1]) + ", it can only be \"default\"");
    check_trailing_slash(arguments.cf(), *resource.uri);
    ngx::set_once(conf.resource, std::move(resource));
    auto& server =
        *static_cast<ServerConf*>(ngx_http_conf_get_module_srv_conf(arguments.cf(), ngx_http_mcp_resource_module));
    server.resources.push_back(&conf);
}

// mcp_audience uri ...
void set_mcp_audience(const ngx::Arguments& arguments, LocationConf& conf) {
    for (std::size_t i = 0; i < arguments.size(); i++)
        conf.audiences.push_back(read_audience(arguments[i]));
}

// mcp_metadata_uri uri
void set_mcp_metadata_uri(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.metadata_uri, read_uri(arguments[0]));
}

// mcp_authorization_server issuer ...
void set_mcp_authorization_server(const ngx::Arguments& arguments, LocationConf& conf) {
    for (std::size_t i = 0; i < arguments.size(); i++) {
        refuse(mcp::list_of_urls_problem(arguments[i]), ngx::url_in_quotes(arguments[i]));
        read_uri(arguments[i]);  // RFC 8414 section 2; kept as it is, since issuers are compared exactly
        conf.authorization_servers.emplace_back(arguments[i]);
    }
}

// mcp_issuer iss ...
void set_mcp_issuer(const ngx::Arguments& arguments, LocationConf& conf) {
    for (std::size_t i = 0; i < arguments.size(); i++)
        conf.accepted_issuers.push_back(read_issuer(arguments[i]));
}

// mcp_insecure_skip_issuer_check on | off
void set_mcp_insecure_skip_issuer_check(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.skip_issuer_check, arguments.flag(0));
    if (*conf.skip_issuer_check) arguments.warn("the issuer of tokens is not checked");
}

// mcp_jwks file|url [issuer=iss]
void set_mcp_jwks(const ngx::Arguments& arguments, LocationConf& conf) {
    KeyDirective directive{
        base::is_meant_as_url(arguments[0]) ? std::string(arguments[0]) : arguments.file_name(arguments[0]), {}};
    if (arguments.size() > 1) {
        const auto issuer = ngx::parameter(arguments[1], "issuer=");
        if (!issuer || issuer->empty())
            throw ConfigError("invalid parameter " + ngx::argument_in_quotes(arguments[1]) +
                              ", it must be like \"issuer=https://...\"");
        directive.issuer = read_issuer(*issuer);
    }
    conf.keys.push_back(std::move(directive));
}

// mcp_introspection url client_id=id [client_secret_file=file] [client_authentication=method] [client_key_file=file]
//     [client_certificate_file=file] [assertion_audience=uri] [assertion_key_id=kid] [assertion_algorithm=alg]
//     [max_ttl=time] [negative_ttl=time] [issuer=iss] | off
void set_mcp_introspection(const ngx::Arguments& arguments, LocationConf& conf) {
    if (arguments[0] == "off") {
        if (arguments.size() > 1) throw ConfigError("\"off\" takes no parameter");
        return ngx::set_once(conf.introspection, IntrospectionDirective{});
    }
    IntrospectionDirective directive{.url = std::string(arguments[0])};
    authority::ClientSetting client;
    std::set<std::string_view> seen;
    for (std::size_t i = 1; i < arguments.size(); i++) {
        const std::string_view name = arguments[i].substr(0, arguments[i].find('='));
        if (!seen.insert(name).second) throw ConfigError("parameter " + in_quotes(name) + " appears twice");
        if (!set_client_parameter(arguments, arguments[i], client))
            set_introspection_parameter(arguments[i], directive);
    }
    if (client.client_id.empty()) throw ConfigError("it needs \"client_id=...\"");
    directive.proof = std::make_shared<const authority::ClientProof>(std::move(client), client_words);
    check_transport(directive);
    if (const auto warning = directive.proof->warning()) arguments.warn(*warning);
    ngx::set_once(conf.introspection, std::move(directive));
}

// mcp_discovery on | off
void set_mcp_discovery(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.discovery, arguments.flag(0));
}

// mcp_ssl_trusted_certificate file
void set_mcp_ssl_trusted_certificate(const ngx::Arguments& arguments, MainConf& conf) {
    ngx::set_once(conf.trusted_certificates, arguments.file_name(arguments[0]));
}

// mcp_zone name size
void set_mcp_zone(const ngx::Arguments& arguments, MainConf& conf) {
    if (conf.zone != nullptr) throw ngx::DuplicateDirective();
    if (arguments[0].empty()) throw ConfigError("the name is empty");
    ngx_str_t text = ngx::str(arguments[1]);
    const ssize_t size = ngx_parse_size(&text);
    if (size < static_cast<ssize_t>(ngx::ShmCache::minimum_bytes))
        throw ConfigError("invalid size " + in_quotes(arguments[1]) + ", it must be at least 64k");
    conf.zone = &ngx::ShmCache::declare(arguments.cf(), arguments[0], static_cast<std::size_t>(size),
                                        ngx_http_mcp_resource_module);
}

// mcp_authorization_server_limits [per_server=number] [per_client=number] [total=number] [waiting=number]
void set_mcp_authorization_server_limits(const ngx::Arguments& arguments, MainConf& conf) {
    ngx::set_once(conf.question_limits, authority::QuestionLimits::read(arguments));
    conf.worker.questions.set_limits(*conf.question_limits);
}

// mcp_phase access | preaccess
void set_mcp_phase(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.phase, ngx::read_phase(arguments));
}

// mcp_allowed_origins origin ...
void set_mcp_allowed_origins(const ngx::Arguments& arguments, LocationConf& conf) {
    for (std::size_t i = 0; i < arguments.size(); i++) {
        conf.allowed_origins.push_back(read_origin(arguments[i]));
        if (conf.allowed_origins.back() == "null")
            arguments.warn("any page can send the origin \"null\", from a frame that it puts into a sandbox");
    }
}

// mcp_protocol_versions revision ...
void set_mcp_protocol_versions(const ngx::Arguments& arguments, LocationConf& conf) {
    mcp::Revisions revisions;
    for (std::size_t i = 0; i < arguments.size(); i++)
        add_revision(revisions, arguments[i]);
    ngx::set_once(conf.revisions, revisions);
}

// mcp_claim_header Header claim
void set_mcp_claim_header(const ngx::Arguments& arguments, LocationConf& conf) {
    const std::string_view name = arguments[0];
    check_claim_header_name(name, conf.claim_headers);
    auto path = mcp::read_claim(arguments[1]);
    if (!path) throw ConfigError("invalid claim " + in_quotes(arguments[1]) + ": " + path.error());
    conf.claim_headers.push_back({std::string(name), *std::move(path)});
}

// mcp_leeway time
void set_mcp_leeway(const ngx::Arguments& arguments, LocationConf& conf) {
    constexpr std::chrono::hours longest(1);  // clocks differ by seconds; more would bring expired tokens back
    const std::chrono::seconds leeway = arguments.seconds(0);
    if (leeway > longest) throw ConfigError("invalid time " + in_quotes(arguments[0]) + ", it must be at most \"1h\"");
    ngx::set_once(conf.leeway, leeway);
}

// mcp_algorithms algorithm ...
void set_mcp_algorithms(const ngx::Arguments& arguments, LocationConf& conf) {
    oauth::jwt::AlgorithmSet algorithms;
    for (std::size_t i = 0; i < arguments.size(); i++) {
        const auto algorithm = oauth::jwt::parse_algorithm(arguments[i]);
        if (!algorithm)
            throw ConfigError(
                "unknown algorithm " + in_quotes(arguments[i]) +
                (arguments[i].contains(',') ? ", write spaces between several" : ", use names like \"RS256\""));
        algorithms.insert(*algorithm);
    }
    ngx::set_once(conf.algorithms, algorithms);
}

// mcp_token_type any | at+jwt
void set_mcp_token_type(const ngx::Arguments& arguments, LocationConf& conf) {
    if (arguments[0] != "any" && arguments[0] != "at+jwt")
        throw ConfigError("invalid typ " + in_quotes(arguments[0]) + R"(, it must be "any" or "at+jwt")");
    ngx::set_once(conf.type, arguments[0] == "any" ? oauth::jwt::TypeRule::not_another_kind
                                                   : oauth::jwt::TypeRule::access_token_only);
}

namespace {

// The only argument, a size from `smallest` to `largest`, which are written as nginx writes sizes.
std::size_t size_between(const ngx::Arguments& arguments, std::string_view smallest, std::string_view largest) {
    const auto read = [](std::string_view size) {
        ngx_str_t text = ngx::str(size);
        return ngx_parse_size(&text);
    };
    const ssize_t size = read(arguments[0]);
    if (size < read(smallest) || size > read(largest))
        throw ConfigError("invalid size " + in_quotes(arguments[0]) + ", it must be between " + std::string(smallest) +
                          " and " + std::string(largest));
    return static_cast<std::size_t>(size);
}

}  // namespace

// mcp_max_body_size size
void set_mcp_max_body_size(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.max_body, size_between(arguments, "1", "16m"));
}

// mcp_max_anonymous_bodies size
void set_mcp_max_anonymous_bodies(const ngx::Arguments& arguments, MainConf& conf) {
    ngx::set_once(conf.anonymous_bodies, size_between(arguments, "64k", "1024m"));
    conf.anonymous_bodies_place = ngx::ConfigPlace(arguments.cf());
    conf.worker.anonymous_bodies.set_most(*conf.anonymous_bodies);
}

// mcp_backend_rcvbuf size
void set_mcp_backend_rcvbuf(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.backend_rcvbuf, static_cast<int>(size_between(arguments, "16k", "64m")));
}

}  // namespace mcp_resource
