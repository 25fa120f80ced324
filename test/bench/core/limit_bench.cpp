// What counting a request costs: the arithmetic, and with the search for the state in a zone.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include "base/sha256.h"
#include "mcp/rate_limit.h"
#include "shared/limit_table.h"

namespace {

using std::chrono::microseconds;

mcp::Rate rate_of(mcp::LimitAlgorithm algorithm) {
    return {.requests = 100, .period = std::chrono::minutes(1), .burst = 20, .algorithm = algorithm};
}

void take_arithmetic(benchmark::State& state) {
    const mcp::Rate rate = rate_of(static_cast<mcp::LimitAlgorithm>(state.range(0)));
    mcp::LimitState kept;
    std::array<mcp::LimitShare, 1> shares{{{.rate = &rate, .state = &kept}}};
    microseconds now{1'000'000'000};
    for (auto _ : state)
        benchmark::DoNotOptimize(mcp::take(shares, now += std::chrono::milliseconds(300)));
}
BENCHMARK(take_arithmetic)->DenseRange(0, 3);

// A zone of 16 MB; as many keys as the first argument says, in any order; as many limits in one request as the second.
void take_in_a_zone(benchmark::State& state) {
    struct alignas(64) Chunk {
        std::byte bytes[64];
    };
    std::vector<Chunk> memory(std::size_t{16} * 1024 * 1024 / sizeof(Chunk));
    auto table = shared::LimitTable::open(std::as_writable_bytes(std::span(memory)), 0x9E37'79B9'7F4A'7C15);
    const mcp::Rate rate = rate_of(mcp::LimitAlgorithm::gcra);
    std::vector<base::Sha256> keys(static_cast<std::size_t>(state.range(0)));
    std::mt19937_64 random(1);
    for (base::Sha256& key : keys) {
        for (unsigned char& byte : key)
            byte = static_cast<unsigned char>(random());
    }
    std::vector<shared::LimitUse> uses(static_cast<std::size_t>(state.range(1)));
    shared::LimitTable::Room room;
    room.fit(uses);
    microseconds now{1'000'000'000};
    std::size_t next = 0;
    for (auto _ : state) {
        for (shared::LimitUse& use : uses)
            use = {.key = keys[next++ % keys.size()], .rate = &rate};
        table.prefetch(uses);
        benchmark::DoNotOptimize(table.take(uses, room, now += microseconds(10)));
    }
}
BENCHMARK(take_in_a_zone)->ArgsProduct({{1, 1000, 100'000, 1'000'000}, {1, 3}});

}  // namespace
