// The steps of a request, one by one.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64url.h"
#include "base/sha256.h"
#include "mcp/authorize.h"
#include "mcp/jsonrpc.h"
#include "ngx/cache_table.h"
#include "oauth/bearer.h"
#include "oauth/introspection/cached_response.h"
#include "oauth/introspection/response.h"
#include "oauth/token_cache.h"
#include "tokens.h"

namespace {

using oauth::jwt::Algorithm;

void base64url_decode(benchmark::State& state) {
    const std::string encoded = base::base64url::encode(bench::payload());
    std::array<unsigned char, 2048> out{};
    for (auto _ : state)
        benchmark::DoNotOptimize(base::base64url::decode(encoded, out));
}
BENCHMARK(base64url_decode);

void sha256_of_a_token(benchmark::State& state) {
    const std::string token(900, 'x');
    for (auto _ : state)
        benchmark::DoNotOptimize(base::sha256_of({token}));
}
BENCHMARK(sha256_of_a_token);

void json_parse_claims(benchmark::State& state) {
    const std::string text = bench::payload();
    for (auto _ : state)
        benchmark::DoNotOptimize(oauth::json::Document::parse(text));
}
BENCHMARK(json_parse_claims);

void check_claims(benchmark::State& state) {
    const bench::Signed made(Algorithm::HS256);
    const auto claims = oauth::json::Document::parse(bench::payload());
    for (auto _ : state)
        benchmark::DoNotOptimize(oauth::check_claims(claims->root(), made.rules.claims, bench::now));
}
BENCHMARK(check_claims);

void bearer_token(benchmark::State& state) {
    const std::string header = "Bearer " + std::string(900, 'x');
    const std::array<std::string_view, 1> headers{header};
    for (auto _ : state)
        benchmark::DoNotOptimize(oauth::bearer_token(headers));
}
BENCHMARK(bearer_token);

void introspection_response(benchmark::State& state) {
    const bench::Signed made(Algorithm::HS256);
    const std::string answer = R"({"active":true,)" + bench::payload().substr(1);
    for (auto _ : state) {
        const auto response = oauth::introspection::Response::parse(answer);
        auto token = response ? response->check(made.rules.claims, bench::now) : std::unexpected(response.error());
        if (!token) state.SkipWithError("the answer is refused");
        benchmark::DoNotOptimize(token);
    }
}
BENCHMARK(introspection_response);

using Checked = std::expected<std::shared_ptr<const oauth::VerifiedToken>, oauth::Error>;

// What a kept answer costs a request: the copy out of the table, and what is made of it.
template <class Check>  // Checked(const base::Sha256& key, std::string_view body, const oauth::ClaimsRules&)
void introspection_hit(benchmark::State& state, Check check) {
    const bench::Signed made(Algorithm::HS256);
    const std::size_t bytes = std::size_t{1} << 20;
    const std::unique_ptr<std::byte, decltype(&std::free)> memory(
        static_cast<std::byte*>(std::aligned_alloc(64, bytes)), std::free);
    auto table = ngx::CacheTable::open({memory.get(), bytes}, 1);
    const auto key = *base::sha256_of({"token"});
    table.store(key, R"({"active":true,)" + bench::payload().substr(1), 2, 1);
    for (auto _ : state) {
        const auto hit = table.lookup(key, 1);
        const Checked token = check(key, hit->bytes, made.rules.claims);
        if (!token) state.SkipWithError("the answer is refused");
        benchmark::DoNotOptimize(token);
    }
}
BENCHMARK_CAPTURE(introspection_hit, parsed_each_time,
                  [](const base::Sha256&, std::string_view body, const oauth::ClaimsRules& rules) -> Checked {
                      const auto response = oauth::introspection::Response::parse(body);
                      return response ? response->check(rules, bench::now) : std::unexpected(response.error());
                  });
BENCHMARK_CAPTURE(introspection_hit, parsed_once,
                  [tokens = std::make_shared<oauth::TokenCache>()](const base::Sha256& key, std::string_view body,
                                                                   const oauth::ClaimsRules& rules) -> Checked {
                      return oauth::introspection::check_cached(*tokens, key, body, rules, bench::now).token;
                  });

// A JSON-RPC tools/call of 1 KB.
std::string tools_call() {
    return R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write_note","arguments":{"text":")" +
           std::string(920, 'm') + "\"}}}";
}

void jsonrpc_parse(benchmark::State& state) {
    const std::string body = tools_call();
    for (auto _ : state)
        benchmark::DoNotOptimize(mcp::Message::parse(body));
}
BENCHMARK(jsonrpc_parse);

void authorize(benchmark::State& state) {
    const bench::Signed made(Algorithm::HS256);
    const auto* set = &made.keys;
    const auto token = oauth::jwt::Verifier::verify(made.token, {&set, 1}, made.rules, bench::now);
    mcp::Resource resource{.uri = *mcp::ResourceUri::parse("https://mcp.example.com/mcp")};
    oauth::ScopeSet scopes;
    scopes.insert(*resource.scopes.intern("mcp:read"));
    if (!token || resource.scopes.compile()) return state.SkipWithError("cannot be set up");
    resource.policy.add({.scopes = scopes});
    const std::array<std::string_view, 1> authorization{"Bearer x"};
    const mcp::Request request{.http_method = "POST", .authorization = authorization};
    for (auto _ : state) {
        const auto decision = mcp::authorize(resource, request, {.token = &*token});
        if (decision.verdict != mcp::Verdict::pass) state.SkipWithError("not allowed");
    }
}
BENCHMARK(authorize);

// Entries: with any number of them a lookup takes the same.
void cache_table_lookup(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    const std::size_t bytes = std::size_t{1} << 27;
    const std::unique_ptr<std::byte, decltype(&std::free)> memory(
        static_cast<std::byte*>(std::aligned_alloc(64, bytes)), std::free);
    auto table = ngx::CacheTable::open({memory.get(), bytes}, 1);
    std::vector<ngx::CacheTable::Key> keys;
    for (std::size_t i = 0; i < count; ++i) {
        keys.push_back(*base::sha256_of({std::to_string(i)}));
        table.store(keys.back(), std::string(180, 'a'), 2, 1);
    }
    std::size_t i = 0;
    for (auto _ : state) {
        if (!table.lookup(keys[i], 1)) state.SkipWithError("an entry is gone");
        i = (i + 7919) % count;  // not in the order of their making
    }
}
BENCHMARK(cache_table_lookup)->Arg(1)->Arg(10'000)->Arg(100'000);

}  // namespace
