// Who we are to the authorization server, and how much it is asked.
#include "modules/auth_oauth2_token/directives.h"
#include "ngx/file.h"

namespace auth_oauth2_token {

using ngx::ConfigError;

namespace {

void set_secret(MainConf& conf, base::Secret secret) {
    if (conf.client.secret != nullptr)
        throw ConfigError(
            "the secret is set twice; keep one of \"auth_oauth2_token_client_secret_file\" and "
            "\"auth_oauth2_token_client_secret\"");
    conf.client.secret = std::make_shared<const base::Secret>(std::move(secret));
}

}  // namespace

// auth_oauth2_token_client_id string
void set_auth_oauth2_token_client_id(const ngx::Arguments& arguments, MainConf& conf) {
    if (arguments[0].empty()) throw ConfigError("the client id is empty");
    ngx::set_once(conf.client_id, std::string(arguments[0]));
}

// auth_oauth2_token_client_secret string
void set_auth_oauth2_token_client_secret(const ngx::Arguments& arguments, MainConf& conf) {
    if (arguments[0].empty()) throw ConfigError("the secret is empty");
    set_secret(conf, base::Secret(arguments[0]));
}

// auth_oauth2_token_client_secret_file path
void set_auth_oauth2_token_client_secret_file(const ngx::Arguments& arguments, MainConf& conf) {
    set_secret(conf, ngx::read_secret_file(arguments, arguments[0]));
}

// auth_oauth2_token_client_authentication method [audience=uri]
void set_auth_oauth2_token_client_authentication(const ngx::Arguments& arguments, MainConf& conf) {
    ngx::set_once(conf.client.method, authority::read_client_authentication(arguments[0]));
    if (arguments.size() == 1) return;
    const auto audience = ngx::parameter(arguments[1], "audience=");
    if (!audience || audience->empty())
        throw ConfigError("invalid parameter " + ngx::argument_in_quotes(arguments[1]) +
                          R"(, it must be like "audience=https://auth.example.com")");
    conf.client.audience = *audience;
}

// auth_oauth2_token_client_key_file path [key_id=kid] [algorithm=alg]
void set_auth_oauth2_token_client_key_file(const ngx::Arguments& arguments, MainConf& conf) {
    ngx::set_once(conf.client.key, authority::ClientFile::read_key(arguments, arguments[0]));
    for (std::size_t i = 1; i < arguments.size(); i++) {
        if (const auto kid = ngx::parameter(arguments[i], "key_id="); kid && !kid->empty()) {
            ngx::set_once(conf.client.key_id, std::string(*kid));
        } else if (const auto algorithm = ngx::parameter(arguments[i], "algorithm=")) {
            ngx::set_once(conf.client.algorithm, authority::read_signing_algorithm(*algorithm));
        } else {
            throw ConfigError("invalid parameter " + ngx::argument_in_quotes(arguments[i]) +
                              R"(, it must be "key_id=" or "algorithm=" and a value)");
        }
    }
}

// auth_oauth2_token_request_limits [per_server=number] [per_client=number] [total=number] [waiting=number]
void set_auth_oauth2_token_request_limits(const ngx::Arguments& arguments, MainConf& conf) {
    ngx::set_once(conf.question_limits, authority::QuestionLimits::read(arguments));
    conf.worker.questions.set_limits(*conf.question_limits);
}

}  // namespace auth_oauth2_token
