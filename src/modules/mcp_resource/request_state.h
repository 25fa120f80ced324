// One request on its way through the checks of one endpoint.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/call.h"
#include "authority/introspection.h"
#include "authority/key_wait.h"
#include "mcp/authorize.h"
#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/decisive_headers.h"
#include "modules/mcp_resource/limits/refusals.h"
#include "modules/mcp_resource/limits/request_limits.h"
#include "ngx/nginx.h"
#include "ngx/pause.h"
#include "ngx/request_body.h"

namespace mcp_resource {

// For an authorization server.
struct Wait {
    authority::Requested what;
    std::chrono::milliseconds begin{}, end{};         // since 1970, UTC
    std::vector<authority::CallLog::Shared> calls{};  // that it caused, or others that waited with it
};

class RequestState {
public:
    RequestState(ngx_http_request_t* request, const Endpoint& endpoint, Worker& worker,
                 const DecisiveHeaders& headers) noexcept  // `headers` must live as long as the request
        : request_(request), endpoint_(endpoint), worker_(worker), headers_(headers) {}

    // The next steps: NGX_OK (it may pass), NGX_AGAIN (waiting for keys or for an answer about the token), NGX_DONE
    // (answered, or waiting for the body), or a status.
    ngx_int_t proceed();

    const ngx_http_request_t* request() const noexcept { return request_; }
    const Endpoint& endpoint() const noexcept { return endpoint_; }
    const DecisiveHeaders& headers() const noexcept { return headers_; }
    mcp::Request asked() const noexcept;
    const mcp::Decision& decision() const noexcept { return decision_; }
    std::string_view decision_id() const noexcept { return decision_id_; }
    std::string_view limit_name() const noexcept { return limit_name_; }  // of the one that refused it; empty: none
    bool passed() const noexcept { return decided_ && decision_.verdict == mcp::Verdict::pass; }
    // After the access phase: where it has not passed here, another access module has let it in ("satisfy any").
    void note_let_in() noexcept;
    bool is_let_in_by_others() const noexcept { return is_let_in_by_others_; }
    // The same, and nothing is left to do for it.
    bool has_let_pass() const noexcept { return passed() && !only_reads_on_; }
    std::chrono::seconds retry_after() const noexcept { return retry_after_; }
    bool begun() const noexcept { return begun_; }
    bool decided() const noexcept { return decided_; }
    // From the first look at the request to the decision; 0 where nobody reports it.
    std::chrono::microseconds time_to_decide() const noexcept;
    // As the client sent it: of an error page, nginx makes GET.
    std::string_view http_method() const noexcept { return http_method_; }
    // Null until the token was verified, and after a refusal with 401.
    const oauth::VerifiedToken* token() const noexcept { return token_.get(); }
    const mcp::Message* message() const noexcept { return message_ ? &*message_ : nullptr; }
    // All of the body, where it was read; else empty.
    std::string_view body() const noexcept { return body_ != nullptr ? body_->text() : std::string_view(); }

    // The limits that it falls under; nothing while that is not known.
    std::span<const mcp::ToldLimit> limits() const noexcept;

    // What it waited for in the authorization server; nothing where nobody traces it.
    const std::vector<Wait>& waits() const noexcept { return waits_; }

private:
    mcp::Evidence evidence() const noexcept;
    const Introspection* introspection_of(std::string_view token) const noexcept;
    bool recall(std::string_view token);
    std::optional<base::Sha256> shared_question(std::string_view token) const;
    authority::Progress verify(std::string_view token);
    authority::Progress verify_signature(std::string_view token);
    authority::Progress refuse_token(oauth::Error error, std::string_view token, const oauth::jwt::JwkSet* keys,
                                     const oauth::jwt::VerificationRules& rules);
    authority::Progress refuse_issuer(std::string_view token);
    authority::Progress introspect(const Introspection& introspection, std::string_view token);
    void count(const authority::Introspection& introspection) const noexcept;
    void take_verdict(const authority::Introspection& introspection);
    ngx_int_t read_body();
    ngx_int_t read_body_within(std::size_t limit, bool is_refused);
    void parse_body();
    bool take_limits();
    bool waits_for_limits_of_others();
    const mcp::LimitResult* counted_before(const base::Sha256& key, std::uint32_t units) const;
    bool is_guessing();
    RequestState* who_guesses() const noexcept;
    bool is_token_good_elsewhere() const noexcept;
    void judge_guess() noexcept;
    bool is_token_refused() const noexcept;
    void refuse_without_record();
    ngx_int_t refuse_early_data();
    bool may_ask_for_many() const noexcept;
    ngx_int_t end();
    ngx_int_t finish();
    std::size_t worth_reading() const noexcept;
    void note_refusal();
    void begin();
    void end_with_decision();
    void begin_wait(authority::Requested what);
    void end_wait(std::vector<authority::CallLog::Shared> calls);
    bool found_no_room() const noexcept { return decision_.reason.is(mcp::TransportError::anonymous_bodies_limited); }
    bool is_refused_by_limits() const noexcept;
    ngx_uint_t log_level() const noexcept;
    std::string log_line() const;

    ngx_http_request_t* request_;
    const Endpoint& endpoint_;
    Worker& worker_;
    const DecisiveHeaders& headers_;

    std::shared_ptr<const oauth::VerifiedToken> token_;
    std::optional<oauth::Error> token_error_;
    std::optional<authority::Introspection> introspection_;
    std::string explanation_;              // what differs in the token, for the log
    std::string fault_detail_;             // what the authorization server or a file did, for the log
    std::chrono::seconds retry_after_{5};  // 0: there is no use in coming again
    std::optional<Guess> guess_;           // mcp_refusal_limit
    bool was_shown_in_vain_ = false;       // the token, though nobody could say that it is bad
    std::optional<authority::KeyWait> key_wait_;
    std::optional<RequestLimits> limits_;
    ngx::Pause* limits_pause_ = nullptr;  // of waits_for_limits_of_others(); null: it never did
    ngx::RequestBody* body_ = nullptr;    // asked for, but perhaps not there yet
    std::optional<mcp::Message> message_;
    std::optional<mcp::TransportError> body_error_;

    std::string_view http_method_;
    mcp::Decision decision_;
    bool begun_ = false;  // proceed() was called
    bool decided_ = false;
    bool is_let_in_by_others_ = false;
    bool only_reads_on_ = false;  // the body, for what is reported: the decision stands
    bool path_is_plain_ = true;
    bool is_waiting_ = false;                                      // the last of waits_
    std::chrono::steady_clock::time_point began_at_, decided_at_;  // where somebody reports it
    std::string decision_id_;
    std::string_view limit_name_{};
    std::vector<Wait> waits_;
};

// The state of this request at this endpoint, or the newest of this request at any.
RequestState* find_state(const ngx_http_request_t* request, const Endpoint* endpoint) noexcept;
const RequestState* latest_state(const ngx_http_request_t* request) noexcept;

}  // namespace mcp_resource
