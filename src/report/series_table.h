// Values by a key of 64 bits, in memory that all workers share: a fixed number of places, which are never given back.
// No lock: taking a place is a single compare-and-swap, after which nothing is missing.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace report {

// `Value` holds atomics only. All bytes zero: empty.
template <class Value, std::size_t size>
struct SeriesTable {
    static constexpr std::size_t places = size;
    std::array<std::atomic<std::uint64_t>, size> keys;  // 0: free
    std::array<Value, size> values;
    Value rest;                         // of all keys without a place
    std::atomic<std::uint64_t> folded;  // how often that was used

    // `key` is not 0.
    Value& at(std::uint64_t key) noexcept {
        const std::size_t first = (key * 0x9E37'79B9'7F4A'7C15U >> 32U) % size;  // Fibonacci hashing
        for (std::size_t seen = 0; seen < size; seen++) {
            const std::size_t place = (first + seen) % size;
            std::uint64_t found = keys[place].load(std::memory_order_relaxed);
            if (found == 0 && keys[place].compare_exchange_strong(found, key, std::memory_order_relaxed)) found = key;
            if (found == key) return values[place];
        }
        folded.fetch_add(1, std::memory_order_relaxed);
        return rest;
    }

    // Calls `visit(key, value)` for all that have a place.
    template <class Visit>
    void each(Visit visit) const {
        for (std::size_t place = 0; place < size; place++)
            if (const auto key = keys[place].load(std::memory_order_relaxed); key != 0) visit(key, values[place]);
    }
};

}  // namespace report
