#include "authority/key_wait.h"

#include "authority/shared_document.h"

namespace authority {
namespace {

constexpr TurnRule::Time longest_answer = std::chrono::seconds(5);  // what a request waits for one

}  // namespace

std::optional<oauth::Error> KeyWait::begin(IssuerKeys& keys, std::string_view token, oauth::Error error) {
    const auto now = SharedDocument::now();
    const auto asked_at = keys.asked_at();
    if (asked_at && *asked_at >= now) return error;  // also of what an operator has put there: nothing is remembered
    if (!rule_) rule_.emplace(now, doubtful_.first_seen(token, now), longest_answer);
    const auto to_turn = keys.time_to_turn();
    const auto step = rule_->next(asked_at, to_turn, now);
    if (step == TurnRule::Step::judge) return error;
    if (step == TurnRule::Step::give_up || pause_.is_late()) return oauth::Error::keys_unavailable;
    const bool is_early = step == TurnRule::Step::wait;
    place_ = is_early ? questions_.take_waiting_for_turn(request_) : questions_.take_waiting(request_);
    if (!place_) return oauth::Error::server_requests_limited;
    const auto limit = static_cast<ngx_msec_t>(rule_->longest_pause(to_turn, now).count());
    if (keys.wait_for_newer(pause_, limit)) return std::nullopt;
    end();
    return oauth::Error::keys_unavailable;
}

}  // namespace authority
