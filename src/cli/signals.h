// The signals that end a command or tell a running one something.
#pragma once

#include <csignal>
#include <functional>
#include <string_view>
#include <vector>

#include "cli/descriptor.h"

namespace cli {

// First thing in main(). Nobody's default action ends the first process of a container: there it gets a handler that
// does. And nothing is to be read again by a `run` or an `nginx` that has not read anything yet.
void prepare_signals(std::string_view subcommand) noexcept;

// From its construction on signals wait until they are asked for. Also for a container's first process: what is blocked
// is kept by the kernel, whatever the default action would be.
class PendingSignals {
public:
    PendingSignals();
    PendingSignals(const PendingSignals&) = delete;
    PendingSignals& operator=(const PendingSignals&) = delete;
    ~PendingSignals() = default;  // they wait until the end: a command that has begun to end goes on to do so

    // For a child: signals that end a process do so again.
    void restore() const noexcept;

    int descriptor() const noexcept { return descriptor_.get(); }  // readable when a signal waits
    int take() const noexcept;                                     // the number of one that waits; 0: there is none
    // Waits for one of these; the others go on waiting.
    static int wait_for(const std::vector<int>& numbers) noexcept;

private:
    sigset_t before_{};
    Descriptor descriptor_;
};

}  // namespace cli
