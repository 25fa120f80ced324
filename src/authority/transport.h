// The two ways to ask an authorization server: libcurl, and a subrequest of nginx to an internal location.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "authority/answer.h"
#include "base/secret.h"
#include "ngx/client_certificate.h"
#include "ngx/nginx.h"
#include "ngx/trust_store.h"

namespace authority {

// What they point to must live as long as the request that asks.
struct HttpEndpoint {
    std::string_view url;
    const ngx::TrustStore* trusted;
    ngx::ClientCertificate::Shared certificate{};  // ours; null: none is shown
};
struct InternalLocation {
    std::string_view uri;
    std::string_view written;  // see ngx::Destination
    // The answer is of use to others: it is waited for, and kept, when the client of the request has gone.
    bool outlives_client = false;
    std::string_view accept = "application/json";  // of a constant
};

using Endpoint = std::variant<HttpEndpoint, InternalLocation>;

// What is told of an answer that is of no use, or says no in words of its own.
struct Fault {
    std::string detail;                   // for the log
    std::chrono::seconds retry_after{5};  // for the client
};
// fault.cpp. Nothing of the `secrets` that were sent is in it. Throws std::bad_alloc.
Fault fault_of(const Answer& answer, const Endpoint& endpoint, std::span<const std::string_view> secrets = {});

struct Message {
    std::optional<base::Secret> form{};  // a POST of application/x-www-form-urlencoded; none: a GET
    std::string_view authorization{};    // value of the header, with a form, or empty; must live as long as the request
    std::size_t max_answer_bytes;
    std::chrono::milliseconds time_limit;  // to the last byte of the answer
    bool is_good_once = false;             // a server may refuse it when it gets it a second time
};

// Gets the answer, once, from the event loop and never from within the call that asks. May destroy the transport.
class Receiver {
public:
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    virtual void settle(const Answer& answer) noexcept = 0;

protected:
    Receiver() = default;
    ~Receiver() = default;
};

// A question on its way. To destroy it is to give it up: then nothing is called.
class Transport {
public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;
};

// The error: it could not be asked from here. Both throw std::bad_alloc.
using Started = std::expected<std::unique_ptr<Transport>, Answer>;
Started ask(Receiver& receiver, const HttpEndpoint& endpoint, const Message& message);
// A transport of `request`'s own: only its end may destroy it early. Throws ngx::Subrequest::StartFailure.
Started ask(Receiver& receiver, const InternalLocation& location, const Message& message, ngx_http_request_t* request);

}  // namespace authority
