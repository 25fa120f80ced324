#include "ngx/held_bytes.h"

namespace ngx {

bool HeldBytes::has_room(const std::string& client, std::size_t more) const {
    if (more > most_ - held_) return false;
    const auto found = of_client_.find(client);
    const std::size_t of_client = found == of_client_.end() ? 0 : found->second;
    return more <= most_of_client() - of_client;
}

bool HeldBytes::Part::grow_to(std::size_t bytes) {
    if (bytes <= own_) return true;
    const std::size_t more = bytes - own_;
    if (!whole_.has_room(client_, more)) return false;
    whole_.of_client_[client_] += more;
    whole_.held_ += more;
    own_ = bytes;
    return true;
}

void HeldBytes::Part::release() noexcept {
    if (own_ == 0) return;
    whole_.held_ -= own_;
    const auto found = whole_.of_client_.find(client_);
    found->second -= std::exchange(own_, 0);
    if (found->second == 0) whole_.of_client_.erase(found);
}

}  // namespace ngx
