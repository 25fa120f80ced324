// What makes a series of its own, in 64 bits. Texts are numbers of a NameTable, counted from `first_name` on.
#pragma once

#include <cstdint>
#include <string_view>

#include "mcp/observation.h"

namespace report {

// Of a name that has no place.
inline constexpr std::uint16_t no_name = 0;  // there is none
inline constexpr std::string_view label_of_others = "other", label_of_unknown = "unknown";
inline constexpr std::uint16_t other_name = 1;  // one of those that have no place
inline constexpr std::uint16_t first_name = 2;

enum class FetchKind : std::uint8_t {
    metadata,
    keys,
    introspection
};

// How an operation failed.
enum class ErrorKind : std::uint8_t {
    none,  // not, or nobody knows
    tool_error,
    jsonrpc,  // `number` is that of its code
    http,     // `number` is the status, or other_status
};
inline constexpr std::uint16_t other_status = 0;

struct OperationKey {
    std::uint16_t method = no_name;  // no_name: not known
    std::uint16_t tool = no_name;
    ErrorKind error = ErrorKind::none;
    std::uint16_t number = 0;
    std::uint16_t resource = no_name;

    std::uint64_t packed() const noexcept;
    static OperationKey unpack(std::uint64_t key) noexcept;
    bool operator==(const OperationKey&) const = default;
};

// Everything in it is "other": the label of all that have no place.
inline constexpr OperationKey rest_of_operations{.method = other_name,
                                                 .tool = other_name,
                                                 .error = ErrorKind::jsonrpc,
                                                 .number = other_name,
                                                 .resource = other_name};

struct DecisionKey {
    mcp::Judgement judgement = mcp::Judgement::pass;
    std::uint16_t reason = no_name;
    std::uint16_t resource = no_name;

    std::uint64_t packed() const noexcept;
    static DecisionKey unpack(std::uint64_t key) noexcept;
    bool operator==(const DecisionKey&) const = default;
};

struct FetchKey {
    FetchKind kind = FetchKind::metadata;
    std::uint16_t server = no_name;
    bool succeeded = false;

    std::uint64_t packed() const noexcept;
    static FetchKey unpack(std::uint64_t key) noexcept;
    bool operator==(const FetchKey&) const = default;
};

}  // namespace report
