#include "base/content_coding.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(ContentCoding, NothingAndIdentityInAnyCaseArePlain) {
    for (const std::string_view value :
         {"", "identity", "Identity", "IDENTITY", " identity\t", "identity, identity", "identity,", ", Identity"})
        EXPECT_TRUE(is_identity_coding(value)) << value;
}

TEST(ContentCoding, AnythingElseIsNot) {
    for (const std::string_view value : {"gzip", "identity, gzip", "gzip, identity", "br", "identity;q=1",
                                         "identity gzip", "identit", "identityx", "\"identity\""})
        EXPECT_FALSE(is_identity_coding(value)) << value;
}

}  // namespace
}  // namespace base
