#include "boundary/credential_headers.h"

#include <algorithm>

#include "base/ascii.h"
namespace boundary {

bool CredentialHeaders::is_granted(const ngx_table_elt_t& header) const noexcept {
    if (!base::equals_ignoring_case(ngx::name_of(header), "authorization")) return false;
    const std::string_view value = ngx::view(header.value);
    for (const ngx_http_request_t* request = request_; request != nullptr; request = request->parent) {
        const Crossing* crossing = crossing_of(request);
        if (crossing != nullptr && !crossing->granted().empty() && crossing->granted() == value) return true;
    }
    return false;
}

bool CredentialHeaders::is_token_header(std::string_view name) const noexcept {
    return nearest_ != nullptr && std::ranges::any_of(nearest_->token_headers(), [&](std::string_view known) {
               return ngx::same_cgi_name(name, known);
           });
}

bool CredentialHeaders::contains(const ngx_table_elt_t& header) const noexcept {
    const std::string_view name = ngx::name_of(header);
    if (ngx::same_cgi_name(name, "proxy-authorization") || is_token_header(name)) return true;
    if (!ngx::same_cgi_name(name, "authorization")) return false;
    if (is_of_all_ || nearest_ == nullptr || !base::equals_ignoring_case(name, "authorization")) return true;
    // A subrequest to an authorization server has credentials of ours, and a token that was exchanged is the backend's
    // own.
    const auto& sent = nearest_->credentials().authorization;
    return !sent || nearest_->credentials().more_authorizations || *sent == ngx::view(header.value) ||
           is_granted(header);
}

void forget_basic_user(ngx_http_request_t* request) noexcept {
    if (request->headers_in.user.data == nullptr) return;
    request->headers_in.user = {};
    request->headers_in.passwd = {};
    ngx::DerivedVariables::of(request).forget(request);
}

bool has_refused_password(const ngx_http_request_t* request) noexcept {
    bool found = false;
    ngx::each_header(request->headers_out.headers, [&](const ngx_table_elt_t& header) {
        found = found || (base::equals_ignoring_case(ngx::name_of(header), "WWW-Authenticate") &&
                          ngx::view(header.value).starts_with("Basic "));
    });
    return found;
}

}  // namespace boundary
