// Who we are to the authorization server, and how much it is asked.
#include "modules/auth_oauth2_token/directives.h"
#include "ngx/file.h"

namespace auth_oauth2_token {

using ngx::ConfigError;

namespace {

void set_secret(MainConf& conf, base::Secret secret) {
    if (conf.client_secret)
        throw ConfigError(
            "the secret is set twice; keep one of \"auth_oauth2_token_client_secret_file\" and "
            "\"auth_oauth2_token_client_secret\"");
    conf.client_secret = std::move(secret);
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

// auth_oauth2_token_request_limits [per_server=number] [per_client=number] [total=number] [waiting=number]
void set_auth_oauth2_token_request_limits(const ngx::Arguments& arguments, MainConf& conf) {
    ngx::set_once(conf.question_limits, authority::QuestionLimits::read(arguments));
    conf.worker.questions.set_limits(*conf.question_limits);
}

}  // namespace auth_oauth2_token
