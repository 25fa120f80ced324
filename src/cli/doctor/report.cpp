#include "cli/doctor/report.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

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

std::string padded(std::string text, std::size_t width) {
    text.append(width - std::min(width, text.size()), ' ');
    return text;
}

}  // namespace

void Report::add(Verdict verdict, std::string subject, const std::string& finding, std::string section) {
    checks.push_back({.verdict = verdict,
                      .subject = std::move(subject),
                      .finding = printable(finding),
                      .section = std::move(section)});
}

bool Report::expect(bool holds, Verdict otherwise, std::string subject, const std::string& good, const std::string& bad,
                    std::string section) {
    add(holds ? Verdict::pass : otherwise, std::move(subject), holds ? good : bad, std::move(section));
    return holds;
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
    for (const Check& check : checks)
        text += std::string(name(check.verdict)) + "  " + padded(check.subject, width) + "  " + check.finding + "  [" +
                check.section + "]\n";
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
                json::quoted(check.section) + '}';
    }
    return R"({"result":)" + json::quoted(results[static_cast<std::size_t>(worst(checks))]) + R"(,"checks":[)" + list +
           "]}\n";
}

}  // namespace cli::doctor
