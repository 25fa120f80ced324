#include "authority/transport.h"

#include <utility>

#include "ngx/fetch.h"
#include "ngx/guard.h"
#include "ngx/string.h"
#include "ngx/subrequest.h"

namespace authority {
namespace {

using oauth::Error;

Error error_of(ngx::FetchError error) noexcept {
    switch (error) {
        case ngx::FetchError::response_too_large:
            return Error::document_too_large;
        case ngx::FetchError::response_encoded:
            return Error::answer_compressed;
        default:
            return Error::server_unreachable;
    }
}

Answer answer_of(const ngx::FetchFailure& failure) {
    return {.error = error_of(failure.error), .note = text(failure)};
}

Answer answer_of(ngx::FetchResult result) {
    if (!result) return answer_of(result.error());
    return {.status = static_cast<int>(result->status),
            .body = std::move(result->body),
            .retry_after = std::move(result->retry_after),
            .challenge = std::move(result->challenge)};
}

class HttpTransport final : public Transport {
public:
    explicit HttpTransport(Receiver& receiver) noexcept : receiver_(receiver) {}

    std::expected<void, ngx::FetchError> start(const ngx::FetchRequest& request) noexcept {
        return fetch_.start(request, on_response, this);
    }

private:
    static void on_response(void* self, ngx::FetchResult result) noexcept {
        Receiver& receiver = static_cast<HttpTransport*>(self)->receiver_;
        receiver.settle(ngx::guarded(ngx_cycle->log, Answer{.error = Error::out_of_memory},
                                     [&] { return answer_of(std::move(result)); }));
    }

    Receiver& receiver_;
    ngx::Fetch fetch_;
};

Answer not_asked(ngx::Subrequest::Obstacle obstacle, std::string note) {
    return {.error = Error::server_not_asked, .note = note.empty() ? std::string(text(obstacle)) : std::move(note)};
}

std::optional<Error> error_of(const ngx::Subrequest& subrequest) noexcept {
    if (subrequest.status() != NGX_HTTP_OK) return std::nullopt;
    if (subrequest.is_too_large()) return Error::document_too_large;
    if (!subrequest.is_complete()) return Error::server_unreachable;
    return std::nullopt;
}

Answer answer_of(const ngx::Subrequest& subrequest) {
    if (const auto obstacle = subrequest.obstacle()) return not_asked(*obstacle, subrequest.note());
    return {.error = error_of(subrequest),
            .status = static_cast<int>(subrequest.status()),
            .body = std::string(subrequest.body()),
            .content_encoding = std::string(subrequest.header("Content-Encoding")),
            .retry_after = std::string(subrequest.header("Retry-After")),
            .challenge = subrequest.headers("WWW-Authenticate"),
            .note = subrequest.note()};
}

class SubrequestTransport final : public Transport, public ngx::Subrequest::Observer {
public:
    explicit SubrequestTransport(Receiver& receiver) noexcept : receiver_(receiver) {}

private:
    void answered(ngx::Subrequest& subrequest) noexcept override {
        const Answer answer = ngx::guarded(ngx_cycle->log, Answer{.error = Error::out_of_memory}, [&] {
            Answer taken = answer_of(subrequest);
            subrequest.release();
            return taken;
        });
        receiver_.settle(answer);
    }

    Receiver& receiver_;
};

}  // namespace

Started ask(Receiver& receiver, const HttpEndpoint& endpoint, const Message& message) {
    const ngx::FetchRequest request{
        .url = std::string(endpoint.url),
        .headers = {"Accept: application/json"},
        .authorization = message.authorization,
        .body = message.form ? std::optional(message.form->reveal()) : std::nullopt,
        .trusted = endpoint.trusted,
        .client_certificate = endpoint.certificate,
        .max_body_bytes = message.max_answer_bytes,
        .deadline = static_cast<ngx_msec_t>(message.time_limit.count()),
        .is_good_once = message.is_good_once,
    };
    auto transport = std::make_unique<HttpTransport>(receiver);
    if (const auto started = transport->start(request); !started)
        return std::unexpected(answer_of(ngx::FetchFailure{started.error(), {}}));
    return transport;
}

Started ask(Receiver& receiver, const InternalLocation& location, const Message& message, ngx_http_request_t* request) {
    auto transport = std::make_unique<SubrequestTransport>(receiver);
    const ngx::Destination to{.uri = location.uri,
                              .written = location.written,
                              .time_limit = message.time_limit,
                              .outlives_client = location.outlives_client,
                              .accept = location.accept};
    const auto started = [&] {
        if (!message.form) return ngx::Subrequest::start(request, to, message.max_answer_bytes);
        const ngx_str_t form = ngx::copy(request->pool, message.form->reveal());
        return ngx::Subrequest::start(request, to, message.max_answer_bytes,
                                      {.body = ngx::view(form), .authorization = message.authorization});
    }();
    if (!started) return std::unexpected(not_asked(started.error(), {}));
    (*started)->observe(*transport);
    return transport;
}

}  // namespace authority
