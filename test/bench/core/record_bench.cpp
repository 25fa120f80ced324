// The record of a decision: what nginx pays for each request where $mcp_audit is logged.
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>

#include "mcp/audit_record.h"

namespace {

mcp::Observation call() {
    mcp::Observation observation;
    observation.begin = std::chrono::milliseconds(1'764'394'591'007);
    observation.judgement = mcp::Judgement::pass;
    observation.resource = "https://mcp.example.com/mcp";
    observation.issuer = "https://as.example.com";
    observation.subject = "alice";
    observation.client = "desktop";
    observation.scopes = "mcp:read mcp:write";
    observation.address = "192.0.2.1";
    observation.http_method = "POST";
    observation.revision = "2025-11-25";
    observation.session = "6d0c3ce9-2f0f-4c9b-9f2e-3f0f6a1f7f55";
    observation.status = 200;
    observation.operations_known = true;
    observation.operations = {{.method = "tools/call", .name = "echo", .id = "7", .outcome = {}}};
    return observation;
}

void audit_record(benchmark::State& state) {
    const mcp::Observation observation = call();
    const mcp::AuditSettings settings;
    for (auto _ : state)
        benchmark::DoNotOptimize(mcp::audit_record(observation, settings));
}
BENCHMARK(audit_record);

void audit_record_with_hashes(benchmark::State& state) {
    const mcp::Observation observation = call();
    const mcp::AuditSettings settings{.identity = mcp::ShownIdentity::hash, .key = base::Secret(std::string(32, 'k'))};
    for (auto _ : state)
        benchmark::DoNotOptimize(mcp::audit_record(observation, settings));
}
BENCHMARK(audit_record_with_hashes);

}  // namespace
