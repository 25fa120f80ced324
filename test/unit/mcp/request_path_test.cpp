#include "mcp/request_path.h"

#include <gtest/gtest.h>

#include <string_view>

namespace mcp {
namespace {

using namespace std::string_view_literals;

TEST(RequestPathTest, OrdinaryPathsArePlain) {
    for (const auto target :
         {"/"sv, "/mcp"sv, "/mcp/"sv, "/mcp/x.y/..z/a..b/.well-known"sv, "/mcp/x%20y"sv, "/mcp/%c3%bc/%C3%9C"sv,
          "/mcp/@scope:1,2(3)!$&'*+=~"sv, "/mcp/%40scope%3A1"sv, "/mcp?a=/../b//c%2f#;"sv, "/\xC3\xBC"sv})
        EXPECT_TRUE(is_plain_path(target)) << target;
}

TEST(RequestPathTest, DotSegmentsAreNot) {
    for (const auto target : {"/a/../b"sv, "/a/./b"sv, "/.."sv, "/a/."sv, "/a/.../b"sv, "/%2e%2e/a"sv, "/a/.%2E/b"sv,
                              "/a/..%20/b"sv, "/..;/a"sv, "/..?x"sv})
        EXPECT_FALSE(is_plain_path(target)) << target;
}

TEST(RequestPathTest, WhatSeparatesForSomeReaderAloneIsNot) {
    for (const auto target : {"//mcp"sv, "/mcp//"sv, "/a//b"sv, "/a%2fb"sv, "/a%2Fb"sv, "/a\\b"sv, "/a%5cb"sv, "/a#b"sv,
                              "/a%23b"sv, "/a%3fb"sv, "/a;x=1"sv, "/a%3bx"sv})
        EXPECT_FALSE(is_plain_path(target)) << target;
}

TEST(RequestPathTest, WhatIsDecodedByNobodyOrTwiceIsNot) {
    for (const auto target : {"/a%252fb"sv, "/a%25"sv, "/%61dmin"sv, "/a%7Eb"sv, "/a%"sv, "/a%2"sv, "/a%zz"sv})
        EXPECT_FALSE(is_plain_path(target)) << target;
}

TEST(RequestPathTest, NeitherAreControlCharactersNorOtherTextThanUtf8) {
    for (const auto target :
         {"/a%00b"sv, "/a\0b"sv, "/a%0ab"sv, "/a%7f"sv, "/a b"sv, "/%c0%af"sv, "/%ff"sv, "/\xFF"sv, "/%c2%85"sv})
        EXPECT_FALSE(is_plain_path(target)) << target;
}

TEST(RequestPathTest, NorWhatIsNoPath) {
    for (const auto target : {""sv, "*"sv, "mcp"sv, "?x"sv})
        EXPECT_FALSE(is_plain_path(target)) << target;
}

}  // namespace
}  // namespace mcp
