#include "boundary/handover.h"

#include <span>

#include "boundary/credential_headers.h"
#include "boundary/query_token.h"
#include "ngx/subrequest.h"

namespace boundary {
namespace {

void end_credentials(ngx_http_request_t* request, const CredentialHeaders& credentials,
                     std::span<const ngx::RequestHeader> added = {}) {
    const auto removes = [&](const ngx_table_elt_t& header) { return credentials.contains(header); };
    edit_headers(request, removes, added);
}

// The client's own credentials stay for the access phase: "satisfy any" may ask somebody else.
void enter(ngx_http_request_t* request, std::span<const std::string_view> token_headers) {
    crossing_at(request).enter(token_headers);
    const CredentialHeaders credentials(request);
    edit_headers(request, [&](const ngx_table_elt_t& header) { return credentials.is_granted(header); });
    forget_query_token(request);
}

}  // namespace

void enter_location(ngx_http_request_t* request, Place place, std::span<const std::string_view> token_headers) {
    if (ngx::is_own_subrequest(request)) return;
    switch (arrive(request, place)) {
        case Arrival::enters:
            return enter(request, token_headers);
        case Arrival::leaves:
            return leave_without_credentials(request);
        case Arrival::leaves_again:
            return end_credentials(request, CredentialHeaders(request));
        case Arrival::unconcerned:
            return;
    }
}

void leave_without_credentials(ngx_http_request_t* request) {
    CredentialHeaders credentials(request);
    if (request == request->main) credentials.extend_to_all();
    end_credentials(request, credentials);
    forget_basic_user(request);
    forget_query_token(request);
}

void hand_over(ngx_http_request_t* request, const Handover& handover) {
    Crossing& crossing = crossing_at(request);
    const ngx::RequestHeader granted{"Authorization", handover.granted};
    const std::size_t count = handover.granted.empty() ? 0 : 1;
    end_credentials(request, CredentialHeaders(request), {&granted, count});
    // Under "satisfy any", a password that was checked may have let it pass.
    if (handover.passed_by_token || has_refused_password(request)) forget_basic_user(request);
    crossing.hand_over(handover.granted);
}

void before_log(ngx_http_request_t* request, Place place) {
    if (!is_concerned(request, place) || ngx::is_own_subrequest(request)) return;
    const Crossing* crossing = nearest_crossing(request);
    if (crossing == nullptr || !crossing->handed_over()) return leave_without_credentials(request);
    end_credentials(request, CredentialHeaders(request));
    forget_query_token(request);
}

}  // namespace boundary
