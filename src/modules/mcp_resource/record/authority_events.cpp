#include "modules/mcp_resource/record/authority_events.h"

#include "authority/shared_document.h"
#include "base/http_url.h"

namespace mcp_resource {
namespace {

report::FetchKind kind_of(authority::Requested what) noexcept {
    switch (what) {
        case authority::Requested::metadata:
            return report::FetchKind::metadata;
        case authority::Requested::keys:
            return report::FetchKind::keys;
        case authority::Requested::introspection:
            break;
    }
    return report::FetchKind::introspection;
}

// A path may hold a tenant's name, and a query a secret.
std::string_view server_of(std::string_view source) noexcept {
    const auto url = base::HttpUrl::parse(source);
    return url ? url->origin : "unknown";
}

}  // namespace

void AuthorityEvents::on_call_ended(authority::Requested what, std::string_view source, bool succeeded) noexcept {
    if (metrics_.is_on()) metrics_.counters().count_fetch(kind_of(what), server_of(source), succeeded);
}

void AuthorityEvents::on_keys(std::string_view source, std::chrono::milliseconds asked_at,
                              std::chrono::milliseconds usable_until) noexcept {
    if (metrics_.is_on()) metrics_.counters().set_keys(source, asked_at, usable_until);
}

void AuthorityEvents::on_keys_failed(std::string_view source, std::string_view why) noexcept {
    if (metrics_.is_on()) metrics_.counters().set_keys_failing(source, authority::SharedDocument::now(), why);
}

}  // namespace mcp_resource
