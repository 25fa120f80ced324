// Carries what a child writes to one of our own outputs, so that a reader of ours who stops reading never holds the
// child up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cli/descriptor.h"
#include "cli/log_lines.h"

namespace cli {

class LogCarrier {
public:
    // `to`: STDOUT_FILENO or STDERR_FILENO. Carriers to one and the same file take turns, that no line gets into
    // another.
    LogCarrier(int to, const std::string& stream, std::shared_ptr<std::mutex> turn);

    int child_end() const noexcept { return child_end_.get(); }  // what the child writes to
    void close_child_end() noexcept { child_end_.close(); }      // once it has it

    // What to wait for before carry(); -1 when there is no room for more, or no more comes.
    int source() const;
    void carry();  // takes what has come, and waits for nothing

    void add(const std::string& line);                 // one of our own
    void omit(const std::vector<std::string>& lines);  // as LogLines::omit()
    bool breaks();                                     // once, when nobody will ever read any more
    std::size_t unwritten() const;  // lines that are lost, as far as no line on this stream has told it

    // The child has ended: waits until all is written, as long as it is being read.
    void finish();

private:
    // Shared with the thread that writes: it may hang in write() when we end.
    struct Shared {
        Shared(int number, LogLines&& empty, std::shared_ptr<std::mutex> our_turn)
            : to(number), turn(std::move(our_turn)), lines(std::move(empty)) {}
        bool is_idle() const noexcept { return is_broken || (lines.is_empty() && !is_writing); }
        bool must_wait() const noexcept { return !is_broken && lines.must_wait(); }

        const int to;
        const std::shared_ptr<std::mutex> turn;
        std::mutex mutex{};  // of what stands below
        std::condition_variable changed{};
        LogLines lines;
        std::size_t in_flight = 0;  // lines that are being written
        bool is_writing = false;
        bool is_broken = false;                                    // nobody will ever read
        std::chrono::steady_clock::time_point last_progress = {};  // of writing, or when there was something to write
    };
    static void write_lines(const std::shared_ptr<Shared>& shared) noexcept;
    static std::string_view write_all(Shared& shared, std::string_view bytes) noexcept;
    bool take(ssize_t size);

    Descriptor from_;
    Descriptor child_end_;
    std::shared_ptr<Shared> shared_;
    std::vector<char> bytes_;
    bool has_told_ = false;  // breaks()
};

}  // namespace cli
