#include "oauth/claim_expression.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <compare>
#include <string>
#include <utility>

#include "base/openssl.h"
#include "oauth/json/json_text.h"

namespace oauth {
namespace {

struct OperatorName {
    std::string_view name;
    Comparison comparison;
};

constexpr std::array operator_names = {
    OperatorName{"eq", {Operator::eq}},         OperatorName{"gt", {Operator::gt}},
    OperatorName{"ge", {Operator::ge}},         OperatorName{"lt", {Operator::lt}},
    OperatorName{"le", {Operator::le}},         OperatorName{"in", {Operator::in}},
    OperatorName{"any", {Operator::any}},       OperatorName{"match", {Operator::match}},
    OperatorName{"ne", {Operator::eq, true}},   OperatorName{"nin", {Operator::in, true}},
    OperatorName{"intersect", {Operator::any}}, OperatorName{"nintersect", {Operator::any, true}},
};

// The operators that "!" may stand before: the first ones of the table.
constexpr std::size_t plain_operators = 8;

using Outcome = std::expected<bool, Mismatch>;
constexpr std::unexpected types_differ{Mismatch::types_differ};

// What is added to a claim before it is compared.
std::int64_t shift_of(Leeway leeway, Comparison comparison) noexcept {
    if (leeway.claim == Leeway::Of::exp && comparison.sets_lower_bound()) return leeway.time.count();
    if (leeway.claim == Leeway::Of::nbf && comparison.sets_upper_bound()) return -leeway.time.count();
    return 0;
}

std::partial_ordering order_of_shifted(json::Value a, std::int64_t shift, json::Value b) noexcept {
    std::int64_t sum = 0;
    const auto integer = a.integer();
    if (integer && b.integer()) {
        if (!__builtin_add_overflow(*integer, shift, &sum)) return sum <=> *b.integer();
        return shift > 0 ? std::partial_ordering::greater : std::partial_ordering::less;
    }
    return *a.number() + static_cast<double>(shift) <=> *b.number();
}

std::partial_ordering order_of_numbers(json::Value a, std::int64_t shift, json::Value b) noexcept {
    if (shift != 0) return order_of_shifted(a, shift, b);
    if (a.integer() && b.integer()) return *a.integer() <=> *b.integer();
    if (a.unsigned_integer() && b.unsigned_integer()) return *a.unsigned_integer() <=> *b.unsigned_integer();
    return *a.number() <=> *b.number();
}

std::expected<std::partial_ordering, Mismatch> order(json::Value a, std::int64_t shift, json::Value b) noexcept {
    if (a.number() && b.number()) return order_of_numbers(a, shift, b);
    if (a.string() && b.string()) return *a.string() <=> *b.string();
    return types_differ;
}

template <class Test>
Outcome ordered(json::Value claim, std::int64_t shift, json::Value expected, Test test) noexcept {
    const auto result = order(claim, shift, expected);
    if (!result) return std::unexpected(result.error());
    return test(*result);
}

bool contains(json::Value array, json::Value wanted) {
    bool found = false;
    array.each_element([&](json::Value element) { return !(found = element == wanted); });
    return found;
}

Outcome is_in(json::Value claim, json::Value expected) {
    if (expected.kind() == json::Kind::array) return contains(expected, claim);
    if (expected.kind() == json::Kind::object && claim.string()) return expected.member(*claim.string()).has_value();
    return types_differ;
}

bool is_array(json::Value value) noexcept {
    return value.kind() == json::Kind::array;
}

Outcome have_common_element(json::Value claim, json::Value expected) {
    if (!is_array(claim)) return is_array(expected) ? contains(expected, claim) : claim == expected;
    if (!is_array(expected)) return contains(claim, expected);
    bool found = false;
    claim.each_element([&](json::Value element) { return !(found = contains(expected, element)); });
    return found;
}

using MatchContext = std::unique_ptr<pcre2_match_context, base::openssl::Deleter<pcre2_match_context_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, base::openssl::Deleter<pcre2_match_data_free>>;
using Code = std::unique_ptr<pcre2_code, base::openssl::Deleter<pcre2_code_free>>;

PCRE2_SPTR units(std::string_view text) noexcept {
    return reinterpret_cast<PCRE2_SPTR>(text.data());
}

}  // namespace

class ClaimPattern {
public:
    static std::expected<std::unique_ptr<ClaimPattern>, Mismatch> compile(std::string_view text) {
        int error = 0;
        PCRE2_SIZE position = 0;
        Code code(
            pcre2_compile(units(text), text.size(), PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &position, nullptr));
        if (!code) return std::unexpected(Mismatch::pattern_invalid);
        return std::make_unique<ClaimPattern>(std::move(code));
    }
    explicit ClaimPattern(Code code) noexcept : code_(std::move(code)) {}

    Outcome matches(std::string_view subject) const noexcept {
        const MatchContext context(pcre2_match_context_create(nullptr));
        const MatchData data(pcre2_match_data_create(1, nullptr));
        if (!context || !data) return std::unexpected(Mismatch::out_of_memory);
        pcre2_set_match_limit(context.get(), Expected::match_limit);
        const int result = pcre2_match(code_.get(), units(subject), subject.size(), 0, 0, data.get(), context.get());
        if (result >= 0) return true;
        if (result == PCRE2_ERROR_NOMATCH) return false;
        return std::unexpected(result == PCRE2_ERROR_NOMEMORY ? Mismatch::out_of_memory
                                                              : Mismatch::pattern_too_expensive);
    }

    std::size_t memory_bytes() const noexcept {
        std::size_t bytes = 0;
        pcre2_pattern_info(code_.get(), PCRE2_INFO_SIZE, &bytes);
        return bytes;
    }

private:
    Code code_;
};

namespace {

Outcome evaluate(Operator op, json::Value claim, std::int64_t shift, json::Value expected,
                 const ClaimPattern* pattern) {
    switch (op) {
        case Operator::eq:
            return claim == expected;
        case Operator::gt:
            return ordered(claim, shift, expected, [](auto result) { return result > 0; });
        case Operator::ge:
            return ordered(claim, shift, expected, [](auto result) { return result >= 0; });
        case Operator::lt:
            return ordered(claim, shift, expected, [](auto result) { return result < 0; });
        case Operator::le:
            return ordered(claim, shift, expected, [](auto result) { return result <= 0; });
        case Operator::in:
            return is_in(claim, expected);
        case Operator::any:
            return have_common_element(claim, expected);
        case Operator::match:
            if (pattern == nullptr || !claim.string()) return types_differ;
            return pattern->matches(*claim.string());
    }
    return types_differ;
}

}  // namespace

std::optional<Comparison> Comparison::parse(std::string_view text) noexcept {
    const bool negated = text.starts_with('!');
    if (negated) text.remove_prefix(1);
    for (std::size_t i = 0; i < (negated ? plain_operators : operator_names.size()); ++i)
        if (operator_names[i].name == text)
            return Comparison{operator_names[i].comparison.op, negated != operator_names[i].comparison.negated};
    return std::nullopt;
}

bool Comparison::sets_lower_bound() const noexcept {
    const bool above = op == Operator::gt || op == Operator::ge;
    const bool below = op == Operator::lt || op == Operator::le;
    return negated ? below : above;
}

bool Comparison::sets_upper_bound() const noexcept {
    return Comparison{op, !negated}.sets_lower_bound();
}

std::string_view text(Mismatch mismatch) noexcept {
    switch (mismatch) {
        case Mismatch::claim_missing:
            return "the token does not have it";
        case Mismatch::claim_malformed:
            return "it has a type that this claim may not have";
        case Mismatch::claim_number_too_large:
            return "it has a number beyond 64 bits, which cannot be compared";
        case Mismatch::types_differ:
            return "the operator does not apply to these types";
        case Mismatch::expected_too_large:
            return "the expected value is larger than 4096 bytes";
        case Mismatch::expected_not_json:
            return "the expected value is not JSON";
        case Mismatch::pattern_invalid:
            return "the expected value is not a regular expression";
        case Mismatch::pattern_too_expensive:
            return "the regular expression takes too many steps";
        case Mismatch::out_of_memory:
            return "out of memory";
        case Mismatch::not_met:
            return "the comparison fails";
    }
    return "";
}

Expected::Expected(json::Document document, std::unique_ptr<ClaimPattern> pattern) noexcept
    : document_(std::move(document)), pattern_(std::move(pattern)) {}
Expected::Expected(Expected&&) noexcept = default;
Expected& Expected::operator=(Expected&&) noexcept = default;
Expected::~Expected() = default;

std::string_view Expected::needed_instead(Operator op) const noexcept {
    const json::Kind kind = document_.root().kind();
    const bool is_string = kind == json::Kind::string;
    switch (op) {
        case Operator::eq:
        case Operator::any:
            return "";
        case Operator::gt:
        case Operator::ge:
        case Operator::lt:
        case Operator::le:
            return is_string || document_.root().number() ? "" : "a number, like json=3, or a string";
        case Operator::in:
            return kind == json::Kind::array || kind == json::Kind::object
                       ? ""
                       : R"(an array or an object, like json=["a","b"])";
        case Operator::match:
            return is_string ? "" : "a regular expression, which is a string";
    }
    return "";
}

bool Expected::is_number_in_string() const noexcept {
    const auto text = document_.root().string();
    const auto value = text ? json::Document::parse(*text) : std::unexpected(Error::document_not_json);
    return value && value->root().number();
}

std::size_t Expected::memory_bytes() const noexcept {
    return sizeof(*this) + document_.memory_bytes() + (pattern_ ? pattern_->memory_bytes() : 0);
}

std::expected<Expected, Mismatch> Expected::from_json(std::string_view text, Operator op) {
    if (text.size() > max_bytes) return std::unexpected(Mismatch::expected_too_large);
    return make(text, op);
}

std::expected<Expected, Mismatch> Expected::from_string(std::string_view text, Operator op) {
    if (text.size() > max_bytes) return std::unexpected(Mismatch::expected_too_large);
    return make(json::quoted(text), op);
}

std::expected<Expected, Mismatch> Expected::make(std::string_view json_text, Operator op) {
    auto document = json::Document::parse(json_text);
    if (!document)
        return std::unexpected(document.error() == Error::out_of_memory ? Mismatch::out_of_memory
                                                                        : Mismatch::expected_not_json);
    const auto pattern_text = document->root().string();
    if (op != Operator::match || !pattern_text) return Expected(*std::move(document), nullptr);
    auto pattern = ClaimPattern::compile(*pattern_text);
    if (!pattern) return std::unexpected(pattern.error());
    return Expected(*std::move(document), *std::move(pattern));
}

std::expected<void, Mismatch> compare(std::optional<json::Value> claim, Comparison comparison, const Expected& expected,
                                      Leeway leeway) {
    // null means absent: it meets no rule but one that asks for null itself, and a negated one asks for something.
    if (!claim || (comparison.negated && claim->kind() == json::Kind::null))
        return std::unexpected(Mismatch::claim_missing);
    if (claim->holds_large_number()) return std::unexpected(Mismatch::claim_number_too_large);
    const Outcome outcome = evaluate(comparison.op, *claim, shift_of(leeway, comparison), expected.document_.root(),
                                     expected.pattern_.get());
    if (!outcome) return std::unexpected(outcome.error());
    if (*outcome == comparison.negated) return std::unexpected(Mismatch::not_met);
    return {};
}

}  // namespace oauth
