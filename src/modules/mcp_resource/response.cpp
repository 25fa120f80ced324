#include "modules/mcp_resource/response.h"

#include <algorithm>
#include <array>

#include "boundary/refusal.h"
#include "boundary/refusal_headers.h"
#include "mcp/challenge.h"
#include "modules/mcp_resource/boundary.h"
#include "ngx/header.h"
#include "ngx/location.h"
#include "ngx/request_body.h"
#include "ngx/string.h"

namespace mcp_resource {
namespace {

constexpr std::string_view post_only = "POST, OPTIONS";
constexpr std::string_view readable_headers = "WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version";
constexpr std::string_view readable_limits = ", RateLimit, RateLimit-Policy, Retry-After";
constexpr std::string_view readable_x_limits = ", X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset";

// nginx would ask the next access module ("satisfy any").
bool asks_others(const ngx_http_request_t* request, const mcp::Reason& reason) noexcept {
    return request == request->main && boundary::others_may_let_pass(request, reason.http_status);
}

// It must be able to, in place of the token. To it, every 403 is about access, but nothing makes up for a foreign
// origin (SPEC 26).
bool may_be_made_up_for(const ngx_http_request_t* request, const mcp::Reason& reason) noexcept {
    const bool is_about_access = reason.http_status == NGX_HTTP_UNAUTHORIZED || !reason.oauth_error.empty();
    return is_about_access && asks_others(request, reason);
}

bool has_error_page(const ngx_http_request_t* request, int status) noexcept {
    const ngx_array_t* list = ngx::location_of(request).error_pages;
    if (list == nullptr) return false;
    const auto* pages = static_cast<const ngx_http_err_page_t*>(list->elts);
    return std::any_of(pages, pages + list->nelts,
                       [&](const ngx_http_err_page_t& page) { return page.status == status; });
}

// The operator's own answer. A page for 413 is for nginx' own limit, "client_max_body_size": ours is another one, and
// only our answer says which.
bool is_left_to_error_page(const ngx_http_request_t* request, const mcp::Reason& reason) noexcept {
    const bool nginx_answers = request == request->main && !asks_others(request, reason);
    return nginx_answers && !reason.is(mcp::TransportError::body_too_large) &&
           has_error_page(request, reason.http_status);
}

std::string_view allowed_methods(const mcp::Resource& resource) noexcept {
    return resource.revisions.includes(mcp::Era::legacy) ? "GET, POST, DELETE, OPTIONS" : post_only;
}

// What the client is told of it; 0: nothing.
std::chrono::seconds retry_after(const RequestState& state) noexcept {
    const int status = state.decision().reason.http_status;
    const bool may_come_again = status == NGX_HTTP_SERVICE_UNAVAILABLE || status == NGX_HTTP_TOO_MANY_REQUESTS;
    return may_come_again ? state.retry_after() : std::chrono::seconds(0);
}

void add_refusal_headers(ngx_http_request_t* request, const RequestState& state) {
    const mcp::Decision& decision = state.decision();
    const mcp::Resource& resource = state.endpoint().resource;
    const int status = decision.reason.http_status;
    boundary::begin_refusal(request, status);
    const auto add = [&](ngx_int_t of_status, std::string_view name, std::string_view value) {
        boundary::note_header_of(request, of_status, ngx::add_response_header(request, name, value));
    };
    const std::string challenge = mcp::challenge(resource, decision, state.decision_id());
    if (!challenge.empty()) boundary::note_header_of(request, status, ngx::add_www_authenticate(request, challenge));
    add(boundary::any_status, "Cache-Control", "no-store");
    if (status == NGX_HTTP_NOT_ALLOWED) {
        const bool has_streams = !decision.reason.is(mcp::TransportError::stream_needs_token);
        add(status, "Allow", has_streams ? allowed_methods(resource) : post_only);
    }
    if (const auto delay = retry_after(state); delay.count() > 0) boundary::add_retry_after(request, status, delay);
}

}  // namespace

ngx_int_t send(ngx_http_request_t* request, ngx_uint_t status, std::string_view content_type, std::string_view body) {
    ngx_str_t type = ngx::str(content_type);
    ngx_http_complex_value_t content{};
    content.value = ngx::copy(request->pool, body);
    ngx_http_finalize_request(request, ngx_http_send_response(request, status, &type, &content));
    return NGX_DONE;
}

bool is_answered_here(const ngx_http_request_t* request, const RequestState& state) noexcept {
    const mcp::Reason& reason = state.decision().reason;
    return !may_be_made_up_for(request, reason) && !is_left_to_error_page(request, reason);
}

ngx_int_t answer_refusal(ngx_http_request_t* request, const RequestState& state) {
    const mcp::Decision& decision = state.decision();
    add_refusal_headers(request, state);
    const int status = decision.reason.http_status;
    if (may_be_made_up_for(request, decision.reason)) return status;
    leave_without_credentials(request);
    if (is_left_to_error_page(request, decision.reason)) return status;
    ngx::do_not_ask_for_body(request);
    request->err_status = 0;  // of an error_page that led here: this refusal has a status of its own
    return send(request, static_cast<ngx_uint_t>(status), "application/json",
                mcp::refusal_body(state.endpoint().resource, decision, state.asked(), state.message(),
                                  state.decision_id(), retry_after(state)));
}

ngx_int_t answer_preflight(ngx_http_request_t* request, const RequestState& state) {
    ngx::add_response_header(request, "Access-Control-Allow-Methods", allowed_methods(state.endpoint().resource));
    // "*" does not cover Authorization (Fetch standard, section 3.2.3), and MCP clients send headers of their own.
    ngx::add_response_header(request, "Access-Control-Allow-Headers",
                             "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, "
                             "Mcp-Session-Id, Last-Event-ID, *");
    ngx::add_response_header(request, "Access-Control-Max-Age", "86400");
    return send(request, NGX_HTTP_NO_CONTENT, "", "");
}

void add_cors_headers(ngx_http_request_t* request, const RequestState& state) {
    const auto origin = state.headers().origin.view();
    if (origin.size() != 1 || !mcp::origin_allowed(state.endpoint().resource, origin.front())) return;
    ngx::drop_response_headers(request, {"Access-Control-Allow-Origin", "Access-Control-Expose-Headers"});
    ngx::add_response_header(request, "Access-Control-Allow-Origin", origin.front());
    ngx::add_response_header(request, "Vary", "Origin");
    std::string exposed(readable_headers);
    const bool is_limited = !state.endpoint().resource.policy.limits().empty();
    if (is_limited) exposed += readable_limits;
    if (is_limited && state.endpoint().has_limit_x_headers) exposed += readable_x_limits;
    ngx::add_response_header(request, "Access-Control-Expose-Headers", exposed);
}

void add_limit_headers(ngx_http_request_t* request, const RequestState& state) {
    const auto limits = state.limits();
    if (limits.empty()) return;
    ngx::drop_response_headers(request, {"RateLimit", "RateLimit-Policy"});
    std::string& value = main_conf(request).worker.header_text;
    value.clear();
    mcp::append_rate_limit_policy(value, limits);
    ngx::add_response_header(request, "RateLimit-Policy", value);
    value.clear();
    mcp::append_rate_limit(value, limits);
    ngx::add_response_header(request, "RateLimit", value);
    if (!state.endpoint().has_limit_x_headers) return;
    ngx::drop_response_headers(request, {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"});
    const mcp::LimitResult& tightest = *mcp::tightest_limit(limits)->result;
    ngx::add_response_header(request, "X-RateLimit-Limit", std::to_string(tightest.limit));
    ngx::add_response_header(request, "X-RateLimit-Remaining", std::to_string(tightest.remaining));
    ngx::add_response_header(request, "X-RateLimit-Reset", std::to_string(mcp::reset_seconds(tightest)));
}

void add_ambiguity_headers(ngx_http_request_t* request, const Endpoint& endpoint) {
    mcp::Decision decision;
    decision.reason = mcp::reason(oauth::Error::request_ambiguous);
    ngx::add_www_authenticate(request, mcp::challenge(endpoint.resource, decision, ""));
    ngx::add_response_header(request, "Cache-Control", "no-store");
}

}  // namespace mcp_resource
