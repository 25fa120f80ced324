// Running other programs.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "cli/signals.h"

namespace cli {

// Command and arguments; the command is looked for in PATH.
using Command = std::vector<std::string>;

// As a shell says how a process has ended: 128 and the number of the signal that ended it.
int status_of(int wait_status) noexcept;

// In a group of its own Ctrl-C does not reach a child, but us.
enum class Group : std::uint8_t {
    ours,
    its_own
};
// A child that runs `body` and does not outlive us; `death` is the signal that it gets when we end. Never returns in
// the child.
pid_t fork_child(int death, Group group, const std::function<int()>& body);

std::optional<std::vector<pid_t>> children_of(pid_t process);  // none: nobody knows

struct Outcome {
    int status;          // 127: it could not be started
    std::string output;  // standard output and standard error, as they came
};
// Starts it in this folder (AT_FDCWD: in ours), and waits for its end. It is killed when we end.
Outcome run_to_end(const Command& command, int folder);

// Becomes this command; when that is not possible, tells so and ends with 127.
[[noreturn]] void execute(const Command& command);

// Kills a process group, and waits until nothing of it is left, but not for ever.
void end_group(pid_t leader) noexcept;

// Runs `body` in a child: it may wait for whatever it likes, as one of these signals ends it at once. Returns its
// status.
int run_until_signal(const PendingSignals& signals, std::initializer_list<int> ending,
                     const std::function<void()>& body);

}  // namespace cli
