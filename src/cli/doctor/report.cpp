#include "cli/doctor/report.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/form.h"
#include "base/http_url.h"
#include "cli/terminal.h"
#include "oauth/json/json.h"
#include "oauth/json/json_text.h"

namespace cli::doctor {
namespace {

constexpr std::size_t longest_text = 1000;  // a server can say a megabyte

struct VerdictLook {
    std::string_view name;   // of a line
    std::string_view json;   // "result"
    std::string_view color;  // what stands between "\x1b[" and "m"
};
constexpr std::array<VerdictLook, 5> looks = {{
    {.name = "pass", .json = "pass", .color = "32"},
    {.name = "note", .json = "note", .color = "36"},
    {.name = "skip", .json = "skip", .color = "2"},
    {.name = "warn", .json = "warn", .color = "33"},
    {.name = "FAIL", .json = "fail", .color = "1;31"},
}};

struct GroupName {
    std::string_view title;
    std::string_view json;
};
constexpr std::array<GroupName, 7> groups = {{
    {.title = "Reachability and TLS", .json = "reachability"},
    {.title = "Challenge", .json = "challenge"},
    {.title = "Metadata", .json = "metadata"},
    {.title = "Authorization server", .json = "authorization_server"},
    {.title = "Your token", .json = "token"},
    {.title = "Introspection", .json = "introspection"},
    {.title = "Clients", .json = "clients"},
}};

const VerdictLook& look_of(Verdict verdict) noexcept {
    return looks[static_cast<std::size_t>(verdict)];
}

const GroupName& name_of(Group group) noexcept {
    return groups[static_cast<std::size_t>(group)];
}

// What is only told, or skipped, is not worse than good.
Verdict worst(const std::vector<Check>& checks) noexcept {
    Verdict result = Verdict::pass;
    for (const Check& check : checks)
        if (check.verdict >= Verdict::warn) result = std::max(result, check.verdict);
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

std::string painted(std::string_view text, std::string_view color, bool in_color) {
    return in_color ? "\x1b[" + std::string(color) + 'm' + std::string(text) + "\x1b[0m" : std::string(text);
}

// "1 warning", "2 warnings"
std::string counted(std::size_t count, std::string_view one, std::string_view several) {
    return std::to_string(count) + ' ' + std::string(count == 1 ? one : several);
}

std::string line_of(const Check& check, std::size_t width, bool in_color) {
    const VerdictLook& look = look_of(check.verdict);
    const std::string margin(look.name.size() + 2 + width + 2, ' ');
    std::string text = painted(look.name, look.color, in_color);
    text.append("  ").append(padded(check.subject, width)).append("  ").append(check.finding);
    if (!check.section.empty()) text.append("  ").append(painted('[' + check.section + ']', "2", in_color));
    text += '\n';
    if (!check.remedy.empty())
        text.append(margin).append(painted("do this: ", "1", in_color)).append(check.remedy).append("\n");
    for (const std::string& detail : check.details)
        text.append(margin).append("  ").append(detail).append("\n");
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

// Secrets first: half of one would not be found.
std::string Report::clean(std::string_view text) const {
    std::string result = without(hidden, printable(text));
    if (result.size() > longest_text) result.replace(longest_text, std::string::npos, "...");
    return result;
}

void Report::add(Verdict verdict, std::string subject, const Trouble& trouble, std::string section) {
    checks.push_back({.verdict = verdict,
                      .group = group,
                      .subject = std::move(subject),
                      .finding = clean(trouble.finding),
                      .section = std::move(section),
                      .remedy = clean(trouble.remedy)});
}

void Report::pass(std::string subject, const std::string& finding, std::string section) {
    add(Verdict::pass, std::move(subject), {.finding = finding, .remedy = {}}, std::move(section));
}

void Report::note(std::string subject, const std::string& finding, std::string section) {
    add(Verdict::note, std::move(subject), {.finding = finding, .remedy = {}}, std::move(section));
}

bool Report::expect(bool holds, Verdict otherwise, std::string subject, const std::string& good, const Trouble& bad,
                    std::string section) {
    if (holds)
        pass(std::move(subject), good, std::move(section));
    else
        add(otherwise, std::move(subject), bad, std::move(section));
    return holds;
}

void Report::unanswered(Verdict verdict, std::string subject, std::string_view url, const HttpError& error,
                        std::string section) {
    if (error.is_known) return skip(subject, error.text);
    add(verdict, std::move(subject), {.finding = base::printable_url(url) + ": " + error.text, .remedy = error.remedy},
        std::move(section));
}

void Report::skip(const std::string& subject, const std::string& why) {
    const std::string reason = ": not checked, as " + clean(why);
    const auto same = std::ranges::find_if(
        checks, [&](const Check& check) { return check.verdict == Verdict::skip && check.finding.ends_with(reason); });
    if (same == checks.end()) return add(Verdict::skip, "skipped", {.finding = subject + reason, .remedy = {}}, "");
    same->finding.insert(same->finding.size() - reason.size(), ", " + subject);
}

void Report::detail(const std::vector<std::string>& lines) {
    for (const std::string& line : lines)
        checks.back().details.push_back(clean(line));
}

bool Report::has_failed() const noexcept {
    return worst(checks) == Verdict::fail;
}

std::string Report::summary(bool in_color) const {
    std::array<std::size_t, looks.size()> counts{};
    for (const Check& check : checks)
        counts[static_cast<std::size_t>(check.verdict)]++;
    const auto count = [&](Verdict verdict) { return counts[static_cast<std::size_t>(verdict)]; };
    std::string text = counted(count(Verdict::pass), "passed", "passed") + ", " +
                       counted(count(Verdict::warn), "warning", "warnings") + ", " +
                       counted(count(Verdict::fail), "failed", "failed");
    if (count(Verdict::skip) > 0) text += ", some not checked";
    return painted(text, look_of(worst(checks)).color, in_color) + '\n';
}

std::string Report::table(bool in_color) const {
    std::size_t width = 0;
    for (const Check& check : checks)
        width = std::max(width, check.subject.size());
    std::string text;
    for (std::size_t number = 0; number < groups.size(); number++) {
        std::string lines;
        for (const Check& check : checks)
            if (check.group == static_cast<Group>(number)) lines += line_of(check, width, in_color);
        if (!lines.empty()) text += painted(groups[number].title, "1", in_color) + '\n' + lines + '\n';
    }
    return text + summary(in_color);
}

std::string Report::json() const {
    namespace json = oauth::json;
    std::string list;
    for (const Check& check : checks) {
        list.append(list.empty() ? "" : ",").append(R"({"result":)");
        list += json::quoted(look_of(check.verdict).json) + R"(,"group":)" + json::quoted(name_of(check.group).json) +
                R"(,"check":)" + json::quoted(check.subject) + R"(,"finding":)" + json::quoted(check.finding) +
                R"(,"section":)" + json::quoted(check.section) +
                (check.remedy.empty() ? "" : R"(,"do":)" + json::quoted(check.remedy)) + details_member(check.details) +
                '}';
    }
    return R"({"result":)" + json::quoted(look_of(worst(checks)).json) + R"(,"checks":[)" + list + "]}\n";
}

}  // namespace cli::doctor
