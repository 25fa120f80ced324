// Who we are to the authorization server.
#include <sys/stat.h>

#include "modules/auth_oauth2_token/directives.h"
#include "ngx/file.h"
#include "ngx/string.h"

namespace auth_oauth2_token {

using ngx::ConfigError;
using ngx::quoted;

namespace {

constexpr std::size_t max_secret_bytes = 4096;

void warn_if_others_can_read(const ngx::Arguments& arguments, const std::string& name) {
    struct stat status{};
    if (::stat(name.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0)
        arguments.warn("everybody on this machine can read " + quoted(name) + "; its mode should be 0600");
}

void set_secret(MainConf& conf, std::string_view secret) {
    if (conf.client_secret)
        throw ConfigError(
            "the secret is set twice; keep one of \"auth_oauth2_token_client_secret_file\" and "
            "\"auth_oauth2_token_client_secret\"");
    conf.client_secret = oauth::Secret(secret);
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
    set_secret(conf, arguments[0]);
}

// auth_oauth2_token_client_secret_file path
void set_auth_oauth2_token_client_secret_file(const ngx::Arguments& arguments, MainConf& conf) {
    const std::string name = arguments.file_name(arguments[0]);
    const auto file = ngx::read_file(name, max_secret_bytes);
    if (!file) throw ConfigError("cannot read " + quoted(name) + ": " + file.error());
    std::string_view secret = file->content;
    secret = secret.substr(0, secret.find_last_not_of("\r\n") + 1);
    if (secret.empty()) throw ConfigError("the secret in " + quoted(name) + " is empty");
    if (ngx::has_control_characters(secret))
        throw ConfigError("the secret in " + quoted(name) + " has a line break or another control character");
    warn_if_others_can_read(arguments, name);
    set_secret(conf, secret);
}

}  // namespace auth_oauth2_token
