#include "ngx/variable.h"

#include "ngx/config.h"

namespace ngx {

void add_variable(ngx_conf_t* cf, std::string_view name, ngx_http_get_variable_pt get, std::uintptr_t data,
                  ngx_uint_t flags) {
    ngx_str_t name_text = str(name);
    ngx_http_variable_t* variable = ngx_http_add_variable(cf, &name_text, flags);
    if (variable == nullptr)
        throw ConfigError("the variable " + quoted("$" + std::string(name)) + " cannot be defined");
    variable->get_handler = get;
    variable->data = data;
}

}  // namespace ngx
