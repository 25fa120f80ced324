#include "cli/doctor/report.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/form.h"
#include "cli/terminal.h"
#include "oauth/json/json.h"
#include "oauth/json/json_text.h"

namespace cli::doctor {
namespace {

std::string_view name(Verdict verdict) noexcept {
    constexpr std::array<std::string_view, 3> names = {"pass", "warn", "FAIL"};
    return names[static_cast<std::size_t>(verdict)];
}

Verdict worst(const std::vector<Check>& checks) noexcept {
    Verdict result = Verdict::pass;
    for (const Check& check : checks)
        result = std::max(result, check.verdict);
    return result;
}

// ,"details":["..."], or nothing.
std::string details_member(const std::vector<std::string>& details) {
    std::string list;
    for (const std::string& line : details)
        list.append(list.empty() ? "" : ",").append(oauth::json::quoted(line));
    return list.empty() ? "" : R"(,"details":[)" + list + ']';
}

std::size_t find_ignoring_case(std::string_view text, std::string_view part, std::size_t from) {
    const auto found = std::ranges::search(text.substr(from), part, {}, base::to_lower, base::to_lower);
    return found.empty() ? std::string_view::npos : static_cast<std::size_t>(found.begin() - text.begin());
}

std::string without(const std::vector<std::string>& hidden, std::string text) {
    static constexpr std::string_view instead = "...";
    for (const std::string& secret : hidden)
        for (std::size_t at = 0; (at = find_ignoring_case(text, secret, at)) != std::string::npos; at += instead.size())
            text.replace(at, secret.size(), instead);
    return text;
}

std::string padded(std::string text, std::size_t width) {
    text.append(width - std::min(width, text.size()), ' ');
    return text;
}

}  // namespace

void Report::hide(std::string_view secret) {
    if (secret.empty()) return;
    const std::string in_json = oauth::json::quoted(secret);
    for (const std::string& spelling :
         {std::string(secret), base::form_encode(secret), in_json.substr(1, in_json.size() - 2)})
        hidden.push_back(printable(spelling));
}

void Report::add(Verdict verdict, std::string subject, const std::string& finding, std::string section) {
    checks.push_back({.verdict = verdict,
                      .subject = std::move(subject),
                      .finding = without(hidden, printable(finding)),
                      .section = std::move(section)});
}

bool Report::expect(bool holds, Verdict otherwise, std::string subject, const std::string& good, const std::string& bad,
                    std::string section) {
    add(holds ? Verdict::pass : otherwise, std::move(subject), holds ? good : bad, std::move(section));
    return holds;
}

void Report::detail(const std::vector<std::string>& lines) {
    for (const std::string& line : lines)
        checks.back().details.push_back(printable(line));
}

bool Report::has_failed() const noexcept {
    return worst(checks) == Verdict::fail;
}

std::string Report::table() const {
    std::size_t width = 0;
    std::array<std::size_t, 3> counts{};
    for (const Check& check : checks) {
        width = std::max(width, check.subject.size());
        counts[static_cast<std::size_t>(check.verdict)]++;
    }
    std::string text;
    for (const Check& check : checks) {
        text += std::string(name(check.verdict)) + "  " + padded(check.subject, width) + "  " + check.finding + "  [" +
                check.section + "]\n";
        for (const std::string& line : check.details)
            text += std::string(width + 10, ' ') + line + '\n';
    }
    return text + std::to_string(counts[0]) + " passed, " + std::to_string(counts[1]) + " warnings, " +
           std::to_string(counts[2]) + " failed\n";
}

std::string Report::json() const {
    namespace json = oauth::json;
    constexpr std::array<std::string_view, 3> results = {"pass", "warn", "fail"};
    std::string list;
    for (const Check& check : checks) {
        list.append(list.empty() ? "" : ",").append(R"({"result":)");
        list += json::quoted(results[static_cast<std::size_t>(check.verdict)]) + R"(,"check":)" +
                json::quoted(check.subject) + R"(,"finding":)" + json::quoted(check.finding) + R"(,"section":)" +
                json::quoted(check.section) + details_member(check.details) + '}';
    }
    return R"({"result":)" + json::quoted(results[static_cast<std::size_t>(worst(checks))]) + R"(,"checks":[)" + list +
           "]}\n";
}

}  // namespace cli::doctor
