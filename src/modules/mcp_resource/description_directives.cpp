// What the metadata document says to people: mcp_resource_name and its like.
#include <algorithm>
#include <utility>

#include "base/http_url.h"
#include "base/text.h"
#include "mcp/free_text.h"
#include "modules/mcp_resource/directives.h"

namespace mcp_resource {

using ngx::ConfigError;

namespace {

std::string read_language(const ngx::Arguments& arguments) {
    if (arguments.size() < 2) return {};
    const auto language = ngx::parameter(arguments[1], "language=");
    if (!language || !mcp::is_language_tag(*language))
        throw ConfigError("invalid parameter " + ngx::argument_in_quotes(arguments[1]) +
                          ", it must be like \"language=de\"");
    return std::string(*language);
}

void add(const ngx::Arguments& arguments, LocationConf& conf, std::string_view member) {
    mcp::Description description{
        .member = std::string(member), .language = read_language(arguments), .text = std::string(arguments[0])};
    for (const mcp::Description& other : conf.descriptions)
        if (other.member == member && base::equals_ignoring_case(other.language, description.language))
            throw ngx::DuplicateDirective();
    conf.descriptions.push_back(std::move(description));
}

// RFC 9728 section 2: the URL of a page for people; it may point into the page.
void check_page_url(std::string_view text) {
    const std::size_t mark = std::min(text.find('#'), text.size());
    const auto url = base::HttpUrl::parse(text.substr(0, mark));
    if (!url) throw ConfigError(ngx::url_in_quotes(text) + " " + std::string(url.error()));
    const auto is_allowed = [](char c) {
        return c > ' ' && c <= '~' && !std::string_view("\"#<>[\\]^`{|}").contains(c);
    };
    if (mark < text.size() && !std::ranges::all_of(text.substr(mark + 1), is_allowed))
        throw ConfigError(ngx::url_in_quotes(text) + " has a character in its fragment that no URI may have");
}

void add_page(const ngx::Arguments& arguments, LocationConf& conf, std::string_view member) {
    check_page_url(arguments[0]);
    add(arguments, conf, member);
}

}  // namespace

// mcp_resource_name text [language=tag]
void set_mcp_resource_name(const ngx::Arguments& arguments, LocationConf& conf) {
    const std::string_view name = arguments[0];
    if (name.empty()) throw ConfigError("the name is empty");
    if (!base::is_utf8(name) || base::has_control_characters(name))
        throw ConfigError("the name must be UTF-8 without control characters");
    add(arguments, conf, "resource_name");
}

// mcp_resource_documentation url [language=tag]
void set_mcp_resource_documentation(const ngx::Arguments& arguments, LocationConf& conf) {
    add_page(arguments, conf, "resource_documentation");
}

// mcp_resource_policy_uri url [language=tag]
void set_mcp_resource_policy_uri(const ngx::Arguments& arguments, LocationConf& conf) {
    add_page(arguments, conf, "resource_policy_uri");
}

// mcp_resource_tos_uri url [language=tag]
void set_mcp_resource_tos_uri(const ngx::Arguments& arguments, LocationConf& conf) {
    add_page(arguments, conf, "resource_tos_uri");
}

}  // namespace mcp_resource
