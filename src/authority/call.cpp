#include "authority/call.h"

#include <array>

#include "ngx/clock.h"
#include "ngx/guard.h"

namespace authority {
namespace {

constexpr std::size_t most_calls = 4;  // the metadata of an issuer may be at three places

}  // namespace

std::string_view text(Requested what) noexcept {
    static constexpr std::array<std::string_view, 3> names = {"metadata", "keys", "introspection"};
    return names[static_cast<std::size_t>(what)];
}

void CallLog::begin(Requested what, std::string_view method, std::string_view url) noexcept {
    what_ = what;
    is_under_way_ = true;
    current_.reset();
    if (listener_ == nullptr || !listener_->wants_calls()) return;
    // One that cannot be remembered is counted all the same.
    current_ = ngx::guarded<Shared>(ngx_cycle->log, nullptr, [&] {
        if (calls_.size() == most_calls) calls_.erase(calls_.begin());
        return calls_.emplace_back(std::make_shared<Call>(
            Call{.what = what, .method = method, .url = std::string(url), .begin = ngx::time_of_day()}));
    });
}

void CallLog::answered(int status, std::string_view error) noexcept {
    if (current_ == nullptr) return;
    current_->end = ngx::time_of_day();
    current_->status = status;
    current_->error = error;
}

void CallLog::answered(const ngx::FetchResult& result) noexcept {
    result ? answered(static_cast<int>(result->status), {}) : answered(0, ngx::text(result.error().error));
}

void CallLog::end(bool succeeded) noexcept {
    if (!is_under_way_) return;
    is_under_way_ = false;
    current_.reset();
    if (listener_ != nullptr) listener_->on_call_ended(what_, source_, succeeded);
}

std::vector<CallLog::Shared> CallLog::since(std::chrono::milliseconds time) const {
    std::vector<Shared> found;
    for (const Shared& call : calls_)
        if (call->end.count() != 0 && call->end >= time) found.push_back(call);
    return found;
}

}  // namespace authority
