#include "modules/auth_jwt/authentication.h"
#include "modules/auth_jwt/directives.h"
#include "ngx/early_reading.h"
#include "ngx/log.h"
#include "ngx/pool.h"
#include "ngx/variable.h"
#include "oauth/claim_text.h"

namespace auth_jwt {
namespace {

constexpr std::string_view claim_prefix = "jwt_claim_";
constexpr std::string_view header_prefix = "jwt_header_";

// auth_jwt_claim_set and auth_jwt_header_set
struct NamedValue {
    ClaimRule::Part part;
    std::vector<std::string> names;
    oauth::ClaimPath path;

    static bool is_same(std::uintptr_t a, std::uintptr_t b) {
        const auto& one = *reinterpret_cast<const NamedValue*>(a);
        const auto& other = *reinterpret_cast<const NamedValue*>(b);
        return one.part == other.part && one.names == other.names;
    }
};

// The token of this request, or of the one that it is a subrequest of. What counts is the latest attempt: when that one
// failed, there is no token, even if another location accepted one before.
const oauth::VerifiedToken* verified_token(const ngx_http_request_t* request) noexcept {
    const auto* latest = ngx::find_nearest<Authentication>(request);
    return latest != nullptr ? latest->token() : nullptr;
}

// `name`: of the variable, where it is one of ours.
std::optional<oauth::json::Value> root_of(const ngx_http_request_t* request, ClaimRule::Part part,
                                          std::string_view name) {
    const oauth::VerifiedToken* token = verified_token(request);
    if (token == nullptr) {
        ngx::FreshVariables::note_early_reading(request);
        if (location_conf(request).enabled && ngx::find_nearest<Authentication>(request) == nullptr)
            ngx::tell_of_early_reading(request,
                                       {.module = "auth_jwt", .phase_directive = "auth_jwt_phase", .name = name});
        return std::nullopt;
    }
    return part == ClaimRule::Part::claims ? token->claims() : token->header();
}

void set(ngx_http_request_t* request, ngx_http_variable_value_t& variable, std::optional<oauth::json::Value> value) {
    const auto text = value ? oauth::claim_text(*value) : std::nullopt;
    if (value && !text)
        ngx::log(NGX_LOG_ERR, request, "auth_jwt: a claim has control characters, its variable is empty");
    text ? ngx::set_value(variable, ngx::view(ngx::copy(request->pool, *text))) : ngx::set_not_found(variable);
}

template <class Function>
ngx_int_t get(const ngx_http_request_t* request, Function function) noexcept {
    return ngx::guarded<ngx_int_t>(request->connection->log, NGX_ERROR, [&] {
        function();
        return NGX_OK;
    });
}

// $jwt_claim_NAME and $jwt_header_NAME
template <ClaimRule::Part part>
ngx_int_t get_member(ngx_http_request_t* request, ngx_http_variable_value_t* variable, std::uintptr_t data) noexcept {
    return get(request, [&] {
        const std::string_view prefix = part == ClaimRule::Part::claims ? claim_prefix : header_prefix;
        const std::string_view name = ngx::view(*reinterpret_cast<const ngx_str_t*>(data));
        const auto root = root_of(request, part, name);
        set(request, *variable, root ? root->member(name.substr(prefix.size())) : std::nullopt);
    });
}

ngx_int_t get_named(ngx_http_request_t* request, ngx_http_variable_value_t* variable, std::uintptr_t data) noexcept {
    return get(request, [&] {
        const auto& named = *reinterpret_cast<const NamedValue*>(data);
        const auto root = root_of(request, named.part, {});
        const auto& nested = location_conf(request).nested;
        if (!root || !nested || named.names.size() != 1)
            return set(request, *variable, root ? named.path.find(*root) : std::nullopt);
        const auto path = oauth::ClaimPath::parse_nested(named.names.front(), *nested);
        set(request, *variable, path ? path->find(*root) : std::nullopt);
    });
}

// $jwt_claims
ngx_int_t get_claims(ngx_http_request_t* request, ngx_http_variable_value_t* variable, std::uintptr_t) noexcept {
    return get(request, [&] { set(request, *variable, root_of(request, ClaimRule::Part::claims, "jwt_claims")); });
}

// $jwt_nowtime
ngx_int_t get_now(ngx_http_request_t* request, ngx_http_variable_value_t* variable, std::uintptr_t) noexcept {
    return get(request,
               [&] { ngx::set_value(*variable, ngx::view(ngx::copy(request->pool, std::to_string(ngx_time())))); });
}

void define(const ngx::Arguments& arguments, ClaimRule::Part part) {
    const std::string_view name = arguments[0];
    if (name.size() < 2 || !name.starts_with('$'))
        throw ngx::ConfigError("invalid variable " + ngx::in_quotes(name) + ", it must be like \"$name\"");
    std::vector<std::string> names;
    for (std::size_t i = 1; i < arguments.size(); ++i)
        names.emplace_back(arguments[i]);
    auto path = oauth::ClaimPath::members(names);
    auto& named = ngx::make<NamedValue>(arguments.cf()->pool, part, std::move(names), std::move(path));
    ngx::add_own_variable(arguments.cf(), name.substr(1), get_named, reinterpret_cast<std::uintptr_t>(&named),
                          NamedValue::is_same);
}

}  // namespace

// auth_jwt_claim_set $variable name ...
void set_auth_jwt_claim_set(const ngx::Arguments& arguments, MainConf&) {
    define(arguments, ClaimRule::Part::claims);
}

// auth_jwt_header_set $variable name ...
void set_auth_jwt_header_set(const ngx::Arguments& arguments, MainConf&) {
    define(arguments, ClaimRule::Part::header);
}

void add_variables(ngx_conf_t* cf) {
    constexpr ngx_uint_t family = NGX_HTTP_VAR_NOCACHEABLE | NGX_HTTP_VAR_PREFIX;
    ngx::add_variable(cf, claim_prefix, get_member<ClaimRule::Part::claims>, 0, family);
    ngx::add_variable(cf, header_prefix, get_member<ClaimRule::Part::header>, 0, family);
    ngx::add_variable(cf, "jwt_claims", get_claims, 0, NGX_HTTP_VAR_NOCACHEABLE);
    ngx::add_variable(cf, "jwt_nowtime", get_now, 0, NGX_HTTP_VAR_NOCACHEABLE);
}

}  // namespace auth_jwt
