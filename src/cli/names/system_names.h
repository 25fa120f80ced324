// What this machine takes a name for: /etc/hosts, search domains and DNS, as nsswitch.conf says.
#pragma once

#include <string>
#include <vector>

#include "cli/names/dns_message.h"

namespace cli {

struct Found {
    dns::Outcome outcome = dns::Outcome::server_failed;
    std::vector<dns::Address> addresses;
};

// Waits as long as the system's resolver does.
Found ask_system(const std::string& name);

}  // namespace cli
