// May this request reach the MCP server? All checks in their order, as one pure function that is called again whenever
// more is known: first without anything, then with the verified token, then with the body.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "mcp/body_encoding.h"
#include "mcp/mirrored_headers.h"
#include "mcp/reason.h"
#include "mcp/resource.h"
#include "oauth/verified_token.h"

namespace mcp {

// What the client sent. Views, valid during the call.
struct Request {
    std::string_view http_method;
    std::span<const std::string_view> authorization{};
    std::span<const std::string_view> origin{};
    MirroredHeaders mirrored{};
    BodyHeaders body{};
    bool has_body = false;        // GET and DELETE may have one as well
    bool token_in_query = false;  // oauth::has_form_parameter(query, "access_token")
    bool must_challenge = false;  // "satisfy any" asks others after a 401, and "auth_request" takes no other no
    bool path_is_plain = true;    // is_plain_path()
    bool is_preflight = false;    // OPTIONS with Origin and Access-Control-Request-Method
};

// What has been found out so far.
struct Evidence {
    const oauth::VerifiedToken* token = nullptr;
    std::optional<oauth::Error> token_error{};   // why verification failed
    const Message* message = nullptr;            // the body, read
    std::optional<TransportError> body_error{};  // why it could not be read
};

enum class Verdict : std::uint8_t {
    pass,
    refuse,
    answer_preflight,
    verify_token,  // verify Decision::bearer_token, then call again
    read_body,     // read and parse the body, then call again
};

struct Decision {
    Verdict verdict = Verdict::refuse;
    Reason reason{};                  // refuse
    std::string_view detail{};        // refuse: what differs, a literal or empty
    std::string_view bearer_token{};  // verify_token: a view into the request
    oauth::ScopeSet required{};       // pass, refuse for scope or for no token: all that this operation needs, where
                                      // it is known
    oauth::ScopeSet missing{};        // refuse for scope
    bool is_refused = false;          // read_body: for the sake of the refusal, which stands
};

Decision authorize(const Resource& resource, const Request& request, const Evidence& evidence);

}  // namespace mcp
