// Log lines on their way to a reader who may stop reading.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

// Lines that wait: whole ones, and no more than fit. Those that do not fit are counted, and a line that says so stands
// in their place.
class LogLines {
public:
    enum class Overflow : std::uint8_t {
        drops,
        waits  // the owner brings no more while must_wait()
    };
    // `reason`: why lines are dropped, "standard output is not being read".
    LogLines(std::size_t capacity, Overflow overflow, std::string reason);

    void put(std::string_view bytes);  // as they came: lines may be in pieces
    // Of what comes from now on: a line that ends with one of these is left out, once. Somebody has told it already.
    void omit(std::vector<std::string> endings) { omitted_ = std::move(endings); }
    void finish();                            // no more comes: the last line may have had no end
    std::string take();                       // all that waits
    void lose(std::string_view lines);        // the end of what was taken last could not be written: it is counted, too
    void miss(std::string_view bytes);        // came, but cannot be written any more: counted
    void put_between(std::string_view line);  // a whole line of our own, beside one that is in pieces
    std::size_t unwritten() const noexcept;  // lines that wait or are dropped, as far as none that was written tells it

    bool must_wait() const noexcept { return overflow_ == Overflow::waits && waiting_.size() >= capacity_; }
    bool is_empty() const noexcept { return waiting_.empty() && dropped_ == 0; }

private:
    void put_lines(std::string_view lines);
    void put_but_omitted(std::string_view lines);
    bool is_omitted(std::string_view line);
    void keep_beginning(std::string_view bytes);

    std::size_t capacity_;
    Overflow overflow_;
    std::string reason_;
    std::string waiting_;
    std::vector<std::string> omitted_;
    std::string beginning_;          // of a line whose end has not come yet
    bool is_dropping_line_ = false;  // it was too long
    std::size_t dropped_ = 0;
    std::size_t told_ = 0;  // by the last line of what was taken last
};

}  // namespace cli
