// mcp_status: a page for operators. What it says is the same whichever worker answers.
#include "modules/mcp_resource/record/status.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authority/shared_document.h"
#include "mcp/audit_record.h"
#include "modules/mcp_resource/answering_location.h"
#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/directives.h"
#include "modules/mcp_resource/record/operators.h"
#include "ngx/clock.h"
#include "ngx/config.h"
#include "ngx/guard.h"
#include "ngx/header.h"
#include "ngx/pool.h"
#include "ngx/string.h"
#include "report/page/status.h"
#include "report/page/tools.h"

namespace mcp_resource {
namespace {

using report::page::KeysState;
using report::page::Question;
using report::page::ResourceState;
using report::page::Status;

constexpr std::string_view zone_name = "mcp_resource status";  // no name that mcp_zone could have: it has a space
constexpr std::size_t longest_typed = 256;

ResourceState state_of(const Endpoint& endpoint) {
    ResourceState state{.uri = endpoint.resource.uri.text(), .authorization_servers = endpoint.authorization_servers};
    state.scopes = endpoint.scopes_supported;
    for (const mcp::LimitRule& rule : endpoint.resource.policy.limits())
        state.limits.push_back(rule.name + ": " + mcp::words_for(rule));
    state.verifies_jwts = !endpoint.issuers.empty();
    state.introspects = endpoint.introspection.has_value();
    state.is_observed = endpoint.is_observed;
    return state;
}

// Locations that inherit a resource have one each.
std::vector<ResourceState> states_of_resources(const MainConf& main) {
    std::vector<ResourceState> states;
    for (const auto& endpoint : main.endpoints)
        if (std::ranges::find(states, endpoint->resource.uri.text(), &ResourceState::uri) == states.end())
            states.push_back(state_of(*endpoint));
    return states;
}

// The names under which tokens are verified with these keys.
std::string issuers_with(const authority::IssuerKeys& keys, const MainConf& main) {
    std::vector<std::string> names;
    for (const auto& endpoint : main.endpoints)
        for (const Issuer& issuer : endpoint->issuers)
            if (issuer.keys == &keys)
                std::ranges::copy(issuer.rules.claims.accepted_issuers, std::back_inserter(names));
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    std::string text;
    for (const auto& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "any" : text;
}

std::optional<std::chrono::seconds> ago(std::optional<std::chrono::milliseconds> time) {
    if (!time) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(authority::SharedDocument::now() - *time);
}

// The issuer stands beside it, and so says what is discovered.
std::string shown_source(const std::string& source, const authority::IssuerKeys& keys) {
    if (keys.source().empty()) return source;
    if (source != keys.source()) return "discovery";
    const std::string quoted = ngx::url_in_quotes(source);
    return quoted.substr(1, quoted.size() - 2);
}

// Each worker has keys of its own, from the zone or not: when they were asked for is in the memory that all share, and
// where that has no room, those of this worker are shown.
KeysState state_of(const std::string& source, authority::IssuerKeys& keys, const MainConf& main) {
    KeysState state{.issuer = issuers_with(keys, main), .source = shown_source(source, keys)};
    state.is_file = keys.source().empty();
    if (state.is_file) {
        state.is_usable = true;
        return state;
    }
    const auto times = main.metrics.counters().keys(keys.source());
    if (!times) {
        state.is_usable = keys.current().has_value();
        state.age = ago(keys.asked_at());
        return state;
    }
    state.is_usable = times->usable_until && authority::SharedDocument::now() < *times->usable_until;
    state.age = ago(times->asked_at);
    state.failing = ago(times->failing_since);
    // Old keys may be those of a configuration before, that this one has none of.
    if (state.failing && !keys.current()) state.is_usable = false;
    state.failure = main.metrics.counters().keys_failure(keys.source());
    return state;
}

std::vector<KeysState> states_of_keys(const MainConf& main) {
    std::vector<KeysState> states;
    states.reserve(main.keys.size());
    for (const auto& [source, keys] : main.keys)
        states.push_back(state_of(source, *keys, main));
    return states;
}

Status status_now(const MainConf& main) {
    Status status{.now = ngx::time_of_day(), .version = MCP_RESOURCE_VERSION, .version_of_nginx = NGINX_VERSION};
    status.resources = states_of_resources(main);
    status.keys = states_of_keys(main);
    status.tools = report::page::tools_of(main.metrics.block());
    const report::Recent& recent = **main.recent;
    status.hour = recent.hour.counts(report::LastHour::minute_of(status.now));
    status.refusals = recent.refusals.newest();
    return status;
}

// Of the query: "id", decoded.
Question question_of(ngx_http_request_t* request) {
    ngx_str_t value = ngx_null_string;
    ngx_str_t name = ngx_string("id");
    if (ngx_http_arg(request, name.data, name.len, &value) != NGX_OK) return {};
    std::string id(ngx::view(value).substr(0, longest_typed));
    auto* end = reinterpret_cast<u_char*>(id.data());
    auto* from = end;
    ngx_unescape_uri(&end, &from, id.size(), 0);
    id.resize(static_cast<std::size_t>(end - reinterpret_cast<u_char*>(id.data())));
    return report::page::question_of(id);
}

using Text = std::shared_ptr<const std::string>;

// What many may ask for is made no more often than a worker has time for.
Text text_for(MainConf& main, const Question& question, bool is_json) {
    const auto make = [&](std::size_t /*size_before*/) {
        const Status status = status_now(main);
        return is_json ? json_of(status, question) : html_of(status, question);
    };
    if (question.id) return std::make_shared<const std::string>(make(0));
    return (is_json ? main.worker.status_json : main.worker.status_page).get(make);
}

ngx_int_t handle_status(ngx_http_request_t* request) noexcept {
    return ngx::guarded(request, [request] {
        if (const ngx_int_t refused = refuse_other_methods(request); refused != NGX_DECLINED) return refused;
        if (const ngx_int_t foreign = refuse_foreign_host(request, Readers::people); foreign != NGX_DECLINED)
            return foreign;
        const bool is_json = ngx::view(request->uri).ends_with(".json");
        // Other requests may be sent the same text, and a newer one may be kept, while this one is.
        const std::string& text =
            *ngx::make<Text>(request->pool, text_for(main_conf(request), question_of(request), is_json));
        add_headers_against_embedding(request);
        ngx::add_response_header(request, "Referrer-Policy", "no-referrer");
        if (is_json) return answer_with_view(request, NGX_HTTP_OK, "application/json", text);
        ngx::add_response_header(request, "Content-Security-Policy", report::page::content_security_policy());
        ngx::add_response_header(request, "X-Frame-Options", "DENY");
        return answer_with_view(request, NGX_HTTP_OK, "text/html; charset=utf-8", text);
    });
}

// Whoever is not named in the record is not named here: "mcp_audit identity=hash".
report::Refusal shown_refusal(const mcp::Observation& observation) {
    report::Refusal refusal = report::refusal_of(observation);
    if (!hides_identity(observation)) return refusal;
    const mcp::AuditSettings& settings = *observation.audit;
    const std::string issuer = observation.issuer.value_or("");
    if (observation.subject) refusal.subject = hashed_identity(settings, "sub", issuer, *observation.subject);
    if (observation.client) refusal.client = hashed_identity(settings, "client", issuer, *observation.client);
    if (!observation.address.empty()) refusal.address = hashed_identity(settings, "address", {}, observation.address);
    return refusal;
}

}  // namespace

void remember(const ngx_http_request_t* request, const mcp::Observation& observation) {
    const MainConf& main = main_conf(request);
    if (!main.recent) return;
    report::Recent& recent = **main.recent;
    const auto end = observation.begin + std::chrono::floor<std::chrono::milliseconds>(observation.duration);
    recent.hour.add(observation, report::LastHour::minute_of(end));
    if (observation.judgement == mcp::Judgement::refuse) recent.refusals.add(shown_refusal(observation));
}

// mcp_status
void set_mcp_status(const ngx::Arguments& arguments, LocationConf& conf) {
    answer_here(arguments, conf, handle_status, "a reader of the status page");
    MainConf& main = main_conf(arguments.cf());
    if (!main.recent)
        main.recent =
            ngx::SharedBlock<report::Recent>::declare(arguments.cf(), zone_name, ngx_http_mcp_resource_module);
    main.metrics.declare(arguments.cf());  // for the ages of keys, and tools
    main.worker.reports = true;
}

}  // namespace mcp_resource
