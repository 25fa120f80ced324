#include "base/outgoing_request.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(OutgoingRequestTest, TwoRedirectsWithinAnOriginAreFollowed) {
    EXPECT_EQ(redirect_refusal("https://a.example/x", "https://a.example/y", 0), "");
    EXPECT_EQ(redirect_refusal("https://a.example/x", "https://A.example:443/y?z", 1), "");
    EXPECT_EQ(redirect_refusal("https://a.example/x", "https://a.example/y", 2), "there were two before");
}

TEST(OutgoingRequestTest, NoRedirectLeavesItsOrigin) {
    for (const char* to :
         {"http://a.example/x", "https://b.example/x", "https://a.example:444/x", "https://a.example.b/"})
        EXPECT_EQ(redirect_refusal("https://a.example/x", to, 0), "it leads to another origin") << to;
    for (const char* to : {"", "/x", "file:///etc/passwd", "https://u@a.example/x", "https://a.example/../x"})
        EXPECT_EQ(redirect_refusal("https://a.example/x", to, 0),
                  "it leads to an invalid URL, or to one that is neither http nor https")
            << to;
    EXPECT_EQ(redirect_refusal("a.example", "https://a.example/x", 0), "it leads to another origin");
}

}  // namespace
}  // namespace base
