#include "mcp/reason.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace mcp {
namespace {

TEST(ReasonTest, EveryTransportErrorHasARowOfItsOwn) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(TransportError::uri_not_normal); i++) {
        const Reason why = reason(static_cast<TransportError>(i));
        EXPECT_NE(why.name, "internal") << i;
        EXPECT_TRUE(why.is(static_cast<TransportError>(i))) << i;
        EXPECT_TRUE(names.insert(why.name).second) << why.name;
        EXPECT_GE(why.http_status, 400) << why.name;
        EXPECT_EQ(why.text.find_first_of("\"\\"), std::string_view::npos) << why.name;
    }
}

TEST(ReasonTest, AReasonIsItsErrorAndNoOther) {
    EXPECT_TRUE(reason(oauth::Error::credentials_missing).is(oauth::Error::credentials_missing));
    EXPECT_FALSE(reason(oauth::Error::credentials_missing).is(oauth::Error::expired));
    // The first of each enum: the same number, and not the same error.
    EXPECT_FALSE(reason(oauth::Error{}).is(TransportError{}));
    EXPECT_FALSE(reason(TransportError{}).is(oauth::Error{}));
    EXPECT_TRUE(Reason{}.is(oauth::Error::internal));
    EXPECT_EQ(Reason{}.http_status, 500);
}

TEST(ReasonTest, AReasonWithoutACodeOfItsOwnHasTheOneOfItsStatus) {
    EXPECT_EQ(code_in_answer(reason(oauth::Error::expired)), unauthorized_code);
    EXPECT_EQ(code_in_answer(reason(oauth::Error::scope_insufficient)), forbidden_code);
    EXPECT_EQ(code_in_answer(reason(oauth::Error::server_unreachable)), unavailable_code);
    EXPECT_EQ(code_in_answer(reason(oauth::Error::internal)), internal_error);
    EXPECT_EQ(code_in_answer(reason(TransportError::body_not_json)), parse_error);
}

TEST(ReasonTest, StatusesAreThoseOfHttp) {
    EXPECT_EQ(reason(TransportError::media_type_unsupported).http_status, 415);
    EXPECT_EQ(reason(TransportError::body_too_large).http_status, 413);
    EXPECT_EQ(reason(TransportError::body_unavailable).http_status, 500);
    EXPECT_EQ(reason(TransportError::body_ambiguous).http_status, 400);
}

}  // namespace
}  // namespace mcp
