#include "ngx/held_bytes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <list>
#include <optional>
#include <string>

namespace ngx {
namespace {

using Part = HeldBytes::Part;

TEST(HeldBytesTest, NoMoreIsHeldThanMayBe) {
    HeldBytes whole(100);
    std::list<Part> parts;
    for (const char client : {'a', 'b', 'c', 'd'})
        EXPECT_TRUE(parts.emplace_back(whole, std::string(1, client)).grow_to(25));
    EXPECT_FALSE(Part(whole, "e").grow_to(1));
    EXPECT_FALSE(parts.back().grow_to(26));
    parts.pop_front();
    EXPECT_TRUE(Part(whole, "e").grow_to(25));
}

TEST(HeldBytesTest, OneClientHasAQuarterInSeveralRequests) {
    HeldBytes whole(100);
    Part first(whole, "a");
    Part second(whole, "a");
    Part other(whole, "b");
    EXPECT_TRUE(first.grow_to(20));
    EXPECT_TRUE(second.grow_to(5));
    EXPECT_FALSE(second.grow_to(6));
    EXPECT_FALSE(first.grow_to(21));
    EXPECT_TRUE(other.grow_to(25));
}

TEST(HeldBytesTest, OneRequestHasNoMoreThanItsClient) {
    HeldBytes whole(100);
    Part alone(whole, "a");
    EXPECT_FALSE(alone.grow_to(26));
    EXPECT_TRUE(alone.grow_to(25));
    EXPECT_FALSE(alone.grow_to(26));
    EXPECT_FALSE(Part(whole, "a").grow_to(1));
    EXPECT_EQ(whole.most_of_client(), 25U);
}

TEST(HeldBytesTest, NoSizeRunsOver) {
    HeldBytes whole(100);
    Part part(whole, "a");
    EXPECT_FALSE(part.grow_to(SIZE_MAX));
    EXPECT_TRUE(part.grow_to(10));
    EXPECT_FALSE(part.grow_to(SIZE_MAX));
    EXPECT_FALSE(Part(whole, "a").grow_to(SIZE_MAX));
    EXPECT_FALSE(Part(whole, "b").grow_to(SIZE_MAX - 9));
}

TEST(HeldBytesTest, WhatIsRefusedCountsForNobody) {
    HeldBytes whole(100);
    Part part(whole, "a");
    for (int i = 0; i < 1000; i++)
        EXPECT_FALSE(part.grow_to(26));
    EXPECT_TRUE(part.grow_to(25));
}

TEST(HeldBytesTest, WhatIsReleasedOrEndsIsFreeAndIsNotFreedTwice) {
    HeldBytes whole(100);
    std::optional<Part> first;
    first.emplace(whole, "a");
    EXPECT_TRUE(first->grow_to(25));
    first->release();
    EXPECT_TRUE(first->grow_to(15));
    first->release();
    first->release();
    first.reset();
    Part second(whole, "a");
    EXPECT_TRUE(second.grow_to(25));
    EXPECT_FALSE(Part(whole, "a").grow_to(1));
}

TEST(HeldBytesTest, NothingIsLessThanWhatIsHeld) {
    HeldBytes whole(40);
    Part part(whole, "a");
    EXPECT_TRUE(part.grow_to(0));
    EXPECT_TRUE(part.grow_to(10));
    EXPECT_TRUE(part.grow_to(3));
    EXPECT_FALSE(Part(whole, "a").grow_to(1));
}

}  // namespace
}  // namespace ngx
