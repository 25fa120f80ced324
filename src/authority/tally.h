// How many there are of each kind, and no more than may be.
#pragma once

#include <cstddef>
#include <functional>
#include <unordered_map>
#include <utility>

namespace authority {

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
        return Place(*this, std::move(key));
    }

private:
    void remove(const Key& key) noexcept {
        const auto found = counts_.find(key);
        if (--found->second == 0) counts_.erase(found);
    }

    std::unordered_map<Key, std::size_t, Hash> counts_;
};

}  // namespace authority
