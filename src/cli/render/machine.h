// What nginx finds where it runs, as far as its configuration depends on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

// 0 or an empty list: nobody knows, or there is no limit.
struct Machine {
    unsigned nginx_version = 0;  // 1022001 is 1.22.1
    bool has_http2 = true;       // nginx is built with it
    bool has_ipv6 = true;
    unsigned processors = 0;           // that we may use, in whole ones
    std::uint64_t memory = 0;          // bytes that the container may have
    std::uint64_t open_files = 0;      // descriptors that a process may have
    std::uint16_t name_port = 0;       // where name_service.h answers on 127.0.0.1
    std::vector<std::string> hosts{};  // names of /etc/hosts
};

// `nginx_answer`: what "nginx -V" prints.
Machine this_machine(std::string_view nginx_answer);

// The parts of it that can be tested.
unsigned nginx_version(std::string_view answer) noexcept;
std::vector<std::string> host_names(std::string_view hosts_file);
// cpu.max of cgroup v2 ("150000 100000", "max 100000"), as whole processors, rounded up.
unsigned processors_of(std::string_view cpu_max) noexcept;

}  // namespace cli
