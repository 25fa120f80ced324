#include "cli/render/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>

#include "base/ascii.h"
#include "cli/descriptor.h"

namespace cli {
namespace {

template <class Number>
std::optional<Number> take_number(std::string_view& text) noexcept {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return std::move(text).str();
}

std::uint64_t number_in(const std::string& path) {
    const std::string text = content(path);
    std::string_view rest = text;
    return take_number<std::uint64_t>(rest).value_or(0);
}

// A container sees its own group at the root of each hierarchy, of cgroup v2 or v1.
const std::string groups = "/sys/fs/cgroup/";

std::uint64_t memory_limit() {
    constexpr std::uint64_t none = std::uint64_t{1} << 60U;  // v1 says "no limit" with a number of this kind
    std::uint64_t limit = number_in(groups + "memory.max");
    if (limit == 0) limit = number_in(groups + "memory/memory.limit_in_bytes");
    return limit < none ? limit : 0;
}

unsigned processor_quota() {
    const std::string quota = content(groups + "cpu.max");
    if (!quota.empty()) return processors_of(quota);
    return processors_of(content(groups + "cpu/cpu.cfs_quota_us") + ' ' + content(groups + "cpu/cpu.cfs_period_us"));
}

unsigned processors() {
    cpu_set_t ours;
    CPU_ZERO(&ours);
    // Fails where there are more than a set has room for: nginx counts them then.
    const int usable = ::sched_getaffinity(0, sizeof(ours), &ours) == 0 ? CPU_COUNT(&ours) : 0;
    const unsigned quota = processor_quota();
    if (usable <= 0) return quota;
    return quota == 0 ? static_cast<unsigned>(usable) : std::min(static_cast<unsigned>(usable), quota);
}

std::uint64_t open_files() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max != RLIM_INFINITY ? limit.rlim_max : 0;
}

bool has_ipv6() {
    return static_cast<bool>(Descriptor(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)));
}

}  // namespace

unsigned nginx_version(std::string_view answer) noexcept {
    static constexpr std::string_view before = "nginx/";
    const std::size_t start = answer.find(before);
    if (start == std::string_view::npos) return 0;
    answer.remove_prefix(start + before.size());
    unsigned version = 0;
    for (int part = 0; part < 3; part++) {
        const auto number = take_number<unsigned>(answer);
        if (!number || *number > 999) return 0;
        version = version * 1000 + *number;
        if (answer.starts_with('.')) answer.remove_prefix(1);
    }
    return version;
}

std::vector<std::string> host_names(std::string_view hosts_file) {
    std::vector<std::string> names;
    std::istringstream file{std::string(hosts_file)};
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string name;
        words >> name;  // the address
        while (words >> name) {
            std::ranges::transform(name, name.begin(), base::to_lower);
            names.push_back(name);
        }
    }
    return names;
}

unsigned processors_of(std::string_view cpu_max) noexcept {
    constexpr std::uint64_t most = 1024;
    const auto quota = take_number<std::uint64_t>(cpu_max);
    cpu_max.remove_prefix(std::min(cpu_max.find_first_of("0123456789"), cpu_max.size()));
    const auto period = take_number<std::uint64_t>(cpu_max);
    if (!quota || !period || *quota == 0 || *period == 0) return 0;
    return static_cast<unsigned>(std::min(most, (*quota - 1) / *period + 1));
}

Machine this_machine(std::string_view nginx_answer) {
    return {.nginx_version = nginx_version(nginx_answer),
            .has_http2 = !nginx_answer.contains("configure arguments:") || nginx_answer.contains("--with-http_v2_module"),
            .has_ipv6 = has_ipv6(),
            .processors = processors(),
            .memory = memory_limit(),
            .open_files = open_files(),
            .name_port = 0,
            .hosts = host_names(content("/etc/hosts"))};
}

}  // namespace cli
