// The names of backends, looked up by this machine's own resolver, for nginx: its resolver speaks DNS alone, and knows
// neither /etc/hosts nor search domains. A child of the supervisor, on a UDP port of loopback.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/descriptor.h"
#include "cli/names/system_names.h"

namespace cli {

// How long an answer is taken for the present one, a failure for one that lasts, and how long a question waits before
// an old answer has to do (RFC 8767 section 5).
struct NameTimes {
    std::chrono::milliseconds fresh{4000};
    std::chrono::milliseconds failed{1000};
    std::chrono::milliseconds patience{1800};
    std::chrono::milliseconds stale{std::chrono::hours(1)};
};

// Answers for these names and no other. Each is looked up by a thread of its own, so that a name whose lookup takes
// long delays no other.
class NameService {
public:
    using Lookup = std::function<Found(const std::string& name)>;

    NameService(int socket, const std::vector<std::string>& names, Lookup lookup = ask_system, NameTimes times = {});
    NameService(const NameService&) = delete;
    NameService& operator=(const NameService&) = delete;
    ~NameService();  // does not wait for lookups that are under way

    // Answers what has come or can be answered now, after waiting for something to do, but no longer than this.
    void serve(std::chrono::milliseconds longest);

private:
    struct State;
    void receive();

    std::shared_ptr<State> state_;
};

// A UDP socket on 127.0.0.1, with a port that the kernel chose.
class NameSocket {
public:
    NameSocket();
    int descriptor() const noexcept { return socket_.get(); }
    std::uint16_t port() const noexcept { return port_; }

private:
    Descriptor socket_;
    std::uint16_t port_ = 0;
};

// Starts a child that serves these names; it ends with us, and holds nothing of ours but the socket. Returns 0 when
// there are none.
pid_t start_name_service(const NameSocket& socket, const std::vector<std::string>& names);

}  // namespace cli
