#include "modules/mcp_resource/handover.h"

#include <algorithm>
#include <string>

#include "ngx/request_headers.h"
#include "oauth/bearer.h"
#include "oauth/claim_text.h"

namespace mcp_resource {
namespace {

// Header values are read as Latin-1 by some and as UTF-8 by others; percent-encoding leaves no doubt. "%" too, so that
// it can be undone.
std::string header_safe(std::string_view text) {
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string safe;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F && c != '%') {
            safe += c;
        } else {
            safe += {'%', hex[byte >> 4U], hex[byte & 0x0FU]};
        }
    }
    return safe;
}

void set_claim_header(ngx_http_request_t* request, const ClaimHeader& header, const oauth::VerifiedToken& token) {
    const auto value = header.claim.find(token.claims());
    const auto text = value ? oauth::claim_text(*value) : std::nullopt;
    if (!text || text->empty()) return;
    ngx::add_request_header(request, header.name, ngx::view(ngx::copy(request->pool, header_safe(*text))));
}

void cut_at_question_mark(ngx_str_t& text) noexcept {
    text.len = std::min(ngx::view(text).find('?'), text.len);
}

}  // namespace

void forget_query(ngx_http_request_t* request) noexcept {
    cut_at_question_mark(request->request_line);
    cut_at_question_mark(request->unparsed_uri);
    request->args.len = 0;
}

ngx_int_t hand_over(ngx_http_request_t* request, const Endpoint& endpoint, const oauth::VerifiedToken* token) {
    if (oauth::has_form_parameter(ngx::view(request->args), "access_token")) {
        forget_query(request);
        return NGX_HTTP_BAD_REQUEST;
    }
    ngx::remove_request_header(request, "authorization");
    ngx::remove_request_header(request, "proxy-authorization");
    for (const ClaimHeader& header : endpoint.claim_headers)
        ngx::remove_request_header(request, header.name);
    if (token != nullptr)
        for (const ClaimHeader& header : endpoint.claim_headers)
            set_claim_header(request, header, *token);
    return NGX_DECLINED;
}

}  // namespace mcp_resource
