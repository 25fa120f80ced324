// The names that are answered for while one configuration follows the other.
#pragma once

#include <string>
#include <vector>

namespace cli {

// A worker of a former configuration has requests under way that still need its names, and nginx may refuse the next
// one: so names come with a configuration, and go when no worker can have it any more.
class ServedNames {
public:
    void add(const std::vector<std::string>& names);  // of the next configuration
    void settle();                                    // all workers have that one

    // Sorted, each once. What nobody needs any more goes with the next add(): it harms nobody, and no answer that is
    // remembered gets lost for it.
    const std::vector<std::string>& all() const noexcept { return all_; }
    bool has(const std::string& name) const;

private:
    std::vector<std::string> newest_;
    std::vector<std::string> in_use_;
    std::vector<std::string> all_;
};

}  // namespace cli
