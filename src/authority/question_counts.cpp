#include <algorithm>
#include <utility>

#include "authority/question_limits.h"

namespace authority {

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
    const std::size_t share = std::max(limits.waiting / 4, std::size_t{1});
    if (place.of_all_) place.of_client_ = waiting_of_client_.take(std::move(client), share);
    return place ? std::move(place) : Place();
}

}  // namespace authority
