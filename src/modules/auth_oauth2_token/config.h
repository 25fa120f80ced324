// What the directives of auth_oauth2_token say, level by level. Constant once nginx has merged the levels.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "authority/client_proof.h"
#include "authority/question.h"
#include "boundary/challenge_setting.h"
#include "boundary/required_scopes.h"
#include "boundary/required_values.h"
#include "ngx/config.h"
#include "ngx/endpoint.h"
#include "ngx/nginx.h"
#include "ngx/phase.h"
#include "ngx/shm_cache.h"
#include "ngx/variable.h"
#include "oauth/claims_rules.h"
#include "oauth/client_credentials.h"
#include "oauth/token_cache.h"

extern "C" ngx_module_t ngx_http_auth_oauth2_token_module;

namespace auth_oauth2_token {

// auth_oauth2_token_introspect_cache and auth_oauth2_token_exchange_cache
struct CacheSetting {
    ngx::ShmCache* zone = nullptr;                      // null: nothing is kept
    std::chrono::seconds max_ttl{300};                  // 0: the same
    std::chrono::seconds negative_ttl{0};               // for "active": false
    std::optional<ngx_http_complex_value_t*> issuer{};  // who answers; see answerer()

    bool operator==(const CacheSetting&) const = default;
    bool is_on() const noexcept { return zone != nullptr && max_ttl.count() > 0; }
};

// auth_oauth2_token_require_audience
struct RequiredAudience {
    std::vector<ngx_http_complex_value_t*> audiences;
    std::optional<ngx_http_complex_value_t*> otherwise{};  // or=
};

// auth_oauth2_token_introspect_endpoint and auth_oauth2_token_token_endpoint
struct EndpointDirective {
    ngx_http_complex_value_t* uri;
    ngx::ConfigPlace place;
};

struct LocationConf {
    // Set by directives; what is not set comes from the level above.
    std::optional<bool> introspect;
    std::optional<bool> exchange;
    std::optional<bool> pass_credentials;
    std::optional<ngx::Phase> phase;
    std::optional<EndpointDirective> introspect_endpoint;
    std::optional<CacheSetting> introspect_cache;
    std::optional<EndpointDirective> token_endpoint;
    std::optional<ngx_http_complex_value_t*> audience;
    std::optional<ngx_http_complex_value_t*> scope;
    std::optional<CacheSetting> exchange_cache;
    std::optional<std::chrono::seconds> timeout;
    std::optional<boundary::ChallengeSetting> challenge;

    // Added to those of the level above.
    std::vector<RequiredAudience> required_audiences;
    std::vector<boundary::RequiredValues> required_values;
    std::vector<boundary::RequiredScopes> required_scopes;

    // Made of the above when the levels are merged.
    oauth::ClaimsRules rules;
    const LocationConf* origin = nullptr;  // the level whose rules count here
    bool introspects = false;
    bool exchanges = false;
    bool is_of_http = false;  // switches and endpoints stand at the http level
    bool ends_credentials = false;
    bool depends_on_request = false;  // the same rules may mean something else for another URI
};

struct ServerConf {
    bool has_boundary = false;  // credentials end in one of its locations
};

// What a worker keeps: each has its own copy after the fork.
struct Worker {
    authority::Questions questions;
    oauth::TokenCache tokens;
};

struct MainConf {
    std::optional<std::string> client_id;
    authority::ClientSetting client;  // all but the id; empty when the next is made
    std::optional<authority::QuestionLimits> question_limits;

    std::optional<oauth::ClientCredentials> credentials;  // made of the above, if it is complete
    // Made anew each time the configuration is loaded; the same in all workers.
    std::array<unsigned char, 16> generation{};
    ngx::EndpointChecks endpoints;
    Worker worker;
};

void* create_main_conf(ngx_conf_t* cf) noexcept;
char* init_main_conf(ngx_conf_t* cf, void* conf) noexcept;
void* create_server_conf(ngx_conf_t* cf) noexcept;
void* create_location_conf(ngx_conf_t* cf) noexcept;
char* merge_location_conf(ngx_conf_t* cf, void* parent, void* child) noexcept;

inline MainConf& main_conf_of(ngx_conf_t* cf) noexcept {
    return *static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_oauth2_token_module));
}

inline const LocationConf& location_conf(const ngx_http_request_t* request) noexcept {
    return *static_cast<const LocationConf*>(ngx_http_get_module_loc_conf(request, ngx_http_auth_oauth2_token_module));
}

inline const ServerConf& server_conf(const ngx_http_request_t* request) noexcept {
    return *static_cast<const ServerConf*>(ngx_http_get_module_srv_conf(request, ngx_http_auth_oauth2_token_module));
}

inline MainConf& main_conf(const ngx_http_request_t* request) noexcept {
    return *static_cast<MainConf*>(ngx_http_get_module_main_conf(request, ngx_http_auth_oauth2_token_module));
}

}  // namespace auth_oauth2_token
