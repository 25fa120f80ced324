#include "mcp/methods.h"

#include <algorithm>
#include <array>

#include "mcp/policy.h"

namespace mcp {
namespace {

constexpr std::array<std::string_view, 28> known_methods = {"completion/complete",
                                                            "initialize",
                                                            "logging/setLevel",
                                                            "notifications/cancelled",
                                                            "notifications/elicitation/complete",
                                                            "notifications/initialized",
                                                            "notifications/message",
                                                            "notifications/progress",
                                                            "notifications/roots/list_changed",
                                                            "notifications/tasks/status",
                                                            "ping",
                                                            "prompts/get",
                                                            "prompts/list",
                                                            "resources/list",
                                                            "resources/read",
                                                            "resources/subscribe",
                                                            "resources/templates/list",
                                                            "resources/unsubscribe",
                                                            "server/discover",
                                                            "subscriptions/listen",
                                                            "tasks/cancel",
                                                            "tasks/get",
                                                            "tasks/list",
                                                            "tasks/result",
                                                            "tasks/update",
                                                            "tools/call",
                                                            "tools/list",
                                                            "notifications/tasks"};

}  // namespace

bool matches_known_method(std::string_view glob) noexcept {
    return std::ranges::any_of(known_methods, [&](std::string_view method) { return glob_matches(glob, method); });
}

}  // namespace mcp
