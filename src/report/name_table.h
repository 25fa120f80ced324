// Texts that have a number, in memory that all workers share: a fixed number of places, which are never given back.
//
// No lock, and no process can hold a place half taken: taking one is a single compare-and-swap of the text's hash, and
// the text is written by whoever meets the hash without it, always the same bytes. Of two texts with one hash the
// second has no place.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "report/label.h"

namespace report {

struct StoredName {
    std::atomic<std::uint32_t> size_and_1;  // 0: not written yet
    std::array<std::atomic<std::uint64_t>, longest_label / sizeof(std::uint64_t)> words;
};

// All bytes zero: empty.
template <std::size_t size>
struct NameTable {
    static constexpr std::size_t places = size;
    std::array<std::atomic<std::uint64_t>, size> hashes;  // 0: free
    std::array<StoredName, size> texts;
    std::atomic<std::uint64_t> folded;  // how often there was no place for one that should have had it
};

// A view of a table. The numbers are below its places; texts are labels (label_of()).
class Names {
public:
    template <std::size_t places>
    explicit Names(NameTable<places>& table) noexcept
        : hashes_(table.hashes), texts_(table.texts), folded_(table.folded) {}

    // None: it has no place.
    std::optional<std::size_t> find(std::string_view text) const noexcept;
    // None: all places are taken. That is counted.
    std::optional<std::size_t> take(std::string_view text) noexcept;
    // Empty: there is none. Throws std::bad_alloc.
    std::string text(std::size_t number) const;

private:
    std::optional<std::size_t> search(std::string_view text, bool may_take) const noexcept;

    std::span<std::atomic<std::uint64_t>> hashes_;
    std::span<StoredName> texts_;
    std::atomic<std::uint64_t>& folded_;
};

}  // namespace report
