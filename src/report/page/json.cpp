// The status page for programs.
#include <string>
#include <string_view>
#include <utility>

#include "base/escape.h"
#include "base/text.h"
#include "oauth/json/json_text.h"
#include "report/page/html.h"
#include "report/page/reasons.h"
#include "report/page/status.h"

namespace report::page {
namespace {

// What nobody could see is escaped: people read it, too.
std::string quoted(std::string_view text) {
    const std::string json = oauth::json::quoted(base::valid_utf8(text));
    std::string visible;
    for (std::string_view rest = json; !rest.empty();) {
        const std::string_view before = rest;
        const char32_t character = base::take_character(rest);
        if (base::is_invisible(character)) {
            base::append_unicode_escape(visible, character);
        } else {
            visible += before.substr(0, before.size() - rest.size());
        }
    }
    return visible;
}

// An object or an array, member by member.
class Writer {
public:
    explicit Writer(std::string_view brackets) : out_(1, brackets[0]), end_(brackets[1]) {}

    Writer& item(std::string_view json) {
        if (out_.size() > 1) out_ += ',';
        out_ += json;
        return *this;
    }
    Writer& member(std::string_view name, std::string_view json) {
        return item("\"" + std::string(name) + "\":" + std::string(json));
    }
    Writer& count(std::string_view name, std::uint64_t value) { return member(name, std::to_string(value)); }
    Writer& flag(std::string_view name, bool value) { return member(name, value ? "true" : "false"); }
    // What is unknown is absent.
    Writer& text(std::string_view name, std::string_view value) {
        return value.empty() ? *this : member(name, quoted(value));
    }
    std::string end() && { return std::move(out_) + end_; }

private:
    std::string out_;
    char end_;
};

template <class Range, class ToJson>
std::string array_of(const Range& range, ToJson to_json) {
    Writer array("[]");
    for (const auto& element : range)
        array.item(to_json(element));
    return std::move(array).end();
}

std::string timestamp(std::chrono::milliseconds time) {
    std::string text = date_and_time(time) + "Z";
    text[10] = 'T';  // RFC 3339
    return text;
}

std::string json(const ResourceState& resource) {
    Writer object("{}");
    object.text("uri", resource.uri)
        .member("authorization_servers", array_of(resource.authorization_servers, quoted))
        .member("scopes", array_of(resource.scopes, quoted))
        .member("rate_limits", array_of(resource.limits, quoted))
        .flag("verifies_jwts", resource.verifies_jwts)
        .flag("introspects", resource.introspects)
        .flag("observed", resource.is_observed);
    return std::move(object).end();
}

std::string json(const KeysState& keys) {
    Writer object("{}");
    object.text("issuer", keys.issuer).text("source", keys.source).flag("usable", keys.is_usable);
    if (keys.age) object.member("age_seconds", std::to_string(keys.age->count()));
    if (keys.failing) object.member("failing_seconds", std::to_string(keys.failing->count()));
    object.text("failure", keys.failure);
    return std::move(object).end();
}

std::string json(const ToolState& tool) {
    Writer object("{}");
    object.text("method", tool.method).text("name", tool.name).count("calls", tool.calls).count("errors", tool.errors);
    if (tool.p95) object.member("p95_seconds", rounded(*tool.p95, 4));
    return std::move(object).end();
}

std::string json(const Refusal& refusal) {
    const ReasonRow* row = find_reason(refusal.reason);
    Writer object("{}");
    object.text("id", refusal.id).text("time", timestamp(refusal.time)).text("reason", refusal.reason);
    if (refusal.status != 0) object.member("status", std::to_string(refusal.status));
    object.text("resource", refusal.resource)
        .text("iss", refusal.issuer)
        .text("sub", refusal.subject)
        .text("client", refusal.client)
        .text("address", refusal.address)
        .text("http_method", refusal.http_method)
        .text("method", refusal.method)
        .text("name", refusal.name)
        .text("missing_scopes", refusal.missing)
        .text("limit", refusal.limit)
        .text("what_to_do", row == nullptr ? "" : plain(row->fix));
    return std::move(object).end();
}

std::string json(const MinuteCounts& minute, std::chrono::milliseconds begin) {
    Writer object("{}");
    object.text("minute", timestamp(begin))
        .count("passed", minute.passed)
        .count("failed", minute.failed)
        .count("refused", minute.refused);
    for (const auto& [name, share] : {std::pair{"p50_seconds", 0.5}, std::pair{"p95_seconds", 0.95}})
        if (const auto seconds = quantile(minute.latencies, share)) object.member(name, rounded(*seconds, 4));
    return std::move(object).end();
}

std::string minutes_of(const Status& status) {
    Writer array("[]");
    const auto last = std::chrono::floor<std::chrono::minutes>(status.now);
    for (std::size_t i = 0; i < status.hour.size(); i++)
        array.item(json(status.hour[i], last - std::chrono::minutes(status.hour.size() - 1 - i)));
    return std::move(array).end();
}

}  // namespace

std::string json_of(const Status& status, const Question& question) {
    const auto to_json = [](const auto& element) { return json(element); };
    Writer refusals("[]");
    for (const Refusal& refusal : status.refusals)
        if (!question.id || refusal.id == *question.id) refusals.item(json(refusal));
    Writer object("{}");
    object.count("version", 1)
        .text("time", timestamp(status.now))
        .text("module_version", status.version)
        .text("nginx_version", status.version_of_nginx)
        .member("resources", array_of(status.resources, to_json))
        .member("issuers", array_of(status.keys, to_json))
        .member("last_hour", minutes_of(status));
    if (status.tools) object.member("tools", array_of(*status.tools, to_json));
    object.member("refusals", std::move(refusals).end());
    return std::move(object).end() + "\n";
}

}  // namespace report::page
