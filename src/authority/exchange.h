// A token for the backend instead of the client's (RFC 8693): as it is kept, or asked for.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "authority/question.h"
#include "ngx/nginx.h"
#include "oauth/error.h"
#include "oauth/exchange/response.h"

namespace authority {

// The part of one request.
class Exchange final : private Asker {
public:
    struct Terms {
        Query query;
        std::string_view audience;         // as all texts, must live as long as the request; may be empty
        std::string_view scope;            // the same
        std::chrono::seconds keep_for{0};  // at most, and never longer than the server says
    };
    using Result = std::expected<std::shared_ptr<const oauth::exchange::IssuedToken>, oauth::Error>;

    Exchange(ngx_http_request_t* request, Questions& questions) noexcept : Asker(request, questions) {}

    // The next steps. `token`, the client's, must live as long as the request. Throws std::bad_alloc,
    // ngx::Subrequest::StartFailure.
    Progress start(std::string_view token, const Terms& terms);
    Progress proceed();

    using Asker::is_started;
    // When ready. With an error there is a fault.
    const Result& result() const noexcept { return *result_; }
    const Fault& fault() const noexcept { return fault_; }

private:
    struct Said;

    std::optional<std::string> form() const override;
    std::shared_ptr<const Content> read(const Answer& answer) const override;
    bool recall(std::string_view body) override;
    Progress take(Progress progress);

    std::string_view token_;
    Terms terms_{};
    std::optional<Result> result_;
    Fault fault_;
};

}  // namespace authority
