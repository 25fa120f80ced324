// mcp_metrics: what all workers have counted, for Prometheus and its kind.
#include <cerrno>
#include <csignal>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include "authority/shared_document.h"
#include "modules/mcp_resource/answering_location.h"
#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/directives.h"
#include "modules/mcp_resource/record/operators.h"
#include "ngx/guard.h"
#include "ngx/header.h"
#include "ngx/pool.h"
#include "report/metrics_text.h"
#include "report/published_text.h"

namespace mcp_resource {
namespace {

using report::ExpositionFormat;

// What is fetched has an age; where nobody knows it, nothing is said. An issuer that has several sources is as good as
// the oldest of its keys.
void add_keys(report::Surroundings& surroundings, const Endpoint& endpoint, report::Metrics metrics) {
    const auto now = authority::SharedDocument::now();
    for (const Issuer& issuer : endpoint.issuers) {
        const std::string_view source = issuer.keys->source();
        if (source.empty()) continue;
        const auto state = metrics.keys(source);
        if (!state) continue;
        const auto age = state->asked_at ? std::optional(now - *state->asked_at) : std::nullopt;
        const std::string& name = issuer_name(issuer, endpoint);
        const auto known = std::ranges::find(surroundings.keys, name, &report::Surroundings::Keys::issuer);
        if (known == surroundings.keys.end())
            surroundings.keys.push_back({name, age});
        else
            known->age = known->age && age ? std::optional(std::max(*known->age, *age)) : std::nullopt;
    }
}

void add_cache(report::Surroundings& surroundings, ngx::ShmCache& cache, ngx_log_t* log) {
    using Space = ngx::ShmCache::Space;
    for (const auto& [space, name] : {std::pair{Space::main, "main"}, std::pair{Space::negative, "negative"}}) {
        const auto counters = cache.counters(space, log);
        surroundings.caches.push_back({.zone = std::string(cache.name()),
                                       .space = name,
                                       .entries = counters.entries,
                                       .hits = counters.hits,
                                       .misses = counters.misses,
                                       .evictions = counters.evictions});
    }
}

void add_limits(report::Surroundings& surroundings, const MainConf& main) {
    using Space = shared::LimitZone::Space;
    surroundings.limits_are_shared = main.limiter != nullptr && main.redis.has_value();
    if (main.limit_zone == nullptr) return;
    for (const auto& [space, name] : {std::pair{Space::known, "known"}, std::pair{Space::anybody, "anybody"}}) {
        const auto counters = main.limit_zone->counters(space);
        surroundings.limits.push_back({.zone = std::string(main.limit_zone->name()),
                                       .space = name,
                                       .slots = counters.slots,
                                       .entries = counters.entries,
                                       .evictions = counters.evictions});
    }
}

bool lives(std::int64_t process) noexcept {
    return kill(static_cast<pid_t>(process), 0) == 0 || errno != ESRCH;
}

std::string make_text(MainConf& main, ExpositionFormat format, std::size_t size_before, ngx_log_t* log) {
    report::Surroundings surroundings{.version = MCP_RESOURCE_VERSION, .version_of_nginx = NGINX_VERSION};
    for (const auto& endpoint : main.endpoints)
        add_keys(surroundings, *endpoint, main.metrics.counters());
    if (main.zone != nullptr) add_cache(surroundings, *main.zone, log);
    add_limits(surroundings, main);
    return report::metrics_text(main.metrics.block(), surroundings, format, lives, size_before);
}

// What no worker has sent a newer one than. Null: others were faster each time.
report::NewestText::Shared newest_text(MainConf& main, ExpositionFormat format, ngx_log_t* log) {
    const auto number = static_cast<std::size_t>(format);
    return main.worker.metrics_texts.at(number).get(main.metrics.texts().at(number), [&](std::size_t size_before) {
        return make_text(main, format, size_before, log);
    });
}

// Several fields are one list (RFC 9110 section 5.3).
ExpositionFormat wanted_format(const ngx_http_request_t* request) {
    std::string accept;
    ngx::each_header(request->headers_in.headers, [&](const ngx_table_elt_t& header) {
        if (ngx::equal_ignoring_case(ngx::name_of(header), "Accept")) accept.append(ngx::view(header.value)) += ',';
    });
    return report::accepted_format(accept);
}

ngx_int_t handle_metrics(ngx_http_request_t* request) noexcept {
    return ngx::guarded(request, [request] {
        if (const ngx_int_t refused = refuse_other_methods(request); refused != NGX_DECLINED) return refused;
        if (const ngx_int_t foreign = refuse_foreign_host(request, Readers::programs); foreign != NGX_DECLINED)
            return foreign;
        MainConf& main = main_conf(request);
        const ExpositionFormat format = wanted_format(request);
        // Other requests may be sent the same text, and a newer one may be kept, while this one is.
        const auto& text =
            ngx::make<report::NewestText::Shared>(request->pool, newest_text(main, format, request->connection->log));
        if (text == nullptr) return ngx_int_t{NGX_HTTP_SERVICE_UNAVAILABLE};
        add_headers_against_embedding(request);
        ngx::add_response_header(request, "Vary", "Accept");
        return answer_with_view(request, NGX_HTTP_OK, report::media_type(format), *text);
    });
}

}  // namespace

// mcp_metrics
void set_mcp_metrics(const ngx::Arguments& arguments, LocationConf& conf) {
    answer_here(arguments, conf, handle_metrics, "a scraper");
    MainConf& main = main_conf(arguments.cf());
    main.metrics.declare_texts(arguments.cf());
    main.worker.reports = true;
}

}  // namespace mcp_resource
