#include "modules/auth_jwt/directives.h"

#include <algorithm>
#include <array>

#include "ngx/file.h"
#include "oauth/json/json_text.h"

namespace auth_jwt {

using ngx::ConfigError;
using ngx::in_quotes;

namespace {

constexpr std::size_t max_revocation_list_bytes = std::size_t{16} * 1024 * 1024;

std::optional<oauth::ClaimPath> read_path(std::string_view name) {
    if (!name.starts_with('.') && !name.starts_with('[')) return std::nullopt;
    auto path = oauth::ClaimPath::parse(name);
    if (!path) throw ConfigError("invalid path " + in_quotes(name) + ": " + path.error());
    return *std::move(path);
}

bool is_time_claim(const ClaimRule& rule) {
    static constexpr std::array<std::string_view, 6> names = {"exp", "nbf", "iat", ".exp", ".nbf", ".iat"};
    return rule.part == ClaimRule::Part::claims && std::ranges::find(names, rule.name) != names.end();
}

// A plain value is a string, also where it looks like a number: no number is greater or less than that, or equal to it.
void check_plain_value(const oauth::Expected& expected, const ClaimRule& rule, std::string_view text) {
    const bool orders = rule.comparison.sets_lower_bound() || rule.comparison.sets_upper_bound();
    const bool is_time = is_time_claim(rule);
    if (!is_time && !(orders && expected.is_number_in_string())) return;
    const std::string number(expected.is_number_in_string() ? text : "1700000000");
    throw ConfigError("invalid value " + in_quotes(text) +
                      ": a plain value is a string, which is never compared with a " + "number; write json=" + number +
                      (is_time ? "" : ", or json=" + oauth::json::quoted(text) + " to compare strings"));
}

void check_constant(const oauth::Expected& expected, const ClaimRule& rule, std::string_view text) {
    if (const auto needed = expected.needed_instead(rule.comparison.op); !needed.empty())
        throw ConfigError("invalid value " + in_quotes(text) + ": " + in_quotes(rule.operator_name) + " needs " +
                          std::string(needed));
    if (rule.notation == oauth::Notation::text) check_plain_value(expected, rule, text);
}

// name op value
ClaimRule read_rule(const ngx::Arguments& arguments, ClaimRule::Part part) {
    const auto comparison = oauth::Comparison::parse(arguments[1]);
    if (!comparison)
        throw ConfigError("invalid operator " + in_quotes(arguments[1]) +
                          ", it must be eq, gt, ge, lt, le, in, any or match, \"!\" before one of them, or ne, nin, "
                          "intersect or nintersect");
    if (arguments[0].empty()) throw ConfigError("the name is empty");

    const auto json = ngx::parameter(arguments[2], "json=");
    const std::string_view text = json.value_or(arguments[2]);
    auto* value = arguments.complex_value(text);
    ClaimRule rule{.part = part,
                   .name = std::string(arguments[0]),
                   .path = read_path(arguments[0]),
                   .operator_name = std::string(arguments[1]),
                   .place = ngx::ConfigPlace(arguments.cf()),
                   .comparison = *comparison,
                   .notation = json || text.starts_with('$') ? oauth::Notation::json : oauth::Notation::text,
                   .constant = nullptr,
                   .variable = value};
    if (ngx::is_constant(*value)) {
        auto expected = oauth::Expected::read(text, rule.notation, comparison->op);
        if (!expected)
            throw ConfigError("invalid value " + in_quotes(text) + ": " + std::string(oauth::text(expected.error())));
        check_constant(*expected, rule, text);
        rule.constant = std::make_shared<const oauth::Expected>(*std::move(expected));
    }
    return rule;
}

// A JSON object; what its members hold does not matter.
std::shared_ptr<const RevocationList> load_revocation_list(const ngx::Arguments& arguments) {
    const std::string name = arguments.file_name(arguments[0]);
    const auto file = ngx::read_file(name, max_revocation_list_bytes);
    if (!file) throw ConfigError("cannot read " + in_quotes(name) + ": " + file.error());
    const auto document = oauth::json::Document::parse(file->content, {.max_bytes = max_revocation_list_bytes});
    if (!document)
        throw ConfigError("cannot use " + in_quotes(name) + ": " + std::string(describe(document.error()).text));
    if (document->root().kind() != oauth::json::Kind::object)
        throw ConfigError("cannot use " + in_quotes(name) + ": it is not a JSON object");
    auto list = std::make_shared<RevocationList>();
    document->root().each_member([&](std::string_view value, const oauth::json::Value&) {
        list->emplace(value);
        return true;
    });
    return list;
}

}  // namespace

// auth_jwt_allow_nested [delimiter=string] [quote=string]
void set_auth_jwt_allow_nested(const ngx::Arguments& arguments, LocationConf& conf) {
    oauth::NestedNames names;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto delimiter = ngx::parameter(arguments[i], "delimiter=");
        const auto quote = ngx::parameter(arguments[i], "quote=");
        if (!delimiter && !quote)
            throw ConfigError("invalid parameter " + ngx::argument_in_quotes(arguments[i]) +
                              R"(, it must be "delimiter=" or "quote=")");
        (delimiter ? names.delimiter : names.quote) = delimiter ? *delimiter : *quote;
    }
    if (names.delimiter.empty() || names.quote.empty()) throw ConfigError("delimiter and quote must not be empty");
    if (names.delimiter == names.quote) throw ConfigError("delimiter and quote must differ");
    ngx::set_once(conf.nested, names);
}

// auth_jwt_require $value ... [error=code]
void set_auth_jwt_require(const ngx::Arguments& arguments, LocationConf& conf) {
    conf.required_values.push_back(boundary::RequiredValues::read(arguments));
}

// auth_jwt_require_scope scope ... [override=$variable] [error=code]
void set_auth_jwt_require_scope(const ngx::Arguments& arguments, LocationConf& conf) {
    conf.required_scopes.push_back(boundary::RequiredScopes::read(arguments));
}

// auth_jwt_require_claim name op value
void set_auth_jwt_require_claim(const ngx::Arguments& arguments, LocationConf& conf) {
    conf.claim_rules.push_back(read_rule(arguments, ClaimRule::Part::claims));
}

// auth_jwt_require_header name op value
void set_auth_jwt_require_header(const ngx::Arguments& arguments, LocationConf& conf) {
    conf.claim_rules.push_back(read_rule(arguments, ClaimRule::Part::header));
}

// auth_jwt_revocation_list_sub file
void set_auth_jwt_revocation_list_sub(const ngx::Arguments& arguments, LocationConf& conf) {
    conf.revoked_subjects.push_back(load_revocation_list(arguments));
}

// auth_jwt_revocation_list_kid file
void set_auth_jwt_revocation_list_kid(const ngx::Arguments& arguments, LocationConf& conf) {
    conf.revoked_kids.push_back(load_revocation_list(arguments));
}

}  // namespace auth_jwt
