#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "oauth/json/json.h"
#include "report/page/reasons.h"
#include "report/page/sections.h"
#include "report/page/status.h"
#include "report/page/style.h"

namespace report::page {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view hostile = "<script>alert(1)</script>\"'\x1b[31m\u202E\u2028\xFF&";

Refusal refusal(std::string id, std::string reason = "expired") {
    return {.time = milliseconds(1769860800000),
            .status = 401,
            .id = std::move(id),
            .reason = std::move(reason),
            .resource = "https://mcp.example.com/mcp",
            .issuer = "https://as.example.com",
            .subject = "alice",
            .client = "inspector",
            .address = "192.0.2.1",
            .missing = {},
            .http_method = "POST",
            .method = "tools/call",
            .name = "echo"};
}

Status some() {
    Status status{.now = milliseconds(1769860859000), .version = "0.1.0", .version_of_nginx = "1.26.3"};
    status.resources = {{.uri = "https://mcp.example.com/mcp",
                         .authorization_servers = {"https://as.example.com"},
                         .scopes = {"mcp:read"},
                         .verifies_jwts = true}};
    status.keys = {{.issuer = "https://as.example.com",
                    .source = "discovery",
                    .is_usable = true,
                    .age = seconds(300),
                    .failing = {},
                    .failure = {}}};
    status.refusals = {refusal("1f0c93ab"), refusal("22222222", "scope_insufficient")};
    return status;
}

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        count++;
    return count;
}

TEST(StatusPage, WhateverAClientSendsIsText) {
    Status status = some();
    Refusal bad = refusal("33333333", std::string(hostile));
    for (std::string* text : {&bad.id, &bad.resource, &bad.issuer, &bad.subject, &bad.client, &bad.address,
                              &bad.http_method, &bad.method, &bad.name})
        *text = hostile;
    status.refusals.push_back(bad);
    status.tools = {
        {.method = std::string(hostile), .name = std::string(hostile), .calls = 1, .errors = 0, .p95 = 0.1}};
    status.keys[0].failure = hostile;
    status.keys[0].failing = seconds(5);
    status.resources[0].scopes = {std::string(hostile)};
    const std::string page = html_of(status, {.id = std::string(hostile)});
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("\x1b")));
    EXPECT_THAT(page, Not(HasSubstr("\u202E")));
    EXPECT_THAT(page, Not(HasSubstr("\xFF")));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;[U+001B]"));
    const std::string elements = html_of(some(), {.id = "x"});
    EXPECT_EQ(count_of(page, "<table"), count_of(elements, "<table") + 1) << "of tools; nothing else is new";
}

TEST(StatusPage, EveryReasonLinksToWhatToDo) {
    const std::string page = html_of(some(), {});
    EXPECT_THAT(page, HasSubstr("<a href=\"#reason-scope_insufficient\">"));
    EXPECT_EQ(count_of(page, "<tr role=\"row\" id=\"reason-scope_insufficient\">"), 1U);
    EXPECT_THAT(page, HasSubstr("Let the client request the scope."));
    EXPECT_THAT(page, HasSubstr("(docs/CLIENTS.md)"));
}

TEST(StatusPage, ARefusalIsFoundByItsId) {
    const std::string page = html_of(some(), {.id = "22222222"});
    EXPECT_THAT(page, HasSubstr(">Refusal 22222222</h2>"));
    EXPECT_THAT(page, HasSubstr("<code>scope_insufficient</code>: the token does not have the required scope"));
    EXPECT_THAT(page, HasSubstr("value=\"22222222\""));
    EXPECT_THAT(html_of(some(), {.id = "99999999"}), HasSubstr(">Not found</h2>"));
    EXPECT_THAT(html_of(some(), {}), Not(HasSubstr("found-heading\"><h2")));
}

TEST(StatusPage, AnIdIsFoundAmongThoseThatAreNotListed) {
    Status status = some();
    for (int i = 0; i < 300; i++)
        status.refusals.insert(status.refusals.begin(), refusal(std::to_string(10000000 + i)));
    const std::string page = html_of(status, {.id = "22222222"});
    EXPECT_THAT(page, HasSubstr(">Refusal 22222222</h2>"));
    EXPECT_EQ(count_of(page, "<a href=\"?id="), refusals_in_table);
    EXPECT_THAT(page, HasSubstr("277 older refusals"));
}

// Of the log, where it stands in parentheses; of a mail, a chat, or a table that writes it large.
TEST(Question, AnIdIsFoundWithWhateverStandsAroundIt) {
    for (const char* typed : {"1f0c93ab", "(1f0c93ab)", "1F0C93AB", " 1f0c93ab \n", "\"1f0c93ab\",", "`1f0c93ab`.",
                              "<1f0c93ab>", "[(1F0C93ab)]:", "(1f0c93ab): ", "++1f0c93ab++", "#1f0c93ab"})
        EXPECT_EQ(question_of(typed).id, "1f0c93ab") << typed;
    EXPECT_THAT(html_of(some(), question_of("(1F0C93AB)")), HasSubstr(">Refusal 1f0c93ab</h2>"));
}

TEST(Question, WithoutALetterOrADigitNothingIsAsked) {
    for (const char* typed : {"", " ", "()", "...", "%"})
        EXPECT_EQ(question_of(typed).id, std::nullopt) << typed;
}

TEST(Question, IsShortAndMayBeAnything) {
    EXPECT_EQ(question_of(std::string(500, 'X')).id, std::string(64, 'x'));
    EXPECT_EQ(question_of("<\xFF\xC3>").id, "\xFF\xC3");
}

TEST(StatusPage, AMissingScopeIsShownWithItsRefusal) {
    Status status = some();
    status.refusals[1].missing = "mcp:admin <x>";
    const std::string page = html_of(status, {.id = "22222222"});
    EXPECT_THAT(page, HasSubstr("<dt>Missing scopes</dt><dd><bdi>mcp:admin &lt;x&gt;</bdi></dd>"));
    EXPECT_THAT(page, HasSubstr("<small>missing <bdi>mcp:admin &lt;x&gt;</bdi></small>"));
    EXPECT_THAT(json_of(status, {.id = "22222222"}), HasSubstr(R"("missing_scopes":"mcp:admin <x>")"));
    EXPECT_THAT(html_of(some(), {.id = "1f0c93ab"}), Not(HasSubstr("issing")));
}

TEST(StatusPage, TheLimitThatRefusedIsNamed) {
    Status status = some();
    status.refusals[1].limit = "subject-2";
    const std::string page = html_of(status, {.id = "22222222"});
    EXPECT_THAT(page, HasSubstr("<dt>Limit</dt><dd>subject-2</dd>"));
    EXPECT_THAT(page, HasSubstr("<small>limit subject-2</small>"));
    EXPECT_THAT(json_of(status, {.id = "22222222"}), HasSubstr(R"("limit":"subject-2")"));
}

TEST(StatusPage, EachTableSaysInWhichOrderItIs) {
    Status status = some();
    status.tools = {{.method = "tools/call", .name = "echo", .calls = 1, .errors = 0, .p95 = {}}};
    const std::string page = html_of(status, {});
    for (const char* words : {"Newest refusals", "most frequent first", "most calls first",
                              "Problems first, then by name", "In the order of the configuration"})
        EXPECT_THAT(page, HasSubstr(words));
    EXPECT_THAT(page, HasSubstr("An error is a result with isError"));
}

TEST(StatusPage, IssuersWithProblemsComeFirst) {
    Status status = some();
    const auto keys = [](const char* issuer, bool is_usable, bool is_failing) {
        return KeysState{
            .issuer = issuer, .is_usable = is_usable, .failing = is_failing ? std::optional(seconds(1)) : std::nullopt};
    };
    status.keys = {keys("b-good", true, false), keys("z-old", true, true), keys("a-good", true, false),
                   keys("y-none", false, false)};
    const std::string page = html_of(status, {});
    std::size_t before = 0;
    for (const char* issuer : {"y-none", "z-old", "a-good", "b-good"}) {
        const std::size_t place = page.find(issuer);
        EXPECT_GT(place, before) << issuer;
        before = place;
    }
}

TEST(StatusPage, NothingComesFromElsewhere) {
    const std::string page = html_of(some(), {});
    for (const auto* part : {"src=", "url(", "@import", "<link", "<script", "http-equiv", "style=", "javascript:"})
        EXPECT_THAT(page, Not(HasSubstr(part)));
    EXPECT_EQ(count_of(page, "href=\"http"), 0U);
    EXPECT_THAT(std::string(style), Not(HasSubstr("</")));
}

TEST(StatusPage, ThePolicyAllowsItsOwnStyleAlone) {
    EXPECT_THAT(content_security_policy(),
                testing::MatchesRegex("default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; "
                                      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"));
    EXPECT_THAT(html_of(some(), {}), HasSubstr("<style>" + std::string(style) + "</style>")) << "whose digest it is";
}

TEST(StatusPage, SaysWhichKeysAreMissingOrOld) {
    Status status = some();
    EXPECT_THAT(html_of(status, {}), HasSubstr("All usable"));
    status.keys[0].failing = seconds(90);
    status.keys[0].failure = "the server cannot be reached";
    EXPECT_THAT(html_of(status, {}), HasSubstr("1 failing"));
    EXPECT_THAT(html_of(status, {}), HasSubstr("for 90 s<br><small><bdi>the server cannot be reached</bdi></small>"));
    status.keys[0].is_usable = false;
    EXPECT_THAT(html_of(status, {}), HasSubstr("1 without keys"));
}

TEST(StatusPage, IsWholeWithoutAnyRequest) {
    Status status = some();
    status.refusals.clear();
    const std::string page = html_of(status, {});
    EXPECT_THAT(page, HasSubstr("Nothing has been refused yet."));
    EXPECT_THAT(page, HasSubstr("no request yet"));
    EXPECT_THAT(page, Not(HasSubstr("tools-heading")));
    EXPECT_TRUE(page.ends_with("</main></body></html>\n"));
}

TEST(StatusPage, IsBoundedWhateverIsRemembered) {
    Status status = some();
    status.refusals.assign(384, refusal("44444444", "scope_insufficient"));
    for (auto& each : status.refusals)
        each.name = each.subject = each.client = std::string(95, '"');
    EXPECT_LT(html_of(status, {}).size(), 300U * 1024);
    EXPECT_LT(json_of(status, {}).size(), 800U * 1024);
}

TEST(StatusJson, HasAVersionAndTheSameFacts) {
    const auto parsed = oauth::json::Document::parse(json_of(some(), {}));
    ASSERT_TRUE(parsed);
    const std::string text = json_of(some(), {});
    EXPECT_TRUE(text.starts_with(R"({"version":1,"time":"2026-01-31T12:00:59Z",)"));
    EXPECT_THAT(
        text,
        HasSubstr(
            R"("issuers":[{"issuer":"https://as.example.com","source":"discovery","usable":true,"age_seconds":300}])"));
    EXPECT_THAT(text, HasSubstr(R"({"minute":"2026-01-31T12:00:00Z","passed":0,"failed":0,"refused":0}])"));
    EXPECT_THAT(text, HasSubstr(R"("id":"1f0c93ab","time":"2026-01-31T12:00:00Z","reason":"expired","status":401)"));
    EXPECT_THAT(text, Not(HasSubstr("\"tools\"")));
}

TEST(StatusJson, FindsOneById) {
    EXPECT_THAT(json_of(some(), {.id = "22222222"}), Not(HasSubstr("1f0c93ab")));
    EXPECT_THAT(json_of(some(), {.id = "22222222"}), HasSubstr("22222222"));
    EXPECT_THAT(json_of(some(), {.id = "x"}), HasSubstr("\"refusals\":[]"));
}

TEST(StatusJson, IsJsonWhateverAClientSends) {
    Status status = some();
    status.refusals[0].name = std::string(hostile) + std::string(1, '\0');
    const std::string text = json_of(status, {});
    EXPECT_TRUE(oauth::json::Document::parse(text)) << text;
    EXPECT_THAT(text, Not(HasSubstr("\xFF")));
}

TEST(StatusJson, WhatToDoIsPlainText) {
    const std::string text = json_of(some(), {.id = "22222222"});
    EXPECT_THAT(text, HasSubstr("Let the client request the scope."));
    EXPECT_THAT(text, Not(HasSubstr("`")));
    EXPECT_THAT(text, Not(HasSubstr("](")));
}

TEST(StatusJson, WhatIsInvisibleIsEscaped) {
    Status status = some();
    status.refusals[0].name = "a\u202E\u200B\u00AD\u0085\U000E0041z";
    EXPECT_THAT(json_of(status, {}), HasSubstr(R"("name":"a\u202e\u200b\u00ad\u0085\udb40\udc41z")"));
    const auto parsed = oauth::json::Document::parse(json_of(status, {}));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->root().member("refusals")->element(0)->member("name")->string(), status.refusals[0].name);
}

TEST(Reasons, AllOfTheTableCanBeFound) {
    EXPECT_EQ(find_reason("expired")->text, "the token has expired");
    EXPECT_EQ(find_reason(""), nullptr);
    EXPECT_EQ(find_reason("no_such_reason"), nullptr);
}

}  // namespace
}  // namespace report::page
