// What a container runs, as /proc tells it: `mcp-resource nginx`, of which nobody but its author knows what it serves,
// or `run`, with its --state.
#pragma once

#include <cstdint>
#include <string>

namespace cli {

// Of the first process here, or of one that an init has started: "it runs" as long as its nginx does.
enum class OwnNginx : std::uint8_t {
    none,  // something else runs here
    ended,
    runs
};
OwnNginx own_nginx();

// Whether a process was called so, as /proc/PID/cmdline tells it.
bool is_own_nginx(const std::string& cmdline);

// The absolute path that a `run` with this command line was given as --state; empty: none, or it is no `run`.
std::string state_of_run(const std::string& cmdline);
// Of the first process here, which is `run` in the image.
std::string state_of_first_run();

}  // namespace cli
