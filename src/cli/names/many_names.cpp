#include "cli/names/many_names.h"

#include <netdb.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

namespace cli {
namespace {

using std::chrono::steady_clock;

// Shared with the threads: one may hang in a lookup when nobody waits any more.
class Lookups {
public:
    Lookups(std::vector<std::string> names, std::function<std::string(const std::string&)> lookup,
            steady_clock::time_point end)
        : names_(std::move(names)), lookup_(std::move(lookup)), end_(end) {}

    // One name after the other, as long as there are any that nobody has begun with.
    void work() noexcept {
        std::unique_lock lock(mutex_);
        while (next_ < names_.size() && steady_clock::now() < end_) {
            const std::string& name = names_[next_++];
            lock.unlock();
            std::string reason = look_up(name);
            lock.lock();
            reasons_.insert_or_assign(name, std::move(reason));
            changed_.notify_all();
        }
    }

    std::map<std::string, std::string> wait(const std::string& otherwise) {
        std::unique_lock lock(mutex_);
        changed_.wait_until(lock, end_, [&] { return reasons_.size() == names_.size(); });
        next_ = names_.size();
        auto reasons = reasons_;
        for (const std::string& name : names_)
            reasons.try_emplace(name, otherwise);
        return reasons;
    }

private:
    std::string look_up(const std::string& name) const noexcept {
        try {
            return lookup_(name);
        } catch (const std::exception& error) {
            return error.what();
        }
    }

    const std::vector<std::string> names_;  // each once
    const std::function<std::string(const std::string&)> lookup_;
    const steady_clock::time_point end_;
    std::mutex mutex_;  // of what stands below
    std::condition_variable changed_;
    std::size_t next_ = 0;
    std::map<std::string, std::string> reasons_;
};

// How many have started: a container may have no room for more.
std::size_t start_threads(const std::shared_ptr<Lookups>& lookups, std::size_t count) {
    for (std::size_t started = 0; started < count; started++)
        try {
            std::thread([lookups] { lookups->work(); }).detach();
        } catch (const std::system_error&) {
            return started;
        }
    return count;
}

}  // namespace

std::string why_unknown(const std::string& name) {
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(name.c_str(), nullptr, nullptr, &found);
    if (found != nullptr) ::freeaddrinfo(found);
    return error == 0 ? "" : ::gai_strerror(error);
}

std::map<std::string, std::string> look_up_all(const std::vector<std::string>& names,
                                               const std::function<std::string(const std::string&)>& lookup,
                                               const LookupLimits& limits) {
    const std::set<std::string> each(names.begin(), names.end());
    const auto end = steady_clock::now() + limits.longest;
    const auto lookups = std::make_shared<Lookups>(std::vector(each.begin(), each.end()), lookup, end);
    if (start_threads(lookups, std::min(each.size(), limits.at_once)) == 0) lookups->work();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limits.longest);
    return lookups->wait("no answer within " + std::to_string(seconds.count()) + " s");
}

}  // namespace cli
