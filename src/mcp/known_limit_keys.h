// By which keys the tokens of late were counted: to find one again costs a tenth of looking into the claims and
// hashing.
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

    // Null: not known. Else until the next keep(). `rule` is that of one place, as long as the configuration.
    const base::Sha256* find(const Token& token, const LimitRule& rule) const noexcept;
    // Throws std::bad_alloc.
    void keep(const Token& token, const LimitRule& rule, const base::Sha256& key);

private:
    static constexpr std::size_t most = 1024;

    struct Entry {
        std::weak_ptr<const oauth::VerifiedToken> token;  // not its address, at which another may be by now
        const LimitRule* rule = nullptr;
        base::Sha256 key{};
    };

    static std::size_t place(const Token& token, const LimitRule& rule) noexcept;

    std::vector<Entry> entries_;  // none before the first keep()
};

}  // namespace mcp
