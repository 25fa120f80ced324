#include "oauth/client_credentials.h"

#include <gtest/gtest.h>

namespace oauth {
namespace {

TEST(ClientCredentialsTest, IdAndSecretAreJoinedByAColonInBase64) {
    EXPECT_EQ(basic_credentials("s6BhdRkqt3", "gX1fBat3bV").reveal(), "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW");
}

// RFC 6749 section 2.3.1: form-encoded first. "a:b" and "c%d" give "a%3Ab:c%25d".
TEST(ClientCredentialsTest, IdAndSecretAreFormEncodedFirst) {
    EXPECT_EQ(basic_credentials("a:b", "c%d").reveal(), "Basic YSUzQWI6YyUyNWQ=");
}

}  // namespace
}  // namespace oauth
