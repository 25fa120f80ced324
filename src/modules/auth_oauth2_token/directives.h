// One function for each directive.
#pragma once

#include "modules/auth_oauth2_token/config.h"
#include "ngx/config.h"

namespace auth_oauth2_token {

void set_auth_oauth2_token_introspect(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_introspect_endpoint(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_introspect_cache(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_exchange(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_token_endpoint(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_audience(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_scope(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_timeout(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_exchange_cache(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_require_audience(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_require(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_require_scope(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_www_authenticate(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_pass_credentials(const ngx::Arguments& arguments, LocationConf& conf);
void set_auth_oauth2_token_phase(const ngx::Arguments& arguments, LocationConf& conf);

// client_directives.cpp
void set_auth_oauth2_token_client_id(const ngx::Arguments& arguments, MainConf& conf);
void set_auth_oauth2_token_client_secret(const ngx::Arguments& arguments, MainConf& conf);
void set_auth_oauth2_token_client_secret_file(const ngx::Arguments& arguments, MainConf& conf);
void set_auth_oauth2_token_client_authentication(const ngx::Arguments& arguments, MainConf& conf);
void set_auth_oauth2_token_client_key_file(const ngx::Arguments& arguments, MainConf& conf);
void set_auth_oauth2_token_request_limits(const ngx::Arguments& arguments, MainConf& conf);

// variables.cpp
void set_auth_oauth2_token_claim_set(const ngx::Arguments& arguments, MainConf& conf);
void add_variables(ngx_conf_t* cf);

}  // namespace auth_oauth2_token
