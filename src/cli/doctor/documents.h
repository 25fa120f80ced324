// Reading what strangers' servers answer: JSON documents in which null means absent, and of which only some members
// matter.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "cli/http.h"
#include "oauth/json/json.h"

namespace cli::doctor {

// How requests are sent: cli::ask, or a test's own.
using Ask = std::function<std::expected<HttpAnswer, HttpError>(const HttpRequest&)>;

std::string status_of(const HttpAnswer& answer);  // "status 404", and where it redirects to

std::string_view text_of(const oauth::json::Value& object, std::string_view name);  // or empty
bool lists(const oauth::json::Value& object, std::string_view name, std::string_view text);

// https, or this machine.
bool is_encrypted_or_local(std::string_view url);

}  // namespace cli::doctor
