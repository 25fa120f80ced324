// How a question is put: under which key its answer is kept and found, and it is joined while it is under way.
#pragma once

#include <optional>
#include <string_view>

#include "base/sha256.h"
#include "modules/auth_oauth2_token/config.h"
#include "ngx/nginx.h"

namespace auth_oauth2_token {

// Stands for who answers a question that `endpoint` is asked in this request, and for how long that may count. Throws
// std::bad_alloc.
//
// With "issuer=" the operator has named who answers. Otherwise nobody here can know whom the internal location asks: it
// is named by all that leads there, server{}, Host and URI, and by the configuration: in the next one the same URI may
// lead elsewhere.
base::Sha256 answerer(ngx_http_request_t* request, const MainConf& client, std::string_view endpoint,
                      const std::optional<CacheSetting>& cache);

// What all questions to `endpoint`, whose URI is `uri` in this request, have in common. Throws std::bad_alloc.
authority::Query query_to(ngx_http_request_t* request, const MainConf& client, const LocationConf& conf,
                          const EndpointDirective& endpoint, std::string_view uri,
                          const std::optional<CacheSetting>& cache);

}  // namespace auth_oauth2_token
