// What is told of an answer, whichever way it came.
#include "authority/transport.h"

namespace authority {

Fault fault_of(const Answer& answer, const Endpoint& endpoint, std::span<const std::string_view> secrets) {
    const auto* location = std::get_if<InternalLocation>(&endpoint);
    const std::string_view name = location != nullptr ? location->uri : std::get<HttpEndpoint>(endpoint).url;
    return {answer.describe(name, secrets), oauth::retry_delay(answer.view(), ngx_time())};
}

}  // namespace authority
