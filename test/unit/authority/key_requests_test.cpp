#include "authority/key_requests.h"

#include <gtest/gtest.h>

#include <array>
#include <list>
#include <string>
#include <utility>

#include "authority/internal_location.h"
#include "authority/shared_document.h"
#include "ngx/string.h"
#include "support/asked.h"
#include "support/key_set.h"
#include "support/nginx.h"
#include "support/own_host.h"

namespace authority {
namespace {

using oauth::Error;
using std::chrono::seconds;
using support::asked;
using support::key_set;
using Renewal = KeyRequests::Renewal;
using Source = KeyRequests::Source;

constexpr seconds lifetime{3600};

Answer published(std::string_view kid) {
    return {.status = 200, .body = key_set(kid)};
}

bool yes() {
    return true;
}

class KeyRequestsTest : public testing::Test {
protected:
    KeyRequestsTest() {
        request.get()->srv_conf = conf.data();
        support::host_kind() = ngx::HostKind::own;
    }
    ~KeyRequestsTest() override { support::obstacle().reset(); }

    // Of one location with a cache, unless a test says otherwise.
    Source source(std::string_view uri = "/_keys") const {
        return {.uri = uri,
                .written = uri,
                .format = KeyFormat::jwks,
                .time_limit = seconds(5),
                .lifetime = lifetime,
                .conf = this};
    }
    Source uncached() const {
        Source result = source();
        result.lifetime = seconds(0);
        return result;
    }
    KeyRequests& make() { return all.emplace_back(request.get(), questions, cache); }
    // The keys that a new request gets.
    std::string kid_of(const Source& from) {
        KeyRequests& requests = make();
        return requests.start(from, yes) == Progress::ready ? kid(requests) : "asked for";
    }
    static std::string kid(const KeyRequests& requests) {
        if (requests.keys() == nullptr) return "none";
        return std::string(requests.keys()->keys().front().kid().value_or(""));
    }
    // One that has asked and got this answer.
    KeyRequests& answered(const Source& from, const Answer& answer) {
        KeyRequests& requests = make();
        const Progress progress = requests.start(from, yes);
        EXPECT_EQ(progress, Progress::waiting);
        if (progress != Progress::waiting) return requests;
        settle(answer);
        EXPECT_EQ(requests.proceed(), Progress::ready);
        return requests;
    }
    // What was asked first is answered.
    static void settle(const Answer& answer) {
        ASSERT_FALSE(asked().empty());
        asked().front().receiver->settle(answer);
    }
    // The keys of source() were there before, and asked for so long ago: nobody can set the clock of their age. By the
    // key that KeyRequests gives them.
    void keep(std::string_view kid, TurnRule::Time age, Standing standing = Standing::own) {
        const base::Sha256 key =
            base::must_sha256_of({base::bytes(place_of(request.get(), this)), "jwks", source().uri});
        cache.keep_answer(key, cache.document(key_set(kid), KeyFormat::jwks, "test"), SharedDocument::now() - age,
                          standing);
    }
    // One that uses them, and whose token they do not verify.
    KeyRequests& in_doubt() {
        KeyRequests& requests = make();
        EXPECT_EQ(requests.start(source(), yes), Progress::ready);
        return requests;
    }

    support::Nginx nginx;
    support::FakeRequest request{nginx};
    std::array<void*, 1> conf{};
    Questions questions;
    KeyCache cache;
    std::list<KeyRequests> all;
};

TEST_F(KeyRequestsTest, AUriThatLeavesNginxIsNotAsked) {
    for (const std::string_view uri : {"", "keys", "https://evil.example/keys", " /keys"}) {
        KeyRequests& requests = make();
        EXPECT_EQ(requests.start(source(uri), yes), Progress::ready) << uri;
        EXPECT_EQ(requests.failure(), R"(the URI does not begin with "/")") << uri;
        EXPECT_EQ(requests.keys(), nullptr) << uri;
    }
    EXPECT_TRUE(asked().empty());
}

TEST_F(KeyRequestsTest, OneAsksForAllWhoWaitAndForThoseWhoComeLater) {
    KeyRequests& first = make();
    KeyRequests& second = make();
    EXPECT_EQ(first.start(source(), yes), Progress::waiting);
    EXPECT_EQ(second.start(source(), yes), Progress::waiting);
    ASSERT_EQ(asked().size(), 1U);
    settle(published("one"));
    for (KeyRequests* each : {&first, &second}) {
        EXPECT_EQ(each->proceed(), Progress::ready);
        EXPECT_EQ(kid(*each), "one");
        EXPECT_EQ(each->failure(), "");
    }
    EXPECT_EQ(kid_of(source()), "one");
}

// The location may look at anything of the request in whose name it is asked.
TEST_F(KeyRequestsTest, WithoutACacheEachAsksByItself) {
    KeyRequests& first = make();
    KeyRequests& second = make();
    first.start(uncached(), yes);
    second.start(uncached(), yes);
    ASSERT_EQ(asked().size(), 2U);
    asked().back().receiver->settle(published("two"));
    settle(published("one"));
    first.proceed();
    second.proceed();
    EXPECT_EQ(kid(first), "one");
    EXPECT_EQ(kid(second), "two");
    EXPECT_EQ(kid_of(uncached()), "asked for");
    EXPECT_EQ(first.renew("token"), Renewal::needless) << "they are never older than the request";
}

TEST_F(KeyRequestsTest, KeysOfAnotherPlaceAreNotUsed) {
    keep("one", seconds(0));
    ASSERT_EQ(kid_of(source()), "one");
    EXPECT_EQ(kid_of(source("/_keys/")), "asked for");
    Source other = source();
    other.format = KeyFormat::keyval;
    EXPECT_EQ(kid_of(other), "asked for");
    other = source();
    other.conf = &other;
    EXPECT_EQ(kid_of(other), "asked for") << "another location";
    ngx_table_elt_t host{};
    host.value = ngx::str("evil.example");
    request.get()->headers_in.host = &host;
    EXPECT_EQ(kid_of(source()), "asked for");
}

TEST_F(KeyRequestsTest, WhatIsNoKeySetGivesNoKeysAndSaysWhy) {
    Answer compressed = published("one");
    compressed.content_encoding = "gzip";
    Answer cut = published("one");
    cut.error = Error::server_unreachable;
    Answer missing = published("one");
    missing.status = 404;
    missing.note = "it is gone";
    const std::pair<Answer, std::string> answers[] = {
        {compressed, "the answer has a Content-Encoding"},
        {cut, "the answer is too large, or incomplete"},
        {missing, "it was answered with status 404, it is gone"},
        {{.error = Error::server_unreachable, .note = "timed out"}, "timed out"},
        {{.error = Error::server_unreachable}, std::string(oauth::describe(Error::server_unreachable).text)}};
    for (const auto& [answer, reason] : answers) {
        const KeyRequests& requests = answered(uncached(), answer);
        EXPECT_EQ(requests.keys(), nullptr) << reason;
        EXPECT_EQ(requests.failure(), reason);
        EXPECT_EQ(requests.error(), Error::keys_unavailable) << reason;
        EXPECT_FALSE(requests.is_limited()) << reason;
    }
    for (const std::string body : {"", "<html>", "[]", R"({"keys":[{"kty":"XYZ"}]})"}) {
        const KeyRequests& requests = answered(uncached(), {.status = 200, .body = body});
        EXPECT_EQ(requests.keys(), nullptr) << body;
        EXPECT_NE(requests.failure(), "") << body;
    }
}

TEST_F(KeyRequestsTest, AfterAFailureNobodyIsAskedForAWhile) {
    const std::string reason = answered(source(), {.status = 500}).failure();
    KeyRequests& next = make();
    EXPECT_EQ(next.start(source(), yes), Progress::ready);
    EXPECT_EQ(next.keys(), nullptr);
    EXPECT_EQ(next.failure(), reason);
    EXPECT_TRUE(asked().empty());
}

TEST_F(KeyRequestsTest, WhatIsInTheWayOfOneRequestIsInNobodyElses) {
    support::obstacle() = Answer{.error = Error::server_not_asked, .note = "it leads to itself"};
    KeyRequests& first = make();
    EXPECT_EQ(first.start(source(), yes), Progress::ready);
    EXPECT_EQ(first.failure(), "it leads to itself");
    support::obstacle().reset();
    answered(source(), {.error = Error::out_of_memory});
    EXPECT_EQ(kid_of(source()), "asked for");
}

TEST_F(KeyRequestsTest, ALimitIsToldAsOneAndIsNotRemembered) {
    questions.set_limits({.per_server = 1, .per_client = 1, .total = 1, .waiting = 100});
    KeyRequests& first = make();
    EXPECT_EQ(first.start(source("/a"), yes), Progress::waiting);
    KeyRequests& second = make();
    EXPECT_EQ(second.start(source("/b"), yes), Progress::ready);
    EXPECT_TRUE(second.is_limited());
    EXPECT_EQ(second.error(), Error::server_requests_limited);
    settle(published("one"));
    EXPECT_EQ(second.start(source("/b"), yes), Progress::waiting);
    EXPECT_FALSE(second.is_limited());
}

TEST_F(KeyRequestsTest, ForATokenThatIsNotWorthItNobodyIsAsked) {
    const auto no = [] { return false; };
    KeyRequests& requests = make();
    EXPECT_EQ(requests.start(source(), no), Progress::ready);
    EXPECT_EQ(requests.keys(), nullptr);
    EXPECT_NE(requests.failure(), "");
    EXPECT_TRUE(asked().empty());
    keep("one", seconds(0));
    EXPECT_EQ(requests.start(source(), no), Progress::ready);
    EXPECT_EQ(kid(requests), "one") << "what is there costs nothing";
    EXPECT_EQ(requests.failure(), "");
}

TEST_F(KeyRequestsTest, WhileOneAsksForNewerOnesTheOthersUseTheOld) {
    keep("one", lifetime + seconds(1));
    KeyRequests& first = make();
    EXPECT_EQ(first.start(source(), yes), Progress::waiting) << "their time is over";
    EXPECT_EQ(kid_of(source()), "one");
    settle({.status = 500});
    first.proceed();
    EXPECT_EQ(kid(first), "one") << "a failure leaves them";
    EXPECT_NE(first.failure(), "");
    EXPECT_EQ(kid_of(source()), "one");
    EXPECT_TRUE(asked().empty());
}

TEST_F(KeyRequestsTest, KeysThatAreTooOldAreNoMoreUsed) {
    keep("one", lifetime + KeptAnswer::interval + seconds(1));
    KeyRequests& first = make();
    KeyRequests& second = make();
    EXPECT_EQ(first.start(source(), yes), Progress::waiting);
    EXPECT_EQ(second.start(source(), yes), Progress::waiting);
    ASSERT_EQ(asked().size(), 1U);
    settle({.status = 500});
    first.proceed();
    EXPECT_EQ(kid(first), "none");
    EXPECT_EQ(kid_of(source()), "none");
}

TEST_F(KeyRequestsTest, StrangersShareABudgetForWhatIsNotKept) {
    keep("one", lifetime + seconds(1), Standing::stranger);
    support::host_kind() = ngx::HostKind::other;
    std::list<std::string> uris;
    for (ngx_msec_t i = 0; i < StrangersBudget::burst; i++)
        EXPECT_EQ(kid_of(source(uris.emplace_back("/" + std::to_string(i)))), "asked for");
    KeyRequests& requests = make();
    EXPECT_EQ(requests.start(source("/more"), yes), Progress::ready);
    EXPECT_TRUE(requests.is_limited());
    EXPECT_EQ(requests.keys(), nullptr);
    EXPECT_EQ(kid_of(source("/0")), "asked for") << "who waits for another costs nothing";
    EXPECT_EQ(kid_of(source()), "asked for") << "nor do keys that can still be used";
    for (const auto kind : {ngx::HostKind::own, ngx::HostKind::of_pattern}) {
        support::host_kind() = kind;
        EXPECT_EQ(kid_of(source(uris.emplace_back("/more" + std::to_string(uris.size())))), "asked for");
    }
}

// A pattern stands for as many names as a client likes to make up.
TEST_F(KeyRequestsTest, WhatIsKeptForOwnNamesIsNotPushedOutByOthers) {
    answered(source(), published("one"));
    std::list<std::string> uris;
    for (int i = 0; i < 600; i++) {
        support::host_kind() = ngx::HostKind::of_pattern;
        answered(source(uris.emplace_back("/" + std::to_string(i))), published("other"));
    }
    EXPECT_EQ(kid_of(source()), "one");
    EXPECT_EQ(kid_of(source("/0")), "asked for") << "theirs are bounded";
}

// --- A token that the keys do not verify

TEST_F(KeyRequestsTest, KeysThatWereAskedForSinceJudgeIt) {
    EXPECT_EQ(answered(source(), published("one")).renew("token"), Renewal::needless);
}

TEST_F(KeyRequestsTest, OlderOnesAreAskedForAgainByOneForAll) {
    keep("one", seconds(60));
    KeyRequests& first = in_doubt();
    KeyRequests& second = in_doubt();
    ASSERT_EQ(first.renew("token"), Renewal::begun);
    ASSERT_EQ(first.start(source(), yes), Progress::waiting) << "though what is kept is fresh";
    ASSERT_EQ(second.renew("another"), Renewal::begun);
    ASSERT_EQ(second.start(source(), yes), Progress::waiting);
    EXPECT_EQ(kid_of(source()), "one") << "who is not in doubt does not wait";
    ASSERT_EQ(asked().size(), 1U);
    settle(published("two"));
    for (KeyRequests* each : {&first, &second}) {
        each->proceed();
        EXPECT_EQ(kid(*each), "two");
        EXPECT_EQ(each->renew("token"), Renewal::needless);
    }
}

TEST_F(KeyRequestsTest, WhoFindsThatOthersGotNewerOnesUsesThem) {
    keep("one", seconds(60));
    KeyRequests& requests = in_doubt();
    keep("two", seconds(30));
    EXPECT_EQ(requests.renew("token"), Renewal::begun);
    EXPECT_EQ(requests.start(source(), yes), Progress::ready);
    EXPECT_EQ(kid(requests), "two");
    EXPECT_TRUE(asked().empty());
}

TEST_F(KeyRequestsTest, WhenNewerOnesDoNotComeNobodyCallsItBadOrAsksAgain) {
    keep("one", seconds(60));
    KeyRequests& requests = in_doubt();
    ASSERT_EQ(requests.renew("token"), Renewal::begun);
    requests.start(source(), yes);
    settle({.status = 500});
    requests.proceed();
    EXPECT_EQ(kid(requests), "one");
    EXPECT_EQ(requests.renew("token"), Renewal::pending);
    EXPECT_EQ(in_doubt().renew("another"), Renewal::pending) << "so soon after a failure";
    EXPECT_TRUE(asked().empty());
}

TEST_F(KeyRequestsTest, WhoHadATurnAndCouldNotAskWaitsForNoOther) {
    keep("one", seconds(60));
    KeyRequests& requests = in_doubt();
    ASSERT_EQ(requests.renew("token"), Renewal::begun);
    support::obstacle() = Answer{.error = Error::server_not_asked, .note = "it leads to itself"};
    ASSERT_EQ(requests.start(source(), yes), Progress::ready);
    EXPECT_EQ(kid(requests), "one");
    EXPECT_EQ(requests.renew("token"), Renewal::pending);
}

TEST_F(KeyRequestsTest, BetweenTwoTurnsANewTokenWaitsAndARepeatedOneIsJudged) {
    keep("one", seconds(60));
    ASSERT_EQ(in_doubt().renew("token"), Renewal::begun);  // and goes, without asking
    keep("two", seconds(1));
    EXPECT_EQ(in_doubt().renew("new"), Renewal::waiting);
    ASSERT_EQ(support::Nginx::timers().size(), 1U);
    const auto left = support::Nginx::timers().front()->timer.key - ngx_current_msec;
    EXPECT_LE(left, static_cast<ngx_msec_t>(KeptAnswer::interval.count()) + 1);
    EXPECT_GT(left, static_cast<ngx_msec_t>(KeptAnswer::interval.count()) / 2);
    cache.doubtful.first_seen("repeated", SharedDocument::now() - seconds(10));
    EXPECT_EQ(in_doubt().renew("repeated"), Renewal::needless);
    EXPECT_TRUE(asked().empty());
}

TEST_F(KeyRequestsTest, OfThoseWhoWaitForATurnOneClientHasASixteenth) {
    questions.set_limits({.per_server = 10, .per_client = 10, .total = 10, .waiting = 16});
    keep("one", seconds(60));
    ASSERT_EQ(in_doubt().renew("token"), Renewal::begun);
    keep("two", seconds(1));
    KeyRequests& first = in_doubt();
    EXPECT_EQ(first.renew("new"), Renewal::waiting);
    EXPECT_EQ(in_doubt().renew("newer"), Renewal::limited);
    EXPECT_EQ(first.renew("new"), Renewal::waiting) << "whose place is its own";
}

}  // namespace
}  // namespace authority
