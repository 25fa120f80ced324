// A bounded map for one worker; the entry that was not asked for the longest goes first.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <list>
#include <unordered_map>
#include <utility>

namespace base {

struct LruLimits {
    std::size_t max_entries;
    std::size_t max_bytes = std::numeric_limits<std::size_t>::max();  // by what each insert() says
};

// A Hash and an Equal with is_transparent let find() and contains() take whatever those take.
template <class Key, class Value, class Hash = std::hash<Key>, class Equal = std::equal_to<Key>>
class LruCache {
public:
    explicit LruCache(std::size_t capacity) noexcept : limits_{.max_entries = capacity} {}
    explicit LruCache(LruLimits limits) noexcept : limits_(limits) {}

    // Valid until the next insert(). Null: not there.
    template <class Like>
    Value* find(const Like& key) {
        const auto found = index_.find(key);
        if (found == index_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return &found->second->value;
    }

    template <class Like>
    bool contains(const Like& key) const {
        return index_.contains(key);
    }

    // Replaces what the key had. Throws std::bad_alloc, and then nothing has changed.
    Value& insert(const Key& key, Value value) { return *insert(key, std::move(value), 0); }

    // The same for a cache with max_bytes. Null: the value is larger than the whole cache, and nothing has changed.
    Value* insert(const Key& key, Value value, std::size_t bytes) {
        if (limits_.max_entries == 0 || bytes > limits_.max_bytes) return nullptr;
        std::list<Entry> fresh;
        fresh.push_front({key, std::move(value), bytes});
        const auto [place, is_new] = index_.emplace(key, fresh.begin());
        if (!is_new) {
            bytes_ -= place->second->bytes;
            entries_.erase(std::exchange(place->second, fresh.begin()));
        }
        entries_.splice(entries_.begin(), fresh);
        bytes_ += bytes;
        while (entries_.size() > limits_.max_entries || bytes_ > limits_.max_bytes)
            drop_last();
        return &entries_.front().value;
    }

    std::size_t size() const noexcept { return entries_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }

private:
    struct Entry {
        Key key;
        Value value;
        std::size_t bytes;
    };

    void drop_last() noexcept {
        bytes_ -= entries_.back().bytes;
        index_.erase(entries_.back().key);
        entries_.pop_back();
    }

    LruLimits limits_;
    std::size_t bytes_ = 0;
    std::list<Entry> entries_;  // most recently used first
    std::unordered_map<Key, typename std::list<Entry>::iterator, Hash, Equal> index_;
};

}  // namespace base
