#include "oauth/server_answer.h"

#include <gtest/gtest.h>

#include <string>

namespace oauth {
namespace {

using std::chrono::seconds;

constexpr NumericDate now = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(ServerAnswerTest, OnlyAPlain200MayBeRead) {
    EXPECT_EQ(server_fault({.status = 200}), std::nullopt);
    EXPECT_EQ(server_fault({.status = 200, .content_encoding = "Identity"}), std::nullopt);
    EXPECT_EQ(server_fault({.status = 200, .content_encoding = "gzip"}), Error::answer_compressed);
    for (const int status : {0, 100, 199, 201, 202, 204, 206, 404, 405, 418, 499, 600, 999})
        EXPECT_EQ(server_fault({.status = status}), Error::server_status_unexpected) << status;
}

TEST(ServerAnswerTest, EveryKindOfFailureHasItsOwnName) {
    for (const int status : {300, 301, 302, 307, 399})
        EXPECT_EQ(server_fault({.status = status}), Error::server_redirects);
    for (const int status : {401, 403})
        EXPECT_EQ(server_fault({.status = status}), Error::server_refuses_client);
    for (const int status : {502, 504})
        EXPECT_EQ(server_fault({.status = status}), Error::server_unreachable);
    for (const int status : {500, 501, 503, 599})
        EXPECT_EQ(server_fault({.status = status}), Error::server_failed);
    EXPECT_EQ(server_fault({.status = 429}), Error::server_limits_rate);
    EXPECT_EQ(server_fault({.status = 400}), Error::server_refuses_request);
}

// RFC 6749 section 5.2 lets a server use 400 for invalid_client.
TEST(ServerAnswerTest, A400MayMeanThatOurCredentialsAreWrong) {
    EXPECT_EQ(server_fault({.status = 400, .body = R"({"error":"invalid_client"})"}), Error::server_refuses_client);
    EXPECT_EQ(server_fault({.status = 400, .body = R"({"error":"unauthorized_client"})"}),
              Error::server_refuses_client);
    EXPECT_EQ(server_fault({.status = 400, .body = R"({"error":["invalid_client"]})"}), Error::server_refuses_request);
    EXPECT_EQ(server_fault({.status = 400, .body = "<html>"}), Error::server_refuses_request);
}

// SPEC 87: no fault of the server may look like a bad token.
TEST(ServerAnswerTest, NoFaultBlamesTheToken) {
    for (int status = 201; status < 600; ++status) {
        const auto fault = server_fault({.status = status});
        ASSERT_TRUE(fault) << status;
        EXPECT_EQ(describe(*fault).http_status, 503) << status;
        EXPECT_EQ(describe(*fault).oauth_error, "") << status;
    }
}

TEST(ServerAnswerTest, TheDelayOfA429Or503IsPassedOn) {
    EXPECT_EQ(retry_delay({.status = 429, .retry_after = "17"}, now), seconds(17));
    EXPECT_EQ(retry_delay({.status = 503, .retry_after = "120"}, now), seconds(120));
    EXPECT_EQ(retry_delay({.status = 429, .retry_after = "Sun, 06 Nov 1994 08:50:37 GMT"}, now), seconds(60));
}

TEST(ServerAnswerTest, OtherStatusesHaveTheDefaultDelay) {
    EXPECT_EQ(retry_delay({.status = 500, .retry_after = "17"}, now), seconds(5));
    EXPECT_EQ(retry_delay({.status = 429}, now), seconds(5));
}

TEST(ServerAnswerTest, ADelayIsAtLeastASecondAndAtMostADay) {
    EXPECT_EQ(retry_delay({.status = 429, .retry_after = "0"}, now), seconds(1));
    EXPECT_EQ(retry_delay({.status = 429, .retry_after = "Sun, 06 Nov 1994 08:49:36 GMT"}, now), seconds(1));
    for (const char* value : {"86401", "4294967296", "99999999999999999999999", "Sun, 06 Nov 9999 08:49:37 GMT"})
        EXPECT_EQ(retry_delay({.status = 429, .retry_after = value}, now), seconds(86400)) << value;
}

TEST(ServerAnswerTest, NonsenseInRetryAfterIsIgnored) {
    for (const char* value :
         {"-1", "+1", "1e3", "1.5", "0x10", " ", "soon", "7, 8", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, -6 Nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 0a:49:37 GMT", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
        EXPECT_EQ(retry_delay({.status = 429, .retry_after = value}, now), seconds(5)) << value;
}

}  // namespace
}  // namespace oauth
