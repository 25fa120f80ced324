// What came when a document that an authorization server publishes was fetched: for all of them alike.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "ngx/fetch.h"
#include "oauth/discovery/freshness.h"
#include "oauth/error.h"

namespace authority {

// Why there is no document, for the log. Empty: there is one.
std::string trouble_with(const ngx::FetchResult& result);
std::string text_of(oauth::Error error);

// How long the document is good for, by its Cache-Control.
oauth::discovery::Freshness freshness_of(const ngx::FetchResponse& response,
                                         const oauth::discovery::FreshnessBounds& bounds) noexcept;

// What Retry-After asks for, as oauth::retry_delay() understands it; 0 when there is none.
std::chrono::milliseconds retry_after(const ngx::FetchResult& result) noexcept;

// So that workers and machines do not ask together.
std::uint32_t random_number() noexcept;

}  // namespace authority
