#include <gtest/gtest.h>

#include "report/exposition.h"

namespace report {
namespace {

void expect_prometheus(std::string_view accept) {
    EXPECT_EQ(accepted_format(accept), ExpositionFormat::prometheus) << accept;
}
void expect_openmetrics(std::string_view accept) {
    EXPECT_EQ(accepted_format(accept), ExpositionFormat::openmetrics) << accept;
}

TEST(AcceptedFormat, WhoDoesNotNameOpenMetricsGetsPrometheusFormat) {
    for (const auto* accept : {"", "*/*", "text/*", "text/plain", "text/html,application/xml;q=0.9,*/*;q=0.8",
                               "application/*", "application/json"})
        expect_prometheus(accept);
}

TEST(AcceptedFormat, WhatPrometheusAsksForIsOpenMetrics) {
    expect_openmetrics(
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
    expect_openmetrics(
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2");
    expect_openmetrics("application/openmetrics-text");
    expect_openmetrics("Application/OpenMetrics-Text; Version=\"1.0.0\" ; Q=0.5 , text/plain;q=0.5");
}

TEST(AcceptedFormat, TheGreaterWeightWins) {
    expect_prometheus("application/openmetrics-text;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.5");
    expect_openmetrics("application/openmetrics-text;version=1.0.0;q=0.501,text/plain;version=0.0.4;q=0.5");
    expect_prometheus("text/plain, application/openmetrics-text;q=0.999");
    expect_openmetrics("text/plain;q=0, application/openmetrics-text;q=0.001");
}

TEST(AcceptedFormat, TheClosestRangeHasTheWeight) {
    expect_openmetrics("*/*, text/plain;q=0.1, application/openmetrics-text;q=0.5");
    expect_prometheus("*/*, application/openmetrics-text;q=0.5");
    expect_openmetrics("text/plain;version=0.0.4;q=0.1, text/plain, application/openmetrics-text;q=0.5");
}

TEST(AcceptedFormat, WeightNothingOrAnotherVersionIsNoWish) {
    expect_prometheus("application/openmetrics-text;q=0");
    expect_prometheus("application/openmetrics-text;q=0.000");
    expect_prometheus("application/openmetrics-text;version=0.0.1");
    expect_prometheus("application/openmetrics-text;version=2.0.0, text/plain;q=0.1");
}

TEST(AcceptedFormat, ARangeWithABrokenWeightDoesNotCount) {
    for (const auto* weight : {"", "x", "-1", "2", "1.", "0.1234", "0.5x", "00", "0,5"}) {
        const std::string accept = std::string("application/openmetrics-text;q=") + weight;
        if (std::string_view(weight) == "1.") continue;   // RFC 9110 allows it
        if (std::string_view(weight) == "0,5") continue;  // a weight of 0 and another range
        expect_prometheus(accept);
    }
    expect_openmetrics("application/openmetrics-text;q=1.");
    expect_openmetrics("application/openmetrics-text;q=1.000");
}

TEST(AcceptedFormat, RubbishIsNoWish) {
    for (const auto* accept : {",,,", ";;;", ";q=1", ",;=,", "application/openmetrics-textx", "=;q=", " \t"})
        expect_prometheus(accept);
}

}  // namespace
}  // namespace report
