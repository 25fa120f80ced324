#include "authority/call.h"

#include "ngx/guard.h"

namespace authority {
namespace {

constexpr std::size_t most_calls = 4;  // the metadata of an issuer may be at three places

}  // namespace

void CallLog::begin(std::string_view purpose, std::string_view method, std::string_view url) noexcept {
    if (!is_enabled_) return;
    is_under_way_ = ngx::guarded(ngx_cycle->log, false, [&] {
        if (calls_.size() == most_calls) calls_.erase(calls_.begin());
        calls_.push_back(std::make_shared<Call>(
            Call{.purpose = purpose, .method = method, .url = std::string(url), .begin = time_of_day()}));
        return true;
    });
}

void CallLog::end(int status, std::string_view error) noexcept {
    if (!is_under_way_) return;
    is_under_way_ = false;
    Call& call = *calls_.back();
    call.end = time_of_day();
    call.status = status;
    call.error = error;
}

void CallLog::end(const ngx::FetchResult& result) noexcept {
    result ? end(static_cast<int>(result->status), {}) : end(0, text(result.error().error));
}

std::vector<CallLog::Shared> CallLog::since(std::chrono::milliseconds time) const {
    std::vector<Shared> found;
    for (const Shared& call : calls_)
        if (call->end >= time && (call != calls_.back() || !is_under_way_)) found.push_back(call);
    return found;
}

std::chrono::milliseconds time_of_day() noexcept {
    const ngx_time_t* now = ngx_timeofday();
    return std::chrono::seconds(now->sec) + std::chrono::milliseconds(now->msec);
}

}  // namespace authority
