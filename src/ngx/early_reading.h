// Variables that say something only after a check, read before it: limit_req would count all users as one, or none.
#pragma once

#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

struct CheckedVariable {
    std::string_view module;
    std::string_view phase_directive;  // with which the check comes before limit_req
    std::string_view name;             // without the "$"; empty: it has one of its own
};

// For the handler of one that is empty, where the check of this location is still to come. Writes to the error log,
// once a minute, where nginx is at "set", "if", limit_req or their like; and not at an answer or the log of a request
// that ended there. Throws std::bad_alloc.
void tell_of_early_reading(const ngx_http_request_t* request, const CheckedVariable& variable);

}  // namespace ngx
