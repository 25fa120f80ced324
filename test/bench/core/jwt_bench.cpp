// Verification, and what of it is OpenSSL's own: the share that nobody can take away.
#include <benchmark/benchmark.h>

#include "base/openssl.h"
#include "oauth/jwt/cached_verifier.h"
#include "tokens.h"

namespace {

using oauth::jwt::Algorithm;

void verify(benchmark::State& state, Algorithm algorithm) {
    const bench::Signed made(algorithm);
    const auto* set = &made.keys;
    for (auto _ : state) {
        auto result = oauth::jwt::Verifier::verify(made.token, {&set, 1}, made.rules, bench::now);
        if (!result) state.SkipWithError("the token does not verify");
        benchmark::DoNotOptimize(result);
    }
}

void verify_known(benchmark::State& state, Algorithm algorithm) {
    const bench::Signed made(algorithm);
    const auto* set = &made.keys;
    oauth::TokenCache cache;
    for (auto _ : state) {
        auto result = oauth::jwt::verify_cached(cache, made.token, {&set, 1}, made.rules, bench::now);
        if (!result) state.SkipWithError("the token does not verify");
        benchmark::DoNotOptimize(result);
    }
    if (cache.size() != 1) state.SkipWithError("the token was not kept");
}

// The same signature, with a context made once.
void openssl_alone(benchmark::State& state, Algorithm algorithm) {
    const support::TokenMinter minter(algorithm);
    const std::string input(560, 'x');
    const std::string signature = minter.sign_with_openssl(input);
    const auto bytes = [](const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); };
    const base::openssl::DigestContext context(EVP_MD_CTX_new());
    const EVP_MD* const digest = algorithm == Algorithm::EdDSA ? nullptr : EVP_sha256();
    for (auto _ : state)
        if (EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, minter.pkey()) != 1 ||
            EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(input), input.size()) != 1)
            state.SkipWithError("the signature does not verify");
}

void openssl_hmac(benchmark::State& state) {
    const std::string secret(32, 's'), input(560, 'x');
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    for (auto _ : state)
        if (HMAC(EVP_sha256(), secret.data(), 32, reinterpret_cast<const unsigned char*>(input.data()), input.size(),
                 out.data(), nullptr) == nullptr)
            state.SkipWithError("HMAC failed");
}

BENCHMARK_CAPTURE(verify, HS256, Algorithm::HS256);
BENCHMARK_CAPTURE(verify, RS256, Algorithm::RS256);
BENCHMARK_CAPTURE(verify, ES256, Algorithm::ES256);
BENCHMARK_CAPTURE(verify, EdDSA, Algorithm::EdDSA);
BENCHMARK(openssl_hmac)->Name("openssl_alone/HS256");
BENCHMARK_CAPTURE(openssl_alone, RS256, Algorithm::RS256);
BENCHMARK_CAPTURE(openssl_alone, ES256, Algorithm::ES256);
BENCHMARK_CAPTURE(openssl_alone, EdDSA, Algorithm::EdDSA);
BENCHMARK_CAPTURE(verify_known, RS256, Algorithm::RS256);
BENCHMARK_CAPTURE(verify_known, ES256, Algorithm::ES256);

void parse_jwks(benchmark::State& state) {
    const support::TokenMinter rsa(Algorithm::RS256, "rsa"), ec(Algorithm::ES256, "ec");
    const std::string document = R"({"keys":[)" + rsa.jwk() + "," + ec.jwk() + "]}";
    for (auto _ : state)
        benchmark::DoNotOptimize(oauth::jwt::JwkSet::parse_jwks(document));
}
BENCHMARK(parse_jwks);

}  // namespace
