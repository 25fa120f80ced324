#include "cli/workers.h"

#include <algorithm>
#include <utility>

namespace cli {
namespace {

using Pids = Workers::Pids;

Pids without(Pids pids, const Pids& others) {
    std::erase_if(pids, [&](pid_t pid) { return std::ranges::find(others, pid) != others.end(); });
    return pids;
}

Pids common(const Pids& pids, const Pids& others) {
    return without(pids, without(pids, others));
}

}  // namespace

void Workers::expect_others(const Pids& children) {
    retiring_ = common(retiring_, children);
    current_ = without(children, retiring_);
    is_expecting_ = true;
}

// A worker that has crashed is replaced by one other: that is no sign of a new configuration.
void Workers::look(const Pids& children) {
    retiring_ = common(retiring_, children);
    if (!is_expecting_) return;
    Pids fresh = without(without(children, current_), retiring_);
    const std::size_t gone = without(current_, children).size();
    if (fresh.empty() || (fresh.size() <= gone && gone < current_.size())) return;
    is_expecting_ = false;
    const Pids left = common(current_, children);
    retiring_.insert(retiring_.end(), left.begin(), left.end());
    current_ = std::move(fresh);
}

}  // namespace cli
