// One function for each directive.
#pragma once

#include "modules/auth_jwt/config.h"
#include "ngx/config.h"

namespace auth_jwt {

void set_auth_jwt(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_phase(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_type(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_www_authenticate(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_validate_exp(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_validate_sig(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_allow_hmac_with_public_keys(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_leeway(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_pass_credentials(const ngx::Arguments& arguments, LocationConf& conf);

// key_directives.cpp
void set_auth_jwt_key_file(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_key_request(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_key_request_timeout(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_key_request_limits(const ngx::Arguments& arguments, MainConf& conf);
void set_auth_jwt_key_cache(const ngx::Arguments& arguments, LocationConf& conf);

// rule_directives.cpp
void set_auth_jwt_allow_nested(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_require(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_require_scope(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_require_claim(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_require_header(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_revocation_list_sub(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_jwt_revocation_list_kid(const ngx::Arguments& arguments, LocationConf& conf);

// variables.cpp
void set_auth_jwt_claim_set(const ngx::Arguments& arguments, MainConf& conf);
void set_auth_jwt_header_set(const ngx::Arguments& arguments, MainConf& conf);
void add_variables(ngx_conf_t* cf);

}  // namespace auth_jwt
