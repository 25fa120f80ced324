// The headers of a request that its judgement depends on, as the client sent them.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

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

// Views into the request's memory, which lives as long as the request.
struct DecisiveHeaders {
    explicit DecisiveHeaders(const ngx_http_request_t* request) noexcept;

    HeaderValues authorization, origin, protocol_version, mcp_method, mcp_name, content_type, content_encoding, session;
    bool asks_for_method = false;  // Access-Control-Request-Method
    bool token_in_query = false;   // RFC 6750 section 2.3

private:
    HeaderValues* slot(std::string_view name) noexcept;
};

}  // namespace mcp_resource
