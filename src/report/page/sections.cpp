#include "report/page/sections.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "report/page/charts.h"
#include "report/page/html.h"
#include "report/page/reasons.h"
#include "report/page/table.h"

namespace report::page {
namespace {

std::string section(std::string_view id, std::string_view title, std::string_view content) {
    const std::string name(id);
    return "<section aria-labelledby=\"" + name + "-heading\"><h2 id=\"" + name + "-heading\">" + escaped(title) +
           "</h2>" + std::string(content) + "</section>";
}

std::string paragraph(std::string_view text) {
    return "<p class=\"quiet\">" + escaped(text) + "</p>";
}

// What strangers chose: it has a direction of its own, and breaks anywhere.
std::string foreign(std::string_view text) {
    return "<bdi>" + escaped(text) + "</bdi>";
}

std::string code(std::string_view text) {
    return "<code>" + foreign(text) + "</code>";
}

std::string minor(std::string_view html) {
    return html.empty() ? "" : "<small>" + std::string(html) + "</small>";
}

std::string lines(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts)
        out += (out.empty() ? "" : "<br>") + foreign(text);
    return out.empty() ? "–" : out;
}

std::string mark(std::string_view style, std::string_view text) {
    return "<span class=\"mark " + std::string(style) + "\">" + escaped(text) + "</span>";
}

// Only names of our own table become parts of addresses.
std::string reason_link(const Refusal& refusal) {
    if (find_reason(refusal.reason) == nullptr) return code(refusal.reason);
    return "<a href=\"#reason-" + escaped(refusal.reason) + "\">" + escaped(refusal.reason) + "</a>";
}

std::string status_text(const Refusal& refusal) {
    return refusal.status == 0 ? "the client left" : std::to_string(refusal.status);
}

std::string id_link(const Refusal& refusal) {
    return "<a href=\"?id=" + escaped(refusal.id) + "\"><code>" + escaped(refusal.id) + "</code></a>";
}

// The day only where it is another one than that of `now`.
std::string time_element(std::chrono::milliseconds time, std::chrono::milliseconds now) {
    const std::string text = date_and_time(time);
    const std::string day = text.substr(0, 10);
    const std::string of_day = text.substr(11);
    const bool is_today = date_and_time(now).starts_with(day);
    return "<time datetime=\"" + day + "T" + of_day + "Z\">" + (is_today ? of_day : text) + "</time>";
}

std::string caller(const Refusal& refusal) {
    std::vector<std::string> parts;
    if (!refusal.subject.empty()) parts.push_back(foreign(refusal.subject));
    if (!refusal.client.empty()) parts.push_back(minor("client " + foreign(refusal.client)));
    if (!refusal.address.empty()) parts.push_back(minor(foreign(refusal.address)));
    std::string out;
    for (const auto& part : parts)
        out += (out.empty() ? "" : "<br>") + part;
    return out.empty() ? "–" : out;
}

// What of the rule it is that refused it.
std::string detail(const Refusal& refusal) {
    if (!refusal.limit.empty()) return "<br>" + minor("limit " + escaped(refusal.limit));
    return refusal.missing.empty() ? "" : "<br>" + minor("missing " + foreign(refusal.missing));
}

std::string operation(const Refusal& refusal) {
    const std::string method = refusal.method.empty() ? refusal.http_method : refusal.method;
    if (method.empty()) return "–";
    return foreign(method) + (refusal.name.empty() ? "" : "<br>" + code(refusal.name));
}

std::string tile(std::string_view title, std::string_view value, std::string_view detail, std::string_view style = "") {
    return (style.empty() ? "<div>" : "<div class=\"" + std::string(style) + "\">") + "<dt>" + escaped(title) +
           "</dt><dd>" + escaped(value) + minor(detail) + "</dd></div>";
}

std::string keys_condition(const KeysState& keys) {
    if (!keys.is_usable) return mark("bad", "no keys");
    if (keys.failing) return mark("warn", "old keys");
    return mark("good", "usable");
}

// Those that somebody has to care for come first.
std::tuple<int, std::string_view, std::string_view> rank_of(const KeysState& keys) noexcept {
    return {!keys.is_usable ? 0 : keys.failing ? 1 : 2, keys.issuer, keys.source};
}

std::string failure_of(const KeysState& keys) {
    if (!keys.failing) return "–";
    return "for " + span_of_time(*keys.failing) + (keys.failure.empty() ? "" : "<br>" + minor(foreign(keys.failure)));
}

const Refusal* find_refusal(const Status& status, std::string_view id) {
    const auto found = std::ranges::find(status.refusals, id, &Refusal::id);
    return found == status.refusals.end() ? nullptr : &*found;
}

std::string fact(std::string_view title, std::string_view html) {
    return html.empty() ? "" : "<dt>" + escaped(title) + "</dt><dd>" + std::string(html) + "</dd>";
}

std::string if_any(const std::string& text) {
    return text.empty() ? "" : foreign(text);
}

std::string facts_of(const Refusal& refusal, std::chrono::milliseconds now) {
    const ReasonRow* row = find_reason(refusal.reason);
    std::string out = fact(
        "Reason", "<code>" + escaped(refusal.reason) + "</code>" + (row == nullptr ? "" : ": " + escaped(row->text)));
    if (row != nullptr) out += fact("What to do", prose(row->fix));
    return out + fact("Missing scopes", if_any(refusal.missing)) + fact("Limit", escaped(refusal.limit)) +
           fact("Time", time_element(refusal.time, now) + " UTC") + fact("HTTP status", status_text(refusal)) +
           fact("Resource", if_any(refusal.resource)) + fact("Issuer", if_any(refusal.issuer)) +
           fact("Subject", if_any(refusal.subject)) + fact("Client", if_any(refusal.client)) +
           fact("Address", if_any(refusal.address)) + fact("Operation", operation(refusal));
}

MinuteCounts sum_of(const Status& status) {
    MinuteCounts sum;
    for (const auto& minute : status.hour)
        sum += minute;
    return sum;
}

// The last hour in numbers, for those who do not see pictures, or want to copy them.
std::string minutes_table(const Status& status) {
    Table table("minutes", "Requests in each minute, and how long they took",
                {{"Minute (UTC)"},
                 {"Passed", "count"},
                 {"Failed", "count"},
                 {"Refused", "count"},
                 {"Half within", "count"},
                 {"95% within", "count"}});
    for (std::size_t ago = 0; ago < status.hour.size(); ago++) {
        const MinuteCounts& minute = status.hour[status.hour.size() - 1 - ago];
        if (minute.total() == 0) continue;
        table.add({time_of_day(status.now - std::chrono::minutes(ago)), number(minute.passed), number(minute.failed),
                   number(minute.refused), latency(quantile(minute.latencies, 0.5)),
                   latency(quantile(minute.latencies, 0.95))});
    }
    return table.empty() ? "" : "<details><summary>The same as a table</summary>" + table.html() + "</details>";
}

std::string figure(std::string_view caption, std::string_view legend, std::string_view picture) {
    return "<figure><figcaption>" + escaped(caption) + " <span class=\"legend\">" + std::string(legend) +
           "</span></figcaption>" + std::string(picture) + "</figure>";
}

}  // namespace

std::string summary(const Status& status) {
    const MinuteCounts sum = sum_of(status);
    const auto without = std::ranges::count(status.keys, false, &KeysState::is_usable);
    const auto failing =
        std::ranges::count_if(status.keys, [](const KeysState& keys) { return keys.failing.has_value(); });
    std::string condition = "All usable";
    if (status.keys.empty()) condition = "None needed";
    if (failing > 0) condition = std::to_string(failing) + " failing";
    if (without > 0) condition = std::to_string(without) + " without keys";
    const std::string keys_style = without > 0 ? "bad" : failing > 0 ? "warn" : "";
    return "<section aria-labelledby=\"summary-heading\"><h2 id=\"summary-heading\" class=\"unseen\">The last hour in "
           "short</h2><dl class=\"tiles\">" +
           tile("Requests", number(sum.total()), "in the last hour") +
           tile("Refused", number(sum.refused), percent(sum.refused, sum.total()), sum.refused > 0 ? "refused" : "") +
           tile("Failed", number(sum.failed), percent(sum.failed, sum.total()), sum.failed > 0 ? "failed" : "") +
           tile("Latency, 95% within", latency(quantile(sum.latencies, 0.95)),
                "half within " + latency(quantile(sum.latencies, 0.5))) +
           tile("Issuers", condition, number(status.keys.size()) + " with keys", keys_style) + "</dl></section>";
}

std::string found_refusal(const Status& status, std::string_view id) {
    const Refusal* refusal = find_refusal(status, id);
    if (refusal == nullptr)
        return section("found", "Not found",
                       "<p>No refusal with the ID " + code(id) +
                           " is among the newest. Search your access log or error log for it.</p>");
    return section("found", "Refusal " + refusal->id,
                   "<dl class=\"facts\">" + facts_of(*refusal, status.now) + "</dl>");
}

std::string last_hour(const Status& status) {
    return section(
        "hour", "Last hour",
        "<div class=\"figures\">" +
            figure("Requests per minute",
                   "<span class=\"passed\">passed</span> <span class=\"failed\">failed</span> <span "
                   "class=\"refused\">refused</span>",
                   decisions_chart(status.hour, status.now)) +
            figure("Latency", "<span class=\"median\">half within</span> <span class=\"slow\">95% within</span>",
                   latency_chart(status.hour, status.now)) +
            "</div>" + minutes_table(status));
}

std::string resources(const Status& status) {
    Table table("resources", "Protected resources",
                {{"Resource"}, {"Authorization servers"}, {"Tokens"}, {"Scopes"}, {"Rate limits"}, {"Observed"}});
    for (const ResourceState& resource : status.resources) {
        std::string tokens = resource.verifies_jwts ? "JWT" : "";
        if (resource.introspects) tokens += tokens.empty() ? "introspection" : ", introspection";
        table.add({foreign(resource.uri), lines(resource.authorization_servers), tokens, lines(resource.scopes),
                   lines(resource.limits), resource.is_observed ? "yes" : "no"});
    }
    if (table.empty()) return section("resources", "Resources", paragraph("No location has mcp_resource."));
    return section("resources", "Resources", paragraph("In the order of the configuration.") + table.html());
}

std::string issuers(const Status& status) {
    Table table("issuers", "Issuers and their keys", {{"Issuer"}, {"State"}, {"Fetched"}, {"Fetches fail"}});
    std::vector<KeysState> sorted = status.keys;
    std::ranges::stable_sort(sorted, {}, rank_of);
    for (const KeysState& keys : sorted) {
        const std::string age = keys.age ? span_of_time(*keys.age) + " ago" : keys.is_file ? "–" : "not yet";
        table.add(
            {foreign(keys.issuer) + "<br>" + minor(foreign(keys.source)), keys_condition(keys), age, failure_of(keys)});
    }
    if (table.empty()) return "";
    return section("issuers", "Issuers", paragraph("Problems first, then by name.") + table.html());
}

std::string tools(const Status& status) {
    if (!status.tools) return "";
    Table table("tools", "Calls since nginx started",
                {{"Tool"},
                 {"Method"},
                 {"Calls", "count"},
                 {"Errors", "count"},
                 {"Error rate", "count"},
                 {"95% within", "count"}});
    for (const ToolState& tool : *status.tools)
        table.add({tool.name.empty() ? "–" : code(tool.name), tool.method.empty() ? "unknown" : foreign(tool.method),
                   number(tool.calls), number(tool.errors), percent(tool.errors, tool.calls), latency(tool.p95)});
    if (table.empty()) return section("tools", "Tools", paragraph("No call has been answered yet."));
    return section(
        "tools", "Tools",
        paragraph("Since nginx started, most calls first. An error is a result with isError, a JSON-RPC error, "
                  "an HTTP status of 400 or more, or a client that left.") +
            table.html());
}

std::string refusals(const Status& status) {
    Table table("refusals", "Newest refusals",
                {{"Time (UTC)"}, {"ID"}, {"Reason"}, {"Caller"}, {"Operation"}, {"Resource"}});
    for (std::size_t i = 0; i < status.refusals.size() && i < refusals_in_table; i++) {
        const Refusal& refusal = status.refusals[i];
        table.add({time_element(refusal.time, status.now), id_link(refusal),
                   reason_link(refusal) + " " + minor(status_text(refusal)) + detail(refusal), caller(refusal),
                   operation(refusal), minor(foreign(refusal.resource))});
    }
    if (table.empty()) return section("refusals", "Newest refusals", paragraph("Nothing has been refused yet."));
    const std::string rest = status.refusals.size() <= refusals_in_table
                                 ? ""
                                 : paragraph(std::to_string(status.refusals.size() - refusals_in_table) +
                                             " older refusals are not listed. Search for their ID.");
    return section("refusals", "Newest refusals", table.html() + rest);
}

std::string reasons(const Status& status) {
    std::map<std::string_view, std::uint64_t> counts;
    for (const Refusal& refusal : status.refusals)
        counts[refusal.reason]++;
    std::vector<std::pair<std::string_view, std::uint64_t>> sorted(counts.begin(), counts.end());
    std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.second > b.second; });
    Table table("reasons", "Reasons of the newest refusals",
                {{"Reason"}, {"Refusals", "count"}, {"Meaning"}, {"What to do"}});
    for (const auto& [name, count] : sorted) {
        const ReasonRow* row = find_reason(name);
        if (row == nullptr) continue;
        table.add({"<code>" + escaped(name) + "</code>", number(count), escaped(row->text), prose(row->fix)},
                  "reason-" + std::string(name));
    }
    if (table.empty()) return "";
    return section("reasons", "What to do",
                   paragraph("Reasons of all refusals that nginx remembers, most frequent first.") + table.html());
}

}  // namespace report::page
