// How the doctor asks: a server that cannot be reached is asked once, and all that is asked has one time limit.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "cli/doctor/documents.h"

namespace cli::doctor {

class Caller {
public:
    explicit Caller(const Ask& ask) noexcept : ask_(ask) {}

    std::expected<HttpAnswer, HttpError> operator()(const HttpRequest& request);

private:
    // A server that answers each question as slowly as it may would hold us up for minutes.
    static constexpr std::chrono::seconds patience{90};

    const Ask& ask_;
    std::map<std::string, HttpError> unreachable_;  // by origin: what is said of it from then on
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace cli::doctor
