#include "cli/doctor/report.h"

#include <gtest/gtest.h>

namespace cli::doctor {
namespace {

TEST(DoctorReport, DetailsStandBelowTheirCheck) {
    Report report;
    report.add(Verdict::warn, "subject", "finding", "RFC 1");
    report.detail({"one", "two\n"});
    report.add(Verdict::pass, "other", "good", "RFC 2");
    EXPECT_EQ(report.table(),
              "warn  subject  finding  [RFC 1]\n"
              "                 one\n"
              "                 two\\u000a\n"
              "pass  other    good  [RFC 2]\n"
              "1 passed, 1 warnings, 0 failed\n");
    EXPECT_EQ(
        report.json(),
        R"({"result":"warn","checks":[)"
        R"({"result":"warn","check":"subject","finding":"finding","section":"RFC 1","details":["one","two\\u000a"]},)"
        R"({"result":"pass","check":"other","finding":"good","section":"RFC 2"}]})"
        "\n");
}

TEST(DoctorReport, WhatASecretIsSaidBackByAServerIsNotShown) {
    Report report;
    report.hide("s3cret-token");
    report.hide("");
    report.add(Verdict::fail, "answer", "no such token: s3cret-token, s3cret-token", "RFC 1");
    EXPECT_EQ(report.checks.back().finding, "no such token: ..., ...");
}

TEST(DoctorReport, NorWhenItsSpellingIsAnotherOne) {
    Report report;
    report.hide("s\"3 cret/");
    report.hide("Z2F0ZTpz");
    report.add(Verdict::fail, "answer", "S\"3 CRET/ s%223+cret%2F s%223+cret%2f s\\\"3 cret/ z2f0ztpz", "RFC 1");
    EXPECT_EQ(report.checks.back().finding, "... ... ... ... ...");
}

}  // namespace
}  // namespace cli::doctor
