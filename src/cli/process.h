// Running nginx.
#pragma once

#include <string>
#include <vector>

namespace cli {

// Command and arguments; the command is looked for in PATH.
using Command = std::vector<std::string>;

struct Outcome {
    int status;          // 128 and the number of the signal that ended it; 127: it could not be started
    std::string output;  // standard output and standard error, as they came
};
// Waits for the end.
Outcome run_to_end(const Command& command);

// Becomes this command; when that is not possible, tells so and ends with 127.
[[noreturn]] void execute(const Command& command);

// Starts nginx, and is to it what a container's first process has to be: SIGTERM, SIGINT and SIGQUIT let it finish what
// is under way (a second one ends it at once), SIGHUP lets it read its configuration again, SIGUSR1 reopen its logs;
// orphans are collected. Returns its status when it has ended, as above.
int supervise(const Command& command);

}  // namespace cli
