#include "authority/question_limits.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "ngx/config.h"

namespace authority {
namespace {

constexpr QuestionLimits defaults{.per_server = 11, .per_client = 12, .total = 13, .waiting = 14};

// Behind the name of a directive.
QuestionLimits read(std::initializer_list<std::string_view> texts) {
    std::vector<ngx_str_t> elements = {ngx::str("limits")};
    for (const std::string_view text : texts)
        elements.push_back(ngx::str(text));
    ngx_array_t array{};
    array.elts = elements.data();
    array.nelts = elements.size();
    ngx_conf_t cf{};
    cf.args = &array;
    const ngx_command_t command{};
    return QuestionLimits::read(ngx::Arguments(&cf, &command), defaults);
}

// What nginx says to it; empty: nothing.
std::string complaint(std::initializer_list<std::string_view> texts) {
    try {
        read(texts);
        return "";
    } catch (const ngx::ConfigError& error) {
        return error.what();
    }
}

std::vector<std::size_t> numbers(const QuestionLimits& limits) {
    return {limits.per_server, limits.per_client, limits.total, limits.waiting};
}

TEST(QuestionLimits, EachIsSetByItsOwnNameAndTheOthersStay) {
    using Numbers = std::vector<std::size_t>;
    EXPECT_EQ(numbers(read({})), (Numbers{11, 12, 13, 14}));
    EXPECT_EQ(numbers(read({"per_server=1"})), (Numbers{1, 12, 13, 14}));
    EXPECT_EQ(numbers(read({"per_client=1"})), (Numbers{11, 1, 13, 14}));
    EXPECT_EQ(numbers(read({"total=1"})), (Numbers{11, 12, 1, 14}));
    EXPECT_EQ(numbers(read({"waiting=1"})), (Numbers{11, 12, 13, 1}));
    EXPECT_EQ(numbers(read({"waiting=4", "total=3", "per_client=2", "per_server=1"})), (Numbers{1, 2, 3, 4}));
}

// 0 would let nobody in, and what is too large for a number would be no limit at all.
TEST(QuestionLimits, EachIsAWholeNumberFromOneToAMillion) {
    EXPECT_EQ(read({"total=1000000"}).total, 1'000'000U);
    for (const std::string name : {"per_server=", "per_client=", "total=", "waiting="})
        for (const std::string_view value : {"0", "00", "1000001", "18446744073709551617", "-1", "+1", "", " 1", "1 ",
                                             "1k", "1.5", "0x10", "unlimited"}) {
            const std::string text = name + std::string(value);
            EXPECT_EQ(complaint({text}), '"' + text + "\" must be a number from 1 to 1000000");
        }
}

TEST(QuestionLimits, NoneIsGivenTwiceNotEvenWithOneNumber) {
    EXPECT_EQ(complaint({"total=5", "waiting=5", "total=5"}), R"("total=5" is given twice)");
}

TEST(QuestionLimits, WhatNobodyKnowsIsNoLimit) {
    for (const std::string text : {"", "total", "Total=1", "per-client=1", "=1", "per_user=1"})
        EXPECT_EQ(complaint({text}),
                  '"' + text + R"(" is unknown; there are "per_server=", "per_client=", "total=" and "waiting=")");
}

}  // namespace
}  // namespace authority
