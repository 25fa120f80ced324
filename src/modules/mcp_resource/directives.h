// One function for each directive, named after it.
#pragma once

#include "modules/mcp_resource/config.h"
#include "ngx/config.h"

namespace mcp_resource {

void set_mcp_resource(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_audience(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_resource_name(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_resource_documentation(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_resource_policy_uri(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_resource_tos_uri(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_metadata_uri(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_authorization_server(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_issuer(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_insecure_skip_issuer_check(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_jwks(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_introspection(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_discovery(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_ssl_trusted_certificate(const ngx::Arguments& arguments, MainConf& conf);
void set_mcp_keys_max_age(const ngx::Arguments& arguments, MainConf& conf);
void set_mcp_proxy(const ngx::Arguments& arguments, MainConf& conf);
void set_mcp_authorization_server_limits(const ngx::Arguments& arguments, MainConf& conf);
void set_mcp_zone(const ngx::Arguments& arguments, MainConf& conf);
void set_mcp_phase(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_allowed_origins(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_protocol_versions(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_claim_header(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_leeway(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_algorithms(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_token_type(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_max_body_size(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_max_anonymous_bodies(const ngx::Arguments& arguments, MainConf& conf);
void set_mcp_backend_rcvbuf(const ngx::Arguments& arguments, LocationConf& conf);

// policy_directives.cpp
void set_mcp_scope(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_scope_implies(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_scopes_supported(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_challenge_scope(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_allow_anonymous(const ngx::Arguments& arguments, LocationConf& conf);

// limits/directives.cpp
void set_mcp_rate_limit(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_rate_limit_x_headers(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_refusal_limit(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_redis(const ngx::Arguments& arguments, MainConf& conf);

// record_directives.cpp
void set_mcp_audit(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_audit_required(const ngx::Arguments& arguments, LocationConf& conf);
void set_mcp_observe(const ngx::Arguments& arguments, LocationConf& conf);

// trace_directive.cpp
void set_mcp_trace_exporter(const ngx::Arguments& arguments, MainConf& conf);

// ready.cpp
void set_mcp_ready(const ngx::Arguments& arguments, LocationConf& conf);

// record/metrics.cpp
void set_mcp_metrics(const ngx::Arguments& arguments, LocationConf& conf);

// record/status.cpp
void set_mcp_status(const ngx::Arguments& arguments, LocationConf& conf);

// variables.cpp
void add_variables(ngx_conf_t* cf);

}  // namespace mcp_resource
