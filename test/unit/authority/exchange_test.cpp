#include "authority/exchange.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/sha256.h"
#include "support/asked.h"
#include "support/nginx.h"
#include "support/outcome.h"

namespace authority {
namespace {

using oauth::Error;
using support::asked;
using support::outcome;

constexpr std::string_view token = "client-token-0123456789";

class ExchangeTest : public testing::Test {
protected:
    ~ExchangeTest() override { support::obstacle().reset(); }

    static Exchange::Terms terms(std::string_view audience = "backend") {
        Exchange::Terms result;
        result.query.key = base::must_sha256_of({token, audience});
        result.query.endpoint = HttpEndpoint{.url = "https://as.example/token", .trusted = nullptr};
        result.query.max_answer_bytes = 65536;
        result.query.time_limit = std::chrono::seconds(5);
        result.audience = audience;
        result.keep_for = std::chrono::seconds(300);
        return result;
    }
    // What becomes of an exchange that gets this answer.
    std::string_view result_of(const Answer& answer) {
        Exchange exchange(request.get(), questions);
        if (exchange.start(token, terms()) != Progress::waiting) return "it did not ask";
        asked().front().receiver->settle(answer);
        if (exchange.proceed() != Progress::ready) return "it waits";
        fault = exchange.fault();
        return outcome(exchange.result());
    }

    support::Nginx nginx;
    support::FakeRequest request{nginx};
    Questions questions;
    Fault fault;
};

std::string issued(std::string_view members) {
    return R"({"token_type":"Bearer",)" + std::string(members) + "}";
}

TEST_F(ExchangeTest, NothingThatIsNoTokenIsTakenForOne) {
    for (const std::string& body :
         {std::string(), std::string("{}"), std::string("[]"), std::string("<html>"), issued(R"("access_token":"")"),
          issued(R"("access_token":5)"), issued(R"("access_token":null)"), issued(R"("access_token":"a b")"),
          issued(R"("access_token":"a\r\nX-Evil: 1")"), issued(R"("access_token":"\u00e4")"),
          issued(R"("access_token":"a","access_token":"b")"),
          issued("\"access_token\":\"" + std::string(20'000, 'x') + '"'), std::string(R"({"access_token":"new"})"),
          std::string(R"({"access_token":"new","token_type":"DPoP"})")}) {
        EXPECT_NE(result_of({.status = 200, .body = body}), "ok") << body.substr(0, 80);
        EXPECT_TRUE(fault.detail.starts_with(R"("https://as.example/token" gave status 200)")) << fault.detail;
    }
}

// SPEC 13
TEST_F(ExchangeTest, TheClientsOwnTokenIsNoNewOne) {
    EXPECT_NE(result_of({.status = 200, .body = issued("\"access_token\":\"" + std::string(token) + '"')}), "ok");
    EXPECT_FALSE(fault.detail.contains(token)) << fault.detail;
}

TEST_F(ExchangeTest, WhatAServerRepeatsOfTheTokenIsNotTold) {
    EXPECT_EQ(result_of({.status = 400,
                         .body = R"({"error":"invalid_grant","error_description":"bad )" + std::string(token) + "\"}"}),
              "exchange_refused");
    EXPECT_FALSE(fault.detail.contains(token)) << fault.detail;
    EXPECT_TRUE(fault.detail.contains("invalid_grant")) << fault.detail;
}

TEST_F(ExchangeTest, AFaultOfTheServerIsNoRefusal) {
    for (const int status : {201, 204, 302, 404, 429, 500, 503})
        EXPECT_NE(result_of({.status = status, .body = issued(R"("access_token":"new")")}), "ok") << status;
    EXPECT_EQ(result_of({.status = 503, .body = {}, .retry_after = "17"}), "server_failed");
    EXPECT_EQ(fault.retry_after, std::chrono::seconds(17));
    EXPECT_EQ(result_of({.error = Error::server_unreachable, .note = "timed out"}), "server_unreachable");
    EXPECT_EQ(fault.detail, R"("https://as.example/token": timed out)");
}

TEST_F(ExchangeTest, WhatIsInTheWayIsToldAtOnce) {
    support::obstacle() = Answer{.error = Error::server_not_asked, .note = "it leads to itself"};
    Exchange exchange(request.get(), questions);
    EXPECT_EQ(exchange.start(token, terms()), Progress::ready);
    EXPECT_EQ(outcome(exchange.result()), "server_not_asked");
}

TEST_F(ExchangeTest, BeyondALimitNobodyIsAsked) {
    questions.set_limits({.per_server = 256, .per_client = 1, .total = 512, .waiting = 100});
    Exchange first(request.get(), questions);
    EXPECT_EQ(first.start(token, terms("a")), Progress::waiting);
    Exchange second(request.get(), questions);
    EXPECT_EQ(second.start(token, terms("b")), Progress::ready);
    EXPECT_EQ(outcome(second.result()), "server_requests_limited");
    EXPECT_EQ(asked().size(), 1U);
}

TEST_F(ExchangeTest, ANewTokenIsHandedOutToAllWhoWait) {
    Exchange first(request.get(), questions);
    Exchange second(request.get(), questions);
    EXPECT_EQ(first.start(token, terms()), Progress::waiting);
    EXPECT_EQ(second.start(token, terms()), Progress::waiting);
    ASSERT_EQ(asked().size(), 1U) << "one question for both";
    asked().front().receiver->settle({.status = 200, .body = issued(R"("access_token":"new","expires_in":60)")});
    for (Exchange* each : {&first, &second}) {
        ASSERT_EQ(each->proceed(), Progress::ready);
        ASSERT_EQ(outcome(each->result()), "ok");
        EXPECT_EQ((*each->result())->access_token, "new");
        EXPECT_EQ((*each->result())->expires_in, std::chrono::seconds(60));
    }
    EXPECT_TRUE(asked().empty());
}

TEST_F(ExchangeTest, WhoAsksAloneAndLeavesGivesTheQuestionUp) {
    {
        Exchange exchange(request.get(), questions);
        EXPECT_EQ(exchange.start(token, terms()), Progress::waiting);
        EXPECT_EQ(asked().size(), 1U);
    }
    EXPECT_TRUE(asked().empty());
}

TEST_F(ExchangeTest, TheFormIsThatOfRfc8693) {
    Exchange exchange(request.get(), questions);
    exchange.start(token, terms());
    const std::string form = asked().front().form;
    EXPECT_TRUE(form.contains("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange")) << form;
    EXPECT_TRUE(form.contains("subject_token=client-token-0123456789")) << form;
    EXPECT_TRUE(form.contains("audience=backend")) << form;
}

}  // namespace
}  // namespace authority
