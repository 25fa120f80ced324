// Log lines on their way to a reader who may stop reading.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

// Lines that wait: whole ones, and no more than fit. Those that do not fit are counted, and a line that says so stands
// in their place.
class LogLines {
public:
    enum class Overflow : std::uint8_t {
        drops,
        waits  // the owner brings no more while must_wait()
    };
    // `stream`: what is not being read, "standard output".
    LogLines(std::size_t capacity, Overflow overflow, std::string stream);

    void put(std::string_view bytes);  // as they came: lines may be in pieces
    void finish();                     // no more comes: the last line may have had no end
    std::string take();                // all that waits

    bool must_wait() const noexcept { return overflow_ == Overflow::waits && waiting_.size() >= capacity_; }
    bool is_empty() const noexcept { return waiting_.empty() && dropped_ == 0; }

private:
    void put_lines(std::string_view lines);
    void keep_beginning(std::string_view bytes);

    std::size_t capacity_;
    Overflow overflow_;
    std::string stream_;
    std::string waiting_;
    std::string beginning_;          // of a line whose end has not come yet
    bool is_dropping_line_ = false;  // it was too long
    std::size_t dropped_ = 0;
};

}  // namespace cli
