// nginx as a child.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/process.h"
#include "cli/signals.h"

namespace cli {

// Children beside nginx, each started by a function that returns its pid, or 0 when there is none. When none can be
// started (a container may have so many processes), that is told. Only at the first start nothing is started then.
struct Companions {
    // Looks up names for nginx. One that ends is started again, until it can be.
    std::function<pid_t()> start_names = [] { return pid_t{0}; };
    // On SIGHUP: judges the new configuration and puts it where nginx reads it. Only when it ends with 0 nginx is told;
    // else everything stays as it was. Empty: nothing has to be judged, and nothing of what follows is called.
    std::function<pid_t()> start_reload;
    // What nginx will say of the configuration that it is to read, and what has been told already.
    std::function<std::vector<std::string>()> told = [] { return std::vector<std::string>(); };
    // Before nginx is told. True: whoever looks up names has to be started anew for it.
    std::function<bool()> take_names;
    std::function<void()> on_taken;    // nginx has workers that serve the new configuration
    std::function<void()> on_settled;  // and none any more that serve another
};

// Starts nginx in this folder, and is to it what a container's first process has to be: SIGTERM, SIGINT and SIGQUIT let
// it finish what is under way (a second one ends it at once), SIGHUP lets it read its configuration again, SIGUSR1
// reopen its logs; orphans are collected. What it logs is carried to our own outputs (log_carrier.h). Returns its
// status when it has ended, as status_of() tells; then nothing of it is left.
int supervise(const Command& command, int folder, const PendingSignals& signals, const Companions& companions = {});

}  // namespace cli
