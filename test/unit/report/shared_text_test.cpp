#include "report/shared_text.h"

#include <gtest/gtest.h>

#include <cstring>
#include <new>
#include <string>

namespace report {
namespace {

struct SharedTextTest : testing::Test {
    alignas(8) unsigned char bytes[sizeof(SharedText)] = {};  // as shared memory is
    SharedText& shared = *std::launder(reinterpret_cast<SharedText*>(bytes));
};

TEST_F(SharedTextTest, IsEmptyWhenItsMemoryIsNew) {
    EXPECT_EQ(shared.text(), "");
}

TEST_F(SharedTextTest, GivesBackTheNewestText) {
    shared.set("the server cannot be reached: connection refused");
    shared.set("short");
    EXPECT_EQ(shared.text(), "short");
    shared.set("");
    EXPECT_EQ(shared.text(), "");
}

TEST_F(SharedTextTest, CutsALongTextBetweenCharacters) {
    shared.set(std::string(1024 * 1024, 'x'));
    EXPECT_EQ(shared.text(), std::string(SharedText::longest, 'x'));
    shared.set(std::string(SharedText::longest - 1, 'x') + "ü");
    EXPECT_EQ(shared.text(), std::string(SharedText::longest - 1, 'x'));
}

TEST_F(SharedTextTest, WhatIsHalfWrittenIsNoText) {
    shared.set("the server cannot be reached");
    for (std::size_t byte = 0; byte < sizeof(SharedText); byte++) {
        bytes[byte] ^= 1U;
        EXPECT_EQ(shared.text(), "") << byte;
        bytes[byte] ^= 1U;
    }
    EXPECT_EQ(shared.text(), "the server cannot be reached");
}

}  // namespace
}  // namespace report
