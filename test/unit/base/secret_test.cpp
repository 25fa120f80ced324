#include "base/secret.h"

#include <gtest/gtest.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace base {
namespace {

constexpr std::string_view short_bytes = "correct horse";  // fits into the string object itself
constexpr std::string_view part = short_bytes.substr(8);   // a moved-from string overwrites its first byte
const std::string long_bytes(300, 'k');

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(!Printable<base::Secret>, "a stream must not print a secret");
static_assert(!std::copyable<base::Secret> && !std::is_convertible_v<base::Secret, std::string_view>);
static_assert(std::is_nothrow_move_constructible_v<base::Secret> && std::is_nothrow_move_assignable_v<base::Secret>);

// The bytes of an object, as whoever gets its memory next sees them.
template <class T>
std::string memory_of(const T& object) {
    return {reinterpret_cast<const char*>(&object), sizeof(object)};
}

TEST(Secret, RevealsWhatItHolds) {
    EXPECT_EQ(base::Secret(short_bytes).reveal(), short_bytes);
    EXPECT_EQ(base::Secret(long_bytes).reveal(), long_bytes);
    EXPECT_TRUE(base::Secret().empty());
    EXPECT_FALSE(base::Secret(short_bytes).empty());
}

TEST(Secret, BytesMayBeZero) {
    const std::string_view bytes("a\0b", 3);
    EXPECT_EQ(base::Secret(bytes).reveal(), bytes);
}

TEST(Secret, AMoveLeavesNothingBehind) {
    base::Secret source(short_bytes);
    const base::Secret target(std::move(source));
    EXPECT_EQ(target.reveal(), short_bytes);
    EXPECT_EQ(memory_of(source).find(part), std::string::npos);
}

TEST(Secret, AMoveAssignmentReplacesAndLeavesNothingBehind) {
    base::Secret source(short_bytes);
    base::Secret target(long_bytes);
    target = std::move(source);
    EXPECT_EQ(target.reveal(), short_bytes);
    EXPECT_EQ(memory_of(source).find(part), std::string::npos);
}

TEST(Secret, AssigningToItselfKeepsTheBytes) {
    base::Secret secret(short_bytes);
    base::Secret& same = secret;
    secret = std::move(same);
    EXPECT_EQ(secret.reveal(), short_bytes);
}

TEST(Secret, TheDestructorWipesTheBytes) {
    alignas(base::Secret) std::array<std::byte, sizeof(base::Secret)> storage{};
    auto* secret = new (storage.data()) base::Secret(short_bytes);
    ASSERT_NE(memory_of(storage).find(part), std::string::npos);
    std::destroy_at(secret);
    EXPECT_EQ(memory_of(storage).find(part), std::string::npos);
}

TEST(Secret, WhatIsTakenStaysNowhereElse) {
    std::string source(short_bytes);
    EXPECT_EQ(base::Secret::taken(std::move(source)).reveal(), short_bytes);
    EXPECT_EQ(memory_of(source).find(part), std::string::npos);
    std::string long_source = long_bytes;
    const char* place = long_source.data();
    EXPECT_EQ(base::Secret::taken(std::move(long_source)).c_str(), place);
}

TEST(Secret, PartsAreJoined) {
    EXPECT_EQ(base::Secret::joined({"a", "", long_bytes}).reveal(), "a" + long_bytes);
    EXPECT_TRUE(base::Secret::joined({}).empty());
}

TEST(Secret, ALongSecretMovesToo) {
    base::Secret source(long_bytes);
    base::Secret target(short_bytes);
    target = std::move(source);
    EXPECT_EQ(target.reveal(), long_bytes);
    EXPECT_EQ(base::Secret(std::move(target)).reveal(), long_bytes);
}

}  // namespace
}  // namespace base
