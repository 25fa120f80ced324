// nginx's command line and configuration, as far as whoever supervises it has to know them.
#pragma once

#include <cstdint>
#include <string_view>

#include "cli/process.h"

namespace cli {

// Whether nginx only answers (-t, -T, -v, -V, -h) or tells another one something (-s), and ends.
bool ends_by_itself(const Command& arguments);

enum class Daemon : std::uint8_t {
    unsaid,
    on,
    off
};
// What a configuration, as `nginx -T` prints it, says outside of all blocks; the first one counts, nginx takes no
// other.
Daemon daemon_of(std::string_view configuration);
Daemon daemon_of(const Command& arguments);  // what -g says

// Says `daemon off` with the -g that is there, as nginx takes only one, or with a new one.
void stay_in_foreground(Command& command);

}  // namespace cli
