// Other modules of the nginx that runs, by name: they may not be there.
#pragma once

#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// While the configuration is read: what the module has for the location of `cf`; null without that module.
inline void* location_conf_of(ngx_conf_t* cf, std::string_view module_name) noexcept {
    for (ngx_module_t* const* module = cf->cycle->modules; *module != nullptr; module++)
        if ((*module)->type == NGX_HTTP_MODULE && (*module)->name == module_name)
            return static_cast<ngx_http_conf_ctx_t*>(cf->ctx)->loc_conf[(*module)->ctx_index];
    return nullptr;
}

}  // namespace ngx
