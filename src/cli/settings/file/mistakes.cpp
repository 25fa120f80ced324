#include "cli/settings/file/mistakes.h"

#include <algorithm>
#include <tuple>

#include "base/ascii.h"
#include "cli/terminal.h"

namespace cli::file {
namespace {

constexpr std::size_t most_told = 50;

bool is_plain(std::string_view name) noexcept {
    return !name.empty() &&
           std::ranges::all_of(name, [](char c) { return base::is_letter_or_digit(c) || c == '_' || c == '-'; });
}

}  // namespace

std::string below(std::string_view path, std::string_view name) {
    std::string text(path);
    if (!text.empty()) text += '.';
    // What is only meant as a name may be as long as a file.
    constexpr std::size_t longest = 100;
    const std::string shown_name = printable(name.substr(0, longest)) + (name.size() > longest ? "..." : "");
    return text + (is_plain(name) ? shown_name : '"' + shown_name + '"');
}

std::string element_of(std::string_view path, std::size_t index) {
    return std::string(path) + '[' + std::to_string(index) + ']';
}

std::string Mistakes::place(Position at, std::string_view path) const {
    std::string text = file_;
    if (at.line > 0) text += ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
    if (!path.empty()) text += ": " + std::string(path);
    return text;
}

void Mistakes::add_to(std::vector<Line>& lines, Position at, std::string_view path, std::string_view what) const {
    lines.push_back({at, place(at, path) + ": " + std::string(what)});
}

void Mistakes::add(Position at, std::string_view path, std::string_view what) {
    add_to(errors_, at, path, what);
}

void Mistakes::warn(Position at, std::string_view path, std::string_view what) {
    add_to(warnings_, at, path, what);
}

void Mistakes::tell(Findings& findings) {
    const auto by_position = [](const Line& a, const Line& b) {
        return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
    };
    std::ranges::stable_sort(errors_, by_position);
    std::ranges::stable_sort(warnings_, by_position);
    for (std::size_t i = 0; i < std::min(errors_.size(), most_told); i++)
        findings.errors.push_back(errors_[i].text);
    if (errors_.size() > most_told)
        findings.errors.push_back(file_ + ": and " + std::to_string(errors_.size() - most_told) + " more mistakes");
    for (const Line& warning : warnings_)
        findings.warnings.push_back(warning.text);
}

}  // namespace cli::file
