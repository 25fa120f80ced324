// By which keys tokens were counted lately: to find one again costs a tenth of reading the claims and hashing.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/sha256.h"
#include "mcp/limit_rule.h"
#include "oauth/verified_token.h"

namespace mcp {

// In one worker. What it holds is bounded, and a token in it lives no longer for that.
class KnownLimitKeys {
public:
    using Token = std::shared_ptr<const oauth::VerifiedToken>;

    // Null: not known. Else until the next keep(). A rule is known by its address: it lives as long as this, and for
    // one token it has one key. (So two endpoints have no rule in common: where a token does not name its issuer, they
    // may count it for two.)
    const base::Sha256* find(const Token& token, const LimitRule& rule) const noexcept;
    // Takes the place of another, where it must. Without memory nothing is kept.
    void keep(const Token& token, const LimitRule& rule, const base::Sha256& key) noexcept;

private:
    static constexpr std::size_t places = 4096;  // a worker keeps as many tokens

    struct Entry {
        std::weak_ptr<const oauth::VerifiedToken> token;  // not its address, at which another may be by now
        const LimitRule* rule = nullptr;
        base::Sha256 key{};
    };

    static std::size_t place(const Token& token, const LimitRule& rule) noexcept;

    std::vector<Entry> entries_;  // none before the first keep()
};

}  // namespace mcp
