#include "boundary/guard.h"

#include <span>

#include "boundary/credential_headers.h"
#include "boundary/query_token.h"
#include "ngx/siblings.h"

namespace boundary {
namespace {

void leave_without_credentials(ngx_http_request_t* request, ngx::DerivedVariables& variables) {
    CredentialHeaders credentials(request);
    if (request == request->main) credentials.extend_to_all();
    edit_headers(request, variables, [&](const ngx_table_elt_t& header) { return credentials.contains(header); });
    forget_basic_user(request, variables);
    forget_query_token(request, variables);
}

// What was granted is for the backend of the location that the request has left.
void leave_without_grant(ngx_http_request_t* request, ngx::DerivedVariables& variables) {
    const CredentialHeaders credentials(request);
    edit_headers(request, variables, [&](const ngx_table_elt_t& header) { return credentials.contains(header); });
}

}  // namespace

ngx_int_t enter_location(ngx_http_request_t* request, Place place, std::string_view token_header,
                         ngx::DerivedVariables& variables) {
    if (ngx::is_own_subrequest(request)) return NGX_DECLINED;
    switch (arrive(request, place, variables)) {
        case Arrival::enters:
            crossing_at(request, variables).enter(token_header);
            leave_without_grant(request, variables);
            break;
    }
    return NGX_DECLINED;
}

}  // namespace boundary
