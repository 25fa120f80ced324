#include "mcp/authorize.h"

#include <algorithm>
#include <expected>

#include "mcp/uri_form.h"
#include "oauth/bearer.h"

namespace mcp {
namespace {

Decision refuse(const Reason& why, std::string_view detail = {}) {
    return {.verdict = Verdict::refuse, .reason = why, .detail = detail};
}

std::expected<void, TransportError> check_origin(const Resource& resource, const Request& request) {
    if (request.origin.empty()) return {};  // not a browser
    if (request.origin.size() > 1 || !origin_allowed(resource, request.origin.front()))
        return std::unexpected(TransportError::origin_not_allowed);
    return {};
}

bool method_served(const Revisions& served, std::string_view method) noexcept {
    if (method == "POST") return true;
    return served.includes(Era::legacy) && (method == "GET" || method == "DELETE");
}

// Without the header a request is of a legacy revision, of which only "initialize" and the server know: the oldest two
// have no such header, and what an "initialize" proposes is negotiated, its answer names a version that the server has.
std::expected<void, TransportError> check_version(const Revisions& served, const Request& request) {
    const auto& versions = request.mirrored.protocol_version;
    if (versions.size() > 1) return std::unexpected(TransportError::header_mismatch);
    if (versions.empty() && !served.includes(Era::legacy)) return std::unexpected(TransportError::version_missing);
    if (!versions.empty() && !served.includes(versions.front()))
        return std::unexpected(TransportError::unsupported_version);
    return {};
}

std::expected<void, TransportError> check_transport(const Resource& resource, const Request& request) {
    if (!method_served(resource.revisions, request.http_method))
        return std::unexpected(TransportError::method_not_allowed);
    return check_version(resource.revisions, request);
}

// The refusal stands, whatever the body says. Read all the same it gives the answer its id, without which a client
// shows no more than the status; and a legacy "initialize", which comes before any version is agreed upon, is about the
// version and not about a missing header (SPEC 30).
Decision refuse_transport(const Request& request, const Evidence& evidence, TransportError why) {
    const bool is_about_version = why == TransportError::version_missing || why == TransportError::unsupported_version;
    if (is_about_version && request.http_method == "POST" && evidence.message == nullptr && !evidence.body_error &&
        check_plain_json(request.body))
        return {.verdict = Verdict::read_body, .is_refused = true};
    const bool begins = evidence.message != nullptr && evidence.message->proposed_version();
    return refuse(reason(begins ? TransportError::unsupported_version : why));
}

// RFC 6750 section 2: one token, by one method, and that is the header.
std::expected<std::string_view, oauth::Error> credentials(const Request& request) {
    if (request.token_in_query) return std::unexpected(oauth::Error::request_ambiguous);
    return oauth::bearer_token(request.authorization);
}

bool obliges_agreement(const Request& request) noexcept {
    return !request.mirrored.protocol_version.empty() && is_modern(request.mirrored.protocol_version.front());
}

// Before a byte of the body is read. A form may hold a token, whatever policy says; where the body decides, it must be
// plain, and with a method that has no message there must be none: some servers read it all the same.
std::expected<void, TransportError> check_body_headers(const Resource& resource, const Request& request) {
    const bool is_post = request.http_method == "POST";
    if (!is_post && !request.has_body) return {};
    if (!resource.policy.depends_on_operation()) return check_no_form(request.body);
    if (!is_post) return std::unexpected(TransportError::body_unexpected);
    return check_plain_json(request.body);
}

bool needs_body(const Resource& resource, const Request& request, const Evidence& evidence) noexcept {
    return resource.policy.depends_on_operation() && request.http_method == "POST" && evidence.message == nullptr &&
           !evidence.body_error;
}

// A rule compares the URI as it is written; the server may compare it as its parser rewrites it.
bool has_doubtful_uri(const Policy& policy, std::span<const Operation> operations) noexcept {
    return std::ranges::any_of(operations, [&](const Operation& operation) {
        const Target* target = target_of(operation.method);
        return target != nullptr && target->kind == Addressed::uri && operation.name &&
               policy.judges_uri(*operation.name) && !is_normal_uri(*operation.name);
    });
}

using Operations = std::expected<std::span<const Operation>, TransportError>;

// None where policy does not depend on them, and none for GET and DELETE, which carry no message.
Operations operations(const Resource& resource, const Request& request, const Evidence& evidence) {
    if (!resource.policy.depends_on_operation() || request.http_method != "POST") return std::span<const Operation>{};
    if (evidence.body_error) return std::unexpected(*evidence.body_error);
    const auto agreement = check_agreement(request.mirrored, *evidence.message, obliges_agreement(request));
    if (!agreement) return std::unexpected(agreement.error());
    if (has_doubtful_uri(resource.policy, evidence.message->operations()))
        return std::unexpected(TransportError::uri_not_normal);
    return std::span<const Operation>(evidence.message->operations());
}

// Credentials of another scheme are none of ours (RFC 6750 section 3.1).
bool lacks_token(oauth::Error why) noexcept {
    return why == oauth::Error::credentials_missing || why == oauth::Error::credentials_not_bearer;
}

bool may_be_anonymous(const Resource& resource, const Request& request) noexcept {
    return resource.policy.has_anonymous_methods() && request.http_method == "POST";
}

// A client whose "initialize" passed without a token goes on to ask for a stream of the server's own messages (GET),
// and ends with DELETE. A 401 would make it log in although nothing was asked for that needs it; 405 says that there is
// no stream here (Streamable HTTP), which every client knows how to take. Who looks for the challenge names no
// revision.
bool looks_for_stream(const Resource& resource, const Request& request) noexcept {
    return !request.must_challenge && resource.revisions.includes(Era::legacy) &&
           !request.mirrored.protocol_version.empty() &&
           (request.http_method == "GET" || request.http_method == "DELETE") &&
           resource.policy.is_anonymous("initialize");
}

Decision refuse_credentials(const Resource& resource, const Request& request, oauth::Error why) {
    if (!lacks_token(why)) return refuse(reason(why));
    if (looks_for_stream(resource, request)) return refuse(reason(TransportError::stream_needs_token));
    const bool is_other = why == oauth::Error::credentials_not_bearer;
    return refuse(reason(why), is_other ? oauth::scheme_problem(request.authorization.front()) : std::string_view());
}

// Whatever keeps the operation from being recognised as an anonymous one leaves a request without credentials, but that
// there is no room for it now; where it is known, the challenge says all that it needs.
Decision judge_anonymous(const Resource& resource, const Request& request, oauth::Error why, const Operations& asked) {
    if (!asked && asked.error() == TransportError::anonymous_bodies_limited) return refuse(reason(asked.error()));
    if (asked && resource.policy.all_anonymous(*asked)) return {.verdict = Verdict::pass};
    Decision decision = refuse_credentials(resource, request, why);
    if (asked) decision.required = resource.policy.required(*asked);
    return decision;
}

Decision judge_scopes(const Resource& resource, const oauth::VerifiedToken& token,
                      std::span<const Operation> operations) {
    Decision decision{.verdict = Verdict::pass, .required = resource.policy.required(operations)};
    decision.missing = decision.required.without(resource.scopes.granted(token.claims()));
    if (decision.missing.empty()) return decision;
    decision.verdict = Verdict::refuse;
    decision.reason = reason(oauth::Error::scope_insufficient);
    return decision;
}

}  // namespace

Decision authorize(const Resource& resource, const Request& request, const Evidence& evidence) {
    if (!request.path_is_plain) return refuse(reason(TransportError::path_ambiguous));
    if (const auto origin = check_origin(resource, request); !origin) return refuse(reason(origin.error()));
    if (request.is_preflight) return {.verdict = Verdict::answer_preflight};

    std::optional<oauth::Error> anonymous;  // why there is no token
    if (evidence.token == nullptr) {        // else the credentials were in order when the token was read from them
        const auto token = credentials(request);
        if (token && evidence.token_error) return refuse(reason(*evidence.token_error));
        if (token) return {.verdict = Verdict::verify_token, .bearer_token = *token};
        if (!lacks_token(token.error()) || !may_be_anonymous(resource, request))
            return refuse_credentials(resource, request, token.error());
        anonymous = token.error();
    }

    if (const auto served = check_transport(resource, request); !served)
        return refuse_transport(request, evidence, served.error());
    if (const auto body = check_body_headers(resource, request); !body)
        return anonymous ? refuse_credentials(resource, request, *anonymous) : refuse(reason(body.error()));
    if (needs_body(resource, request, evidence)) return {.verdict = Verdict::read_body};
    const auto asked = operations(resource, request, evidence);
    if (anonymous) return judge_anonymous(resource, request, *anonymous, asked);
    if (!asked) return refuse(reason(asked.error()));
    return judge_scopes(resource, *evidence.token, *asked);
}

}  // namespace mcp
