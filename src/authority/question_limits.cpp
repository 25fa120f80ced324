#include "authority/question_limits.h"

#include <netinet/in.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace authority {
namespace {

struct Parameter {
    std::string_view name;
    std::size_t QuestionLimits::* limit;
};
constexpr std::array<Parameter, 4> parameters = {{{"per_server=", &QuestionLimits::per_server},
                                                  {"per_client=", &QuestionLimits::per_client},
                                                  {"total=", &QuestionLimits::total},
                                                  {"waiting=", &QuestionLimits::waiting}}};

constexpr std::size_t largest = 1'000'000;

std::size_t read_limit(std::string_view text, std::string_view argument) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number == 0 || number > largest)
        throw ngx::ConfigError(ngx::in_quotes(argument) + " must be a number from 1 to " + std::to_string(largest));
    return number;
}

void read_parameter(QuestionLimits& limits, std::array<bool, parameters.size()>& seen, std::string_view argument) {
    for (std::size_t i = 0; i < parameters.size(); i++) {
        const auto value = ngx::parameter(argument, parameters[i].name);
        if (!value) continue;
        if (std::exchange(seen[i], true)) throw ngx::ConfigError(ngx::in_quotes(argument) + " is given twice");
        limits.*parameters[i].limit = read_limit(*value, argument);
        return;
    }
    throw ngx::ConfigError(ngx::in_quotes(argument) +
                           R"( is unknown; there are "per_server=", "per_client=", "total=" and "waiting=")");
}

template <class Map>
void take_away(Map& counts, const typename Map::key_type& key) noexcept {
    const auto found = counts.find(key);
    if (--found->second == 0) counts.erase(found);
}

template <class Map>
std::size_t count_of(const Map& counts, const typename Map::key_type& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

std::string bytes_of(const void* address, std::size_t size) {
    return {static_cast<const char*>(address), size};
}

}  // namespace

QuestionLimits QuestionLimits::read(const ngx::Arguments& arguments) {
    QuestionLimits limits;
    std::array<bool, parameters.size()> seen{};
    for (std::size_t i = 0; i < arguments.size(); i++)
        read_parameter(limits, seen, arguments[i]);
    return limits;
}

QuestionCounts::Place::Place(Place&& other) noexcept
    : counts_(std::exchange(other.counts_, nullptr)), server_(other.server_), client_(std::move(other.client_)) {}

QuestionCounts::Place& QuestionCounts::Place::operator=(Place&& other) noexcept {
    if (this == &other) return *this;
    leave();
    counts_ = std::exchange(other.counts_, nullptr);
    server_ = other.server_;
    client_ = std::move(other.client_);
    return *this;
}

void QuestionCounts::Place::leave() noexcept {
    QuestionCounts* const counts = std::exchange(counts_, nullptr);
    if (counts == nullptr) return;
    --counts->total_;
    take_away(counts->by_server_, server_);
    take_away(counts->by_client_, client_);
}

QuestionCounts::Place QuestionCounts::take(const QuestionLimits& limits, const base::Sha256& server,
                                           std::string client) {
    if (total_ >= limits.total || count_of(by_server_, server) >= limits.per_server ||
        count_of(by_client_, client) >= limits.per_client)
        return {};
    ++by_server_[server];
    try {
        ++by_client_[client];
    } catch (...) {
        take_away(by_server_, server);
        throw;
    }
    ++total_;
    Place place;
    place.counts_ = this;
    place.server_ = server;
    place.client_ = std::move(client);
    return place;
}

std::string address_of(const ngx_http_request_t* request) {
    const sockaddr* address = request->connection->sockaddr;
    if (address->sa_family == AF_INET)
        return bytes_of(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr, sizeof(in_addr));
    if (address->sa_family != AF_INET6) return {};
    const in6_addr& ip = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&ip)) return bytes_of(&ip.s6_addr[12], sizeof(in_addr));
    return bytes_of(&ip, 8);  // who has one address of a /64 has all of them
}

}  // namespace authority
