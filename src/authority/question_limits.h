// How much strangers can make a worker ask.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/sha256.h"
#include "base/tally.h"
#include "ngx/nginx.h"

namespace ngx {
class Arguments;
}

namespace authority {

// For one worker. Each token, and often each Host, may be a question of its own, and anyone can make them up.
struct QuestionLimits {
    std::size_t per_server = 256;  // questions in flight to one authorization server
    std::size_t per_client = 64;   // for one client address (an IPv6 client has a /64), so that no client takes all
    std::size_t total = 512;       // in all
    std::size_t waiting = 16384;   // requests that wait for an answer, whoever asked; a quarter of them for one client

    // per_server=number per_client=number total=number waiting=number, each of them optional. Throws ngx::ConfigError.
    static QuestionLimits read(const ngx::Arguments& arguments) { return read(arguments, {}); }
    static QuestionLimits read(const ngx::Arguments& arguments, QuestionLimits defaults);
};

// What is in flight, and who waits.
class QuestionCounts {
public:
    // Counts as long as it lives, or until it is given another value.
    class Place {
    public:
        explicit operator bool() const noexcept {
            return static_cast<bool>(of_client_);
        }  // only whole ones are given out

    private:
        friend class QuestionCounts;
        base::Tally<char>::Place of_all_;
        base::Tally<base::Sha256, base::Sha256Hash>::Place of_server_;
        base::Tally<char>::Place of_turn_;
        base::Tally<std::string>::Place of_client_at_turn_;
        base::Tally<std::string>::Place of_client_;
    };

    // For a question. False, as a bool: there is no place for another. Throws std::bad_alloc.
    Place take(const QuestionLimits& limits, const base::Sha256& server, std::string client);
    // For a request that waits. One client has a quarter of the places at the most.
    Place take_waiting(const QuestionLimits& limits, std::string client);
    // For one that waits until somebody may be asked, which costs whoever sends it nothing. All of those have a quarter
    // of the places, and one client has a quarter of that: the others stay for those whose question is asked.
    Place take_waiting_for_turn(const QuestionLimits& limits, std::string client);

    // A gauge of the requests that wait, for others to read. Lives as long.
    void show_waiting_in(std::atomic<std::uint64_t>& gauge) noexcept { all_waiting_.show_in(gauge); }

private:
    base::Tally<char> all_, all_waiting_, all_at_turn_;
    base::Tally<base::Sha256, base::Sha256Hash> of_server_;
    base::Tally<std::string> of_client_, waiting_of_client_, at_turn_of_client_;
};

}  // namespace authority
