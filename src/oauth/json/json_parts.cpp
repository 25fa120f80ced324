#include "oauth/json/json_parts.h"

#include <algorithm>
#include <utility>

#include "oauth/json/json.h"
#include "oauth/json/json_scan.h"

namespace oauth::json {
namespace {

class Splitter {
public:
    explicit Splitter(std::string_view text) noexcept : text_(text) {}

    // Takes a character, and the space around it.
    bool take(char wanted) noexcept {
        skip_space();
        if (!next_is(wanted)) return false;
        at_++;
        skip_space();
        return true;
    }
    bool at_end() const noexcept { return at_ == text_.size(); }

    // A string with its quotes; empty when none stands here, or it is open.
    std::string_view take_string() noexcept {
        const std::size_t begin = at_;
        return next_is('"') && skip_string() ? text_.substr(begin, at_ - begin) : std::string_view();
    }

    // All up to what ends a value here: a comma, a colon or a bracket that was not opened in it. Empty: nothing, or
    // brackets that do not match.
    std::string_view take_value() {
        const std::size_t begin = at_;
        std::string open;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (open.empty() && std::string_view(",:]}").contains(c)) break;
            if (c == '"') {
                if (!skip_string()) return {};
                continue;
            }
            if (c == '{' || c == '[') open += c == '{' ? '}' : ']';
            if (c == '}' || c == ']') {
                if (open.back() != c) return {};
                open.pop_back();
            }
            at_++;
        }
        return open.empty() ? text_.substr(begin, at_ - begin) : std::string_view();
    }

private:
    bool next_is(char c) const noexcept { return at_ < text_.size() && text_[at_] == c; }
    void skip_space() noexcept { at_ = std::min(text_.find_first_not_of(white_space, at_), text_.size()); }

    bool skip_string() noexcept {
        const std::size_t size = string_size(text_.substr(at_));
        at_ += size;
        return size > 0;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// A list of what `take_item` takes, between two brackets, and nothing behind.
template <class TakeItem>  // std::expected<void, Error>(Splitter&)
std::expected<void, Error> split(std::string_view text, char open, char close, TakeItem take_item) {
    Splitter splitter(text);
    if (!splitter.take(open)) return std::unexpected(Error::document_not_json);
    if (!splitter.take(close)) {
        do {
            if (auto item = take_item(splitter); !item) return item;
        } while (splitter.take(','));
        if (!splitter.take(close)) return std::unexpected(Error::document_not_json);
    }
    if (!splitter.at_end()) return std::unexpected(Error::document_not_json);
    return {};
}

std::expected<std::string, Error> read_name(std::string_view quoted) {
    const auto name = Document::parse(quoted, {.max_bytes = quoted.size()});
    if (!name) return std::unexpected(name.error());
    return std::string(*name->root().string());
}

// Also members of one name.
std::expected<std::vector<MemberText>, Error> all_members_of(std::string_view text) {
    std::vector<MemberText> members;
    const auto all = split(text, '{', '}', [&](Splitter& splitter) -> std::expected<void, Error> {
        auto name = read_name(splitter.take_string());
        if (!name) return std::unexpected(name.error());
        if (!splitter.take(':')) return std::unexpected(Error::document_not_json);
        const std::string_view value = splitter.take_value();
        if (value.empty()) return std::unexpected(Error::document_not_json);
        members.push_back({*std::move(name), value});
        return {};
    });
    if (!all) return std::unexpected(all.error());
    return members;
}

bool has_twins(const std::vector<MemberText>& members) {
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (const MemberText& member : members)
        names.emplace_back(member.name);
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) != names.end();
}

}  // namespace

std::expected<std::vector<MemberText>, Error> members_of(std::string_view text) {
    auto members = all_members_of(text);
    if (members && has_twins(*members)) return std::unexpected(Error::document_duplicate_member);
    return members;
}

bool is_of_one_part(Error error) noexcept {
    return error == Error::document_duplicate_member || error == Error::document_number_too_large ||
           error == Error::document_half_surrogate || error == Error::document_too_deep;
}

std::string string_for_message(std::string_view text, std::string_view name) {
    const auto members = all_members_of(text);
    if (!members) return {};
    const auto found = std::ranges::find(*members, name, &MemberText::name);
    if (found == members->end()) return {};
    const auto value = Document::parse(found->value, {.max_bytes = found->value.size()});
    return std::string(value ? value->root().string().value_or("") : "");
}

std::expected<std::vector<std::string_view>, Error> elements_of(std::string_view text) {
    std::vector<std::string_view> elements;
    const auto all = split(text, '[', ']', [&](Splitter& splitter) -> std::expected<void, Error> {
        elements.push_back(splitter.take_value());
        if (elements.back().empty()) return std::unexpected(Error::document_not_json);
        return {};
    });
    if (!all) return std::unexpected(all.error());
    return elements;
}

}  // namespace oauth::json
