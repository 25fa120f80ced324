#include "oauth/introspection/request.h"

#include <gtest/gtest.h>

namespace oauth::introspection {
namespace {

TEST(IntrospectionRequestTest, TheTokenIsFormEncodedAndHinted) {
    EXPECT_EQ(request_form("abc~+/="), "token=abc%7E%2B%2F%3D&token_type_hint=access_token");
}

TEST(IntrospectionRequestTest, ATokenCannotAddParameters) {
    EXPECT_EQ(request_form("x&token=y"), "token=x%26token%3Dy&token_type_hint=access_token");
}

}  // namespace
}  // namespace oauth::introspection
