#include "authority/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/nginx.h"

namespace authority {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

// Writes down what it is told.
class Ear final : public Listener {
public:
    explicit Ear(bool wants_calls) noexcept : wants_calls_(wants_calls) {}

    bool wants_calls() const noexcept override { return wants_calls_; }
    void on_call_ended(Requested what, std::string_view source, bool succeeded) noexcept override {
        heard.push_back(std::string(text(what)) + " of " + std::string(source) + (succeeded ? ": yes" : ": no"));
    }
    void on_keys(std::string_view, milliseconds, milliseconds) noexcept override {}
    void on_keys_failed(std::string_view, std::string_view) noexcept override {}

    std::vector<std::string> heard;

private:
    bool wants_calls_;
};

class CallTest : public testing::Test {
protected:
    static void make_call(CallLog& log, std::string_view url, bool succeeded = true) {
        log.begin(Requested::keys, "GET", url);
        support::Nginx::pass(milliseconds(5));
        log.answered(200, {});
        log.end(succeeded);
    }
    static std::vector<std::string> urls(const CallLog& log, milliseconds time = {}) {
        std::vector<std::string> urls;
        for (const auto& call : log.since(time))
            urls.push_back(call->url);
        return urls;
    }

    support::Nginx nginx_;
    Ear counting_{false}, tracing_{true};
};

TEST_F(CallTest, TheListenerIsToldOnceOfEachCallAndWhetherItWasOfUse) {
    CallLog log(&counting_, "https://as.example.com");
    make_call(log, "https://as.example.com/jwks");
    make_call(log, "https://as.example.com/jwks", false);
    log.end(true);
    EXPECT_THAT(counting_.heard,
                ElementsAre("keys of https://as.example.com: yes", "keys of https://as.example.com: no"));
}

TEST_F(CallTest, WhoOnlyCountsMakesNobodyRememberCalls) {
    CallLog log(&counting_, "source");
    make_call(log, "https://as.example.com/jwks");
    EXPECT_THAT(urls(log), IsEmpty());
}

TEST_F(CallTest, WithoutAListenerNothingHappens) {
    CallLog log(nullptr, "source");
    make_call(log, "https://as.example.com/jwks");
    EXPECT_THAT(urls(log), IsEmpty());
}

TEST_F(CallTest, ACallIsRememberedAsItWasAnswered) {
    CallLog log(&tracing_, "source");
    log.begin(Requested::metadata, "GET", "https://as.example.com/metadata");
    support::Nginx::pass(milliseconds(40));
    log.answered(404, {});
    log.end(false);
    const auto calls = log.since({});
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0]->what, Requested::metadata);
    EXPECT_EQ(calls[0]->method, "GET");
    EXPECT_EQ(calls[0]->status, 404);
    EXPECT_EQ(calls[0]->end - calls[0]->begin, milliseconds(40));
    EXPECT_THAT(tracing_.heard, ElementsAre("metadata of source: no"));
}

TEST_F(CallTest, OneThatHasNotBeenAnsweredIsNotShown) {
    CallLog log(&tracing_, "source");
    make_call(log, "first");
    log.begin(Requested::keys, "GET", "second");
    EXPECT_THAT(urls(log), ElementsAre("first"));
    log.begin(Requested::keys, "GET", "third");  // the second was given up
    EXPECT_THAT(urls(log), ElementsAre("first"));
}

TEST_F(CallTest, TheNewestFourAreRemembered) {
    CallLog log(&tracing_, "source");
    for (const char* url : {"1", "2", "3", "4", "5"})
        make_call(log, url);
    EXPECT_THAT(urls(log), ElementsAre("2", "3", "4", "5"));
}

TEST_F(CallTest, ThoseThatEndedBeforeARequestBeganToWaitAreNotItsOwn) {
    CallLog log(&tracing_, "source");
    make_call(log, "before");
    support::Nginx::pass(milliseconds(1));
    const auto begin = log.since({}).front()->end + milliseconds(1);
    make_call(log, "meanwhile");
    EXPECT_THAT(urls(log, begin), ElementsAre("meanwhile"));
}

TEST_F(CallTest, WhatIsRequestedHasANameInMetricsAndTraces) {
    EXPECT_EQ(text(Requested::metadata), "metadata");
    EXPECT_EQ(text(Requested::keys), "keys");
    EXPECT_EQ(text(Requested::introspection), "introspection");
}

}  // namespace
}  // namespace authority
