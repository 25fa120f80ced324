#include "modules/auth_jwt/directives.h"
#include "ngx/file.h"

namespace auth_jwt {

using ngx::ConfigError;
using ngx::in_quotes;

namespace {

authority::KeyFormat read_format(const ngx::Arguments& arguments) {
    if (arguments.size() == 1 || arguments[1] == "jwks") return authority::KeyFormat::jwks;
    if (arguments[1] == "keyval") return authority::KeyFormat::keyval;
    throw ConfigError("invalid format " + in_quotes(arguments[1]) + R"(, it must be "jwks" or "keyval")");
}

// Returns what depends on directives that may follow.
std::vector<std::string> warn_about(const oauth::jwt::JwkSet& keys, const std::string& file,
                                    const ngx::Arguments& arguments) {
    std::vector<std::string> if_off;
    for (const auto& skipped : keys.skipped())
        arguments.warn(in_quotes(file) + ": " + text(skipped));
    for (const auto& warning : keys.warnings()) {
        std::string line = in_quotes(file) + ": " + text(warning);
        if (warning.warning == oauth::jwt::KeyWarning::symmetric_beside_public_keys) {
            if_off.push_back(std::move(line));
        } else {
            arguments.warn(line);
        }
    }
    return if_off;
}

void load(KeySource& source, const std::string& name, const ngx::Arguments& arguments) {
    const auto file = ngx::read_file(name, oauth::jwt::JwkSet::max_document_bytes);
    if (!file) throw ConfigError("cannot read " + in_quotes(name) + ": " + file.error());
    auto keys = authority::read_first_keys(file->content, source.format);
    if (!keys) throw ConfigError("cannot use " + in_quotes(name) + ": " + keys.error());
    source.kind = KeySource::Kind::constant_file;
    source.warnings_if_off = std::make_shared<std::vector<std::string>>(warn_about(*keys, name, arguments));
    source.keys = std::make_shared<const oauth::jwt::JwkSet>(*std::move(keys));
}

}  // namespace

// auth_jwt_key_file file [jwks | keyval]
void set_auth_jwt_key_file(const ngx::Arguments& arguments, LocationConf& conf) {
    auto* value = arguments.complex_value(arguments[0]);
    KeySource source{KeySource::Kind::variable_file, read_format(arguments), std::string(arguments[0]), nullptr, value};
    if (ngx::is_constant(*value)) load(source, arguments.file_name(arguments[0]), arguments);
    conf.keys.push_back(std::move(source));
}

// auth_jwt_key_request uri [jwks | keyval]
void set_auth_jwt_key_request(const ngx::Arguments& arguments, LocationConf& conf) {
    if (!arguments[0].starts_with('/') && !arguments[0].starts_with('$'))
        throw ConfigError("invalid URI " + ngx::url_in_quotes(arguments[0]) +
                          ", it must begin with \"/\" and name a location");
    auto* value = arguments.complex_value(arguments[0]);
    conf.keys.push_back({KeySource::Kind::request, read_format(arguments), std::string(arguments[0]), nullptr, value,
                         ngx::ConfigPlace(arguments.cf())});
}

// auth_jwt_key_request_timeout time
void set_auth_jwt_key_request_timeout(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.key_request_timeout, ngx::read_time_limit(arguments));
}

// auth_jwt_key_request_limits [per_server=number] [per_client=number] [total=number] [waiting=number]
void set_auth_jwt_key_request_limits(const ngx::Arguments& arguments, MainConf& conf) {
    ngx::set_once(conf.question_limits,
                  authority::QuestionLimits::read(arguments, authority::default_key_request_limits));
    conf.worker.questions.set_limits(*conf.question_limits);
}

// auth_jwt_key_cache time
void set_auth_jwt_key_cache(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.key_cache, arguments.seconds(0));
}

}  // namespace auth_jwt
