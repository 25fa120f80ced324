// What the directives of auth_oauth2_token say, level by level. Constant once nginx has merged the levels.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "modules/auth_oauth2_token/inquiry.h"
#include "ngx/challenge.h"
#include "ngx/nginx.h"
#include "ngx/phase.h"
#include "ngx/required_values.h"
#include "ngx/shm_cache.h"
#include "ngx/variable.h"
#include "oauth/base/secret.h"
#include "oauth/claims_rules.h"

extern "C" ngx_module_t ngx_http_auth_oauth2_token_module;

namespace auth_oauth2_token {

// auth_oauth2_token_introspect_cache and auth_oauth2_token_exchange_cache
struct CacheSetting {
    ngx::ShmCache* zone = nullptr;         // null: nothing is kept
    std::chrono::seconds max_ttl{300};     // 0: the same
    std::chrono::seconds negative_ttl{0};  // for "active": false

    bool is_on() const noexcept { return zone != nullptr && max_ttl.count() > 0; }
};

// auth_oauth2_token_require_audience
struct RequiredAudience {
    std::vector<ngx_http_complex_value_t*> audiences;
    std::optional<ngx_http_complex_value_t*> otherwise{};  // or=
};

struct LocationConf {
    // Set by directives; what is not set comes from the level above.
    std::optional<bool> introspect;
    std::optional<ngx_http_complex_value_t*> introspect_endpoint;
    std::optional<CacheSetting> introspect_cache;
    std::optional<bool> exchange;
    std::optional<ngx_http_complex_value_t*> token_endpoint;
    std::optional<ngx_http_complex_value_t*> audience;
    std::optional<ngx_http_complex_value_t*> scope;
    std::optional<CacheSetting> exchange_cache;
    std::optional<ngx::Phase> phase;
    std::optional<ngx::ChallengeSetting> challenge;
    std::optional<bool> pass_credentials;

    // Added to those of the level above.
    std::vector<RequiredAudience> required_audiences;
    std::vector<ngx::RequiredValues> required_values;

    // Made of the above when the levels are merged.
    bool introspects = false;
    bool exchanges = false;
    bool ends_credentials = false;
    oauth::ClaimsRules rules;
    // What an answer depends on, besides the endpoint and what is asked: the server, since the same URI may lead to
    // another authorization server elsewhere; the client; and max_ttl, since other locations may allow more. The same
    // after a reload.
    std::string introspection_context;
    std::string exchange_context;
};

struct ServerConf {
    bool has_boundary = false;  // credentials end in one of its locations
};

struct MainConf {
    std::optional<std::string> client_id;
    std::optional<oauth::Secret> client_secret;

    oauth::Secret authorization;              // made of the above
    Inquiries inquiries;                      // of one worker: each has its own copy after the fork
    ngx::DerivedVariables derived_variables;  // likewise
};

void* create_main_conf(ngx_conf_t* cf) noexcept;
char* init_main_conf(ngx_conf_t* cf, void* conf) noexcept;
void* create_server_conf(ngx_conf_t* cf) noexcept;
void* create_location_conf(ngx_conf_t* cf) noexcept;
char* merge_location_conf(ngx_conf_t* cf, void* parent, void* child) noexcept;

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
