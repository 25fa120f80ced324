#include "ngx/location.h"

#include <algorithm>

#include "ngx/string.h"

namespace ngx {
namespace {

using Location = ngx_http_core_loc_conf_t;

// What nginx finds among the locations that are not patterns.
struct Static {
    const Location* location = nullptr;  // the longest prefix, or an exact one
    bool is_final = false;               // no pattern can take its place
};

// A node holds what its name has beyond the name of the node whose `tree` it is in. In their order "/" comes first.
Static find_static(const ngx_http_location_tree_node_t* node, std::string_view path) noexcept {
    Static found;
    while (node != nullptr) {
        const std::size_t size = node->len;
        const std::size_t common = std::min(path.size(), size);
        const ngx_int_t order =
            ngx_filename_cmp(str(path).data, const_cast<u_char*>(static_cast<const u_char*>(node->name)), common);
        if (order != 0) {
            node = order < 0 ? node->left : node->right;
        } else if (path.size() > size && node->inclusive == nullptr) {
            node = node->right;
        } else if (path.size() > size) {
            found = {node->inclusive, false};
            path.remove_prefix(size);
            node = node->tree;
        } else if (path.size() == size) {
            return {node->exact != nullptr ? node->exact : node->inclusive, node->exact != nullptr};
        } else {
            if (path.size() + 1 == size && node->auto_redirect)  // nginx redirects to the path with the "/"
                found = {node->exact != nullptr ? node->exact : node->inclusive, true};
            node = node->left;
        }
    }
    return found;
}

bool matches(const Location& location, std::string_view path) noexcept {
#if (NGX_PCRE)
    ngx_str_t text = str(path);
    return ngx_regex_exec(location.regex->regex, &text, nullptr, 0) >= 0;
#else
    return false;
#endif
}

const Location* find_pattern(const Location& level, std::string_view path) noexcept {
#if (NGX_PCRE)
    if (level.regex_locations == nullptr) return nullptr;
    for (Location** location = level.regex_locations; *location != nullptr; ++location)
        if (matches(**location, path)) return *location;
#endif
    return nullptr;
}

// Of a location found there, also in the ones nested inside of it; `is_final`: no pattern of a level above counts.
Static find_on(const Location& level, std::string_view path) noexcept {
    Static found = find_static(level.static_locations, path);
    if (found.is_final) return found;
    bool patterns_count = true;
    if (found.location != nullptr) {
#if (NGX_PCRE)
        patterns_count = !found.location->noregex;
#endif
        const Static nested = find_on(*found.location, path);
        if (nested.location != nullptr) found = nested;
    }
    if (found.is_final || !patterns_count) return found;
    const Location* pattern = find_pattern(level, path);
    if (pattern == nullptr) return found;
    const Static nested = find_on(*pattern, path);
    return {nested.location != nullptr ? nested.location : pattern, true};
}

const Location& root_of(const ngx_http_core_srv_conf_t& server) noexcept {
    return *static_cast<const Location*>(server.ctx->loc_conf[ngx_http_core_module.ctx_index]);
}

bool is_pattern(const Location& location) noexcept {
#if (NGX_PCRE)
    return location.regex != nullptr;
#else
    return false;
#endif
}

}  // namespace

bool has_exact_location(const ngx_http_core_srv_conf_t& server, std::string_view path) noexcept {
    const Static found = find_static(root_of(server).static_locations, path);
    return found.is_final && found.location->name.len == path.size();
}

const Location* find_location(const ngx_http_core_srv_conf_t& server, std::string_view path) noexcept {
    return find_on(root_of(server), path).location;
}

std::string describe(const Location& location) {
    const std::string_view modifier = is_pattern(location) ? "~ " : location.exact_match ? "= " : "";
    return "location " + std::string(modifier) + '"' + std::string(view(location.name)) + '"';
}

bool has_no_location(const ngx_http_request_t* request) noexcept {
    const auto* core =
        static_cast<const ngx_http_core_srv_conf_t*>(ngx_http_get_module_srv_conf(request, ngx_http_core_module));
    return request->loc_conf == core->ctx->loc_conf;
}

}  // namespace ngx
