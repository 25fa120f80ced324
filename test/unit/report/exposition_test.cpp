#include "report/exposition.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/scraped.h"

namespace report {
namespace {

constexpr MetricFamily counter{"things_done", MetricType::counter, "", "Things."};
constexpr MetricFamily gauge{"age_seconds", MetricType::gauge, "seconds", "Age."};

std::string written(ExpositionFormat format, const auto& write) {
    Exposition out(format);
    write(out);
    return std::move(out).end();
}

TEST(Exposition, ACounterIsNamedAsEachFormatWantsIt) {
    const auto write = [](Exposition& out) {
        out.begin(counter);
        out.add({{"a", "x"}, {"b", ""}}, std::uint64_t{18'446'744'073'709'551'615U});
    };
    EXPECT_EQ(written(ExpositionFormat::prometheus, write),
              "# HELP things_done_total Things.\n# TYPE things_done_total counter\n"
              "things_done_total{a=\"x\",b=\"\"} 18446744073709551615\n");
    EXPECT_EQ(written(ExpositionFormat::openmetrics, write),
              "# HELP things_done Things.\n# TYPE things_done counter\n"
              "things_done_total{a=\"x\",b=\"\"} 18446744073709551615\n# EOF\n");
}

TEST(Exposition, AUnitIsSaidInOpenMetricsOnly) {
    const auto write = [](Exposition& out) {
        out.begin(gauge);
        out.add({}, 1.5);
        out.add({{"a", "b"}}, std::numeric_limits<double>::infinity());
    };
    EXPECT_EQ(written(ExpositionFormat::prometheus, write),
              "# HELP age_seconds Age.\n# TYPE age_seconds gauge\nage_seconds 1.5\nage_seconds{a=\"b\"} +Inf\n");
    EXPECT_EQ(written(ExpositionFormat::openmetrics, write),
              "# HELP age_seconds Age.\n# TYPE age_seconds gauge\n# UNIT age_seconds seconds\n"
              "age_seconds 1.5\nage_seconds{a=\"b\"} +Inf\n# EOF\n");
}

TEST(Exposition, InfoIsAGaugeWherePrometheusHasNone) {
    const auto write = [](Exposition& out) {
        out.begin({"mcp_build", MetricType::info, "", "Version."});
        out.add({{"version", "1"}}, std::uint64_t{1});
    };
    EXPECT_EQ(written(ExpositionFormat::prometheus, write),
              "# HELP mcp_build_info Version.\n# TYPE mcp_build_info gauge\nmcp_build_info{version=\"1\"} 1\n");
    EXPECT_EQ(written(ExpositionFormat::openmetrics, write),
              "# HELP mcp_build Version.\n# TYPE mcp_build info\nmcp_build_info{version=\"1\"} 1\n# EOF\n");
}

TEST(Exposition, ValuesOfLabelsAreEscaped) {
    const std::string hostile = "a\"b\\c\nd\xE2\x80\xA8} 7\n# EOF\n";
    const auto text = written(ExpositionFormat::openmetrics, [&](Exposition& out) {
        out.begin(counter);
        out.add({{"a", hostile}}, std::uint64_t{3});
    });
    EXPECT_EQ(scraped::Text(text, true).value("things_done_total", {{"a", hostile}}), 3);
    EXPECT_NE(text.find("a=\"a\\\"b\\\\c\\nd\xE2\x80\xA8} 7\\n# EOF\\n\""), std::string::npos) << text;
}

TEST(Exposition, BucketsOfAHistogramAreCumulative) {
    const std::array<Bound, 2> bounds{
        {{std::chrono::milliseconds(500), "0.5"}, {std::chrono::milliseconds(1000), "1.0"}}};
    const std::array<std::uint64_t, 3> counts{1, 2, 4};
    const auto text = written(ExpositionFormat::prometheus, [&](Exposition& out) {
        out.begin({"took_seconds", MetricType::histogram, "seconds", "Time."});
        out.add({{"a", "x"}}, {.bounds = bounds, .counts = counts, .sum = std::chrono::microseconds(2'500'001)});
    });
    EXPECT_EQ(text,
              "# HELP took_seconds Time.\n# TYPE took_seconds histogram\n"
              "took_seconds_bucket{a=\"x\",le=\"0.5\"} 1\ntook_seconds_bucket{a=\"x\",le=\"1.0\"} 3\n"
              "took_seconds_bucket{a=\"x\",le=\"+Inf\"} 7\n"
              "took_seconds_sum{a=\"x\"} 2.500001\ntook_seconds_count{a=\"x\"} 7\n");
}

}  // namespace
}  // namespace report
