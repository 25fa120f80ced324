#include "modules/mcp_resource/decisive_headers.h"

#include "boundary/query_token.h"
#include "ngx/request_headers.h"

namespace mcp_resource {

DecisiveHeaders::DecisiveHeaders(const ngx_http_request_t* request) noexcept
    : token_in_query(boundary::has_query_token(request)) {
    ngx::each_request_header(request, [this](const ngx_table_elt_t& header) {
        const std::string_view name(reinterpret_cast<const char*>(header.lowcase_key), header.key.len);
        if (HeaderValues* values = slot(name)) values->add(ngx::view(header.value));
        asks_for_method = asks_for_method || name == "access-control-request-method";
    });
}

HeaderValues* DecisiveHeaders::slot(std::string_view name) noexcept {
    if (name == "authorization") return &authorization;
    if (name == "origin") return &origin;
    if (name == "mcp-protocol-version") return &protocol_version;
    if (name == "mcp-method") return &mcp_method;
    if (name == "mcp-name") return &mcp_name;
    if (name == "content-type") return &content_type;
    if (name == "content-encoding") return &content_encoding;
    if (name == "mcp-session-id") return &session;
    return nullptr;
}

}  // namespace mcp_resource
