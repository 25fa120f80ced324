// The URI that a directive gives for a subrequest of ours, and the one location that may answer it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "ngx/config.h"
#include "ngx/nginx.h"

namespace ngx {

// Whether `location` may answer `path`, which came of `written`. What answers is believed, and gets the credentials: so
// it must be closed to clients, and be there for this URI. A location that happens to match what a client put into a
// variable, or a mistyped URI, is not.
bool may_answer(const ngx_http_core_loc_conf_t& location, std::string_view written, std::string_view path) noexcept;

// Why not, and what to do. Null: there is none. Nothing in it came from a client.
std::string objection(const ngx_http_core_loc_conf_t* location, std::string_view written, std::string_view path);

// The argument of a directive that says how long such a subrequest may take.
std::chrono::seconds read_time_limit(const Arguments& arguments);

// While the levels are merged, from above: whether what a level uses stands at the http level. `says_it`: this level
// says something about it itself. `above`: the same of the level above; below the http level stands the server.
bool is_of_http(ngx_conf_t* cf, bool says_it, bool above) noexcept;

// The endpoints that locations use and that have no variables: what nginx would do with them is known at the start.
class EndpointChecks {
public:
    // While the levels are merged, for the location of `cf`. `is_inherited_from_http`: switch and URI stand at the http
    // level, and the server may be one that asks nobody (it redirects, for instance): only a warning.
    void add(ngx_conf_t* cf, std::string_view directive, const ngx_http_complex_value_t& uri, const ConfigPlace& place,
             bool is_inherited_from_http);

    // In postconfiguration. NGX_ERROR when nginx must not start; it has been said why. `by_certificate`: those that are
    // asked know us by the certificate that proxy_pass shows.
    ngx_int_t run(ngx_conf_t* cf, bool by_certificate = false) const noexcept;

private:
    struct Use {
        const ngx_http_core_srv_conf_t* server;
        std::string_view directive;
        std::string_view written;
        ConfigPlace place;
        bool is_inherited_from_http;
    };
    static bool is_same(const Use& a, const Use& b) noexcept;

    std::vector<Use> uses_;
};

}  // namespace ngx
