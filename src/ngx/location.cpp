#include "ngx/location.h"

#include <algorithm>

namespace ngx {

// A node holds what its name has beyond the name of the node whose `tree` it is in.
bool has_exact_location(const ngx_http_core_srv_conf_t& server, std::string_view path) noexcept {
    const auto* core =
        static_cast<const ngx_http_core_loc_conf_t*>(server.ctx->loc_conf[ngx_http_core_module.ctx_index]);
    const ngx_http_location_tree_node_t* node = core->static_locations;
    while (node != nullptr) {
        const std::string_view name(reinterpret_cast<const char*>(node->name), node->len);
        const std::size_t common = std::min(path.size(), name.size());
        if (const int order = path.substr(0, common).compare(name.substr(0, common)); order != 0) {
            node = order < 0 ? node->left : node->right;
        } else if (path.size() == name.size()) {
            return node->exact != nullptr;
        } else if (path.size() < name.size()) {
            node = node->left;
        } else if (node->inclusive != nullptr) {
            path.remove_prefix(name.size());
            node = node->tree;
        } else {
            node = node->right;
        }
    }
    return false;
}

bool has_no_location(const ngx_http_request_t* request) noexcept {
    const auto* core =
        static_cast<const ngx_http_core_srv_conf_t*>(ngx_http_get_module_srv_conf(request, ngx_http_core_module));
    return request->loc_conf == core->ctx->loc_conf;
}

}  // namespace ngx
