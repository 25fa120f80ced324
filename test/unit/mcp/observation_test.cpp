#include "mcp/observation.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace mcp {
namespace {

std::string shown(std::string uri, std::string method = "resources/read") {
    return shown_name({.method = std::move(method), .name = std::move(uri)});
}

TEST(ShownName, OfAResourceHasNoUserInfoAndNothingBehindItsPath) {
    EXPECT_EQ(shown("https://user:secret@example.com/a/b?key=secret#c"), "https://example.com/a/b");
    EXPECT_EQ(shown("db://secret@[::1]:5432/x"), "db://[::1]:5432/x");
    EXPECT_EQ(shown("ftp://user:p@ss@example.com"), "ftp://example.com") << "up to the last one";
    EXPECT_EQ(shown("//user@example.com/a"), "//example.com/a");
    EXPECT_EQ(shown("urn:example:a?=secret"), "urn:example:a");
    EXPECT_EQ(shown("x#?secret"), "x");
    EXPECT_EQ(shown("https://example.com?a//b@c"), "https://example.com");
}

TEST(ShownName, HasNoUserInfoThatAnyParserSees) {
    for (const char* slashes : {"", "/", "//", "///", R"(\\)", R"(/\)", R"(\/\)"})
        for (const char* scheme : {"https:", "HTTP:", "ws:", "ftp:", "blob:https:"}) {
            const std::string before = std::string(scheme) + slashes;
            EXPECT_EQ(shown(before + "user:secret@h/p"), before + "h/p");
        }
    EXPECT_EQ(shown("ht\ntps:/\t/user:secret@h/p"), "https://h/p") << "a parser ignores tabs and line ends";
    EXPECT_EQ(shown(" https:user:secret@h/p"), "https:h/p");
    EXPECT_EQ(shown("db://user:http:secret@h/p"), "db://h/p");
}

TEST(ShownName, KeepsWhatIsNoSecret) {
    for (const char* uri : {"file:///home/me/a@b", "https://example.com/@me", "mailto:a@b", "notes", "", "//", "a//"})
        EXPECT_EQ(shown(uri), uri);
    EXPECT_EQ(shown("//what?@", "tools/call"), "//what?@") << "no URI";
    EXPECT_EQ(shown_name({.method = "tools/call"}), "");
}

Observation left_by_client(std::string http_method, std::vector<ObservedOperation> operations) {
    Observation observation;
    observation.http_method = http_method == "GET" ? "GET" : "POST";
    observation.operations = std::move(operations);
    observation.operations_known = true;
    observation.cut_by = CutBy::client;
    return observation;
}

const ObservedOperation answered{.method = "tools/call", .id = "1", .outcome = {.kind = Outcome::Kind::success}};
const ObservedOperation unanswered{.method = "tools/call", .id = "2"};
const ObservedOperation subscribed{.method = "subscriptions/listen", .id = "3"};
const ObservedOperation notification{.method = "notifications/cancelled"};

TEST(FailingCut, AClientMayLeaveWhatOnlyItEnds) {
    EXPECT_EQ(failing_cut(left_by_client("GET", {})), CutBy::nobody);
    EXPECT_EQ(failing_cut(left_by_client("POST", {subscribed})), CutBy::nobody);
    EXPECT_EQ(failing_cut(left_by_client("POST", {answered, notification})), CutBy::nobody) << "it has its answer";
}

TEST(FailingCut, AClientThatLeavesBeforeItsAnswerHasNone) {
    EXPECT_EQ(failing_cut(left_by_client("POST", {unanswered})), CutBy::client);
    EXPECT_EQ(failing_cut(left_by_client("POST", {answered, unanswered})), CutBy::client);
    Observation unknown = left_by_client("POST", {});
    unknown.operations_known = false;
    EXPECT_EQ(failing_cut(unknown), CutBy::client);
}

TEST(FailingCut, ABackendMayBreakOffNothing) {
    Observation observation = left_by_client("GET", {answered});
    observation.cut_by = CutBy::backend;
    EXPECT_EQ(failing_cut(observation), CutBy::backend);
    observation.cut_by = CutBy::nobody;
    EXPECT_EQ(failing_cut(observation), CutBy::nobody);
}

TEST(LetsIn, WhatTheServerGets) {
    using enum Judgement;
    for (const Judgement judgement : {pass, anonymous, satisfied})
        EXPECT_TRUE(lets_in(judgement)) << name_of(judgement);
    for (const Judgement judgement : {refuse, preflight})
        EXPECT_FALSE(lets_in(judgement)) << name_of(judgement);
}

}  // namespace
}  // namespace mcp
