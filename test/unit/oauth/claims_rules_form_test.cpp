#include <gtest/gtest.h>

#include <string_view>

#include "oauth/claims_rules.h"

namespace oauth {
namespace {

// What is compared by an operator's rule (RFC 7519 section 4.1).
bool may_be(std::string_view claim, std::string_view value) {
    const auto document = json::Document::parse(value, {.keep_large_numbers = true});
    EXPECT_TRUE(document) << value;
    return has_form(document->root(), form_of(claim));
}

TEST(ClaimForms, AnIssuerIsAString) {
    for (const char* claim : {"iss", "client_id"}) {
        EXPECT_TRUE(may_be(claim, R"("a")")) << claim;
        for (const char* value : {R"(["a"])", "[]", "{}", "1", "true", "null"})
            EXPECT_FALSE(may_be(claim, value)) << claim << value;
    }
}

TEST(ClaimForms, ASubjectIsAStringOrWhatSomeServersSend) {
    for (const char* claim : {"sub", "jti"}) {
        for (const char* value : {R"("a")", "1", "1.5"})
            EXPECT_TRUE(may_be(claim, value)) << claim << value;
        for (const char* value : {R"(["a"])", "{}", "true", "null", "1e400", "18446744073709551616"})
            EXPECT_FALSE(may_be(claim, value)) << claim << value;
    }
}

TEST(ClaimForms, AnAudienceIsAStringOrAnArrayOfStrings) {
    for (const char* value : {R"("a")", R"(["a","b"])", "[]"})
        EXPECT_TRUE(may_be("aud", value)) << value;
    for (const char* value : {R"(["a",1])", R"(["a",1e400])", R"([["a"]])", "{}", "1", "1e400", "null"})
        EXPECT_FALSE(may_be("aud", value)) << value;
}

TEST(ClaimForms, OfOtherClaimsNothingIsKnown) {
    for (const char* value : {R"("a")", R"([1,{}])", "{}", "1", "true", "null"})
        EXPECT_TRUE(may_be("roles", value)) << value;
}

}  // namespace
}  // namespace oauth
