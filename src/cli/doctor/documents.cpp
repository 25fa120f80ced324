#include "cli/doctor/documents.h"

#include "base/http_url.h"
#include "mcp/resource_uri.h"

namespace cli::doctor {

using oauth::json::Value;

std::string status_of(const HttpAnswer& answer) {
    std::string text = "status " + std::to_string(answer.status);
    const std::string_view location = answer.header("location");
    if (answer.status >= 300 && answer.status < 400 && !location.empty())
        text += ", to " + base::printable_url(location);
    return text;
}

std::string_view text_of(const Value& object, std::string_view name) {
    const auto value = object.member(name);
    return value ? value->string().value_or("") : std::string_view();
}

bool lists(const Value& object, std::string_view name, std::string_view text) {
    const auto list = object.member(name);
    return list && list->string_array_contains(text);
}

bool is_encrypted_or_local(std::string_view url) {
    const auto uri = mcp::ResourceUri::parse(url);
    return uri && (uri->is_secure() || uri->is_loopback());
}

}  // namespace cli::doctor
