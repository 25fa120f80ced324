#include "support/fetched.h"

#include <utility>

namespace support {

std::list<Fetched>& fetched() noexcept {
    static std::list<Fetched> all;
    return all;
}

std::optional<ngx::FetchError>& fetch_obstacle() noexcept {
    static std::optional<ngx::FetchError> error;
    return error;
}

void answer_fetch(ngx::FetchResult result) {
    const Fetched asked = fetched().front();
    asked.fetch->cancel();  // as it is inactive when it is told
    asked.completion(asked.context, std::move(result));
}

void answer_fetch(std::string body, long status, std::string retry_after) {
    answer_fetch(ngx::FetchResponse{.status = status,
                                    .body = std::move(body),
                                    .content_type = {},
                                    .cache_control = {},
                                    .retry_after = std::move(retry_after),
                                    .challenge = {}});
}

}  // namespace support

namespace ngx {

class Fetch::CurlTransfer {
public:
    explicit CurlTransfer(std::list<support::Fetched>::iterator place) noexcept : place_(place) {}
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;
    ~CurlTransfer() { support::fetched().erase(place_); }

private:
    std::list<support::Fetched>::iterator place_;
};

Fetch::Fetch() noexcept = default;
Fetch::~Fetch() = default;

std::expected<void, FetchError> Fetch::start(const FetchRequest& request, Completion completion,
                                             void* context) noexcept {
    cancel();
    if (support::fetch_obstacle()) return std::unexpected(*support::fetch_obstacle());
    auto& all = support::fetched();
    transfer_ = std::make_unique<CurlTransfer>(all.insert(all.end(), {request, this, completion, context}));
    return {};
}

void Fetch::cancel() noexcept {
    transfer_.reset();
}

}  // namespace ngx
