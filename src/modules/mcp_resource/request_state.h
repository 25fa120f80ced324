// One request on its way through the checks of one endpoint.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mcp/authorize.h"
#include "modules/mcp_resource/config.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// All values of one header, as far as anyone needs them: none, one, or too many.
class HeaderValues {
public:
    void add(std::string_view value) noexcept {
        if (count_ < values_.size()) values_[count_++] = value;
    }
    std::span<const std::string_view> view() const noexcept { return {values_.data(), count_}; }

private:
    std::array<std::string_view, 2> values_{};
    std::size_t count_ = 0;
};

// The headers that decide, as they came: the hand-over to the backend takes some of them away.
struct DecisiveHeaders {
    explicit DecisiveHeaders(const ngx_http_request_t* request) noexcept;

    HeaderValues authorization, origin, protocol_version, mcp_method, mcp_name;
    bool asks_for_method = false;  // Access-Control-Request-Method
};

class RequestState {
public:
    RequestState(ngx_http_request_t* request, const Endpoint& endpoint, MainConf& worker,
                 const DecisiveHeaders& headers) noexcept
        : request_(request), endpoint_(endpoint), worker_(worker), headers_(headers) {}

    // The next steps: NGX_OK (it may pass), NGX_AGAIN (waiting for keys or for an answer about the token), NGX_DONE
    // (answered, or waiting for the body), or a status.
    ngx_int_t proceed();

    const ngx_http_request_t* request() const noexcept { return request_; }
    const Endpoint& endpoint() const noexcept { return endpoint_; }
    const DecisiveHeaders& headers() const noexcept { return headers_; }
    const mcp::Decision& decision() const noexcept { return decision_; }
    std::string_view decision_id() const noexcept { return decision_id_; }
    bool passed() const noexcept { return decided_ && decision_.verdict == mcp::Verdict::pass; }
    std::chrono::seconds retry_after() const noexcept { return retry_after_; }
    bool decided() const noexcept { return decided_; }
    // Null until the token was verified, and after a refusal with 401.
    const oauth::VerifiedToken* token() const noexcept { return token_.get(); }
    const mcp::Message* message() const noexcept { return message_ ? &*message_ : nullptr; }

    void body_arrived() noexcept { body_arrived_ = true; }

private:
    mcp::Request view() const noexcept;
    mcp::Evidence evidence() const noexcept;
    enum class Progress : std::uint8_t {
        done,
        waiting
    };
    Progress verify(std::string_view token);
    Progress verify_signature(std::string_view token);
    Progress introspect(const Introspection& introspection, std::string_view token);
    bool take_answer(std::string_view body, const oauth::ClaimsRules& rules);
    void take_answer(const ngx::IntrospectionAnswer& answer, const Introspection& introspection);
    void suspend() noexcept;
    bool wait_for_keys(ngx::IssuerKeys& keys) noexcept;
    static void resume(void* self) noexcept;
    ngx_int_t read_body();
    void parse_body();
    ngx_int_t refuse();
    std::string log_line() const;

    ngx_http_request_t* request_;
    const Endpoint& endpoint_;
    MainConf& worker_;
    DecisiveHeaders headers_;

    std::shared_ptr<const oauth::VerifiedToken> token_;
    std::optional<oauth::Error> token_error_;
    std::shared_ptr<ngx::IntrospectionClient::Inquiry> inquiry_;
    std::string fault_detail_;  // what the authorization server did, for the log
    std::chrono::seconds retry_after_{5};
    ngx::Wait wait_;
    bool keys_awaited_ = false;  // once is enough for one request
    std::string body_;           // what message_ was read from
    std::optional<mcp::Message> message_;
    std::optional<mcp::TransportError> body_error_;
    bool body_asked_ = false;
    bool body_arrived_ = false;

    mcp::Decision decision_;
    bool decided_ = false;
    std::string decision_id_;
};

// The state of this request at this endpoint, or the newest of this request at any.
RequestState* find_state(const ngx_http_request_t* request, const Endpoint* endpoint) noexcept;
const RequestState* latest_state(const ngx_http_request_t* request) noexcept;

}  // namespace mcp_resource
