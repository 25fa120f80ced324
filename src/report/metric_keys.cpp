#include "report/metric_keys.h"

#include <array>
#include <cstddef>

namespace report {
namespace {

constexpr std::uint64_t used = std::uint64_t{1} << 63U;  // a key is never 0
constexpr unsigned bits_of_field = 12;                   // a NameTable has fewer places

template <std::size_t size>
std::uint64_t pack(const std::array<std::uint16_t, size>& fields) noexcept {
    static_assert(size * bits_of_field < 63);
    std::uint64_t key = 0;
    for (const std::uint16_t field : fields)
        key = key << bits_of_field | field;
    return key | used;
}

// From the last to the first.
std::uint16_t take(std::uint64_t& key) noexcept {
    const auto field = static_cast<std::uint16_t>(key & ((1U << bits_of_field) - 1));
    key >>= bits_of_field;
    return field;
}

}  // namespace

std::uint64_t OperationKey::packed() const noexcept {
    return pack(std::array{method, tool, static_cast<std::uint16_t>(error), number, resource});
}

OperationKey OperationKey::unpack(std::uint64_t key) noexcept {
    OperationKey unpacked;
    unpacked.resource = take(key);
    unpacked.number = take(key);
    unpacked.error = static_cast<ErrorKind>(take(key));
    unpacked.tool = take(key);
    unpacked.method = take(key);
    return unpacked;
}

std::uint64_t DecisionKey::packed() const noexcept {
    return pack(std::array{static_cast<std::uint16_t>(judgement), reason, resource});
}

DecisionKey DecisionKey::unpack(std::uint64_t key) noexcept {
    DecisionKey unpacked;
    unpacked.resource = take(key);
    unpacked.reason = take(key);
    unpacked.judgement = static_cast<mcp::Judgement>(take(key));
    return unpacked;
}

std::uint64_t FetchKey::packed() const noexcept {
    return pack(std::array{static_cast<std::uint16_t>(kind), server, static_cast<std::uint16_t>(succeeded ? 1 : 0)});
}

FetchKey FetchKey::unpack(std::uint64_t key) noexcept {
    FetchKey unpacked;
    unpacked.succeeded = take(key) != 0;
    unpacked.server = take(key);
    unpacked.kind = static_cast<FetchKind>(take(key));
    return unpacked;
}

}  // namespace report
