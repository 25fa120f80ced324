#include "authority/key_wait.h"

#include <algorithm>

#include "authority/shared_document.h"

namespace authority {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_answer = std::chrono::seconds(5);  // what a request waits for one
constexpr milliseconds longest_wait = std::chrono::seconds(11);   // in all: for an answer, a turn, and another answer

}  // namespace

// Who brings a token again has it judged by what is known, but for the one who may ask.
bool KeyWait::is_judged_by(const IssuerKeys& keys, milliseconds time_to_turn) const noexcept {
    return keys.are_as_new_as(time_to_turn > milliseconds(0) ? first_seen_ : *arrived_);
}

std::optional<oauth::Error> KeyWait::begin(IssuerKeys& keys, std::string_view token, oauth::Error error) {
    const milliseconds now = SharedDocument::now();
    if (keys.are_as_new_as(now)) return error;
    if (!arrived_) {
        arrived_ = now;
        first_seen_ = doubtful_.first_seen(token, now);
    }
    const milliseconds turn = keys.time_to_turn();
    if (is_judged_by(keys, turn)) return error;
    const milliseconds left = *arrived_ + longest_wait - now;
    if (pause_.is_late() || left <= milliseconds(0)) return oauth::Error::keys_unavailable;
    place_ = turn > milliseconds(0) ? questions_.take_waiting_for_turn(request_) : questions_.take_waiting(request_);
    if (!place_) return oauth::Error::server_requests_limited;
    const auto limit = static_cast<ngx_msec_t>(std::min(left, turn + longest_answer).count());
    if (keys.wait_for_newer(pause_, limit)) return std::nullopt;
    end();
    return oauth::Error::keys_unavailable;
}

}  // namespace authority
