#include "report/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>

#include "mcp/methods.h"
#include "report/metrics_text.h"
#include "support/scraped.h"

namespace report {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Kind = mcp::Outcome::Kind;

constexpr std::string_view resource = "https://mcp.example.com/mcp";
constexpr std::int64_t living = 42;

bool is_living(std::int64_t process) noexcept {
    return process == living;
}

mcp::ObservedOperation call(std::string tool, Kind kind, std::int64_t code = 0) {
    mcp::ObservedOperation operation;
    operation.method = "tools/call";
    operation.name = std::move(tool);
    operation.outcome = {.kind = kind, .code = code};
    operation.duration = milliseconds(15);
    return operation;
}

mcp::Observation post(std::vector<mcp::ObservedOperation> operations) {
    mcp::Observation observation;
    observation.judgement = mcp::Judgement::pass;
    observation.resource = resource;
    observation.http_method = "POST";
    observation.operations = std::move(operations);
    observation.operations_known = true;
    observation.status = 200;
    observation.duration = milliseconds(15);
    observation.authorization = microseconds(70);
    return observation;
}

mcp::Observation refused(std::string_view reason) {
    auto observation = post({call("hidden", Kind::unknown)});
    observation.judgement = mcp::Judgement::refuse;
    observation.reason = reason;
    observation.status = 401;
    return observation;
}

scraped::Labels operation(std::string method, std::string tool, std::string error = "", std::string code = "") {
    return {{"mcp_method_name", std::move(method)},
            {"gen_ai_tool_name", std::move(tool)},
            {"error_type", std::move(error)},
            {"rpc_response_status_code", std::move(code)},
            {"mcp_resource", std::string(resource)}};
}

struct MetricsTest : testing::Test {
    std::unique_ptr<MetricsBlock> block = std::make_unique<MetricsBlock>();
    Metrics metrics{*block};
    Surroundings surroundings{.version = "1.2.3", .version_of_nginx = "1.26.0"};

    MetricsTest() { metrics.reserve_methods(); }

    scraped::Text scrape(ExpositionFormat format = ExpositionFormat::openmetrics) const {
        const std::string text = metrics_text(*block, surroundings, format, is_living);
        return scraped::Text(text, format == ExpositionFormat::openmetrics);
    }
    double operations(const scraped::Labels& labels) const {
        const auto text = scrape();
        const std::string_view name = "mcp_server_operation_duration_seconds_count";
        return text.has(name, labels) ? text.value(name, labels) : 0;
    }
    std::size_t series_of_operations() const {
        std::size_t series = 0;
        const auto text = scrape();
        for (const auto& sample : text.samples())
            series += sample.name == "mcp_server_operation_duration_seconds_count" ? 1 : 0;
        return series;
    }
    double folded(const std::string& table) const {
        return scrape().value("mcp_metrics_folded_total", {{"table", table}});
    }
};

TEST_F(MetricsTest, AToolHasANameWhenAResultCameWithoutAnError) {
    metrics.count(post({call("add", Kind::success)}));
    metrics.count(post({call("add", Kind::success)}));
    metrics.count(post({call("add", Kind::tool_error)}));
    metrics.count(post({call("add", Kind::error, -32603)}));
    EXPECT_EQ(operations(operation("tools/call", "add")), 2);
    EXPECT_EQ(operations(operation("tools/call", "add", "tool_error")), 1);
    EXPECT_EQ(operations(operation("tools/call", "add", "-32603", "-32603")), 1);
}

TEST_F(MetricsTest, AnInventedNameHasNoneWhateverItIsAnswered) {
    for (const auto kind : {Kind::unknown, Kind::tool_error, Kind::error})
        metrics.count(post({call("invented", kind, -32602)}));
    mcp::ObservedOperation method;
    method.method = "invented/method";
    metrics.count(post({method}));
    EXPECT_EQ(operations(operation("tools/call", "other")), 1);
    EXPECT_EQ(operations(operation("tools/call", "other", "tool_error")), 1);
    EXPECT_EQ(operations(operation("tools/call", "other", "-32602", "-32602")), 1);
    EXPECT_EQ(operations(operation("other", "")), 1);
    EXPECT_EQ(folded("tools"), 0) << "nothing was full";
}

TEST_F(MetricsTest, MethodsOfMcpHaveAPlaceBeforeAnybodySucceeds) {
    for (const auto method : mcp::known_methods()) {
        mcp::ObservedOperation observed;
        observed.method = method;
        metrics.count(post({observed}));
        EXPECT_EQ(operations(operation(std::string(method), "")), 1) << method;
    }
}

TEST_F(MetricsTest, OnlyToolsAreNamed) {
    for (const auto* method : {"prompts/get", "resources/read"}) {
        auto observed = call("name", Kind::success);
        observed.method = method;
        metrics.count(post({observed}));
        EXPECT_EQ(operations(operation(method, "")), 1) << method;
    }
}

TEST_F(MetricsTest, AStatusIsTheErrorWhereTheAnswerDoesNotSay) {
    auto observation = post({call("x", Kind::unknown)});
    for (const int status : {502, 499, 0, 700, 200}) {
        observation.status = status;
        metrics.count(observation);
    }
    EXPECT_EQ(operations(operation("tools/call", "other", "502")), 1);
    EXPECT_EQ(operations(operation("tools/call", "other", "499")), 2) << "0: the client left before there was one";
    EXPECT_EQ(operations(operation("tools/call", "other", "other")), 1);
    EXPECT_EQ(operations(operation("tools/call", "other")), 1);
}

TEST_F(MetricsTest, WhatIsNotKnownIsUnknownAndWhatIsNoOperationIsNone) {
    auto observation = post({});
    metrics.count(observation);
    EXPECT_EQ(series_of_operations(), 0U) << "a response of the client";
    observation.operations_known = false;
    metrics.count(observation);
    EXPECT_EQ(operations(operation("unknown", "")), 1);
    observation.http_method = "GET";
    metrics.count(observation);
    observation.http_method = "DELETE";
    metrics.count(observation);
    EXPECT_EQ(operations(operation("unknown", "")), 1);
}

TEST_F(MetricsTest, ANameThatIsALabelOfOursHasNoPlace) {
    for (const std::string word : {"other", "unknown"}) {
        metrics.count(post({call(word, Kind::success), call("no result", Kind::unknown)}));
        metrics.count(post({{.method = word, .outcome = {.kind = Kind::success}}}));
    }
    EXPECT_EQ(operations(operation("tools/call", "other")), 4);
    EXPECT_EQ(operations(operation("other", "")), 2);
}

TEST_F(MetricsTest, EachOperationOfABatchCounts) {
    metrics.count(post({call("a", Kind::success), call("b", Kind::success), call("b", Kind::success)}));
    EXPECT_EQ(operations(operation("tools/call", "a")), 1);
    EXPECT_EQ(operations(operation("tools/call", "b")), 2);
    EXPECT_EQ(scrape().value("mcp_decisions_total",
                             {{"decision", "pass"}, {"reason", ""}, {"mcp_resource", std::string(resource)}}),
              1);
}

TEST_F(MetricsTest, AnOperationTookAsLongAsItsAnswerCameAfterTheRequestBegan) {
    auto observation = post({call("quick", Kind::success), call("slow", Kind::success)});
    observation.operations[1].duration = milliseconds(1500);
    observation.duration = std::chrono::minutes(10);
    metrics.count(observation);
    observation.operations_known = false;
    observation.operations.clear();
    metrics.count(observation);
    const auto text = scrape();
    const auto sum = [&](const scraped::Labels& labels) {
        return text.value("mcp_server_operation_duration_seconds_sum", labels);
    };
    EXPECT_DOUBLE_EQ(sum(operation("tools/call", "quick")), 0.015);
    EXPECT_DOUBLE_EQ(sum(operation("tools/call", "slow")), 1.5);
    EXPECT_DOUBLE_EQ(sum(operation("unknown", "")), 600) << "nobody knows when";
}

TEST_F(MetricsTest, ARefusalIsADecisionAndNoOperation) {
    metrics.count(refused("expired"));
    metrics.count(refused("expired"));
    metrics.count(refused("scope_insufficient"));
    auto preflight = post({});
    preflight.judgement = mcp::Judgement::preflight;
    metrics.count(preflight);
    const auto text = scrape();
    const auto decisions = [&](std::string decision, std::string reason) {
        return text.value("mcp_decisions_total", {{"decision", std::move(decision)},
                                                  {"reason", std::move(reason)},
                                                  {"mcp_resource", std::string(resource)}});
    };
    EXPECT_EQ(decisions("refuse", "expired"), 2);
    EXPECT_EQ(decisions("refuse", "scope_insufficient"), 1);
    EXPECT_EQ(decisions("preflight", ""), 1);
    EXPECT_EQ(series_of_operations(), 0U);
    EXPECT_EQ(text.value("mcp_authorization_duration_seconds_count"), 3) << "nothing is judged in a preflight";
    EXPECT_DOUBLE_EQ(text.value("mcp_authorization_duration_seconds_sum"), 0.00021);
    EXPECT_EQ(text.value("mcp_authorization_duration_seconds_bucket", {{"le", "5e-05"}}), 0);
    EXPECT_EQ(text.value("mcp_authorization_duration_seconds_bucket", {{"le", "0.0001"}}), 3);
}

TEST_F(MetricsTest, AMillionInventedNamesMakeNoSeries) {
    for (int i = 0; i < 1'000'000; i++) {
        auto observed = call("invented " + std::to_string(i), i % 2 == 0 ? Kind::tool_error : Kind::error, -32602);
        if (i % 3 == 0) observed.method = observed.name.value();
        metrics.count(post({observed}));
    }
    EXPECT_EQ(series_of_operations(), 4U);
}

TEST_F(MetricsTest, SuccessfulNamesBeyondTheRoomAreCountedTogether) {
    for (int i = 0; i < 2000; i++)
        metrics.count(post({call("tool " + std::to_string(i), Kind::success)}));
    const auto text = scrape();
    double sum = 0;
    for (const auto& sample : text.samples())
        if (sample.name == "mcp_server_operation_duration_seconds_count") sum += sample.value;
    EXPECT_EQ(sum, 2000) << "none is lost";
    EXPECT_EQ(folded("tools"), 2000 - 512);
    EXPECT_EQ(series_of_operations(), 513U) << "512, and the rest";
    metrics.count(post({call("tool 0", Kind::success)}));
    EXPECT_EQ(operations(operation("tools/call", "tool 0")), 2) << "who has a place keeps it";
}

TEST_F(MetricsTest, HostileBackendsCannotTakeTheRoomOfOthersByCodes) {
    for (int i = 0; i < 100'000; i++)
        metrics.count(post({call("x", Kind::error, i)}));
    EXPECT_EQ(series_of_operations(), 65U) << "64 codes, and the others";
    EXPECT_EQ(operations(operation("tools/call", "other", "other", "other")), 100'000 - 64);
}

TEST_F(MetricsTest, NoSeriesIsThereTwiceWhenEverythingIsOther) {
    for (int i = 0; i < 70; i++) {
        const std::string uri = "https://mcp.example.com/" + std::to_string(i);
        auto observation = post({call("x", Kind::error, i)});
        observation.operations[0].method = "invented";
        observation.resource = uri;
        metrics.count(observation);
    }
    for (int i = 0; i < 600; i++)
        metrics.count(post({call("tool " + std::to_string(i), Kind::success)}));
    EXPECT_NO_THROW(scrape()) << "a sample twice would be an error of the reader";
}

TEST_F(MetricsTest, HostileNamesAreValidText) {
    using namespace std::string_literals;
    for (const std::string& name :
         {"\"} 1\n# EOF\n"s, "a\0b"s, "\xFF\xFE"s, "\\"s, "\r"s, "\xE2\x80\xA8"s, std::string(1'000'000, 'x'), "{}"s})
        metrics.count(post({call(name, Kind::success)}));
    EXPECT_NO_THROW(scrape(ExpositionFormat::openmetrics));
    EXPECT_NO_THROW(scrape(ExpositionFormat::prometheus));
    EXPECT_EQ(series_of_operations(), 8U);
    EXPECT_EQ(operations(operation("tools/call", std::string(128, 'x'))), 1);
    EXPECT_EQ(operations(operation("tools/call", "\"} 1\xEF\xBF\xBD# EOF\xEF\xBF\xBD")), 1);
}

TEST_F(MetricsTest, ResourcesAndServersBeyondTheRoomAreOther) {
    for (int i = 0; i < 1000; i++) {
        const std::string name = "https://" + std::to_string(i) + ".example.com";
        metrics.count_fetch(FetchKind::keys, name, true);
        auto observation = post({});
        observation.resource = name;
        metrics.count(observation);
    }
    EXPECT_EQ(folded("servers"), 1000 - 64);
    EXPECT_EQ(folded("resources"), 1000 - 64);
    EXPECT_EQ(scrape().value("mcp_fetches_total", {{"kind", "keys"}, {"server", "other"}, {"result", "success"}}),
              1000 - 64);
}

TEST_F(MetricsTest, FetchesIntrospectionsAndSpansAreCountedByResult) {
    metrics.count_fetch(FetchKind::metadata, "https://as.example.com", true);
    metrics.count_fetch(FetchKind::keys, "https://as.example.com", false);
    metrics.count_fetch(FetchKind::introspection, "https://as.example.com", true);
    metrics.count_introspection(IntrospectionResult::kept);
    metrics.count_introspection(IntrospectionResult::kept);
    metrics.count_introspection(IntrospectionResult::error);
    const auto text = scrape();
    const auto fetches = [&](std::string kind, std::string result) {
        return text.value(
            "mcp_fetches_total",
            {{"kind", std::move(kind)}, {"server", "https://as.example.com"}, {"result", std::move(result)}});
    };
    EXPECT_EQ(fetches("metadata", "success"), 1);
    EXPECT_EQ(fetches("keys", "failure"), 1);
    EXPECT_EQ(fetches("introspection", "success"), 1);
    EXPECT_EQ(text.value("mcp_introspections_total", {{"result", "kept"}}), 2);
    EXPECT_EQ(text.value("mcp_introspections_total", {{"result", "error"}}), 1);
    EXPECT_EQ(text.value("mcp_introspections_total", {{"result", "active"}}), 0);
}

TEST_F(MetricsTest, KeysAreAsOldAsTheNewestThatAnyWorkerHas) {
    EXPECT_EQ(metrics.keys("https://as.example.com").value().asked_at, std::nullopt);
    metrics.set_keys_failing("https://as.example.com", milliseconds(5), "status 500");
    metrics.set_keys_failing("https://as.example.com", milliseconds(9), "status 501");
    EXPECT_EQ(metrics.keys("https://as.example.com").value().failing_since, milliseconds(5));
    EXPECT_EQ(metrics.keys_failure("https://as.example.com"), "status 501");
    metrics.set_keys("https://as.example.com", milliseconds(20), milliseconds(20000));
    metrics.set_keys_failing("https://as.example.com", milliseconds(25), "status 502");
    metrics.set_keys("https://as.example.com", milliseconds(10), milliseconds(10000));
    metrics.set_keys("https://as.example.com", milliseconds(20), milliseconds(20000));
    EXPECT_EQ(metrics.keys("https://as.example.com").value().asked_at, milliseconds(20));
    EXPECT_EQ(metrics.keys("https://as.example.com").value().failing_since, milliseconds(25))
        << "nobody has newer ones";
    metrics.set_keys("https://as.example.com", milliseconds(30), milliseconds(30000));
    EXPECT_EQ(metrics.keys("https://as.example.com").value().failing_since, std::nullopt);
    EXPECT_EQ(metrics.keys("https://as.example.com").value().usable_until, milliseconds(30000));
    EXPECT_EQ(metrics.keys_failure("https://as.example.com"), "");
}

TEST_F(MetricsTest, KeysWithoutAPlaceAreNotSaidToBeMissing) {
    for (std::size_t i = 0; i < MetricsBlock::most_key_sources; i++)
        EXPECT_TRUE(metrics.keys("https://as.example.com/" + std::to_string(i))) << i;
    EXPECT_FALSE(metrics.keys("https://other.example.com"));
    EXPECT_EQ(metrics.keys("https://as.example.com/0").value().asked_at, std::nullopt) << "there are none yet";
    metrics.set_keys("https://other.example.com", milliseconds(20), milliseconds(20000));
    EXPECT_FALSE(metrics.keys("https://other.example.com"));
    metrics.set_keys("https://as.example.com/0", milliseconds(20), milliseconds(20000));
    EXPECT_EQ(metrics.keys("https://as.example.com/0").value().asked_at, milliseconds(20));
}

TEST_F(MetricsTest, LongUrlsWithOneBeginningAreDifferentSources) {
    const std::string beginning = "https://as.example.com/" + std::string(200, 'x');
    metrics.set_keys(beginning + "/a", milliseconds(20), milliseconds(20000));
    EXPECT_EQ(metrics.keys(beginning + "/b").value().asked_at, std::nullopt);
    EXPECT_EQ(metrics.keys(beginning + "/a").value().asked_at, milliseconds(20));
}

TEST_F(MetricsTest, OnlyGaugesOfLivingWorkersCount) {
    WorkerGauges* own = metrics.begin_worker(3, living);
    WorkerGauges* dead = metrics.begin_worker(4, living + 1);
    ASSERT_TRUE(own != nullptr && dead != nullptr);
    own->open_streams = 2;
    own->waiting_requests = 5;
    dead->open_streams = 100;
    EXPECT_EQ(scrape().value("mcp_open_streams"), 2);
    EXPECT_EQ(scrape().value("mcp_waiting_requests"), 5);
    metrics.begin_worker(3, living);
    EXPECT_EQ(scrape().value("mcp_open_streams"), 0) << "what a killed one left";
    own->open_streams = 1;
    Metrics::end_worker(*own);
    EXPECT_EQ(scrape().value("mcp_open_streams"), 0);
    EXPECT_EQ(metrics.begin_worker(1024, living), nullptr);
}

TEST_F(MetricsTest, WhatSurroundsItIsShownToo) {
    surroundings.keys = {{"https://as.example.com", milliseconds(1500)}, {"https://new.example.com\n", std::nullopt}};
    surroundings.caches = {{.zone = "mcp", .space = "main", .entries = 1, .hits = 2, .misses = 3, .evictions = 4}};
    metrics.count_span(SpanResult::exported, 7);
    metrics.count_span(SpanResult::dropped, 8);
    metrics.count_span(SpanResult::failed);
    const auto text = scrape();
    EXPECT_EQ(text.value("mcp_trace_spans_total", {{"result", "exported"}}), 7);
    EXPECT_EQ(text.value("mcp_trace_spans_total", {{"result", "dropped"}}), 8);
    EXPECT_EQ(text.value("mcp_trace_spans_total", {{"result", "failed"}}), 1);
    EXPECT_EQ(text.value("mcp_keys_age_seconds", {{"issuer", "https://as.example.com"}}), 1.5);
    EXPECT_EQ(text.value("mcp_keys_age_seconds", {{"issuer", "https://new.example.com\xEF\xBF\xBD"}}), HUGE_VAL);
    const scraped::Labels cache = {{"zone", "mcp"}, {"space", "main"}};
    EXPECT_EQ(text.value("mcp_cache_entries", cache), 1);
    EXPECT_EQ(text.value("mcp_cache_hits_total", cache), 2);
    EXPECT_EQ(text.value("mcp_cache_misses_total", cache), 3);
    EXPECT_EQ(text.value("mcp_cache_evictions_total", cache), 4);
    EXPECT_EQ(text.value("mcp_build_info", {{"version", "1.2.3"}, {"nginx_version", "1.26.0"}}), 1);
}

TEST_F(MetricsTest, BothFormatsHaveTheSameValues) {
    metrics.count(post({call("add", Kind::success)}));
    metrics.count(refused("expired"));
    const auto open = scrape(ExpositionFormat::openmetrics);
    const auto plain = scrape(ExpositionFormat::prometheus);
    ASSERT_EQ(open.samples().size(), plain.samples().size());
    for (const auto& sample : open.samples())
        EXPECT_EQ(plain.value(sample.name, sample.labels), sample.value) << sample.name;
    EXPECT_EQ(open.units().at("mcp_keys_age_seconds"), "seconds");
    EXPECT_EQ(plain.types().at("mcp_decisions_total"), "counter");
}

TEST_F(MetricsTest, TheBlockHasAFixedSizeThatEveryMachineHas) {
    EXPECT_LT(sizeof(MetricsBlock), 768U * 1024);
}

}  // namespace
}  // namespace report
