// In one worker, with nobody to share with: what several do together is tested with nginx.
#include "authority/remote_keys.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "authority/shared_document.h"
#include "support/fetched.h"
#include "support/key_set.h"
#include "support/nginx.h"
#include "support/outcome.h"

namespace authority {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using support::answer_fetch;
using support::fetched;
using support::key_set;

const std::string issuer = "https://as.example";

std::string metadata(std::string_view members = "") {
    return R"({"issuer":")" + issuer + '"' + std::string(members) + "}";
}

class RemoteKeysTest : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(trusted);
        options.trusted = &*trusted;
        options.refetch_interval = milliseconds(0);
    }
    ~RemoteKeysTest() override { support::fetch_obstacle().reset(); }

    void begin(const std::string& location, bool discovered = false) {
        keys.emplace(location, discovered, options);
        keys->start();
        timer = support::Nginx::timers().back();
    }
    // With the first keys.
    void begin_with(std::string_view kid) {
        begin("https://as.example/keys?key=hidden");
        EXPECT_TRUE(asks());
        answer_fetch(key_set(kid));
    }
    // Its time is over. True: then somebody is asked.
    bool asks() const {
        if (timer->timer_set) support::Nginx::expire(*timer);
        return !fetched().empty();
    }
    // How long until then.
    milliseconds time_left() const { return milliseconds(timer->timer.key - ngx_current_msec); }
    std::string kid() {
        const auto set = keys->current();
        if (!set) return std::string(support::outcome(set));
        return (*set)->keys().empty() ? "none" : std::string((*set)->keys().front().kid().value_or(""));
    }
    // A request that comes later waits for newer ones; false: it may not.
    bool wait(ngx::Pause& pause) {
        let_the_clock_move();
        return keys->wait_for_newer(pause, 1000);
    }
    bool wait() { return wait(pause); }
    // That of SharedDocument, which nobody can set: by a millisecond.
    static void let_the_clock_move() {
        const milliseconds before = SharedDocument::now();
        while (SharedDocument::now() == before) {
        }
    }
    static bool somebody_goes_on() { return !ngx_queue_empty(&ngx_posted_events); }
    static auto lines_with(std::string_view text) {
        return std::ranges::count_if(support::Nginx::lines(),
                                     [&](const std::string& line) { return line.contains(text); });
    }

    support::Nginx nginx;
    support::FakeRequest request{nginx};
    std::expected<ngx::TrustStore, std::string> trusted = ngx::TrustStore::load(nullptr);
    RemoteKeysOptions options;
    std::optional<RemoteKeys> keys;
    ngx::Pause pause{request.get()};
    ngx_event_t* timer = nullptr;
};

TEST_F(RemoteKeysTest, WhoeverWaitsForTheFirstOnesGoesOnWhenTheyAreThere) {
    begin("https://as.example/keys");
    EXPECT_TRUE(wait());
    ASSERT_TRUE(asks());
    EXPECT_EQ(fetched().front().request.url, "https://as.example/keys");
    EXPECT_EQ(fetched().front().request.trusted, options.trusted);
    EXPECT_FALSE(somebody_goes_on());
    answer_fetch(key_set("one"));
    EXPECT_TRUE(somebody_goes_on());
    EXPECT_EQ(kid(), "one");
}

// Else a token of a key that was published while the server answered would be called bad.
TEST_F(RemoteKeysTest, TheyAreAsOldAsTheQuestionForThem) {
    begin("https://as.example/keys");
    ASSERT_TRUE(asks());
    const milliseconds asked = SharedDocument::now();
    let_the_clock_move();
    answer_fetch(key_set("one"));
    ASSERT_TRUE(keys->asked_at());
    EXPECT_LE(*keys->asked_at(), asked);
}

TEST_F(RemoteKeysTest, WhatCannotBeUsedLeavesTheOldOnesAndNobodyWaiting) {
    begin_with("one");
    for (const std::string_view body :
         {"", "<html>", "[]", R"({"keys":{}})", R"({"keys":[{"kty":"XYZ"}]})",
          R"({"keys":[{"kty":"oct","k":"c2VjcmV0LW9mLTMyLWJ5dGVzLWFzLWhzMjU2LXdhbnRz"}]})"}) {
        ngx::Pause waiting(request.get());
        EXPECT_TRUE(wait(waiting)) << body;
        ASSERT_TRUE(asks()) << body;
        support::Nginx::lines().clear();
        answer_fetch(std::string(body));
        EXPECT_TRUE(somebody_goes_on()) << body;
        EXPECT_EQ(kid(), "one") << body;
        EXPECT_TRUE(keys->is_failing()) << body;
        EXPECT_EQ(lines_with("; the old ones are used"), 1) << body;
        EXPECT_EQ(lines_with("hidden"), 0) << "a query may hold a secret";
    }
}

TEST_F(RemoteKeysTest, OnlyA200HasKeys) {
    begin_with("one");
    for (const long status : {201L, 204L, 206L, 304L, 401L, 404L, 500L, 503L}) {
        ngx::Pause waiting(request.get());
        EXPECT_TRUE(wait(waiting)) << status;
        ASSERT_TRUE(asks()) << status;
        answer_fetch(key_set("evil"), status);
        EXPECT_EQ(kid(), "one") << status;
    }
}

TEST_F(RemoteKeysTest, AnEmptySetWithdrawsAll) {
    begin_with("one");
    EXPECT_TRUE(wait());
    ASSERT_TRUE(asks());
    answer_fetch(R"({"keys":[]})");
    EXPECT_EQ(kid(), "none");
    EXPECT_FALSE(keys->is_failing());
    EXPECT_EQ(lines_with("it has withdrawn all of them, so every token is refused"), 1);
}

TEST_F(RemoteKeysTest, WhatCannotBeAskedLeavesNobodyWaiting) {
    support::fetch_obstacle() = ngx::FetchError::out_of_memory;
    begin("https://as.example/keys");
    EXPECT_TRUE(wait());
    EXPECT_FALSE(asks());
    EXPECT_TRUE(somebody_goes_on());
    EXPECT_TRUE(keys->is_failing());
    EXPECT_EQ(kid(), "keys_unavailable");
    support::fetch_obstacle().reset();
    EXPECT_TRUE(asks()) << "and it is tried again";
}

// However fresh the server calls them, or how long it has been away.
TEST_F(RemoteKeysTest, KeysThatAreTooOldAreNone) {
    options.freshness = {seconds(0), seconds(0), seconds(0), seconds(0)};
    begin_with("one");
    EXPECT_EQ(kid(), "keys_unavailable");
    EXPECT_EQ(keys->asked_at(), std::nullopt);
    EXPECT_TRUE(asks()) << "newer ones are due";
}

TEST_F(RemoteKeysTest, WithoutKeysItIsTriedAgainWithinTenSecondsAndWithThemWithinAMinute) {
    begin("https://as.example/keys");
    for (int failures = 1; failures <= 40; failures++) {
        ASSERT_TRUE(asks()) << failures;
        answer_fetch("", 500);
        EXPECT_GE(time_left(), milliseconds(500)) << failures;
        EXPECT_LE(time_left(), seconds(10)) << failures;
    }
    ASSERT_TRUE(asks());
    answer_fetch(key_set("one"));
    EXPECT_TRUE(wait());
    for (int failures = 1; failures <= 40; failures++) {
        ASSERT_TRUE(asks()) << failures;
        answer_fetch("", 500);
        EXPECT_LE(time_left(), failures == 1 ? seconds(1) : seconds(60)) << failures;
    }
    EXPECT_GE(time_left(), seconds(30)) << "a server that is down for long is asked less often";
}

// Not even by a token. But a server that asks for a day does not keep nginx from working for a day.
TEST_F(RemoteKeysTest, AServerIsGivenTheTimeThatItAsksForUpToTenMinutes) {
    begin("https://as.example/keys");
    for (const auto& [retry_after, time] : {std::pair("120", minutes(2)), std::pair("86400", minutes(10))}) {
        ASSERT_TRUE(asks());
        answer_fetch("", 503, retry_after);
        EXPECT_EQ(time_left(), time) << retry_after;
        EXPECT_FALSE(wait());
        keys->hasten();
        EXPECT_EQ(time_left(), time) << retry_after;
    }
}

TEST_F(RemoteKeysTest, WhereTheServerAskedForNoTimeATokenMakesUsAskBeforeTheNextTry) {
    begin("https://as.example/keys");
    ASSERT_TRUE(asks());
    answer_fetch("", 500);
    EXPECT_GT(time_left(), milliseconds(0));
    EXPECT_TRUE(wait());
    EXPECT_EQ(time_left(), milliseconds(0));
    EXPECT_TRUE(asks());
}

TEST_F(RemoteKeysTest, TokensMakeUsAskOnceInEachInterval) {
    options.refetch_interval = hours(1);
    begin_with("one");
    EXPECT_EQ(keys->time_to_turn(), milliseconds(0)) << "a fetch that was due takes nobody's turn";
    EXPECT_TRUE(wait());
    ASSERT_TRUE(asks());
    answer_fetch(key_set("two"));
    EXPECT_EQ(kid(), "two");
    EXPECT_GT(keys->time_to_turn(), minutes(59));
    ngx::Pause next(request.get());
    EXPECT_TRUE(wait(next)) << "who comes in between waits for the next turn";
    for (int looks = 0; looks < 100; looks++)
        EXPECT_FALSE(asks());
}

TEST_F(RemoteKeysTest, ForAnIntervalAfterAFailureNoTokenMakesUsAsk) {
    options.refetch_interval = hours(1);
    begin("https://as.example/keys");
    ASSERT_TRUE(asks());
    answer_fetch("", 500);
    EXPECT_FALSE(wait()) << "while the server is down, requests are refused at once";
    EXPECT_TRUE(asks()) << "and the server is asked by the clock";
}

TEST_F(RemoteKeysTest, WhoOnlyLooksMakesNobodyAskWhereThereAreKeys) {
    begin_with("one");
    const milliseconds rest = time_left();
    EXPECT_GE(rest, minutes(50));
    keys->hasten();
    EXPECT_EQ(time_left(), rest);
    EXPECT_TRUE(wait());
    ASSERT_TRUE(asks());
    answer_fetch("", 500);
    const milliseconds retry = time_left();
    keys->hasten();
    EXPECT_EQ(time_left(), retry) << "nor when they could not be renewed";
}

TEST_F(RemoteKeysTest, WhoOnlyLooksHastensTheFirstOnes) {
    begin("https://as.example/keys");
    ASSERT_TRUE(asks());
    answer_fetch("", 500);
    keys->hasten();
    EXPECT_EQ(time_left(), milliseconds(0));
}

// SPEC 53: another host is one that somebody else wrote, and may be anything in the operator's network.
TEST_F(RemoteKeysTest, WhereMetadataLeadsElsewhereOnlyPublicAddressesAreAsked) {
    begin(issuer, true);
    for (const auto& [url, is_elsewhere] :
         {std::pair("https://as.example/keys", false), std::pair("https://as.example:8443/keys", false),
          std::pair("https://keys.example/", true), std::pair("https://127.0.0.1/keys", true)}) {
        ngx::Pause waiting(request.get());
        EXPECT_TRUE(wait(waiting));
        ASSERT_TRUE(asks());
        EXPECT_FALSE(fetched().front().request.deny_private_addresses) << "the operator wrote where the metadata is";
        answer_fetch(metadata(R"(,"jwks_uri":")" + std::string(url) + '"'));
        ASSERT_EQ(fetched().size(), 1U);
        EXPECT_EQ(fetched().front().request.url, url);
        EXPECT_EQ(fetched().front().request.deny_private_addresses, is_elsewhere) << url;
        answer_fetch(key_set(url));
        EXPECT_EQ(kid(), url);
    }
}

TEST_F(RemoteKeysTest, AnIssuerWithoutKeysIsAskedOnceAMinuteAndToldOnce) {
    begin(issuer, true);
    for (int i = 0; i < 3; i++) {
        ASSERT_TRUE(asks());
        while (!fetched().empty())
            answer_fetch(metadata());
        EXPECT_EQ(time_left(), minutes(1));
        EXPECT_FALSE(wait());
        EXPECT_EQ(kid(), "keys_unavailable");
        EXPECT_EQ(lines_with("the metadata has no jwks_uri"), 1);
    }
}

TEST_F(RemoteKeysTest, AWorkerThatQuitsAsksOnlyForThoseWhoWait) {
    begin("https://as.example/keys");
    ngx_exiting = 1;
    EXPECT_FALSE(asks());
    EXPECT_TRUE(wait());
    EXPECT_TRUE(asks());
}

TEST_F(RemoteKeysTest, OnesThatAreStoppedGiveUpWhatIsUnderWay) {
    begin("https://as.example/keys");
    ASSERT_TRUE(asks());
    keys->stop();
    EXPECT_TRUE(fetched().empty());
    EXPECT_TRUE(support::Nginx::timers().empty());
    EXPECT_FALSE(wait());
    keys->hasten();
    EXPECT_TRUE(support::Nginx::timers().empty());
}

}  // namespace
}  // namespace authority
