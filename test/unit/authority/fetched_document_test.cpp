#include "authority/fetched_document.h"

#include <gtest/gtest.h>

#include <string>

#include "support/nginx.h"

namespace authority {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ngx::FetchResponse response(long status, std::string retry_after = "", std::string cache_control = "") {
    return {.status = status,
            .body = "x",
            .content_type = {},
            .cache_control = std::move(cache_control),
            .retry_after = std::move(retry_after),
            .challenge = {}};
}

TEST(FetchedDocument, OnlyA200IsOne) {
    for (const long status : {0L, 100L, 201L, 204L, 206L, 301L, 302L, 304L, 401L, 404L, 500L, 503L})
        EXPECT_EQ(trouble_with(response(status)), "the answer has status " + std::to_string(status));
    EXPECT_EQ(trouble_with(response(200)), "");
}

TEST(FetchedDocument, AFailureIsTroubleWithItsDetail) {
    EXPECT_EQ(trouble_with(std::unexpected(ngx::FetchFailure{ngx::FetchError::tls_failed, "self-signed certificate"})),
              "TLS failed (self-signed certificate)");
    EXPECT_EQ(trouble_with(std::unexpected(ngx::FetchFailure{ngx::FetchError::timed_out, {}})), "timed out");
}

TEST(FetchedDocument, NoServerMakesUsWaitForLongOrForNothing) {
    const support::Nginx nginx;
    for (const char* hostile : {"-1", "x", "99999999999999999999", "1e9", " ", "Fri, 99 Foo 9999 99:99:99 GMT"})
        EXPECT_LE(retry_after(response(503, hostile)), std::chrono::hours(24)) << hostile;
    EXPECT_EQ(retry_after(response(503, "0")), seconds(1));
    EXPECT_EQ(retry_after(response(503, "99999999")), std::chrono::hours(24));
    EXPECT_EQ(retry_after(response(429, "17")), seconds(17));
}

TEST(FetchedDocument, WithoutRetryAfterNothingIsAskedFor) {
    const support::Nginx nginx;
    EXPECT_EQ(retry_after(response(503)), milliseconds(0));
    EXPECT_EQ(retry_after(std::unexpected(ngx::FetchFailure{ngx::FetchError::timed_out, {}})), milliseconds(0));
}

TEST(FetchedDocument, HowLongItIsGoodStaysWithinItsBounds) {
    const oauth::discovery::FreshnessBounds bounds;
    for (const char* cache_control : {"max-age=0", "no-store", "max-age=-1", "max-age=99999999999999999999",
                                      "max-age=x", "max-age=1, max-age=2", ""}) {
        const auto freshness = freshness_of(response(200, "", cache_control), bounds);
        EXPECT_GE(freshness.refresh_after, bounds.shortest * 9 / 10) << cache_control;
        EXPECT_LE(freshness.refresh_after, bounds.longest) << cache_control;
        EXPECT_GT(freshness.usable_for, freshness.refresh_after) << cache_control;
        EXPECT_LE(freshness.usable_for, bounds.longest + bounds.stale) << cache_control;
    }
}

TEST(FetchedDocument, AnErrorIsToldByItsText) {
    EXPECT_EQ(text_of(oauth::Error::metadata_issuer_mismatch),
              "the authorization server metadata names another issuer");
}

}  // namespace
}  // namespace authority
