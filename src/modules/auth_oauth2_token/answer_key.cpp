#include "modules/auth_oauth2_token/answer_key.h"

#include <string>

#include "authority/internal_location.h"
#include "ngx/config.h"
#include "ngx/string.h"
#include "ngx/subrequest.h"

namespace auth_oauth2_token {
namespace {

constexpr std::size_t max_answer_bytes = std::size_t{64} * 1024;

// An answer that one location keeps for an hour must not count for an hour where another allows a second.
std::string times_of(const CacheSetting& cache) {
    return std::to_string(cache.max_ttl.count()) + ' ' + std::to_string(cache.negative_ttl.count());
}

}  // namespace

base::Sha256 answerer(ngx_http_request_t* request, const MainConf& client, std::string_view endpoint,
                      const std::optional<CacheSetting>& cache) {
    const std::string times = times_of(cache.value_or(CacheSetting()));
    if (cache && cache->issuer) {
        const std::string_view issuer = ngx::evaluate(request, **cache->issuer);
        if (!issuer.empty()) return base::must_sha256_of({"issuer", issuer, client.client_id.value_or(""), times});
    }
    // Whose client we are, and with which secret, belongs to the configuration.
    const auto place = authority::place_of(request, ngx_http_get_module_srv_conf(request, ngx_http_core_module));
    return base::must_sha256_of({"endpoint", base::bytes(client.generation), base::bytes(place), endpoint, times});
}

authority::Query query_to(ngx_http_request_t* request, const MainConf& client, const LocationConf& conf,
                          const EndpointDirective& endpoint, std::string_view uri,
                          const std::optional<CacheSetting>& cache) {
    return {.key = {},
            .server = authority::server_at(request, ngx::view(endpoint.uri->value)),
            .endpoint = authority::InternalLocation{uri, ngx::view(endpoint.uri->value)},
            .client = &*client.credentials,
            .max_answer_bytes = max_answer_bytes,
            .time_limit = conf.timeout.value_or(ngx::default_time_limit),
            .cache = cache && cache->is_on() ? cache->zone : nullptr};
}

}  // namespace auth_oauth2_token
