#include "ngx/subrequest_uri.h"

#include <gtest/gtest.h>

#include <string_view>

namespace ngx {
namespace {

using std::string_view_literals::operator""sv;

TEST(SafeUri, HoldsNothingThatEndsALineOrAnArgument) {
    EXPECT_TRUE(is_safe_uri("/_in$uri", "/_in/a b"));
    for (const auto uri : {"/_in/\r\n"sv, "/_in/\n"sv, "/_in/\t"sv, "/_in/\x7f"sv, "/_in/\0"sv})
        EXPECT_FALSE(is_safe_uri("/_in$uri", uri));
    EXPECT_TRUE(is_safe_uri("/_in?a=$arg_a", "/_in?a=b%20c%0A"));
    EXPECT_FALSE(is_safe_uri("/_in?a=$x", "/_in?a=b c"));
    EXPECT_FALSE(is_safe_uri("/_in?a=$x", "/_in?a=b\nc"));
}

TEST(SafeUri, HasNoArgumentsButThoseOfTheDirective) {
    EXPECT_FALSE(is_safe_uri("/_in$uri", "/_in/a?b"));
    EXPECT_FALSE(is_safe_uri("/_in/$x?a=1", "/_in/y?a=1?a=1"));
    EXPECT_TRUE(is_safe_uri("/_in/$x?a=1", "/_in/y?a=1"));
    EXPECT_TRUE(is_safe_uri("/_in?a=$x", "/_in?a=b?c"));
    EXPECT_TRUE(is_safe_uri("/_in?a=1", "/_in?a=1"));
}

TEST(SafeUri, MayHaveThoseOfTheClientWhereTheDirectiveNamesThem) {
    for (const auto written : {"/_in$request_uri", "/_in${request_uri}", "/_in$uri$is_args$args", "/_in$uri$IS_ARGS"})
        EXPECT_TRUE(is_safe_uri(written, "/_in/a?b")) << written;
    for (const auto written : {"/_in$args_of", "/_in${request_uri2}", "/_in/args$x", "$"})
        EXPECT_FALSE(is_safe_uri(written, "/_in/a?b")) << written;
}

TEST(SafeUri, HasNoFragment) {
    EXPECT_FALSE(is_safe_uri("/_in$request_uri", "/_in/a#b"));
    EXPECT_FALSE(is_safe_uri("/_in?a=$x&b=1", "/_in?a=#&b=1"));
    EXPECT_TRUE(is_safe_uri("/_in#b", "/_in#b"));
}

TEST(SafePath, HoldsNothingThatAClientEncoded) {
    EXPECT_TRUE(is_safe_path("/_in$uri", "/_in/a b"));
    for (const auto path : {"/_in/\r\n", "/_in/?", "/_in/#", "/_in/%0a", "/_in/%2E"})
        EXPECT_FALSE(is_safe_path("/_in$uri", path)) << path;
    for (const auto path : {"/_in/100%", "/_in/%4", "/_in/%zz"})
        EXPECT_TRUE(is_safe_path("/_in$uri", path)) << path;
}

TEST(SafePath, HoldsWhatIsWrittenEncoded) {
    EXPECT_TRUE(is_safe_path("/_in/%3f/%23/%2541$x", "/_in/?/#/%41"));
    EXPECT_FALSE(is_safe_path("/_in/%3F/$x", "/_in/?/?"));
}

}  // namespace
}  // namespace ngx
