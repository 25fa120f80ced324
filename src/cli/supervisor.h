// nginx as a child.
#pragma once

#include <functional>

#include "cli/process.h"
#include "cli/signals.h"

namespace cli {

// Starts nginx in this folder, and is to it what a container's first process has to be: SIGTERM, SIGINT and SIGQUIT let
// it finish what is under way (a second one ends it at once), SIGHUP lets it read its configuration again, SIGUSR1
// reopen its logs; orphans are collected. What it logs is carried to our own outputs (log_carrier.h). Returns its
// status when it has ended, as status_of() tells; then nothing of it is left.
//
// `start_helper` starts a child that nginx needs, and returns its pid, or 0 when there is none; one that ends is
// started again, and one that cannot be is the end of all.
int supervise(const Command& command, int folder, const PendingSignals& signals,
              const std::function<pid_t()>& start_helper);

}  // namespace cli
