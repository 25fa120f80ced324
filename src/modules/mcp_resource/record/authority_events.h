// What happens between nginx and authorization servers, for metrics and traces.
#pragma once

#include <chrono>
#include <string_view>

#include "authority/listener.h"
#include "modules/mcp_resource/record/shared_metrics.h"

namespace mcp_resource {

class AuthorityEvents final : public authority::Listener {
public:
    // `metrics` live as long.
    explicit AuthorityEvents(const SharedMetrics& metrics) noexcept : metrics_(metrics) {}

    // For traces, while the configuration is read.
    void remember_calls() noexcept { wants_calls_ = true; }

    bool wants_calls() const noexcept override { return wants_calls_; }
    void on_call_ended(authority::Requested what, std::string_view source, bool succeeded) noexcept override;
    void on_keys(std::string_view source, std::chrono::milliseconds asked_at,
                 std::chrono::milliseconds usable_until) noexcept override;
    void on_keys_failed(std::string_view source, std::string_view why) noexcept override;

private:
    const SharedMetrics& metrics_;
    bool wants_calls_ = false;
};

}  // namespace mcp_resource
