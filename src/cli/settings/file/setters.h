// From checked values to members of the model: how a row of the table says where its value goes.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "cli/settings/file/keys.h"

namespace cli::file::setters {

inline void assign(std::string& member, const Value& value) {
    member = value.texts.front();
}
inline void assign(bool& member, const Value& value) {
    member = is_true(value.texts.front());
}
inline void assign(std::optional<bool>& member, const Value& value) {
    member = is_true(value.texts.front());
}
inline void assign(std::vector<std::string>& member, const Value& value) {
    member = value.texts;
}
template <class Number>
    requires std::is_unsigned_v<Number>
void assign(Number& member, const Value& value) {
    const std::string& text = value.texts.front();
    std::from_chars(text.data(), text.data() + text.size(), member);
}
// In no language in particular, or by language; "default" is none in particular beside others.
inline void assign(std::vector<InLanguage>& member, const Value& value) {
    member.clear();
    for (const std::string& text : value.texts)
        member.push_back({.tag = {}, .text = text});
    for (const Value::Entry& entry : value.entries)
        member.push_back({.tag = entry.name == "default" ? "" : entry.name, .text = entry.texts.front()});
}
inline void assign(std::vector<std::pair<std::string, std::string>>& member, const Value& value) {
    member.clear();
    for (const Value::Entry& entry : value.entries)
        member.emplace_back(entry.name, entry.texts.front());
}
inline void assign(std::vector<ImpliedScopes>& member, const Value& value) {
    member.clear();
    for (const Value::Entry& entry : value.entries)
        member.push_back({.broad = entry.name, .narrow = entry.texts});
}

template <class Owner, auto Member>
void into(void* owner, const Value& value) {
    assign(static_cast<Owner*>(owner)->*Member, value);
}

// One more mcp_scope for each pattern: the keys of all selectors end up in one list.
inline void add_scopes(void* owner, std::string_view selector, const Value& value) {
    auto& rules = static_cast<ResourceDraft*>(owner)->operation_scopes;
    std::erase_if(rules, [&](const OperationScopes& rule) { return rule.selector == selector; });
    for (const Value::Entry& entry : value.entries)
        rules.push_back({.selector = std::string(selector), .pattern = entry.name, .scopes = entry.texts});
}

// An object that is read into members of its owner.
inline void* same(void* owner) {
    return owner;
}
template <class Owner, auto Member>
void* member(void* owner) {
    return &(static_cast<Owner*>(owner)->*Member);
}
template <class Owner, auto Member>
void* optional(void* owner) {
    return &(static_cast<Owner*>(owner)->*Member).emplace();
}
template <class Owner, auto Member>
void* one_more(void* owner) {
    return &(static_cast<Owner*>(owner)->*Member).emplace_back();
}

}  // namespace cli::file::setters
