// As much of DNS as nginx's resolver speaks: questions for one name, and answers with addresses (RFC 1035, RFC 3596).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cli::dns {

inline constexpr std::size_t largest_message = 512;  // over UDP, without more being agreed on (RFC 1035 section 4.2.1)

enum class Type : std::uint16_t {  // NOLINT(performance-enum-size): as wide as in a message
    a = 1,
    aaaa = 28
};

enum class Outcome : std::uint8_t {
    found = 0,
    server_failed = 2,
    no_such_name = 3,
    refused = 5
};

struct Question {
    std::uint16_t id = 0;
    std::uint16_t flags = 0;
    std::string name;     // in lower case, without a dot at the end
    std::string section;  // as it came
    std::uint16_t type = 0;
};

// nullopt: it is not a query for one name of the Internet. Nothing is answered to such a thing.
std::optional<Question> parse_query(std::span<const std::byte> packet);

struct Address {
    Type type = Type::a;
    std::array<std::uint8_t, 16> bytes{};  // of IPv4 the first four

    std::size_t size() const noexcept { return type == Type::a ? 4 : 16; }
    bool operator==(const Address&) const = default;
};

// Those of the addresses that were asked for, as many as there is room for.
std::string answer(const Question& question, Outcome outcome, std::span<const Address> addresses);

}  // namespace cli::dns
