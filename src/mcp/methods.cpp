#include "mcp/methods.h"

#include <algorithm>
#include <array>

#include "mcp/policy.h"

namespace mcp {
namespace {

constexpr std::array<std::string_view, 28> all_methods = {"completion/complete",
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

constexpr std::array<std::string_view, 11> acting = {
    "completion/complete", "logging/setLevel",      "prompts/get",  "resources/read",
    "resources/subscribe", "resources/unsubscribe", "tasks/cancel", "tasks/get",
    "tasks/result",        "tasks/update",          "tools/call"};

}  // namespace

bool matches_known_method(std::string_view glob) noexcept {
    return std::ranges::any_of(all_methods, [&](std::string_view method) { return glob_matches(glob, method); });
}

std::span<const std::string_view> known_methods() noexcept {
    return all_methods;
}

bool is_acting(std::string_view method) noexcept {
    return std::ranges::find(acting, method) != acting.end();
}

}  // namespace mcp
