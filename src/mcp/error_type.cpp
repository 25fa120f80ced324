#include "mcp/error_type.h"

namespace mcp {

std::string error_type(const Observation& observation, const Outcome& outcome) {
    constexpr int first_error = 400;
    if (observation.judgement == Judgement::refuse && !observation.reason.empty())
        return std::string(observation.reason);
    if (outcome.kind == Outcome::Kind::error) return std::to_string(outcome.code);
    if (outcome.kind == Outcome::Kind::tool_error) return "tool_error";
    if (observation.status == 0) return "client_closed";
    return observation.status >= first_error ? std::to_string(observation.status) : "";
}

}  // namespace mcp
