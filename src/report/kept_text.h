// A text that costs something to make, and is asked for more often than it needs to be made.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace report {

// Of one worker. It is made anew when ten times as long has passed as making it took: whoever asks, and how often, that
// takes a tenth of the worker's time at the most.
class KeptText {
public:
    using Clock = std::chrono::steady_clock;

    // `make(size)` returns the text, and is told how long the one before was. That one is freed first, unless somebody
    // is sent it: they are large. Throws what it throws, and std::bad_alloc.
    template <class Make>
    std::shared_ptr<const std::string> get(Make make, Clock::time_point (*now)() noexcept = Clock::now) {
        const auto begin = now();
        if (text_ != nullptr && begin < good_until_) return text_;
        text_.reset();
        text_ = std::make_shared<const std::string>(std::move(make)(size_));
        size_ = text_->size();
        const auto end = now();
        good_until_ = end + 9 * (end - begin);
        return text_;
    }

private:
    std::shared_ptr<const std::string> text_;
    std::size_t size_ = 0;
    Clock::time_point good_until_;
};

}  // namespace report
