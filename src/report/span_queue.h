// Spans that wait to be sent, as JSON: so many at most, and so many bytes.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace report {

class SpanQueue {
public:
    static constexpr std::size_t most_spans = 2048;
    static constexpr std::size_t most_bytes = std::size_t{4} * 1024 * 1024;

    // False: there is no room for it. Throws std::bad_alloc.
    bool add(std::string span);
    // The oldest: at most `count` of them and, when it is more than one, at most `bytes`. Throws std::bad_alloc, and
    // then nothing is taken.
    std::vector<std::string> take(std::size_t count, std::size_t bytes);

    std::size_t size() const noexcept { return spans_.size(); }
    bool empty() const noexcept { return spans_.empty(); }
    void clear() noexcept;

private:
    std::deque<std::string> spans_;
    std::size_t bytes_ = 0;
};

}  // namespace report
