// nginx as a child.
#pragma once

#include "cli/process.h"
#include "cli/signals.h"

namespace cli {

// Starts nginx in this folder, and is to it what a container's first process has to be: SIGTERM, SIGINT and SIGQUIT let
// it finish what is under way (a second one ends it at once), SIGHUP lets it read its configuration again, SIGUSR1
// reopen its logs; orphans are collected. What it logs is carried to our own outputs (log_carrier.h). Returns its
// status when it has ended, as status_of() tells; then nothing of it is left.
int supervise(const Command& command, int folder, const PendingSignals& signals);

}  // namespace cli
