#include "modules/mcp_resource/boundary.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "modules/mcp_resource/query_token.h"
#include "ngx/location.h"
#include "ngx/pool.h"
#include "ngx/request_headers.h"
#include "oauth/claim_text.h"

namespace mcp_resource {
namespace {

// A request that began in a location which is not protected.
struct Visit {
    const ngx_http_request_t* request;
};

// Some backends take these for the method or the path, in place of what was judged.
constexpr std::array<std::string_view, 5> overriding = {"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override",
                                                        "X-Original-URL", "X-Rewrite-URL"};
// What was judged, and what a backend of the CGI kind would merge with it.
constexpr std::array<std::string_view, 10> judged = {"Content-Type",
                                                     "Content-Encoding",
                                                     "Content-Length",
                                                     "Transfer-Encoding",
                                                     "MCP-Protocol-Version",
                                                     "Mcp-Method",
                                                     "Mcp-Name",
                                                     "Mcp-Session-Id",
                                                     "Origin",
                                                     "Host"};

template <class Names>
bool is_any_of(std::string_view name, const Names& names) noexcept {
    return std::ranges::any_of(names, [&](std::string_view known) { return ngx::same_cgi_name(name, known); });
}

bool is_other_spelling_of_judged(std::string_view name) noexcept {
    return ngx::is_unusual_name(name) && is_any_of(name, judged);
}

Crossing* crossing_of(const ngx_http_request_t* request) noexcept {
    return ngx::find<Crossing>(request->pool, [&](const Crossing& found) { return found.request() == request; });
}

// Of this request, or of the nearest that it is a part of.
const Crossing* nearest_crossing(const ngx_http_request_t* request) noexcept {
    for (; request != nullptr; request = request->parent)
        if (const Crossing* crossing = crossing_of(request)) return crossing;
    return nullptr;
}

bool has_visited(const ngx_http_request_t* request) noexcept {
    return ngx::find<Visit>(request->pool, [&](const Visit& visit) { return visit.request == request; }) != nullptr;
}

bool is_in_first_location(const ngx_http_request_t* request) noexcept {
    return request->uri_changes == NGX_HTTP_MAX_URI_CHANGES + 1;
}

// True where an error page leads to whose cause nobody saw: nginx refuses too large a body, and a request for an
// "internal" location, before the phases of a location.
bool was_refused_before_any_location(const ngx_http_request_t* request) noexcept {
    if (request != request->main) return request->err_status != 0;  // subrequests have no mark
    return !is_in_first_location(request) && !has_visited(request);
}

// Decides which headers may not get further.
class Removal {
public:
    // Identity headers of every boundary that the request and those it is a part of have entered; of all that its
    // server has, when nobody knows.
    explicit Removal(const ngx_http_request_t* request) : nearest_(nearest_crossing(request)) {
        for (; request != nullptr; request = request->parent)
            if (const Crossing* crossing = crossing_of(request))
                for (const Boundary* boundary : crossing->boundaries())
                    add(*boundary);
    }

    void add_all_of(const ServerConf& server) {
        for (const auto& boundary : server.boundaries)
            add(*boundary);
    }

    // Also of credentials that are not the client's: of a request that was refused nothing goes on.
    void extend_to_all_credentials() noexcept { is_of_all_ = true; }

    bool is_identity(std::string_view name) const noexcept {
        return std::ranges::any_of(
            boundaries_, [&](const Boundary* boundary) { return is_any_of(name, boundary->identity_headers); });
    }

    bool is_credential(const ngx_table_elt_t& header) const noexcept {
        const std::string_view name = ngx::name_of(header);
        if (ngx::same_cgi_name(name, "proxy-authorization")) return true;
        if (!ngx::same_cgi_name(name, "authorization")) return false;
        if (is_of_all_ || nearest_ == nullptr || !ngx::equal_ignoring_case(name, "authorization")) return true;
        // A subrequest to an authorization server has credentials of ours, and a token that was exchanged is the
        // backend's own.
        const auto sent = nearest_->headers().authorization.view();
        return sent.size() != 1 || sent.front() == ngx::view(header.value);
    }

private:
    void add(const Boundary& boundary) {
        if (!boundary.identity_headers.empty()) boundaries_.push_back(&boundary);
    }

    const Crossing* nearest_;
    bool is_of_all_ = false;
    std::vector<const Boundary*> boundaries_;
};

template <class Removes>
void edit_headers(ngx_http_request_t* request, Removes removes, std::span<const ngx::RequestHeader> added = {}) {
    if (added.empty() && !ngx::any_request_header(request, removes)) return;
    ngx::edit_request_headers(request, removes, added);
    main_conf(request).derived_variables.forget(request);
}

// What the client says about who it is, and about what it asks for in other words than were judged. Its credentials
// stay for the access phase: "satisfy any" may ask somebody else.
void remove_forgeries(ngx_http_request_t* request) {
    const Removal removal(request);
    // After a switch to another protocol nobody would see what is asked for.
    const Endpoint* endpoint = location_conf(request).endpoint.get();
    const bool judges_operations = endpoint != nullptr && endpoint->resource.policy.depends_on_operation();
    if (judges_operations) request->headers_in.upgrade = nullptr;
    edit_headers(request, [&](const ngx_table_elt_t& header) {
        const std::string_view name = ngx::name_of(header);
        return is_any_of(name, overriding) || is_other_spelling_of_judged(name) || removal.is_identity(name) ||
               (judges_operations && ngx::same_cgi_name(name, "upgrade"));
    });
}

void end_credentials(ngx_http_request_t* request, const Removal& removal,
                     std::span<const ngx::RequestHeader> added = {}) {
    const auto removes = [&](const ngx_table_elt_t& header) {
        return removal.is_credential(header) || removal.is_identity(ngx::name_of(header));
    };
    edit_headers(request, removes, added);
}

ngx::RequestHeader claim_header(ngx_http_request_t* request, const ClaimHeader& header,
                                const oauth::VerifiedToken& token) {
    const auto value = header.claim.find(token.claims());
    const auto text = value ? oauth::claim_header_text(*value) : std::nullopt;
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

// auth_basic leaves this when it refuses; "satisfy any" only marks it as not to be sent.
bool has_refused_password(const ngx_http_request_t* request) noexcept {
    for (const ngx_list_part_t* part = &request->headers_out.headers.part; part != nullptr; part = part->next) {
        const auto* headers = static_cast<const ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; i++)
            if (ngx::equal_ignoring_case(ngx::name_of(headers[i]), "WWW-Authenticate") &&
                ngx::view(headers[i].value).starts_with("Basic "))
                return true;
    }
    return false;
}

}  // namespace

bool is_decisive_name(std::string_view name) noexcept {
    return is_any_of(name, overriding) || is_any_of(name, judged);
}

void Crossing::enter(const Boundary& boundary) {
    handed_over_ = false;
    if (std::ranges::find(boundaries_, &boundary) == boundaries_.end()) boundaries_.push_back(&boundary);
}

Crossing& crossing_at(ngx_http_request_t* request) {
    if (Crossing* known = crossing_of(request)) return *known;
    // What a request has handed over it has no more, but a subrequest is judged by it (SPEC 9).
    const Crossing* above = nearest_crossing(request);
    const DecisiveHeaders headers = above != nullptr ? above->headers() : DecisiveHeaders(request);
    if (request != request->main) main_conf(request).derived_variables.separate(request);
    return ngx::make<Crossing>(request->pool, request, headers);
}

bool has_handed_over(const ngx_http_request_t* request) noexcept {
    const Crossing* crossing = crossing_of(request);
    return crossing != nullptr && crossing->handed_over();
}

ngx_int_t enter_location(ngx_http_request_t* request) {
    if (server_conf(request).boundaries.empty()) return NGX_DECLINED;
    if (const Boundary* boundary = location_conf(request).boundary.get()) {
        crossing_at(request).enter(*boundary);
        remove_forgeries(request);
        forget_query_token(request);
    } else if (const Crossing* crossing = nearest_crossing(request)) {
        if (!crossing->handed_over()) leave_without_credentials(request);
    } else if (was_refused_before_any_location(request)) {
        leave_without_credentials(request);
    } else if (request == request->main && is_in_first_location(request)) {
        ngx::make<Visit>(request->pool, request);
    }
    return NGX_DECLINED;
}

void forget_basic_user(ngx_http_request_t* request) noexcept {
    if (request->headers_in.user.data == nullptr) return;
    request->headers_in.user = {};
    request->headers_in.passwd = {};
    main_conf(request).derived_variables.forget(request);
}

void leave_without_credentials(ngx_http_request_t* request) {
    Removal removal(request);
    if (nearest_crossing(request) == nullptr) removal.add_all_of(server_conf(request));
    if (request == request->main) removal.extend_to_all_credentials();
    end_credentials(request, removal);
    forget_basic_user(request);
    forget_query_token(request);
}

void before_log(ngx_http_request_t* request) {
    if (server_conf(request).boundaries.empty()) return;
    const Crossing* crossing = nearest_crossing(request);
    const bool is_concerned =
        crossing != nullptr || location_conf(request).boundary != nullptr || ngx::has_no_location(request);
    if (!is_concerned) return;
    if (crossing == nullptr || !crossing->handed_over()) return leave_without_credentials(request);
    forget_query_token(request);
}

ngx_int_t hand_over(ngx_http_request_t* request, const Endpoint* endpoint, const oauth::VerifiedToken* token) {
    Crossing& crossing = crossing_at(request);
    if (crossing.headers().token_in_query && endpoint != nullptr) return NGX_HTTP_BAD_REQUEST;
    end_credentials(request, Removal(request), claim_headers(request, endpoint, token));
    // Under "satisfy any", a password that was checked may have let it pass.
    if (token != nullptr || has_refused_password(request)) forget_basic_user(request);
    crossing.hand_over();
    return NGX_DECLINED;
}

}  // namespace mcp_resource
