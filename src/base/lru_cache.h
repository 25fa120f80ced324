// A bounded map for one worker; the entry that was not asked for the longest goes first.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <unordered_map>
#include <utility>

namespace base {

template <class Key, class Value, class Hash = std::hash<Key>>
class LruCache {
public:
    explicit LruCache(std::size_t capacity) noexcept : capacity_(capacity) {}

    // Valid until the next insert(). Null: not there.
    Value* find(const Key& key) {
        const auto found = index_.find(key);
        if (found == index_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return &found->second->second;
    }

    // Replaces what the key had. Throws std::bad_alloc, and then nothing has changed.
    Value& insert(const Key& key, Value value) {
        if (Value* old = find(key)) return *old = std::move(value);
        std::list<Entry> fresh;
        fresh.emplace_front(key, std::move(value));
        index_.emplace(key, fresh.begin());
        entries_.splice(entries_.begin(), fresh);
        if (entries_.size() > capacity_) {
            index_.erase(entries_.back().first);
            entries_.pop_back();
        }
        return entries_.front().second;
    }

    std::size_t size() const noexcept { return entries_.size(); }

private:
    using Entry = std::pair<const Key, Value>;

    std::size_t capacity_;
    std::list<Entry> entries_;  // most recently used first
    std::unordered_map<Key, typename std::list<Entry>::iterator, Hash> index_;
};

}  // namespace base
