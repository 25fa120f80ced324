// Whose children of nginx are whose: what shows from outside whether nginx has taken a configuration.
#pragma once

#include <sys/types.h>

#include <vector>

namespace cli {

// nginx tells nobody: when it cannot use what it has read (a port is in use, say) it goes on as it was. When it can, it
// starts new workers beside those that it has, and ends these a moment later.
class Workers {
public:
    using Pids = std::vector<pid_t>;  // of all children of nginx

    void expect_others(const Pids& children);  // nginx is about to be told to read its configuration again
    void look(const Pids& children);

    bool have_come() const noexcept { return !is_expecting_; }
    bool are_alone() const noexcept { return !is_expecting_ && retiring_.empty(); }  // nothing of former ones is left

private:
    bool is_expecting_ = false;
    Pids current_;   // when others were expected last
    Pids retiring_;  // of former configurations
};

}  // namespace cli
