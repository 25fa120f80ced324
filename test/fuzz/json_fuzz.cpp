// JSON: what is accepted comes back equal from its own text, and both ways into the parser agree.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <string>
#include <string_view>

#include "base/base64url.h"
#include "oauth/json/json.h"
#include "oauth/json/json_parts.h"

namespace json = oauth::json;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

bool is_documented(oauth::Error error) {
    return error >= oauth::Error::document_too_large && error <= oauth::Error::document_duplicate_member;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// Every member is found by its name, so no name stands twice; every element is found by its index.
void require_consistent(const json::Value& value, std::size_t depth) {
    require(depth <= json::Limits{}.max_depth);
    std::size_t count = 0;
    value.each_member([&](std::string_view name, json::Value member) {
        require(value.member(name) == member);
        require_consistent(member, depth + 1);
        return ++count < 50;  // a lookup is linear
    });
    value.each_element([&](json::Value element) {
        require(value.element(count) == element);
        require_consistent(element, depth + 1);
        return ++count < 50;
    });
    require(count == std::min<std::size_t>(value.size(), 50));
}

void require_round_trip(const json::Document& document) {
    const std::string text = document.root().to_json();
    require(std::ranges::none_of(text, is_control));
    const auto again = json::Document::parse(text, {.max_bytes = std::string::npos});
    require(again.has_value());
    require(again->root() == document.root());
    require(again->root().to_json() == text);
}

// An object is JSON exactly when all its parts are, and they are the same ones.
void require_same_parts(std::string_view input, const std::expected<json::Document, oauth::Error>& document) {
    if (input.size() > json::Limits{}.max_bytes) return;
    const auto members = json::members_of(input);
    const bool is_object = document && document->root().kind() == json::Kind::object;
    require(!is_object || (members && members->size() == document->root().size()));
    if (!members) return;
    bool all = true;
    for (const json::MemberText& member : *members) {
        const auto part = json::Document::parse(member.value);
        all = all && part;
        require(!document || (part && document->root().member(member.name) == part->root()));
    }
    require(!all || document || document.error() == oauth::Error::document_too_deep);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);

    const auto document = json::Document::parse(input);
    const auto decoded = json::Document::parse_base64url(base::base64url::encode(input));
    require(document.has_value() == decoded.has_value());
    require_same_parts(input, document);
    if (!document) {
        require(is_documented(document.error()) && document.error() == decoded.error());
        return 0;
    }
    require(document->root() == decoded->root());
    require_consistent(document->root(), 0);
    require_round_trip(*document);
    return 0;
}
