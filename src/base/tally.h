// How many there are of each kind, and no more than may be.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>

namespace base {

template <class Key, class Hash = std::hash<Key>>
class Tally {
public:
    // One of them, counted as long as it lives. The tally must live longer.
    class Place {
    public:
        Place() noexcept = default;
        Place(Place&& other) noexcept : tally_(std::exchange(other.tally_, nullptr)), key_(std::move(other.key_)) {}
        Place& operator=(Place&& other) noexcept {
            if (this == &other) return *this;
            leave();
            tally_ = std::exchange(other.tally_, nullptr);
            key_ = std::move(other.key_);
            return *this;
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() { leave(); }

        explicit operator bool() const noexcept { return tally_ != nullptr; }
        void leave() noexcept {
            if (tally_ != nullptr) std::exchange(tally_, nullptr)->remove(key_);
        }

    private:
        friend class Tally;
        Place(Tally& tally, Key key) noexcept : tally_(&tally), key_(std::move(key)) {}

        Tally* tally_ = nullptr;
        Key key_{};
    };

    // False, as a bool: there are `most` already. Throws std::bad_alloc.
    Place take(Key key, std::size_t most) {
        const auto found = counts_.find(key);
        if ((found != counts_.end() ? found->second : 0) >= most) return {};
        ++counts_[key];
        if (gauge_ != nullptr) gauge_->fetch_add(1, std::memory_order_relaxed);
        return Place(*this, std::move(key));
    }

    // A gauge of all of them, for others to read. Lives as long.
    void show_in(std::atomic<std::uint64_t>& gauge) noexcept { gauge_ = &gauge; }

private:
    void remove(const Key& key) noexcept {
        if (gauge_ != nullptr) gauge_->fetch_sub(1, std::memory_order_relaxed);
        const auto found = counts_.find(key);
        if (--found->second == 0) counts_.erase(found);
    }

    std::unordered_map<Key, std::size_t, Hash> counts_;
    std::atomic<std::uint64_t>* gauge_ = nullptr;
};

}  // namespace base
