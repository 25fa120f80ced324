#include "modules/mcp_resource/record/observer.h"

#include <algorithm>

#include "base/content_coding.h"
#include "mcp/body_encoding.h"
#include "modules/mcp_resource/record/ending.h"
#include "modules/mcp_resource/request_state.h"
#include "modules/mcp_resource/response.h"
#include "ngx/guard.h"
#include "ngx/pool.h"
#include "ngx/string.h"

namespace mcp_resource {
namespace {

bool has_readable_body(const ngx_http_request_t* request, const RequestState& state) noexcept {
    const DecisiveHeaders& headers = state.headers();
    return request->method == NGX_HTTP_POST && mcp::may_be_json({.content_type = headers.content_type.view(),
                                                                 .content_encoding = headers.content_encoding.view()});
}

bool is_encoded(const ngx_http_request_t* request) noexcept {
    const ngx_table_elt_t* encoding = request->headers_out.content_encoding;
    return encoding != nullptr && encoding->hash != 0 && !base::is_identity_coding(ngx::view(encoding->value));
}

std::optional<mcp::AnswerForm> form_of_answer(const ngx_http_request_t* request) noexcept {
    const bool is_whole = request->headers_out.status != NGX_HTTP_PARTIAL_CONTENT;
    if (request->header_only != 0 || !is_whole || is_encoded(request) || is_page_of_nginx(request)) return std::nullopt;
    if (has_media_type(request, "application/json")) return mcp::AnswerForm::json;
    if (has_media_type(request, "text/event-stream")) return mcp::AnswerForm::events;
    return std::nullopt;
}

}  // namespace

void Observer::take_body(std::string_view piece) {
    if (body_) body_->add(piece);
}

mcp::AskedOperations* Observer::asked() noexcept {
    if (message_) return &*message_;
    return body_ ? body_->asked() : nullptr;
}

void Observer::begin_answer(mcp::AnswerForm form) {
    is_document_ = form == mcp::AnswerForm::json;
    if (message_ || body_) answer_.emplace(form, [this](const mcp::Answer& answer) { note(answer); });
}

void Observer::forget_document() noexcept {
    mcp::AskedOperations* known = is_document_ ? asked() : nullptr;
    if (known == nullptr) return;
    for (mcp::ObservedOperation& operation : known->operations)
        operation.outcome = {};
}

void Observer::note(const mcp::Answer& answer) {
    mcp::AskedOperations* known = asked();
    if (known == nullptr) return;
    const auto status = static_cast<int>(request_->headers_out.status);
    mcp::note_answer(known->operations, mcp::as_told_by(status, answer), age_of(request_));
}

void observe(ngx_http_request_t* request, const RequestState& state) noexcept {
    if (!state.endpoint().is_observed || request != request->main) return;
    ngx::guarded<ngx_int_t>(request->connection->log, NGX_ERROR, [&] {
        if (ngx::find_of<Observer>(request) != nullptr) return NGX_OK;
        auto& observer = ngx::make<Observer>(request->pool, request);
        if (state.message() != nullptr) {
            observer.take_message(*state.message());
        } else if (has_readable_body(request, state)) {
            observer.expect_body();
            observer.take_body(state.body());  // no message that could be judged, but perhaps one that can be told
        }
        return NGX_OK;
    });
}

void observe_answer(ngx_http_request_t* request) noexcept {
    if (request != request->main) return;
    auto* observer = ngx::find_of<Observer>(request);
    const auto form = observer != nullptr ? form_of_answer(request) : std::nullopt;
    if (!form) return;
    ngx::guarded<ngx_int_t>(request->connection->log, NGX_ERROR, [&] {
        observer->begin_answer(*form);
        // As gzip does: what is in a file, nginx then reads before the body filters.
        if (observer->reads_answer()) request->filter_need_in_memory = 1;
        return NGX_OK;
    });
}

void end_observation(const ngx_http_request_t* request) noexcept {
    auto* observer = ngx::find_of<Observer>(request);
    if (observer != nullptr && cut_by(request) == mcp::CutBy::client) observer->forget_document();
}

mcp::AskedOperations* asked_by(const ngx_http_request_t* request) noexcept {
    auto* observer = ngx::find_of<Observer>(request->main);
    return observer != nullptr ? observer->asked() : nullptr;
}

std::chrono::microseconds age_of(const ngx_http_request_t* request) noexcept {
    const ngx_time_t* now = ngx_timeofday();
    const std::chrono::milliseconds age = std::chrono::seconds(now->sec - request->start_sec) +
                                          std::chrono::milliseconds(now->msec) -
                                          std::chrono::milliseconds(request->start_msec);
    return std::max(std::chrono::microseconds(0), std::chrono::microseconds(age));
}

}  // namespace mcp_resource
