// A text that costs something to make, for whoever asks any of the workers: never an older one than another worker has
// sent. Counters in it never go back, which a scraper would take for a restart.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace report {

// In shared memory; all bytes zero: there is none. Only what is written takes memory.
//
// Texts are numbered. Who makes one begins after it has read the newest number, and takes the next number when it is
// done: if it cannot, another text was published meanwhile, which may be newer in parts. So what is made after that
// number was read is newer than all that anybody has been sent. A worker that dies, or sleeps, while it writes leaves a
// text that nobody can read, and the next one that is asked makes another.
class PublishedText {
public:
    using Time = std::chrono::steady_clock::time_point;  // the same for all processes

    // The longest that metrics can be, with all their places taken by the longest names.
    static constexpr std::size_t room = std::size_t{12} * 1024 * 1024;

    std::uint64_t newest() const noexcept { return newest_.load(std::memory_order_acquire); }
    bool is_good(Time now) const noexcept {
        return now.time_since_epoch().count() < good_until_.load(std::memory_order_relaxed);
    }
    // The number that comes after `before`. False: that is not the newest any more.
    bool take_number_after(std::uint64_t before) noexcept {
        return newest_.compare_exchange_strong(before, before + 1, std::memory_order_acq_rel);
    }
    // By the one that took that number. A text without room is sent by that one alone.
    void publish(std::uint64_t number, std::string_view text, Time good_until) noexcept;
    // None: it is not there yet, or not any more. Throws std::bad_alloc.
    std::optional<std::string> read(std::uint64_t number) const;

private:
    static constexpr std::size_t words = room / sizeof(std::uint64_t);

    std::atomic<std::uint64_t> newest_;
    std::atomic<Time::rep> good_until_;
    std::atomic<std::uint64_t> written_, size_, checksum_;  // of the text whose number `written_` is
    std::array<std::atomic<std::uint64_t>, words> content_;
};

// The side of one worker. A text is made anew when ten times as long has passed as making it took: whoever asks, and
// how often, that takes little more than a tenth of the worker's time.
class NewestText {
public:
    using Time = PublishedText::Time;
    using Shared = std::shared_ptr<const std::string>;

    // `make(size)` returns the text, and is told how long the one before was. That one is freed first, unless somebody
    // is sent it: they are large. Null: others were faster each time. Throws what `make` throws, and std::bad_alloc.
    template <class Make>
    Shared get(PublishedText& all, Make make, Time (*now)() noexcept = std::chrono::steady_clock::now) {
        for (int attempt = 0; attempt < most_attempts; attempt++) {
            const std::uint64_t newest = all.newest();
            const Time begin = now();
            if (newest != 0 && all.is_good(begin) && has(all, newest)) return text_;
            text_.reset();
            auto made = std::make_shared<const std::string>(make(size_));
            if (!all.take_number_after(newest)) continue;
            const Time end = now();
            all.publish(newest + 1, *made, end + 9 * (end - begin));
            return keep(newest + 1, std::move(made));
        }
        return nullptr;
    }

private:
    static constexpr int most_attempts = 8;

    bool has(const PublishedText& all, std::uint64_t number) {
        if (text_ != nullptr && number_ == number) return true;
        text_.reset();
        auto read = all.read(number);
        if (read) keep(number, std::make_shared<const std::string>(*std::move(read)));
        return text_ != nullptr;
    }
    const Shared& keep(std::uint64_t number, Shared text) noexcept {
        number_ = number;
        size_ = text->size();
        return text_ = std::move(text);
    }

    std::uint64_t number_ = 0;
    std::size_t size_ = 0;
    Shared text_;
};

}  // namespace report
