// Requests of an MCP client that change nothing: which of them an endpoint answers without a token, and which it
// refuses.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "cli/doctor/documents.h"

namespace cli::doctor {

struct Probe {
    std::string_view method;
    bool is_modern;         // of the revision 2026-07-28
    std::string_view text;  // the message
};

extern const Probe initialize;  // the first request of a legacy client
extern const Probe discover;    // that of a modern one

struct Answered {
    Probe probe;
    std::expected<HttpAnswer, HttpError> answer;

    bool is_open() const noexcept { return answer && answer->status < 300; }
    bool is_refused() const noexcept { return answer && (answer->status == 401 || answer->status == 403); }
};

// headers: more of them, such as a token's.
HttpRequest request_of(const Probe& probe, std::string url, std::vector<std::string> headers = {});

// initialize and, if that was answered or refused, all others, in the order in which clients send them; within the
// session that initialize may have begun.
std::vector<Answered> try_without_token(const Ask& ask, const std::string& url);

}  // namespace cli::doctor
