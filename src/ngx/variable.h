// nginx variables.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ngx/nginx.h"

namespace ngx {

// Adds a variable, or with NGX_HTTP_VAR_PREFIX a family of them ("jwt_claim_"). `data` is passed to `get`; for a family
// nginx passes an ngx_str_t*, the whole name in lower case. Throws ConfigError when the name is taken.
void add_variable(ngx_conf_t* cf, std::string_view name, ngx_http_get_variable_pt get, std::uintptr_t data,
                  ngx_uint_t flags);

// The same for a name that the operator chose, which nothing else may have: a "map" or a "set" of that name, before or
// after, is an error. One more definition that says the same (is_same of the other's data) is none.
using IsSame = bool (*)(std::uintptr_t a, std::uintptr_t b);
void add_own_variable(ngx_conf_t* cf, std::string_view name, ngx_http_get_variable_pt get, std::uintptr_t data,
                      IsSame is_same);

// A variable that the configuration may define ("map") or not, before or after: nginx -t does not refuse it, and as
// long as nobody has defined it, it is not found.
bool is_variable_name(std::string_view text) noexcept;  // without the "$"
void add_optional_variable(ngx_conf_t* cf, std::string_view name);
// Of a variable that Arguments::variable_index() has found, in lower case. It lives as long as the configuration.
std::string_view variable_name(ngx_conf_t* cf, ngx_uint_t index) noexcept;

// What nginx keeps for the time of a request although it comes from the request's headers or its URI: $http_NAME,
// $request_uri, and whatever "map", "geo" and their like made of them. After an edit of those, nginx must ask again.
// There is one object for each configuration, for it numbers its variables by itself; it lives as long as that.
class DerivedVariables {
public:
    // In postconfiguration of a module that uses this class.
    static ngx_int_t declare(ngx_conf_t* cf) noexcept;
    // When all variables are known: as nginx calls it to initialize a module.
    static ngx_int_t find_all(ngx_cycle_t* cycle) noexcept;

    static DerivedVariables& of(const ngx_http_request_t* request) noexcept;

    explicit DerivedVariables(const ngx_http_core_main_conf_t& core) noexcept : core_(core), next_(newest_) {
        newest_ = this;
    }
    DerivedVariables(const DerivedVariables&) = delete;
    DerivedVariables& operator=(const DerivedVariables&) = delete;
    ~DerivedVariables();

    void forget(ngx_http_request_t* request) noexcept;
    // As forget(), but nothing is computed again before it is asked for.
    void drop(ngx_http_request_t* request) noexcept;

    // nginx lets subrequests share what their main request keeps, so that others that run at the same time could fill
    // it again: gives a subrequest a copy of its own. Throws std::bad_alloc.
    void separate(ngx_http_request_t* subrequest);

private:
    void find();
    void clear(ngx_http_request_t* request) noexcept;

    // A reload makes another while requests of before go on: mostly one, seldom two.
    static inline DerivedVariables* newest_ = nullptr;

    const ngx_http_core_main_conf_t& core_;
    DerivedVariables* next_;
    bool is_found_ = false;
    std::vector<ngx_uint_t> read_;      // by nginx, from the request
    std::vector<ngx_uint_t> computed_;  // by a module, perhaps from those
    std::vector<bool> forgettable_;     // of computed_, while forget() works
};

// A request must be judged by what its variables say about it here and now. Of those of "map" and its like, nginx keeps
// what they said first: in a location that the request came through, or before its token was verified.
class FreshVariables {
public:
    explicit FreshVariables(ngx_http_request_t* request) noexcept
        : request_(request), derived_(DerivedVariables::of(request)) {}

    // Before the first variable is evaluated. Throws std::bad_alloc.
    void begin();
    // A subrequest may have run since, and shares what is kept.
    void after_waiting() noexcept { stale_ = true; }
    // Variables about the token say something from now on.
    void token_verified() noexcept;
    // They say nothing any more.
    void token_refused() noexcept { derived_.forget(request_); }

    // For the handler of such a variable: it was asked for while there was nothing to say. Throws std::bad_alloc.
    static void note_early_reading(const ngx_http_request_t* request);

private:
    ngx_http_request_t* request_;
    DerivedVariables& derived_;
    bool begun_ = false;
    bool stale_ = false;  // what is kept may be
};

// `text` must live as long as the request.
inline void set_value(ngx_http_variable_value_t& variable, std::string_view text) noexcept {
    variable.data = reinterpret_cast<u_char*>(const_cast<char*>(text.data()));
    variable.len = static_cast<unsigned>(text.size()) & 0x0FFFFFFFU;
    variable.valid = 1;
    variable.not_found = 0;
    variable.no_cacheable = 1;
}

inline void set_not_found(ngx_http_variable_value_t& variable) noexcept {
    variable.not_found = 1;
    variable.no_cacheable = 1;
}

}  // namespace ngx
