// Comparing a claim with what an operator expects: aud eq "x", level ge 3, roles any ["a","b"], ...
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>

#include "oauth/json/json.h"

namespace oauth {

enum class Operator : std::uint8_t {
    eq,  // equal; an integer never equals a real
    gt,  // numbers by value, strings byte by byte
    ge,
    lt,
    le,
    in,     // an element of the expected array, or the name of a member of the expected object
    any,    // has an element in common with the expected array; a scalar on either side counts as an array of one
    match,  // a string that the expected regular expression (PCRE) matches somewhere
};

struct Comparison {
    Operator op = Operator::eq;
    bool negated = false;

    // "eq", "!eq" and so on; ne, nin, intersect and nintersect are other names for !eq, !in, any and !any.
    static std::optional<Comparison> parse(std::string_view text) noexcept;

    bool sets_lower_bound() const noexcept;  // gt, ge, !lt, !le
    bool sets_upper_bound() const noexcept;  // lt, le, !gt, !ge
};

// How much clocks may differ, and which claim is compared. As when a token is verified, exp counts that much later and
// nbf that much earlier, but only where the comparison asks whether the token is still, or already, good: exp with a
// lower bound and nbf with an upper one. Everything else is compared as it is.
struct Leeway {
    enum class Of : std::uint8_t {
        neither,
        exp,
        nbf
    };
    Of claim = Of::neither;
    std::chrono::seconds time{0};
};

// Why a claim does not pass. All but the last are refusals whether or not the comparison is negated: a rule about
// something that is not there, or that makes no sense, must not let a token in.
enum class Mismatch : std::uint8_t {
    claim_missing,
    claim_malformed,         // of a type that this claim may not have
    claim_number_too_large,  // beyond 64 bits, or with one inside: nothing can be said of it
    types_differ,            // the operator is not defined for these two
    expected_too_large,      // more than Expected::max_bytes
    expected_not_json,       // or not UTF-8
    pattern_invalid,
    pattern_too_expensive,  // it went beyond Expected::match_limit
    out_of_memory,
    not_met,
};

std::string_view text(Mismatch mismatch) noexcept;

// How an expected value is written.
enum class Notation : std::uint8_t {
    text,  // a plain string
    json,
};

class ClaimPattern;  // a compiled regular expression

// The right-hand side. Immutable: it may be shared between requests of one worker.
class Expected {
public:
    static constexpr std::size_t max_bytes = 4096;
    static constexpr std::uint32_t match_limit = 10'000;  // steps of PCRE's match()

    // `op` must be the one it will be compared with: for match, the pattern is compiled here.
    static std::expected<Expected, Mismatch> from_json(std::string_view text, Operator op);
    static std::expected<Expected, Mismatch> from_string(std::string_view text, Operator op);
    static std::expected<Expected, Mismatch> read(std::string_view text, Notation notation, Operator op) {
        return notation == Notation::json ? from_json(text, op) : from_string(text, op);
    }

    // What `op` needs instead, for a message; empty when there are claims that it can compare with this. Where there
    // are none, the comparison is Mismatch::types_differ for every token.
    std::string_view needed_instead(Operator op) const noexcept;
    // A number that is written as a string: no number is greater or less than that, nor equal to it.
    bool is_number_in_string() const noexcept;

    std::size_t memory_bytes() const noexcept;

    Expected(Expected&&) noexcept;
    Expected& operator=(Expected&&) noexcept;
    Expected(const Expected&) = delete;
    Expected& operator=(const Expected&) = delete;
    ~Expected();

private:
    friend std::expected<void, Mismatch> compare(std::optional<json::Value>, Comparison, const Expected&, Leeway);
    Expected(json::Document document, std::unique_ptr<ClaimPattern> pattern) noexcept;
    static std::expected<Expected, Mismatch> make(std::string_view json_text, Operator op);

    json::Document document_;
    std::unique_ptr<ClaimPattern> pattern_;  // for match
};

// `claim` is nothing when the token does not have it. Throws std::bad_alloc.
std::expected<void, Mismatch> compare(std::optional<json::Value> claim, Comparison comparison, const Expected& expected,
                                      Leeway leeway = {});

}  // namespace oauth
