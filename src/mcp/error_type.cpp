#include "mcp/error_type.h"

namespace mcp {

int http_error(const Observation& observation) noexcept {
    constexpr int bad_gateway = 502;
    if (observation.status == 0 || !observation.is_received_whole) return client_closed_request;
    if (is_http_error(observation.status)) return observation.status;
    switch (observation.cut_by) {
        case CutBy::client:
            return client_closed_request;
        case CutBy::backend:
            return bad_gateway;
        case CutBy::nobody:
            break;
    }
    return 0;
}

std::string error_type(const Observation& observation, const Outcome& outcome) {
    if (observation.judgement == Judgement::refuse && !observation.reason.empty())
        return std::string(observation.reason);
    if (outcome.kind == Outcome::Kind::error) return outcome.code ? std::to_string(*outcome.code) : "_OTHER";
    if (outcome.kind == Outcome::Kind::tool_error) return "tool_error";
    if (outcome.kind == Outcome::Kind::success) return "";
    const int error = http_error(observation);
    return error != 0 ? std::to_string(error) : "";
}

}  // namespace mcp
