#include "authority/key_wait.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "authority/shared_document.h"
#include "support/nginx.h"

namespace authority {
namespace {

using oauth::Error;
using Time = TurnRule::Time;

// An issuer's keys, of which the test says how old they are, and whether anybody may wait.
class FakeKeys final : public IssuerKeys {
public:
    std::expected<Set, Error> current() noexcept override { return std::unexpected(Error::keys_unavailable); }
    std::optional<Time> asked_at() const noexcept override { return at; }
    std::chrono::milliseconds time_to_turn() const noexcept override { return to_turn; }
    bool wait_for_newer(ngx::Pause&, ngx_msec_t limit) noexcept override {
        waits++;
        longest = limit;
        return lets_wait;
    }

    std::optional<Time> at;
    std::chrono::milliseconds to_turn{0};
    bool lets_wait = true;
    int waits = 0;
    ngx_msec_t longest = 0;
};

class KeyWaitTest : public testing::Test {
protected:
    std::optional<Error> begin(KeyWait& wait, std::string_view token = "token") {
        return wait.begin(keys, token, Error::signature_invalid);
    }

    support::Nginx nginx;
    support::FakeRequest request{nginx};
    Questions questions{QuestionLimits{.per_server = 1, .per_client = 1, .total = 1, .waiting = 4}};
    DoubtfulTokens doubtful;
    FakeKeys keys;
};

TEST_F(KeyWaitTest, AStrangersTokenIsNotCalledBadByKeysThatAreOlder) {
    KeyWait wait(request.get(), questions, doubtful);
    keys.at = SharedDocument::now() - std::chrono::seconds(1);
    EXPECT_EQ(begin(wait), std::nullopt);
    EXPECT_EQ(keys.waits, 1);
}

TEST_F(KeyWaitTest, WhatAnOperatorHasPutThereIsTheLastWord) {
    KeyWait wait(request.get(), questions, doubtful);
    keys.at = Time::max();
    EXPECT_EQ(begin(wait), Error::signature_invalid);
    EXPECT_EQ(keys.waits, 0);
    const Time later = SharedDocument::now() + std::chrono::hours(1);
    EXPECT_EQ(doubtful.first_seen("token", later), later) << "nothing is remembered of it";
}

TEST_F(KeyWaitTest, ATokenThatCameBeforeIsJudgedByKeysAskedForSince) {
    doubtful.first_seen("token", SharedDocument::now() - std::chrono::seconds(10));
    keys.at = SharedDocument::now() - std::chrono::seconds(5);
    keys.to_turn = std::chrono::seconds(3);
    KeyWait wait(request.get(), questions, doubtful);
    EXPECT_EQ(begin(wait), Error::signature_invalid) << "who repeats what is no good waits for nothing";
    KeyWait other(request.get(), questions, doubtful);
    EXPECT_EQ(begin(other, "another"), std::nullopt);
}

TEST_F(KeyWaitTest, NobodyWaitsLongerThanForItsTurnAndOneAnswer) {
    KeyWait wait(request.get(), questions, doubtful);
    keys.to_turn = std::chrono::hours(1);
    EXPECT_EQ(begin(wait), std::nullopt);
    EXPECT_LE(keys.longest, 10'000U);
}

TEST_F(KeyWaitTest, WhereNobodyMayWaitTheKeysCannotBeHad) {
    keys.lets_wait = false;
    for (int i = 0; i < 20; i++) {
        KeyWait wait(request.get(), questions, doubtful);
        EXPECT_EQ(begin(wait), Error::keys_unavailable) << "and no place is taken";
    }
}

TEST_F(KeyWaitTest, NoMoreWaitThanMay) {
    KeyWait first(request.get(), questions, doubtful);
    EXPECT_EQ(begin(first), std::nullopt);
    KeyWait second(request.get(), questions, doubtful);
    EXPECT_EQ(begin(second), Error::server_requests_limited) << "one client has a quarter";
    support::FakeRequest other(nginx, 0x0A00'0001);
    KeyWait third(other.get(), questions, doubtful);
    EXPECT_EQ(begin(third), std::nullopt);
    first.end();
    EXPECT_EQ(begin(second), std::nullopt) << "whose place is free again";
}

TEST_F(KeyWaitTest, ThoseWhoseTurnHasNotComeHaveAQuarterOfThePlaces) {
    keys.to_turn = std::chrono::seconds(3);
    KeyWait first(request.get(), questions, doubtful);
    EXPECT_EQ(begin(first), std::nullopt);
    support::FakeRequest other(nginx, 0x0A00'0001);
    KeyWait second(other.get(), questions, doubtful);
    EXPECT_EQ(begin(second), Error::server_requests_limited);
    keys.to_turn = Time(0);
    EXPECT_EQ(begin(second), std::nullopt) << "the others are for those who may ask";
}

}  // namespace
}  // namespace authority
