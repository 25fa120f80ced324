#include "mcp/metadata.h"

#include <string_view>

#include "oauth/json/json_text.h"

namespace mcp {
namespace {

void append_array(std::string& document, std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    document += ',';
    document += oauth::json::quoted(name);
    char separator = '[';
    document += ':';
    for (const std::string& value : values) {
        document += separator;
        document += oauth::json::quoted(value);
        separator = ',';
    }
    document += ']';
}

}  // namespace

std::string metadata_document(const Metadata& metadata) {
    std::string document = "{\"resource\":" + oauth::json::quoted(metadata.resource.text());
    append_array(document, "authorization_servers", metadata.authorization_servers);
    append_array(document, "scopes_supported", metadata.scopes_supported);
    append_array(document, "bearer_methods_supported", metadata.bearer_methods_supported);
    for (const Description& description : metadata.descriptions) {
        const std::string language = description.language.empty() ? "" : "#" + description.language;
        document +=
            ',' + oauth::json::quoted(description.member + language) + ':' + oauth::json::quoted(description.text);
    }
    document += '}';
    return document;
}

}  // namespace mcp
