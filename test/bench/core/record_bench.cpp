// The record of a decision: what nginx pays for each request where $mcp_audit is logged.
#include <benchmark/benchmark.h>

#include <string>

#include "mcp/audit_record.h"
#include "support/observed.h"

namespace {

void audit_record(benchmark::State& state) {
    const mcp::Observation observation = support::passed_call();
    const mcp::AuditSettings settings;
    for (auto _ : state)
        benchmark::DoNotOptimize(mcp::audit_record(observation, settings));
}
BENCHMARK(audit_record);

void audit_record_with_hashes(benchmark::State& state) {
    const mcp::Observation observation = support::passed_call();
    const mcp::AuditSettings settings{.identity = mcp::ShownIdentity::hash, .key = base::Secret(std::string(32, 'k'))};
    for (auto _ : state)
        benchmark::DoNotOptimize(mcp::audit_record(observation, settings));
}
BENCHMARK(audit_record_with_hashes);

}  // namespace
