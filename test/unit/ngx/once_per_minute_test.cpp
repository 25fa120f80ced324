#include "ngx/once_per_minute.h"

#include <gtest/gtest.h>

#include "support/nginx.h"

namespace ngx {
namespace {

using std::chrono::milliseconds;
using support::Nginx;

TEST(OncePerMinute, IsDueAtFirstAndAMinuteAfterItWas) {
    const Nginx nginx;
    OncePerMinute messages;
    EXPECT_TRUE(messages.is_due());
    EXPECT_FALSE(messages.is_due());
    Nginx::pass(milliseconds(59'999));
    EXPECT_FALSE(messages.is_due());
    Nginx::pass(milliseconds(1));
    EXPECT_TRUE(messages.is_due());
    EXPECT_FALSE(messages.is_due());
}

TEST(OncePerMinute, WhatIsNewIsDueAtOnce) {
    const Nginx nginx;
    OncePerMinute messages;
    EXPECT_TRUE(messages.is_due());
    messages.begin_anew();
    EXPECT_TRUE(messages.is_due());
}

}  // namespace
}  // namespace ngx
