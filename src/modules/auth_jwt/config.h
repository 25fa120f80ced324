// What the directives of auth_jwt say, level by level. Constant once nginx has merged the levels.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "authority/key_cache.h"
#include "authority/key_requests.h"
#include "authority/question.h"
#include "boundary/challenge_setting.h"
#include "boundary/required_scopes.h"
#include "boundary/required_values.h"
#include "modules/auth_jwt/claim_rule.h"
#include "ngx/config.h"
#include "ngx/endpoint.h"
#include "ngx/nginx.h"
#include "ngx/phase.h"
#include "ngx/variable.h"
#include "oauth/claim_path.h"
#include "oauth/expected_cache.h"
#include "oauth/jwt/jwk_set.h"
#include "oauth/jwt/verifier.h"
#include "oauth/token_cache.h"

extern "C" ngx_module_t ngx_http_auth_jwt_module;

namespace auth_jwt {

// auth_jwt
struct Switch {
    bool on = false;
    ngx_http_complex_value_t* realm = nullptr;   // when on
    std::optional<ngx_uint_t> token_variable{};  // none: the Authorization header
    ngx::ConfigPlace place{};
};

// auth_jwt_key_file and auth_jwt_key_request
struct KeySource {
    enum class Kind : std::uint8_t {
        constant_file,  // read with the configuration
        variable_file,
        request,
    };
    Kind kind;
    authority::KeyFormat format;
    std::string name;                                // as the directive says it, for the log
    std::shared_ptr<const oauth::jwt::JwkSet> keys;  // constant_file
    ngx_http_complex_value_t* location = nullptr;    // the others: file name, or URI
    ngx::ConfigPlace place{};                        // request
    // Of a constant_file: warnings that are true only where auth_jwt_allow_hmac_with_public_keys is off. Shared with
    // where it is inherited, so that they are told once.
    std::shared_ptr<std::vector<std::string>> warnings_if_off{};
};

using RevocationList = std::unordered_set<std::string>;

struct LocationConf {
    // Set by directives; what is not set comes from the level above.
    std::optional<Switch> auth;
    std::optional<ngx::Phase> phase;
    std::optional<bool> validate_exp;
    std::optional<bool> validate_sig;
    std::optional<bool> allow_hmac_with_public_keys;
    std::optional<std::chrono::seconds> leeway;
    std::optional<std::chrono::seconds> key_cache;
    std::optional<std::chrono::seconds> key_request_timeout;
    std::optional<boundary::ChallengeSetting> challenge;
    std::optional<oauth::NestedNames> nested;
    std::optional<bool> pass_credentials;
    bool type_is_set = false;

    // Added to those of the level above.
    std::vector<KeySource> keys;
    std::vector<std::shared_ptr<const RevocationList>> revoked_subjects;
    std::vector<std::shared_ptr<const RevocationList>> revoked_kids;
    std::vector<ClaimRule> claim_rules;
    std::vector<boundary::RequiredValues> required_values;
    std::vector<boundary::RequiredScopes> required_scopes;

    // Made of the above when the levels are merged.
    bool enabled = false;
    oauth::jwt::VerificationRules rules;
    std::vector<const oauth::jwt::JwkSet*> constant_keys;
    bool has_variable_keys = false;
    bool is_of_http = false;  // switch and keys stand at the http level
    bool ends_credentials = false;
    std::vector<std::string_view> token_headers;  // that hold a token in place of Authorization, here or around it
    const LocationConf* origin = nullptr;         // the level whose rules count here
    bool depends_on_request = false;              // the same rules may mean something else for another URI
};

struct ServerConf {
    bool has_boundary = false;  // credentials end in one of its locations
};

// What a worker keeps: each has its own copy after the fork.
struct Worker {
    authority::KeyCache keys;
    authority::Questions questions{authority::default_key_request_limits};
    oauth::TokenCache tokens;
    oauth::ExpectedCache expected;
};

struct MainConf {
    std::optional<authority::QuestionLimits> question_limits;
    ngx::EndpointChecks endpoints;
    Worker worker;
};

void* create_main_conf(ngx_conf_t* cf) noexcept;
void* create_server_conf(ngx_conf_t* cf) noexcept;
void* create_location_conf(ngx_conf_t* cf) noexcept;
char* merge_location_conf(ngx_conf_t* cf, void* parent, void* child) noexcept;

inline MainConf& main_conf_of(ngx_conf_t* cf) noexcept {
    return *static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_jwt_module));
}

inline const LocationConf& location_conf(const ngx_http_request_t* request) noexcept {
    return *static_cast<const LocationConf*>(ngx_http_get_module_loc_conf(request, ngx_http_auth_jwt_module));
}

inline const ServerConf& server_conf(const ngx_http_request_t* request) noexcept {
    return *static_cast<const ServerConf*>(ngx_http_get_module_srv_conf(request, ngx_http_auth_jwt_module));
}

inline MainConf& main_conf(const ngx_http_request_t* request) noexcept {
    return *static_cast<MainConf*>(ngx_http_get_module_main_conf(request, ngx_http_auth_jwt_module));
}

}  // namespace auth_jwt
