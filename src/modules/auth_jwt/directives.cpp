#include "modules/auth_jwt/directives.h"

namespace auth_jwt {

using ngx::ConfigError;
using ngx::in_quotes;

// auth_jwt string [token=$variable] | off
void set_auth_jwt(const ngx::Arguments& arguments, LocationConf& conf) {
    Switch value{.on = arguments[0] != "off", .place = ngx::ConfigPlace(arguments.cf())};
    if (!value.on && arguments.size() > 1) throw ConfigError("\"off\" takes no parameter");
    if (value.on) value.realm = arguments.complex_value(arguments[0]);
    if (arguments.size() > 1) {
        const auto variable = ngx::parameter(arguments[1], "token=");
        if (!variable || !variable->starts_with('$'))  // what stands there instead may be a token
            throw ConfigError("invalid parameter " + ngx::argument_in_quotes(arguments[1]) +
                              ", it must be like \"token=$variable\"");
        value.token_variable = arguments.variable_index(*variable);
    }
    ngx::set_once(conf.auth, value);
}

// auth_jwt_phase preaccess | access
void set_auth_jwt_phase(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.phase, ngx::read_phase(arguments));
}

// auth_jwt_type signed
void set_auth_jwt_type(const ngx::Arguments& arguments, LocationConf& conf) {
    if (arguments[0] == "encrypted" || arguments[0] == "nested")
        throw ConfigError(in_quotes(arguments[0]) + " tokens are not supported, only \"signed\" ones are");
    if (arguments[0] != "signed")
        throw ConfigError("invalid type " + in_quotes(arguments[0]) + ", it must be \"signed\"");
    if (conf.type_is_set) throw ngx::DuplicateDirective();
    conf.type_is_set = true;
}

// auth_jwt_www_authenticate on | off | string
void set_auth_jwt_www_authenticate(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.challenge, boundary::ChallengeSetting::read(arguments));
}

// auth_jwt_validate_exp on | off
void set_auth_jwt_validate_exp(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.validate_exp, arguments.flag(0));
}

// auth_jwt_validate_sig on | off
void set_auth_jwt_validate_sig(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.validate_sig, arguments.flag(0));
    if (!*conf.validate_sig) arguments.warn("signatures are not verified: anyone can forge a token that is accepted");
}

// auth_jwt_allow_hmac_with_public_keys on | off
void set_auth_jwt_allow_hmac_with_public_keys(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.allow_hmac_with_public_keys, arguments.flag(0));
}

// auth_jwt_leeway time
void set_auth_jwt_leeway(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.leeway, arguments.seconds(0));
}

// auth_jwt_pass_credentials on | off
void set_auth_jwt_pass_credentials(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.pass_credentials, arguments.flag(0));
}

}  // namespace auth_jwt
