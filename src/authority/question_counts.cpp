#include <utility>

#include "authority/question_limits.h"

namespace authority {
namespace {

template <class Map>
void take_away(Map& counts, const typename Map::key_type& key) noexcept {
    const auto found = counts.find(key);
    if (--found->second == 0) counts.erase(found);
}

template <class Map>
std::size_t count_of(const Map& counts, const typename Map::key_type& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

}  // namespace

QuestionCounts::Place::Place(Place&& other) noexcept
    : counts_(std::exchange(other.counts_, nullptr)), server_(other.server_), client_(std::move(other.client_)) {}

QuestionCounts::Place& QuestionCounts::Place::operator=(Place&& other) noexcept {
    if (this == &other) return *this;
    leave();
    counts_ = std::exchange(other.counts_, nullptr);
    server_ = other.server_;
    client_ = std::move(other.client_);
    return *this;
}

void QuestionCounts::Place::leave() noexcept {
    QuestionCounts* const counts = std::exchange(counts_, nullptr);
    if (counts == nullptr) return;
    --counts->total_;
    take_away(counts->by_server_, server_);
    take_away(counts->by_client_, client_);
}

QuestionCounts::Place QuestionCounts::take(const QuestionLimits& limits, const base::Sha256& server,
                                           std::string client) {
    if (total_ >= limits.total || count_of(by_server_, server) >= limits.per_server ||
        count_of(by_client_, client) >= limits.per_client)
        return {};
    ++by_server_[server];
    try {
        ++by_client_[client];
    } catch (...) {
        take_away(by_server_, server);
        throw;
    }
    ++total_;
    Place place;
    place.counts_ = this;
    place.server_ = server;
    place.client_ = std::move(client);
    return place;
}

}  // namespace authority
