#include "cli/names/served_names.h"

#include <algorithm>

namespace cli {

void ServedNames::add(const std::vector<std::string>& names) {
    newest_ = names;
    all_ = in_use_;
    all_.insert(all_.end(), names.begin(), names.end());
    std::ranges::sort(all_);
    const auto [first, last] = std::ranges::unique(all_);
    all_.erase(first, last);
    in_use_ = all_;
}

void ServedNames::settle() {
    in_use_ = newest_;
}

bool ServedNames::has(const std::string& name) const {
    return std::ranges::binary_search(all_, name);
}

}  // namespace cli
