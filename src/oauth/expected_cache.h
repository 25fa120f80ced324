// What claims are compared with, where its text comes with the request: mostly the same in every request, so that a
// worker reads it, and compiles a pattern, once. One worker, one thread, no locks.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/lru_cache.h"
#include "oauth/claim_expression.h"

namespace oauth {

class ExpectedCache {
public:
    static constexpr base::LruLimits default_limits{.max_entries = 256, .max_bytes = std::size_t{1024} * 1024};

    explicit ExpectedCache(base::LruLimits limits = default_limits) noexcept : values_(limits) {}

    // As Expected::read(). What cannot be read is not kept. Throws std::bad_alloc.
    std::expected<std::shared_ptr<const Expected>, Mismatch> read(std::string_view text, Notation notation,
                                                                  Operator op);

    std::size_t size() const noexcept { return values_.size(); }

private:
    // Whichever rule asks: nothing else decides what a text means.
    template <class Text>
    struct Key {
        Text text;
        Notation notation;
        Operator op;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const auto& key) const noexcept {
            return std::hash<std::string_view>{}(key.text) ^ static_cast<std::size_t>(key.op);
        }
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(const auto& a, const auto& b) const noexcept {
            return a.text == b.text && a.notation == b.notation && a.op == b.op;
        }
    };

    base::LruCache<Key<std::string>, std::shared_ptr<const Expected>, Hash, Equal> values_;
};

}  // namespace oauth
