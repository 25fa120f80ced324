#include <algorithm>
#include <cstdint>
#include <string>

#include "cli/render/parts.h"
#include "cli/settings/file/forms.h"
#include "cli/settings/limits.h"

namespace cli {
namespace {

// How long requests and streams that are under way may go on when nginx has read other settings. When it is to end, the
// supervisor cuts them much earlier.
constexpr std::string_view grace_period = "1h";

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;
constexpr std::uint64_t memory_of_worker = 32 * mebibyte;             // what one has to have, or there are fewer
constexpr std::uint64_t memory_besides = 16 * mebibyte;               // processes without requests
constexpr std::uint64_t memory_of_request = std::uint64_t{4} * 1024;  // beside its headers
constexpr std::uint64_t memory_of_tls = std::uint64_t{48} * 1024;     // of a connection
constexpr std::uint64_t memory_for_http2 = 256 * mebibyte;
constexpr std::uint64_t most_connections = 8192;  // of a worker
constexpr std::uint64_t fewest_connections = 32;
constexpr std::uint64_t other_files = 512;  // of a worker: key sets that are fetched, logs, channels

// nginx counts the processors of the host, also where a container may use few of them, or has no memory for so many.
std::uint64_t workers(const Machine& machine) {
    const std::uint64_t room = machine.memory == 0 ? machine.processors : machine.memory / memory_of_worker;
    return std::clamp<std::uint64_t>(machine.processors, 1, std::max<std::uint64_t>(room, 1));
}

std::uint64_t workers_of(const Gateway& gateway, const Machine& machine) {
    return gateway.worker_processes == "auto" ? workers(machine) : std::stoull(gateway.worker_processes);
}

// The most that a client without a token can make a connection hold: headers, of as many requests as it may have.
std::uint64_t memory_of_connection(const Gateway& gateway, const Machine& machine) {
    const std::uint64_t header = file::read_size(gateway.header_size).value_or(default_header_size);
    const std::uint64_t request = 2 * header + memory_of_request;
    if (!gateway.tls) return request;
    return memory_of_tls + request * (speaks_http2(gateway, machine) ? http2_streams : 1);
}

// Processes without requests, and a full mcp_zone.
std::uint64_t memory_at_rest(const Gateway& gateway) {
    return memory_besides + file::read_size(zone_size_of(gateway)).value_or(0);
}

// More than there is memory or files for would be taken, and end all the others.
std::uint64_t connections(const Gateway& gateway, const Machine& machine) {
    std::uint64_t count = most_connections;
    if (machine.memory != 0) {
        const std::uint64_t at_rest = memory_at_rest(gateway);
        const std::uint64_t room = std::max(machine.memory, at_rest) - at_rest;
        count = std::min(count, room / memory_of_connection(gateway, machine) / workers_of(gateway, machine));
    }
    if (machine.open_files != 0) count = std::min(count, std::max(machine.open_files, other_files) - other_files);
    return std::max(count, fewest_connections);
}

}  // namespace

// Where memory is scarce, a connection that holds many requests would leave room for very few.
bool speaks_http2(const Gateway& gateway, const Machine& machine) {
    return gateway.tls && machine.has_http2 && (machine.memory == 0 || machine.memory >= memory_for_http2);
}

void add_process(Configuration& conf, const Gateway& gateway, const Places& places, const Machine& machine) {
    conf.line("load_module", {module_file(places.modules)});
    const bool is_counted = machine.processors != 0;
    conf.line("worker_processes",
              {is_counted ? std::to_string(workers_of(gateway, machine)) : gateway.worker_processes});
    if (machine.open_files != 0)
        conf.line("worker_rlimit_nofile",
                  {std::to_string(std::min(machine.open_files, most_connections + other_files))});
    conf.line("worker_shutdown_timeout", {grace_period});
    conf.line("pid", {places.pid + "/nginx.pid"});
    conf.line("error_log", {"stderr", "notice"});
    conf.open("events", {});
    conf.line("worker_connections", {std::to_string(connections(gateway, machine))});
    conf.close();
}

}  // namespace cli
