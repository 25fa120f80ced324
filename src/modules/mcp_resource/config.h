// What the directives of mcp_resource say, and the endpoint that is made of it. Constant once nginx has merged the
// levels.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "authority/client_proof.h"
#include "authority/doubtful_tokens.h"
#include "authority/introspection_client.h"
#include "authority/issuer_keys.h"
#include "authority/question.h"
#include "mcp/audit_record.h"
#include "mcp/known_limit_keys.h"
#include "mcp/limit_rule.h"
#include "mcp/metadata.h"
#include "mcp/resource.h"
#include "mcp/trace_context.h"
#include "modules/mcp_resource/operation_selection.h"
#include "modules/mcp_resource/record/authority_events.h"
#include "modules/mcp_resource/record/shared_metrics.h"
#include "ngx/config.h"
#include "ngx/held_bytes.h"
#include "ngx/log_room.h"
#include "ngx/nginx.h"
#include "ngx/once_per_minute.h"
#include "ngx/phase.h"
#include "ngx/proxy.h"
#include "ngx/shared_block.h"
#include "ngx/trust_store.h"
#include "ngx/variable.h"
#include "oauth/claim_path.h"
#include "oauth/claims_rules.h"
#include "oauth/jwt/verifier.h"
#include "oauth/token_cache.h"
#include "report/kept_text.h"
#include "report/published_text.h"
#include "report/recent.h"
#include "report/trace_exporter.h"
#include "shared/limits.h"
#include "shared/redis_limiter.h"
#include "shared/zone_limiter.h"

extern "C" ngx_module_t ngx_http_mcp_resource_module;

namespace mcp_resource {

// mcp_claim_header
struct ClaimHeader {
    std::string name;
    oauth::ClaimPath claim;
};

// Around everything that a protected location holds, "mcp_resource off" in it included.
struct Boundary {
    std::vector<std::string> identity_headers;  // of mcp_claim_header, here and around
};

// Whose tokens are accepted, and by which keys: chosen by the token's issuer before any key is looked at.
struct Issuer {
    oauth::jwt::VerificationRules rules;  // rules.claims.accepted_issuers: what this issuer's tokens say in "iss"
    authority::IssuerKeys* keys;
};

// For tokens that are no JWS; for all, where there are no keys.
struct Introspection {
    oauth::ClaimsRules rules;
    authority::IntrospectionClient* client;
};

// One protected resource, ready to serve requests.
struct Endpoint {
    mcp::Resource resource;
    std::vector<Issuer> issuers;
    oauth::jwt::VerificationRules rules_of_all;  // for a token of none of them
    std::optional<Introspection> introspection;
    std::vector<ClaimHeader> claim_headers;
    std::size_t max_body;
    bool is_observed = false;                           // mcp_observe
    std::shared_ptr<const mcp::AuditSettings> audit{};  // null: as nothing says
    std::optional<mcp::Rate> refusal_limit{};           // of tokens that one address may show in vain
    bool has_limit_x_headers = false;
    mcp::LimitRule waiting{};  // no limit: whose requests wait for Redis

    // As the metadata document has them, for those who look at the status page.
    std::vector<std::string> authorization_servers{}, scopes_supported{};

    std::string metadata_document;
    std::vector<std::string> metadata_paths;  // with the query of the resource, if it has one
};

// mcp_scope
struct ScopeDirective {
    std::vector<std::string> scopes;
    OperationSelection operations;
};
// mcp_rate_limit
struct LimitDirective {
    mcp::Rate rate;
    mcp::LimitBy by = mcp::LimitBy::subject;
    OperationSelection operations;
};
// mcp_scope_implies
struct ImpliesDirective {
    std::string broad;
    std::vector<std::string> narrow;
};
// mcp_jwks
struct KeyDirective {
    std::string source;  // a file, or a URL
    std::string issuer;  // empty: the only one
};

// mcp_introspection
struct IntrospectionDirective {
    std::string url;  // empty: off
    std::shared_ptr<const authority::ClientProof> proof{};
    oauth::introspection::KeepFor keep_for{.active = std::chrono::seconds(60), .inactive = std::chrono::seconds(5)};
    std::optional<std::string> issuer{};  // what "iss" of an answer says, if it says it
};

// mcp_refusal_limit
struct RefusalLimit {
    std::optional<mcp::Rate> rate{};  // none: off
};

// mcp_resource
struct ResourceDirective {
    std::optional<mcp::ResourceUri> uri;  // none: off
    bool is_default = false;
};

// A location that this module answers itself: answering_location.h
struct Answering {
    std::string_view directive;
    std::string_view visitor;
    ngx_http_handler_pt handler;
};

struct LocationConf {
    std::vector<std::string> own_directives;  // none: the endpoint of the level above serves this one too
    bool is_location = false;                 // else these are only settings for the levels below
    ngx::ConfigPlace place;                   // of the first of them
    std::optional<Answering> answering;
    std::optional<ResourceDirective> resource;
    std::optional<mcp::ResourceUri> metadata_uri;
    std::optional<bool> skip_issuer_check;
    std::optional<std::chrono::seconds> leeway;
    std::optional<oauth::jwt::AlgorithmSet> algorithms;
    std::optional<oauth::jwt::TypeRule> type;
    std::optional<mcp::Revisions> revisions;
    std::optional<std::size_t> max_body;
    std::optional<int> backend_rcvbuf;
    std::optional<bool> discovery;
    std::optional<bool> observe;
    std::shared_ptr<const mcp::AuditSettings> audit;  // null: as nothing says
    std::optional<bool> audit_required;
    std::optional<bool> limit_x_headers;
    std::optional<RefusalLimit> refusal_limit;
    std::optional<ngx::Phase> phase;
    std::optional<IntrospectionDirective> introspection;

    // A level that sets one of these replaces what the level above says: what is trusted never grows by accident.
    std::vector<std::string> audiences;
    std::vector<std::string> authorization_servers;
    std::vector<std::string> accepted_issuers;
    std::vector<KeyDirective> keys;
    std::vector<std::string> scopes_supported;
    std::vector<std::string> challenge_scopes;
    std::vector<mcp::Description> descriptions;  // replaced member by member
    std::vector<ImpliesDirective> implications;
    std::vector<std::string> anonymous_methods;
    std::vector<std::string> allowed_origins;
    std::vector<ClaimHeader> claim_headers;

    // What a level demands adds to what the level above demands.
    std::vector<ScopeDirective> scopes;
    std::vector<LimitDirective> limits;

    std::vector<const ngx_open_file_t*> audit_files;  // that must have room, or nothing passes

    std::shared_ptr<const Endpoint> endpoint;  // null: this location is not protected
    std::shared_ptr<const Boundary> boundary;  // null: nor is one around it
};

// Where a metadata document is served.
struct MetadataPath {
    std::string text;  // as it is advertised, with the query of the resource, if it has one
    std::string path;  // as nginx has it: decoded, without the query
    const Endpoint* endpoint;
};

// The resources whose locations stand in one server.
struct ServerConf {
    std::vector<const LocationConf*> resources;
    std::vector<std::shared_ptr<const Boundary>> boundaries;
    std::vector<MetadataPath> metadata;
};

constexpr std::size_t default_max_body = std::size_t{1024} * 1024;
// What needs no token is small: an "initialize" has some hundred bytes, so that this holds thousands of them. One
// client has a quarter.
constexpr std::size_t default_anonymous_bodies = 4 * default_max_body;

// mcp_audit_required
struct AuditFile {
    ngx::LogRoom room{};
    ngx::OncePerMinute messages{};  // about records that are left out
};

// What a worker keeps: each has its own copy after the fork.
struct Worker {
    authority::Questions questions;
    authority::DoubtfulTokens doubtful;
    oauth::TokenCache tokens;
    std::unordered_set<base::Sha256, base::Sha256Hash> guesses;  // see Guess
    mcp::KnownLimitKeys limit_keys;
    ngx::HeldBytes anonymous_bodies{default_anonymous_bodies};
    std::array<report::NewestText, 2> metrics_texts;                     // by report::ExpositionFormat
    report::KeptText status_page, status_json;                           // without a question
    std::map<const ngx_open_file_t*, AuditFile> audit_files;             // of all locations
    std::optional<ngx::SharedBlock<ngx::PromisedBytes>> audit_promises;  // none: there are none of them
    std::string header_text;  // room to write one in, without asking for memory each time
    bool reports = false;     // somebody wants to know of requests when they end
    bool records = false;     // $mcp_audit
    bool traces = false;      // mcp_trace_exporter
};

// mcp_trace_exporter
struct TraceDirective {
    std::string url;  // empty: off
    mcp::TraceRatio sample = mcp::TraceRatio::all();
    std::vector<base::Secret> headers{};
    std::string service = "nginx-mcp-resource";
};

struct MainConf {
    SharedMetrics metrics;
    AuthorityEvents authority_events{metrics};  // what stands below tells it
    // One object for a source of keys, however many locations name it: by file name, URL, or issuer to discover.
    std::map<std::string, std::unique_ptr<authority::IssuerKeys>> keys;
    std::map<base::Sha256, authority::IntrospectionClient> introspection;  // likewise, by all that makes a difference
    std::vector<std::shared_ptr<const Endpoint>> endpoints;                // of all servers
    ngx::ShmCache* zone = nullptr;
    std::optional<authority::QuestionLimits> question_limits;
    std::optional<std::size_t> anonymous_bodies;
    ngx::ConfigPlace anonymous_bodies_place;
    std::optional<std::chrono::seconds> keys_max_age;
    std::optional<ngx::Proxy> proxy;
    std::optional<std::string> trusted_certificates;
    std::optional<ngx::TrustStore> trusted;                  // loaded when something is fetched
    std::optional<ngx::SharedBlock<report::Recent>> recent;  // of mcp_status; none: no location has it
    std::optional<TraceDirective> traces;
    std::optional<shared::RedisSettings> redis;
    std::unique_ptr<shared::Limiter> limiter;         // null: nothing is limited
    shared::LimitZone* limit_zone = nullptr;          // null: nothing is counted in it
    std::unique_ptr<report::TraceExporter> exporter;  // null: nothing is traced
    Worker worker;
};

void* create_main_conf(ngx_conf_t* cf) noexcept;
void* create_server_conf(ngx_conf_t* cf) noexcept;
void* create_location_conf(ngx_conf_t* cf) noexcept;
char* merge_location_conf(ngx_conf_t* cf, void* parent, void* child) noexcept;

// As its tokens and the metadata name it, which everybody may read; the URL of its keys may be an internal one.
const std::string& issuer_name(const Issuer& issuer, const Endpoint& endpoint) noexcept;

// The resource whose metadata stands at the root well-known of the server; null when there is none.
const Endpoint* default_endpoint(const ServerConf& server) noexcept;

// After all levels are merged: which server answers which metadata path. Throws ngx::ConfigError.
void assign_metadata_paths(ngx_conf_t* cf);
// What is said for all servers, and concerns none of them.
void warn_about_vain_body_limits(ngx_conf_t* cf);

// What the levels say about one location, made into an endpoint (null where it is not protected). Throws
// ngx::ConfigError, whose text names the directive.
std::shared_ptr<const Endpoint> compile(ngx_conf_t* cf, const LocationConf& conf);

// Loaded when it is first asked for. Throws ConfigError.
const ngx::TrustStore& trust_store(MainConf& main);

// Throws the ConfigError of a directive that contradicts another.
[[noreturn]] void refuse_directive(std::string_view directive, std::string_view text);

// Said in this very location, and not only inherited: there it may be for others.
bool says_itself(const LocationConf& conf, std::string_view directive);

// limits/rules.cpp: mcp_rate_limit, made into rules. Throws ngx::ConfigError.
void add_limits(const MainConf& main, const LocationConf& conf, mcp::Resource& resource);
// Who counts, when all that is limited is known. Throws ngx::ConfigError, std::bad_alloc.
void make_limiters(ngx_conf_t* cf);

// policy_rules.cpp: which scopes operations need, which a client is told to ask for, and what needs no token. Warns, or
// throws ngx::ConfigError.
void add_policy(ngx_conf_t* cf, const LocationConf& conf, mcp::Resource& resource);

// neighbours.cpp: what nginx' other modules are told to do in a protected location, where that goes against it. When
// the levels of `conf` are merged, and those of nginx' own modules before. Warns, or throws ngx::ConfigError.
void check_neighbours(ngx_conf_t* cf, const LocationConf& conf);

inline const LocationConf& location_conf(const ngx_http_request_t* request) noexcept {
    return *static_cast<const LocationConf*>(ngx_http_get_module_loc_conf(request, ngx_http_mcp_resource_module));
}
inline const ServerConf& server_conf(const ngx_http_request_t* request) noexcept {
    return *static_cast<const ServerConf*>(ngx_http_get_module_srv_conf(request, ngx_http_mcp_resource_module));
}
inline MainConf& main_conf(const ngx_http_request_t* request) noexcept {
    return *static_cast<MainConf*>(ngx_http_get_module_main_conf(request, ngx_http_mcp_resource_module));
}
// While the configuration is read, inside of "http".
inline MainConf& main_conf(ngx_conf_t* cf) noexcept {
    return *static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_resource_module));
}
// Null when nginx runs without an http block.
inline MainConf* main_conf(const ngx_cycle_t* cycle) noexcept {
    if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == nullptr) return nullptr;
    return static_cast<MainConf*>(ngx_http_cycle_get_module_main_conf(cycle, ngx_http_mcp_resource_module));
}

}  // namespace mcp_resource
