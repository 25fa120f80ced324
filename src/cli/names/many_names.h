// Many names that have to be there, looked up at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cli {

// Why the system's resolver has no address of a name; empty: it has one. Waits as long as the resolver does.
std::string why_unknown(const std::string& name);

struct LookupLimits {
    std::size_t at_once = 64;
    std::chrono::milliseconds longest = std::chrono::seconds(30);  // of all of them
};

// What `lookup` says of each of these names: why it is unknown. Whoever has no answer in time is unknown as well. A
// lookup that hangs goes on in a thread of its own, until the process ends.
std::map<std::string, std::string> look_up_all(const std::vector<std::string>& names,
                                               const std::function<std::string(const std::string&)>& lookup,
                                               const LookupLimits& limits = {});

}  // namespace cli
