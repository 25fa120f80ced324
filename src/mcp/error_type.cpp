#include "mcp/error_type.h"

namespace mcp {

std::string error_type(const Observation& observation, const Outcome& outcome) {
    constexpr int first_error = 400;
    if (observation.judgement == Judgement::refuse && !observation.reason.empty())
        return std::string(observation.reason);
    if (outcome.kind == Outcome::Kind::error) return std::to_string(outcome.code);
    if (outcome.kind == Outcome::Kind::tool_error) return "tool_error";
    if (outcome.kind == Outcome::Kind::success) return "";
    const int status = observation.status != 0 ? observation.status : client_closed_request;
    return status >= first_error ? std::to_string(status) : "";
}

}  // namespace mcp
