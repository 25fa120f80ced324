#include "ngx/variable.h"

#include "ngx/config.h"
#include "ngx/string.h"

namespace ngx {

void add_variable(ngx_conf_t* cf, std::string_view name, ngx_http_get_variable_pt get, std::uintptr_t data,
                  ngx_uint_t flags) {
    ngx_str_t name_text = str(name);
    ngx_http_variable_t* variable = ngx_http_add_variable(cf, &name_text, flags);
    if (variable == nullptr)
        throw ConfigError("the variable " + in_quotes("$" + std::string(name)) + " cannot be defined");
    variable->get_handler = get;
    variable->data = data;
}

void forget_variable(ngx_http_request_t* request, std::string_view name) noexcept {
    const auto* core =
        static_cast<const ngx_http_core_main_conf_t*>(ngx_http_get_module_main_conf(request, ngx_http_core_module));
    const auto* variables = static_cast<const ngx_http_variable_t*>(core->variables.elts);
    for (ngx_uint_t i = 0; i < core->variables.nelts; i++)
        if (view(variables[i].name) == name) request->variables[i] = {};
}

}  // namespace ngx
