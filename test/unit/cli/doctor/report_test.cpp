#include "cli/doctor/report.h"

#include <gtest/gtest.h>

namespace cli::doctor {
namespace {

Report example() {
    Report report;
    report.group = Group::metadata;
    report.add(Verdict::warn, "subject", {.finding = "finding", .remedy = "set it"}, "RFC 1");
    report.detail({"one", "two\n"});
    report.group = Group::challenge;
    report.pass("other", "good", "RFC 2");
    report.note("third", "well", "RFC 3");
    return report;
}

TEST(DoctorReport, ChecksStandInTheirGroupsAndWhatToDoBelowThem) {
    EXPECT_EQ(example().table(),
              "Challenge\n"
              "pass  other    good  [RFC 2]\n"
              "note  third    well  [RFC 3]\n"
              "\n"
              "Metadata\n"
              "warn  subject  finding  [RFC 1]\n"
              "               do this: set it\n"
              "                 one\n"
              "                 two\\u000a\n"
              "\n"
              "1 passed, 1 warning, 0 failed\n");
    EXPECT_EQ(example().json(),
              R"({"result":"warn","checks":[{"result":"warn","group":"metadata","check":"subject","finding":"finding",)"
              R"("section":"RFC 1","do":"set it","details":["one","two\\u000a"]},)"
              R"({"result":"pass","group":"challenge","check":"other","finding":"good","section":"RFC 2"},)"
              R"({"result":"note","group":"challenge","check":"third","finding":"well","section":"RFC 3"}]})"
              "\n");
}

TEST(DoctorReport, ColorsAreThereWhenAskedForAndNeverElse) {
    EXPECT_EQ(example().table().find('\x1b'), std::string::npos);
    const std::string table = example().table(true);
    EXPECT_NE(table.find("\x1b[32mpass\x1b[0m  other"), std::string::npos);
    EXPECT_NE(table.find("\x1b[33m1 passed, 1 warning, 0 failed\x1b[0m\n"), std::string::npos);
    EXPECT_EQ(example().json().find('\x1b'), std::string::npos);
}

TEST(DoctorReport, WhatIsSkippedForOneReasonIsOneLineAndNoFailure) {
    Report report;
    const HttpError error = {.text = "no name", .remedy = "look", .is_unreachable = true};
    report.unanswered(Verdict::fail, "first", "https://a.example/x", error, "RFC 1");
    report.unanswered(Verdict::fail, "second", "https://a.example/y",
                      {.text = "it is not there", .remedy = "", .is_known = true}, "RFC 1");
    report.skip("third", "it is not there");
    report.skip("fourth", "of something else");
    EXPECT_EQ(report.table(),
              "Reachability and TLS\n"
              "FAIL  first    https://a.example/x: no name  [RFC 1]\n"
              "               do this: look\n"
              "skip  skipped  second, third: not checked, as it is not there\n"
              "skip  skipped  fourth: not checked, as of something else\n"
              "\n"
              "0 passed, 0 warnings, 1 failed, some not checked\n");
}

TEST(DoctorReport, AMegabyteThatAServerSaysIsCut) {
    Report report;
    report.add(Verdict::fail, "answer", {.finding = std::string(1'000'000, 'x'), .remedy = "look"}, "RFC 1");
    EXPECT_EQ(report.checks.back().finding.size(), 1003U);
}

TEST(DoctorReport, WhatASecretIsSaidBackByAServerIsNotShown) {
    Report report;
    report.hide("s3cret-token");
    report.hide("");
    report.add(Verdict::fail, "answer", {.finding = "no such token: s3cret-token, s3cret-token", .remedy = ""},
               "RFC 1");
    EXPECT_EQ(report.checks.back().finding, "no such token: ..., ...");
}

TEST(DoctorReport, NorWhenItsSpellingIsAnotherOne) {
    Report report;
    report.hide("s\"3 cret/");
    report.hide("Z2F0ZTpz");
    report.add(Verdict::fail, "answer",
               {.finding = "S\"3 CRET/ s%223+cret%2F s%223+cret%2f s\\\"3 cret/ z2f0ztpz", .remedy = ""}, "RFC 1");
    EXPECT_EQ(report.checks.back().finding, "... ... ... ... ...");
}

}  // namespace
}  // namespace cli::doctor
