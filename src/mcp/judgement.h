// The names of judgements, as the record, metrics, traces and variables have them.
#pragma once

#include <string_view>

#include "mcp/observation.h"

namespace mcp {

constexpr std::string_view name_of(Judgement judgement) noexcept {
    switch (judgement) {
        case Judgement::pass:
            return "pass";
        case Judgement::anonymous:
            return "anonymous";
        case Judgement::preflight:
            return "preflight";
        case Judgement::refuse:
            break;
    }
    return "refuse";
}

}  // namespace mcp
