// Servers that are asked and do not answer by themselves: instead of libcurl.
#pragma once

#include <list>
#include <optional>
#include <string>

#include "ngx/fetch.h"

namespace support {

// What is on its way, in its order.
struct Fetched {
    ngx::FetchRequest request;
    ngx::Fetch* fetch;
    ngx::Fetch::Completion completion;
    void* context;
};
std::list<Fetched>& fetched() noexcept;

// The first of them is answered, or fails.
void answer_fetch(ngx::FetchResult result);
void answer_fetch(std::string body, long status = 200, std::string retry_after = "");

// Why the next ones cannot be started.
std::optional<ngx::FetchError>& fetch_obstacle() noexcept;

}  // namespace support
