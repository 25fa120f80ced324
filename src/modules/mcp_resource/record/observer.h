// What passes between a client and an observed endpoint (mcp_observe), looked at as it passes.
#pragma once

#include <optional>
#include <string_view>

#include "mcp/answer_reader.h"
#include "mcp/request_reader.h"
#include "ngx/nginx.h"

extern "C" ngx_module_t ngx_http_mcp_resource_filter_module;

namespace mcp_resource {

class RequestState;

// Lives in the pool of its request. Holds no body and no answer. Throws std::bad_alloc.
class Observer {
public:
    explicit Observer(const ngx_http_request_t* request) noexcept : request_(request) {}

    const ngx_http_request_t* request() const noexcept { return request_; }

    // The body that was judged, or the one that is still to come.
    void take_message(const mcp::Message& message) { message_ = mcp::observed_operations(message); }
    void expect_body() { body_.emplace(); }
    void take_body(std::string_view piece);

    // Null: not known, or not yet.
    mcp::AskedOperations* asked() noexcept;

    void begin_answer(mcp::AnswerForm form);
    bool reads_answer() const noexcept { return answer_.has_value(); }
    void take_answer(std::string_view piece) { answer_->add(piece); }
    void end_answer() { answer_->end(); }
    void give_up_answer() noexcept { answer_.reset(); }
    void give_up_body() noexcept { body_.reset(); }
    void forget_document() noexcept;

private:
    void note(const mcp::Answer& answer);

    const ngx_http_request_t* request_;
    std::optional<mcp::AskedOperations> message_;
    std::optional<mcp::RequestReader> body_;
    std::optional<mcp::AnswerReader> answer_;
    bool is_document_ = false;  // the answer, and not a stream, in which each event counts for itself
};

// Behind the access phase, of a request that may pass: makes its Observer, where the endpoint has one. Nothing that
// goes wrong here refuses a request.
void observe(ngx_http_request_t* request, const RequestState& state) noexcept;

// In a header filter: whether its Observer, if it has one, can read the answer.
void observe_answer(ngx_http_request_t* request) noexcept;

// In the log phase: an answer that did not reach the client whole tells no outcome.
void end_observation(const ngx_http_request_t* request) noexcept;

// What the request asks for, as far as it is known by now; null where nobody observes, too.
mcp::AskedOperations* asked_by(const ngx_http_request_t* request) noexcept;

// How long it has been there.
std::chrono::microseconds age_of(const ngx_http_request_t* request) noexcept;

}  // namespace mcp_resource
