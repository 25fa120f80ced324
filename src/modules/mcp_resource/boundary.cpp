#include "modules/mcp_resource/boundary.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "boundary/credential_headers.h"
#include "boundary/query_token.h"
#include "mcp/reserved_headers.h"
#include "ngx/pool.h"
#include "ngx/request_headers.h"
#include "oauth/claim_text.h"
#include "oauth/claims_rules.h"
#include "oauth/shown_claims.h"

namespace mcp_resource {
namespace {

template <class Names>
bool is_any_of(std::string_view name, const Names& names) noexcept {
    return std::ranges::any_of(names, [&](std::string_view known) { return ngx::same_cgi_name(name, known); });
}

// Of what was judged, and of every header that MCP may define: "Mcp_Param_X" for "Mcp-Param-X".
bool is_other_spelling_of_judged(std::string_view name) noexcept {
    constexpr std::string_view of_mcp = "mcp-";
    return ngx::is_unusual_name(name) &&
           (ngx::same_cgi_name(name.substr(0, of_mcp.size()), of_mcp) || is_any_of(name, mcp::judged_headers));
}

// Decides which headers may not get further.
class Removal {
public:
    // Identity headers of every boundary that the request and those it is a part of have entered; of all that its
    // server has, when nobody knows.
    explicit Removal(const ngx_http_request_t* request) : credentials_(request) {
        for (; request != nullptr; request = request->parent)
            if (const Entry* entry = ngx::find_of<Entry>(request))
                for (const Boundary* boundary : entry->boundaries())
                    add(*boundary);
    }

    void add_all_of(const ServerConf& server) {
        for (const auto& boundary : server.boundaries)
            add(*boundary);
    }

    void extend_to_all_credentials() noexcept { credentials_.extend_to_all(); }

    bool is_identity(std::string_view name) const noexcept {
        return std::ranges::any_of(
            boundaries_, [&](const Boundary* boundary) { return is_any_of(name, boundary->identity_headers); });
    }

    bool is_credential(const ngx_table_elt_t& header) const noexcept { return credentials_.contains(header); }

private:
    void add(const Boundary& boundary) {
        if (!boundary.identity_headers.empty()) boundaries_.push_back(&boundary);
    }

    boundary::CredentialHeaders credentials_;
    std::vector<const Boundary*> boundaries_;
};

// What the client says about who it is, and about what it asks for in other words than were judged. Its credentials
// stay for the access phase: "satisfy any" may ask somebody else.
void remove_forgeries(ngx_http_request_t* request) {
    const Removal removal(request);
    // After a switch to another protocol nobody would see what is asked for.
    const Endpoint* endpoint = location_conf(request).endpoint.get();
    const bool judges_operations = endpoint != nullptr && endpoint->resource.policy.depends_on_operation();
    if (judges_operations) request->headers_in.upgrade = nullptr;
    boundary::edit_headers(request, [&](const ngx_table_elt_t& header) {
        const std::string_view name = ngx::name_of(header);
        return is_any_of(name, mcp::overriding_headers) || is_other_spelling_of_judged(name) ||
               removal.is_identity(name) || (judges_operations && ngx::same_cgi_name(name, "upgrade"));
    });
}

void end_credentials(ngx_http_request_t* request, const Removal& removal,
                     std::span<const ngx::RequestHeader> added = {}) {
    const auto removes = [&](const ngx_table_elt_t& header) {
        return removal.is_credential(header) || removal.is_identity(ngx::name_of(header));
    };
    boundary::edit_headers(request, removes, added);
}

// Nobody is several: ["a"] as text would be the same as "a" (RFC 7519 section 4.1.2).
ngx::RequestHeader claim_header(ngx_http_request_t* request, const ClaimHeader& header,
                                const oauth::VerifiedToken& token) {
    const bool is_client = header.claim.is_member("client_id");
    const auto value = is_client ? oauth::client_claim(token.claims()) : header.claim.find(token.claims());
    const bool is_one = is_client || header.claim.is_member("sub") || header.claim.is_member("iss");
    const bool fits = value && (!is_one || oauth::has_form(*value, oauth::ClaimForm::string_or_number));
    const auto text = fits ? oauth::claim_header_text(*value) : std::nullopt;
    if (!text || text->empty()) return {};
    return {header.name, ngx::view(ngx::copy(request->pool, *text))};
}

std::vector<ngx::RequestHeader> claim_headers(ngx_http_request_t* request, const Endpoint* endpoint,
                                              const oauth::VerifiedToken* token) {
    std::vector<ngx::RequestHeader> headers;
    if (endpoint == nullptr || token == nullptr) return headers;
    for (const ClaimHeader& each : endpoint->claim_headers)
        if (const auto header = claim_header(request, each, *token); !header.name.empty()) headers.push_back(header);
    return headers;
}

// What a request has handed over it has no more, but a subrequest is judged by it (SPEC 9).
Entry& entry_at(ngx_http_request_t* request) {
    if (Entry* known = ngx::find_of<Entry>(request)) return *known;
    boundary::crossing_at(request);
    const Entry* above = ngx::find_nearest<Entry>(request);
    const DecisiveHeaders headers = above != nullptr ? above->headers() : DecisiveHeaders(request);
    return ngx::make<Entry>(request->pool, request, headers);
}

}  // namespace

void Entry::enter(const Boundary& boundary) {
    if (std::ranges::find(boundaries_, &boundary) == boundaries_.end()) boundaries_.push_back(&boundary);
}

const DecisiveHeaders& headers_at(ngx_http_request_t* request) {
    return entry_at(request).headers();
}

bool has_handed_over(const ngx_http_request_t* request) noexcept {
    const boundary::Crossing* crossing = boundary::crossing_of(request);
    return crossing != nullptr && crossing->handed_over();
}

boundary::Place place_of(const ngx_http_request_t* request) noexcept {
    return {.is_protected = location_conf(request).boundary != nullptr,
            .server_has_boundary = !server_conf(request).boundaries.empty()};
}

ngx_int_t enter_location(ngx_http_request_t* request) {
    switch (boundary::arrive(request, place_of(request))) {
        case boundary::Arrival::enters:
            boundary::crossing_at(request).enter();
            entry_at(request).enter(*location_conf(request).boundary);
            remove_forgeries(request);
            boundary::forget_query_token(request);
            break;
        case boundary::Arrival::leaves:
            leave_without_credentials(request);
            break;
        case boundary::Arrival::leaves_again:
        case boundary::Arrival::unconcerned:
            break;
    }
    return NGX_DECLINED;
}

void forget_basic_user(ngx_http_request_t* request) noexcept {
    boundary::forget_basic_user(request);
}

void leave_without_credentials(ngx_http_request_t* request) {
    Removal removal(request);
    if (boundary::nearest_crossing(request) == nullptr) removal.add_all_of(server_conf(request));
    if (request == request->main) removal.extend_to_all_credentials();
    end_credentials(request, removal);
    forget_basic_user(request);
    boundary::forget_query_token(request);
}

void before_log(ngx_http_request_t* request) {
    if (!boundary::is_concerned(request, place_of(request))) return;
    const boundary::Crossing* crossing = boundary::nearest_crossing(request);
    if (crossing == nullptr || !crossing->handed_over()) return leave_without_credentials(request);
    boundary::forget_query_token(request);
}

ngx_int_t hand_over(ngx_http_request_t* request, const Endpoint* endpoint, const oauth::VerifiedToken* token) {
    boundary::Crossing& crossing = boundary::crossing_at(request);
    if (crossing.credentials().token_in_query && endpoint != nullptr) return NGX_HTTP_BAD_REQUEST;
    end_credentials(request, Removal(request), claim_headers(request, endpoint, token));
    // Under "satisfy any", a password that was checked may have let it pass.
    if (token != nullptr || boundary::has_refused_password(request)) forget_basic_user(request);
    crossing.hand_over();
    return NGX_DECLINED;
}

}  // namespace mcp_resource
