// How a document is asked for that an authorization server publishes, whoever asks: redirects within its origin are
// followed (base/outgoing_request.h), and nothing but a plain answer is taken.
#pragma once

#include <chrono>
#include <string_view>

namespace oauth::discovery {

// What is asked for. RFC 7517 section 8.5.1 registers the first; most servers know the second alone.
inline constexpr std::string_view accepted_keys = "application/jwk-set+json, application/json";
inline constexpr std::string_view accepted_metadata = "application/json";  // RFC 8414 section 3.2

inline constexpr std::chrono::milliseconds document_time_limit{10'000};

}  // namespace oauth::discovery
