#include "mcp/audit_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "oauth/json/json.h"
#include "support/observed.h"

namespace mcp {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::string_view key = "0123456789abcdef0123456789abcdef";

AuditSettings hashing(std::string_view secret = key) {
    return {.identity = ShownIdentity::hash, .key = base::Secret(secret)};
}

Observation passed() {
    Observation observation = support::passed_call();
    observation.bytes_received = 321;
    observation.bytes_sent = 654;
    observation.duration = microseconds(12'000);
    observation.authorization = microseconds(345);
    observation.backend = microseconds(11'000);
    observation.operations.front().outcome = {.kind = Outcome::Kind::error, .code = -32602};
    observation.operations.front().duration = microseconds(9'500);
    return observation;
}

std::string text_of(const std::string& line, std::string_view member) {
    const auto document = oauth::json::Document::parse(line);
    if (!document) return "no JSON";
    const auto value = document->root().member(member);
    return value && value->string() ? std::string(*value->string()) : "no text";
}

std::string name_in(std::string_view name) {
    Observation observation = passed();
    observation.operations.front().name = name;
    const auto document = oauth::json::Document::parse(audit_record(observation, {}));
    if (!document) return "no JSON";
    const auto shown = document->root().member("operations")->element(0)->member("name");
    return shown ? std::string(*shown->string()) : "none";
}

// Whatever could end the line, or make a terminal do something.
bool is_one_harmless_line(std::string_view line) {
    if (line.size() > longest_audit_record || !base::is_utf8(line) || base::has_control_characters(line)) return false;
    for (const std::string_view bad : {"\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAE", "\xE2\x81\xA6"})
        if (line.contains(bad)) return false;
    return oauth::json::Document::parse(line).has_value();
}

TEST(AuditRecord, HasEverythingThatIsKnown) {
    EXPECT_EQ(
        audit_record(passed(), {}),
        R"({"version":1,"time":"2025-11-29T05:36:31.007Z","decision":"pass","iss":"https://as.example.com",)"
        R"("sub":"alice","client":"desktop","scopes":"mcp:read mcp:write",)"
        R"("resource":"https://mcp.example.com/mcp","revision":"2025-11-25","session":"6a840baf5d8c3ff2",)"
        R"("address":"192.0.2.1","http_method":"POST","status":200,"bytes_received":321,"bytes_sent":654,)"
        R"("duration_ms":12,"authorization_ms":0.345,"backend_ms":11,)"
        R"("operations":[{"method":"tools/call","name":"echo","id":7,"outcome":"error","code":-32602,"duration_ms":9.500}]})");
}

TEST(AuditRecord, LeavesOutWhatIsNotKnown) {
    Observation observation;
    observation.decision_id = "4f2a91bc";
    observation.reason = "credentials_missing";
    EXPECT_EQ(audit_record(observation, {}),
              R"({"version":1,"time":"1970-01-01T00:00:00.000Z","decision":"refuse","id":"4f2a91bc",)"
              R"("reason":"credentials_missing","bytes_received":0,"bytes_sent":0,"duration_ms":0,)"
              R"("authorization_ms":0})");
}

TEST(AuditRecord, NamesTheLimitThatRefused) {
    Observation observation;
    observation.reason = "rate_limited";
    observation.limit = "subject-2";
    EXPECT_THAT(audit_record(observation, {}), testing::HasSubstr(R"("reason":"rate_limited","limit":"subject-2",)"));
}

TEST(AuditRecord, SaysThatARequestAsksForNothing) {
    Observation observation = passed();
    observation.operations.clear();
    EXPECT_TRUE(audit_record(observation, {}).ends_with(R"("operations":[]})"));
    observation.operations_known = false;
    EXPECT_FALSE(audit_record(observation, {}).contains("operations"));
}

TEST(AuditRecord, NamesEachDecisionAndEachOutcome) {
    Observation observation = passed();
    using enum Judgement;
    for (const auto& [judgement, name] : {std::pair{pass, "pass"},
                                          {anonymous, "anonymous"},
                                          {refuse, "refuse"},
                                          {preflight, "preflight"},
                                          {satisfied, "satisfied"}}) {
        observation.judgement = judgement;
        EXPECT_EQ(text_of(audit_record(observation, {}), "decision"), name);
    }
    using Kind = Outcome::Kind;
    for (const auto& [kind, member] : {std::pair{Kind::success, R"("outcome":"success","duration_ms":9.500}])"},
                                       {Kind::tool_error, R"("outcome":"tool_error","duration_ms":9.500}])"},
                                       {Kind::unknown, R"("id":7}])"}}) {
        observation.operations.front().outcome.kind = kind;
        EXPECT_TRUE(audit_record(observation, {}).contains(member)) << member;
    }
}

TEST(AuditRecord, SaysWhoEndedAnAnswerThatWasNotWhole) {
    Observation observation = passed();
    for (const auto& [who, name] : {std::pair{CutBy::client, "client"}, {CutBy::backend, "backend"}}) {
        observation.cut_by = who;
        EXPECT_EQ(text_of(audit_record(observation, {}), "cut_by"), name);
    }
}

TEST(AuditRecord, AnErrorWithoutACodeHasNone) {
    Observation observation = passed();
    observation.operations.front().outcome.code.reset();
    EXPECT_TRUE(audit_record(observation, {}).ends_with(R"("outcome":"error","duration_ms":9.500}]})"));
}

TEST(AuditRecord, AResourceHasNeitherUserInfoNorQuery) {
    Observation observation = passed();
    observation.operations = {{.method = "resources/read", .name = "db://alice:secret@h/x?key=secret", .id = "1"}};
    const std::string line = audit_record(observation, {});
    EXPECT_TRUE(line.contains(R"("name":"db://h/x")")) << line;
    EXPECT_FALSE(line.contains("secret")) << line;
}

TEST(AuditRecord, IsOneHarmlessLineWhateverTheTextsAre) {
    const std::string all_bytes = [] {
        std::string text;
        for (int byte = 0; byte < 256; byte++)
            text += static_cast<char>(byte);
        return text;
    }();
    const std::vector<std::string> hostile = {"a\nb",
                                              "\r\n{\"version\":1}",
                                              "\"",
                                              "\\",
                                              "\"}\n{\"version\":1,\"sub\":\"root\"",
                                              "\xE2\x80\xA8",
                                              "\xE2\x80\xA9",
                                              "\xE2\x80\xAE",
                                              "\xC2\x9B"
                                              "[31m",
                                              std::string("\0", 1),
                                              "\x7F",
                                              "\xFF\xFE",
                                              "\xC0\x80",
                                              "\xED\xA0\x80",
                                              "\xF4\x90\x80\x80",
                                              "\xE2\x80",
                                              all_bytes,
                                              "\xF0\x9F\x92\xA9",
                                              std::string(100'000, 'x'),
                                              std::string(100'000, '\n'),
                                              std::string(100'000, '\xFF'),
                                              "$mcp_audit",
                                              "%s%n"};
    for (const std::string& text : hostile) {
        Observation observation = passed();
        observation.issuer = observation.subject = observation.client = observation.scopes = observation.missing = text;
        observation.address = observation.http_method = observation.revision = observation.session = text;
        observation.decision_id = observation.reason = observation.resource = text;
        observation.trace_id = observation.span_id = text;
        observation.operations = {{.method = text, .name = text, .id = text}};
        EXPECT_TRUE(is_one_harmless_line(audit_record(observation, {}))) << text.substr(0, 20);
        EXPECT_LT(audit_record(observation, {}).size(), 4096U) << text.substr(0, 20);
        EXPECT_TRUE(is_one_harmless_line(audit_record(observation, hashing()))) << text.substr(0, 20);
    }
}

TEST(AuditRecord, AReaderGetsBackWhatWasSent) {
    for (const std::string_view name :
         {"a\nb\"c\\d", "\xE2\x80\xA8", "\xE2\x80\xAEgnp", "\xF0\x9F\x92\xA9", "\xC2\x9B"})
        EXPECT_EQ(name_in(name), name);
    EXPECT_EQ(name_in(std::string_view("\0", 1)), std::string_view("\0", 1));
    EXPECT_EQ(name_in("a\xFF\xC3z"), "a\xEF\xBF\xBD\xEF\xBF\xBDz");
    EXPECT_EQ(name_in("\xEF\xBF\xBD"), "\xEF\xBF\xBD");
}

TEST(AuditRecord, TwoLongTextsNeverLookTheSame) {
    const std::string same(5'000, 'x');
    const std::string a = name_in(same + 'a');
    EXPECT_EQ(a.size(), 512U);
    EXPECT_TRUE(a.starts_with("xxx"));
    EXPECT_EQ(a.substr(a.size() - 35, 3), "...");
    EXPECT_NE(a, name_in(same + 'b'));
}

TEST(AuditRecord, ATextOfTheLargestSizeIsNotCut) {
    EXPECT_EQ(name_in(std::string(512, 'x')), std::string(512, 'x'));
    EXPECT_TRUE(name_in(std::string(513, 'x')).contains("..."));
}

TEST(AuditRecord, IsCutBetweenCharacters) {
    for (int shift = 0; shift < 4; shift++) {
        std::string name(static_cast<std::size_t>(shift), 'x');
        for (int i = 0; i < 1'000; i++)
            name += "\xF0\x9F\x92\xA9";
        EXPECT_FALSE(name_in(name).contains("\xEF\xBF\xBD")) << shift;
    }
}

TEST(AuditRecord, NoOperationOfABatchIsHiddenBehindOthers) {
    Observation observation = passed();
    const std::string filler(100'000, '\n');
    observation.operations.assign(
        63, {.method = filler,
             .name = filler,
             .id = "\"" + std::string(40, 'x') + "\"",
             .outcome = {.kind = Outcome::Kind::error, .code = std::numeric_limits<std::int64_t>::min()},
             .duration = std::chrono::hours(24 * 365 * 100)});
    observation.operations.push_back({.method = "tools/call", .name = "delete_all", .id = "1"});
    observation.issuer = observation.subject = observation.client = observation.scopes = observation.missing = filler;
    const std::string line = audit_record(observation, {});
    EXPECT_TRUE(is_one_harmless_line(line));
    EXPECT_TRUE(line.contains("delete_all"));
    EXPECT_FALSE(line.contains("operations_omitted"));
}

TEST(AuditRecord, CountsWhatHasNoRoom) {
    Observation observation = passed();
    observation.operations.assign(10'000, observation.operations.front());
    const std::string line = audit_record(observation, {});
    EXPECT_TRUE(is_one_harmless_line(line));
    const auto document = oauth::json::Document::parse(line);
    const auto shown = document->root().member("operations")->size();
    EXPECT_GT(shown, 64U);
    EXPECT_EQ(document->root().member("operations_omitted")->integer(), 10'000 - static_cast<std::int64_t>(shown));
}

TEST(AuditRecord, AnIdThatIsNeitherNumberNorTextIsLeftOut) {
    Observation observation = passed();
    for (const std::string_view id :
         {"", "null", "{}", "[1]", "1.5", "true", "\"", "7,\"sub\":\"root\"", "99999999999999999999"}) {
        observation.operations.front().id = id;
        const std::string line = audit_record(observation, {});
        EXPECT_TRUE(is_one_harmless_line(line)) << id;
        EXPECT_FALSE(line.contains("\"id\":")) << id;
    }
    observation.operations.front().id = R"("a\n\"b")";
    EXPECT_TRUE(audit_record(observation, {}).contains(R"("id":"a\u000a\"b")"));
}

TEST(AuditRecord, TimesAreNeverNegative) {
    Observation observation = passed();
    observation.duration = microseconds(-1);
    EXPECT_TRUE(audit_record(observation, {}).contains("\"duration_ms\":0,"));
}

TEST(AuditRecord, OfHashedIdentitiesNoneIsShown) {
    const std::string line = audit_record(passed(), hashing());
    for (const std::string_view shown : {"alice", "desktop", "192.0.2.1", "s-1"})
        EXPECT_FALSE(line.contains(shown)) << shown;
    EXPECT_FALSE(line.contains(key));
    for (const std::string_view member : {"sub", "client", "address"})
        EXPECT_EQ(text_of(line, member).size(), 32U);
    EXPECT_EQ(text_of(line, "session").size(), 16U);
    EXPECT_EQ(text_of(line, "iss"), "https://as.example.com");
}

// printf 3:sub,22:https://as.example.com,5:alice, | openssl dgst -sha256 -hmac KEY
TEST(AuditRecord, OthersCanMakeTheSameHash) {
    EXPECT_EQ(text_of(audit_record(passed(), hashing()), "sub"), "488f687c2949c132ce0bc4b11324b67c");
    EXPECT_EQ(text_of(audit_record(passed(), hashing()), "session"), "73e709fead5ccd98");
}

TEST(AuditRecord, HashesDifferByIssuerByMemberAndByKey) {
    std::set<std::string> hashes;
    for (const std::string_view secret : {key, std::string_view("another key of 32 bytes or more...")})
        for (const std::string_view member : {"sub", "client"})
            for (const std::string_view issuer : {"https://a", "https://b", ""})
                hashes.insert(hashed_identity(hashing(secret), member, issuer, "alice"));
    EXPECT_EQ(hashes.size(), 12U);
    EXPECT_NE(hashed_identity(hashing(), "sub", "a", "bc"), hashed_identity(hashing(), "sub", "ab", "c"));
    EXPECT_EQ(hashed_identity(hashing(), "sub", "https://a", "alice"),
              hashed_identity(hashing(), "sub", "https://a", "alice"));
}

TEST(AuditRecord, AKeyHashesTheSessionOfPlainIdentitiesAsWell) {
    const AuditSettings keyed{.key = base::Secret(key)};
    EXPECT_EQ(text_of(audit_record(passed(), keyed), "sub"), "alice");
    EXPECT_NE(text_of(audit_record(passed(), keyed), "session"), text_of(audit_record(passed(), {}), "session"));
}

}  // namespace
}  // namespace mcp
