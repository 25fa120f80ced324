// What leads to an authorization server when a subrequest asks it. Nobody here can know whom an internal location asks.
#pragma once

#include <string_view>

#include "base/sha256.h"
#include "ngx/nginx.h"

namespace authority {

// Where a question is asked: in one server or location, for one Host, which a Subrequest passes on. Elsewhere the same
// URI may lead to another authorization server. `conf` is the configuration of that server or location: nobody else has
// its address as long as it is loaded. Throws std::bad_alloc.
base::Sha256 place_of(const ngx_http_request_t* request, const void* conf);

// Stands for who answers where the directive's text `written` leads, for QuestionLimits::per_server. Without the Host
// and without the values of its variables: clients make up as many as they like. Throws std::bad_alloc.
base::Sha256 server_at(const ngx_http_request_t* request, std::string_view written);

}  // namespace authority
