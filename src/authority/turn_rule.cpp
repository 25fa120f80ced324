#include "authority/turn_rule.h"

#include <algorithm>

namespace authority {

TurnRule::Step TurnRule::next(std::optional<Time> asked_at, Time to_turn, Time now) const noexcept {
    const bool is_turn = to_turn <= Time(0);
    if (asked_at && *asked_at >= (is_turn ? arrived_ : first_seen_)) return Step::judge;
    if (now >= last_moment()) return Step::give_up;
    return is_turn ? Step::ask : Step::wait;
}

TurnRule::Time TurnRule::longest_pause(Time to_turn, Time now) const noexcept {
    return std::clamp(last_moment() - now, Time(0), std::max(to_turn, Time(0)) + longest_answer_);
}

}  // namespace authority
