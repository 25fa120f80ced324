#include <algorithm>
#include <utility>

#include "authority/question_limits.h"

namespace authority {
namespace {

std::size_t quarter(std::size_t places) noexcept {
    return std::max(places / 4, std::size_t{1});
}

}  // namespace

QuestionCounts::Place QuestionCounts::take(const QuestionLimits& limits, const base::Sha256& server,
                                           std::string client) {
    Place place;
    place.of_all_ = all_.take(0, limits.total);
    if (place.of_all_) place.of_server_ = of_server_.take(server, limits.per_server);
    if (place.of_server_) place.of_client_ = of_client_.take(std::move(client), limits.per_client);
    return place ? std::move(place) : Place();
}

QuestionCounts::Place QuestionCounts::take_waiting(const QuestionLimits& limits, std::string client) {
    Place place;
    place.of_all_ = all_waiting_.take(0, limits.waiting);
    if (place.of_all_) place.of_client_ = waiting_of_client_.take(std::move(client), quarter(limits.waiting));
    return place ? std::move(place) : Place();
}

QuestionCounts::Place QuestionCounts::take_waiting_for_turn(const QuestionLimits& limits, std::string client) {
    const std::size_t places = quarter(limits.waiting);
    Place place = take_waiting(limits, client);
    if (place) place.of_turn_ = all_at_turn_.take(0, places);
    if (place.of_turn_) place.of_client_at_turn_ = at_turn_of_client_.take(std::move(client), quarter(places));
    return place.of_client_at_turn_ ? std::move(place) : Place();
}

}  // namespace authority
