#include "oauth/expected_cache.h"

#include <utility>

namespace oauth {

std::expected<std::shared_ptr<const Expected>, Mismatch> ExpectedCache::read(std::string_view text, Notation notation,
                                                                             Operator op) {
    if (const auto* known = values_.find(Key<std::string_view>{text, notation, op})) return *known;
    auto expected = Expected::read(text, notation, op);
    if (!expected) return std::unexpected(expected.error());
    auto fresh = std::make_shared<const Expected>(*std::move(expected));
    values_.insert({std::string(text), notation, op}, fresh, text.size() + fresh->memory_bytes());
    return fresh;
}

}  // namespace oauth
