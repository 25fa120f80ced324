// What becomes of a token that the keys of its issuer do not verify.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace authority {

// A token is called bad by keys that were asked for when it was there already, and by no others: so a rotation at any
// moment costs its first tokens a wait, or a 503, and never a 401. Whatever clients send, tokens make a server be asked
// once in each interval. Who comes in between waits until that is over; but one that has been there before is judged by
// keys that were asked for since then, so that who repeats what is no good waits for nothing. All times are of one
// clock that does not go back.
class TurnRule {
public:
    using Time = std::chrono::milliseconds;

    static constexpr Time interval = std::chrono::seconds(5);

    // `arrived`: the request, when it first wanted keys. `first_seen`: its token, in this request or another.
    // `longest_answer`: what a request waits for one.
    constexpr TurnRule(Time arrived, Time first_seen, Time longest_answer) noexcept
        : arrived_(arrived), first_seen_(first_seen), longest_answer_(longest_answer) {}

    enum class Step : std::uint8_t {
        judge,    // the keys at hand say what the token is
        ask,      // for newer ones, or wait for whoever is asking
        wait,     // until somebody may ask
        give_up,  // nobody knows
    };
    // `asked_at`: when the keys at hand were asked for; none: there are none. `to_turn`: until a token may make us ask.
    Step next(std::optional<Time> asked_at, Time to_turn, Time now) const noexcept;

    // What it may wait now, and then look again: for its turn and an answer, and never longer in all.
    Time longest_pause(Time to_turn, Time now) const noexcept;

private:
    Time last_moment() const noexcept { return arrived_ + interval + longest_answer_; }

    Time arrived_, first_seen_, longest_answer_;
};

}  // namespace authority
