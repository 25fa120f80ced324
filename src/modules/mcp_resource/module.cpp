// ngx_http_mcp_resource_module: what nginx calls.
#include <algorithm>
#include <array>

#include "boundary/query_token.h"
#include "boundary/refusal.h"
#include "boundary/refusal_headers.h"
#include "modules/mcp_resource/boundary.h"
#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/decisive_headers.h"
#include "modules/mcp_resource/directives.h"
#include "modules/mcp_resource/former_names.h"
#include "modules/mcp_resource/record/audit.h"
#include "modules/mcp_resource/record/audit_files.h"
#include "modules/mcp_resource/record/observation.h"
#include "modules/mcp_resource/record/observer.h"
#include "modules/mcp_resource/record/tracing.h"
#include "modules/mcp_resource/request_state.h"
#include "modules/mcp_resource/response.h"
#include "ngx/fetch.h"
#include "ngx/guard.h"
#include "ngx/location.h"
#include "ngx/own_host.h"
#include "ngx/phase.h"
#include "ngx/pool.h"

namespace mcp_resource {
namespace {

ngx_http_output_header_filter_pt next_header_filter;

// Another endpoint, reached by an internal redirect, judges anew: by its own rules, and by the headers as they came.
RequestState& state_at(ngx_http_request_t* request, const Endpoint& endpoint) {
    if (RequestState* known = find_state(request, &endpoint)) return *known;
    return ngx::make<RequestState>(request->pool, request, endpoint, main_conf(request).worker, headers_at(request));
}

ngx_int_t handle_server_rewrite(ngx_http_request_t* request) noexcept {
    return ngx::guarded(request, [request] {
        if (place_of(request).server_has_boundary) boundary::keep_query_token_out_of_request_line(request);
        return serve_metadata(request);
    });
}

ngx_int_t judge(ngx_http_request_t* request, const Endpoint& endpoint) {
    RequestState& state = state_at(request, endpoint);
    if (state.has_let_pass()) return NGX_OK;  // in the preaccess phase
    if (!state.begun()) forget_basic_user(request);
    const ngx_int_t result = state.proceed();
    if (result == NGX_OK) observe(request, state);
    return result;
}

ngx_int_t handle_preaccess(ngx_http_request_t* request) noexcept {
    return ngx::guarded(request, [request]() -> ngx_int_t {
        const LocationConf& conf = location_conf(request);
        const bool judges_now = request == request->main && conf.phase == ngx::Phase::preaccess;
        if (conf.endpoint == nullptr || !judges_now) return NGX_DECLINED;
        return ngx::phase_result(ngx::Phase::preaccess, judge(request, *conf.endpoint));
    });
}

// Also what the preaccess phase has judged: another module's NGX_OK there would have skipped ours.
ngx_int_t handle_access(ngx_http_request_t* request) noexcept {
    return ngx::guarded(request, [request]() -> ngx_int_t {
        const Endpoint* endpoint = location_conf(request).endpoint.get();
        return endpoint == nullptr ? NGX_DECLINED : judge(request, *endpoint);
    });
}

// Who may see what a location makes may see what it makes it of: the state of the request that passed there, and that
// this one is a part of; or null.
const RequestState* state_of_whole(const ngx_http_request_t* request, const Endpoint& endpoint) noexcept {
    for (const ngx_http_request_t* whole = request->parent; whole != nullptr; whole = whole->parent)
        if (const RequestState* state = find_state(whole, &endpoint); state != nullptr && has_handed_over(whole))
            return state;
    return nullptr;
}

// nginx has no access phase for subrequests: they are judged before "return" could answer. Returns NGX_DECLINED when it
// may go on.
ngx_int_t judge_subrequest(ngx_http_request_t* request) {
    const Endpoint* endpoint = location_conf(request).endpoint.get();
    if (endpoint == nullptr || state_of_whole(request, *endpoint) != nullptr) return NGX_DECLINED;
    const ngx_int_t result = state_at(request, *endpoint).proceed();
    if (result == NGX_OK) return NGX_DECLINED;
    return result == NGX_AGAIN ? NGX_DONE : result;  // in this phase: the handler goes on by itself
}

ngx_int_t handle_rewrite(ngx_http_request_t* request) noexcept {
    return boundary::without_error_page(request, ngx::guarded(request, [request] {
                                            const ngx_int_t entered = enter_location(request);
                                            return request == request->main ? entered : judge_subrequest(request);
                                        }));
}

// Of the request, or of what it is a part of; null when somebody else let it pass ("satisfy any").
const oauth::VerifiedToken* token_of(ngx_http_request_t* request, const Endpoint& endpoint) {
    const RequestState* whole = state_of_whole(request, endpoint);
    const RequestState& state = whole != nullptr ? *whole : state_at(request, endpoint);
    return state.passed() ? state.token() : nullptr;
}

// Behind the access phase, which subrequests have none of.
void note_let_in(ngx_http_request_t* request, const Endpoint& endpoint) {
    if (request != request->main) return;
    RequestState& state = state_at(request, endpoint);
    state.note_let_in();
    if (state.is_let_in_by_others()) observe(request, state);
}

ngx_int_t handle_precontent(ngx_http_request_t* request) noexcept {
    return boundary::without_error_page(request, ngx::guarded(request, [request]() -> ngx_int_t {
                                            const LocationConf& conf = location_conf(request);
                                            if (conf.boundary == nullptr) return NGX_DECLINED;
                                            const Endpoint* endpoint = conf.endpoint.get();
                                            const ngx_int_t result =
                                                hand_over(request, endpoint,
                                                          endpoint != nullptr ? token_of(request, *endpoint) : nullptr);
                                            if (result != NGX_DECLINED) return result;
                                            if (endpoint != nullptr) note_let_in(request, *endpoint);
                                            continue_trace(request);
                                            return result;
                                        }));
}

// nginx itself refuses a second Authorization header, before it has chosen a location: so the resource is that of the
// location that it would have chosen, or the server's default one.
const Endpoint* endpoint_of_unlocated(const ngx_http_request_t* request) noexcept {
    if (!ngx::has_no_location(request) || request->headers_in.authorization == nullptr) return nullptr;
    const auto* core =
        static_cast<const ngx_http_core_srv_conf_t*>(ngx_http_get_module_srv_conf(request, ngx_http_core_module));
    const auto* location = ngx::find_location(*core, ngx::view(request->uri));
    const auto* conf =
        location != nullptr
            ? static_cast<const LocationConf*>(location->loc_conf[ngx_http_mcp_resource_module.ctx_index])
            : nullptr;
    return conf != nullptr && conf->endpoint != nullptr ? conf->endpoint.get() : default_endpoint(server_conf(request));
}

// The resource of a request that nginx has refused for that.
const Endpoint* endpoint_of_ambiguous(const ngx_http_request_t* request) noexcept {
    const bool was_refused = request->headers_out.status == NGX_HTTP_BAD_REQUEST;
    const bool is_ambiguous = was_refused && DecisiveHeaders(request).authorization.view().size() > 1;
    return is_ambiguous ? endpoint_of_unlocated(request) : nullptr;
}

ngx_int_t handle_log(ngx_http_request_t* request) noexcept {
    return ngx::guarded(request, [request] {
        const Endpoint* refused_at = endpoint_of_ambiguous(request);
        before_log(request);  // the headers are gone
        end_observation(request);
        report(request, refused_at);
        return NGX_OK;
    });
}

// A page of an allowed origin may also read what an error page says of its request: that has a location of its own,
// where nobody is judged.
const RequestState* state_of_answer(const ngx_http_request_t* request, const Endpoint* endpoint) noexcept {
    if (endpoint != nullptr) return find_state(request, endpoint);
    return request->error_page != 0 ? latest_state(request) : nullptr;
}

ngx_int_t filter_header(ngx_http_request_t* request) noexcept {
    const auto prepared = ngx::guarded<ngx_int_t>(request->connection->log, NGX_ERROR, [request] {
        boundary::drop_headers_of_others(request);
        if (request->headers_out.status == NGX_HTTP_BAD_REQUEST)
            if (const Endpoint* unlocated = endpoint_of_unlocated(request)) add_ambiguity_headers(request, *unlocated);
        const LocationConf& conf = location_conf(request);
        if (main_conf(request).limiter != nullptr)  // "try_files" and its like may have led elsewhere
            if (const RequestState* limited = latest_state(request)) add_limit_headers(request, *limited);
        const RequestState* state = state_of_answer(request, conf.endpoint.get());
        if (state == nullptr) return NGX_OK;
        add_cors_headers(request, *state);
        if (conf.endpoint == nullptr || !(state->passed() || state->is_let_in_by_others())) return NGX_OK;
        let_events_flow(request);
        if (has_media_type(request, "text/event-stream")) count_open_stream(request, main_conf(request).metrics);
        if (conf.backend_rcvbuf) bound_backend_buffer(request, *conf.backend_rcvbuf);
        return NGX_OK;
    });
    return prepared == NGX_OK ? next_header_filter(request) : NGX_ERROR;
}

ngx_int_t before_configuration(ngx_conf_t* cf) noexcept {
    return ngx::guarded<ngx_int_t>(cf->log, NGX_ERROR, [cf] {
        add_variables(cf);
        add_audit_variable(cf);
        return NGX_OK;
    });
}

ngx_int_t after_configuration(ngx_conf_t* cf) noexcept {
    return ngx::guarded<ngx_int_t>(cf->log, NGX_ERROR, [cf]() -> ngx_int_t {
        try {
            assign_metadata_paths(cf);
            warn_about_vain_body_limits(cf);
            make_trace_exporter(cf);
            make_limiters(cf);
        } catch (const ngx::ConfigError& error) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s", error.what());
            return NGX_ERROR;
        }
        if (is_audit_used(cf)) main_conf(cf).worker.reports = main_conf(cf).worker.records = true;
        if (main_conf(cf).metrics.is_on()) ngx::keep_server_names(cf);
        next_header_filter = ngx_http_top_header_filter;
        ngx_http_top_header_filter = filter_header;
        if (ngx::DerivedVariables::declare(cf) != NGX_OK) return NGX_ERROR;
        if (ngx::add_handler(cf, NGX_HTTP_SERVER_REWRITE_PHASE, handle_server_rewrite) != NGX_OK) return NGX_ERROR;
        if (ngx::add_handler(cf, NGX_HTTP_REWRITE_PHASE, handle_rewrite) != NGX_OK) return NGX_ERROR;
        if (ngx::add_preaccess_handler(cf, handle_preaccess) != NGX_OK) return NGX_ERROR;
        if (ngx::add_handler(cf, NGX_HTTP_ACCESS_PHASE, handle_access) != NGX_OK) return NGX_ERROR;
        if (ngx::add_handler(cf, NGX_HTTP_PRECONTENT_PHASE, handle_precontent) != NGX_OK) return NGX_ERROR;
        return ngx::add_first_handler(cf, NGX_HTTP_LOG_PHASE, handle_log);
    });
}

bool fetches(const MainConf* main) noexcept {
    return main != nullptr && (!main->keys.empty() || !main->introspection.empty() || main->exporter != nullptr);
}

void begin_metrics(MainConf& main) noexcept {
    main.metrics.begin_worker();
    if (auto* gauges = main.metrics.gauges()) main.worker.questions.show_waiting_in(gauges->waiting_requests);
}

ngx_int_t start_worker(ngx_cycle_t* cycle) noexcept {
    MainConf* main = main_conf(cycle);
    if (main != nullptr) {
        begin_metrics(*main);
        begin_audit(main->worker);
        if (main->limiter != nullptr) main->limiter->start(cycle);
    }
    if (!fetches(main)) return NGX_OK;
    if (ngx::fetch_init_process(cycle, main->proxy ? &*main->proxy : nullptr) != NGX_OK) return NGX_ERROR;
    for (const auto& [name, keys] : main->keys)
        keys->start();
    start_tracing(*main);
    return NGX_OK;
}

void stop_worker(ngx_cycle_t* cycle) noexcept {
    MainConf* main = main_conf(cycle);
    if (main != nullptr) main->metrics.end_worker();
    if (main != nullptr && main->limiter != nullptr) main->limiter->stop();
    if (!fetches(main)) return;
    for (const auto& [name, keys] : main->keys)
        keys->stop();
    if (main->exporter != nullptr) main->exporter->stop();
    ngx::fetch_exit_process();
}

constexpr ngx_uint_t everywhere = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;

template <auto set>
void set_location(const ngx::Arguments& arguments, LocationConf& conf) {
    if (conf.own_directives.empty()) conf.place = ngx::ConfigPlace(arguments.cf());
    conf.own_directives.emplace_back(arguments.directive());
    conf.is_location = (arguments.cf()->cmd_type & NGX_HTTP_LOC_CONF) != 0;
    set(arguments, conf);
}

template <auto set>
ngx_command_t row(std::string_view name, ngx_uint_t where_and_arguments) {
    return ngx::row<set_location<set>>(name, where_and_arguments, NGX_HTTP_LOC_CONF_OFFSET);
}

template <auto set>
ngx_command_t http_row(std::string_view name, ngx_uint_t arguments) {
    return ngx::row<set>(name, NGX_HTTP_MAIN_CONF | arguments, NGX_HTTP_MAIN_CONF_OFFSET);
}

// A whole table: nginx reads it up to its null command.
template <std::size_t size>
constexpr auto with_former_names(const std::array<ngx_command_t, size>& rows) {
    std::array<ngx_command_t, size + former_names.size() + 1> table{};
    auto end = std::ranges::copy(rows, table.begin()).out;
    for (const FormerName& name : former_names)
        *end++ = ngx::row<refuse_former_name>(name.former, everywhere | NGX_CONF_ANY, NGX_HTTP_MAIN_CONF_OFFSET);
    *end = ngx_command_t ngx_null_command;
    return table;
}

std::array commands = with_former_names(std::array{
    http_row<set_mcp_zone>("mcp_zone", NGX_CONF_TAKE2),
    http_row<set_mcp_authorization_server_limits>("mcp_authorization_server_limits", NGX_CONF_1MORE),
    http_row<set_mcp_max_anonymous_bodies>("mcp_max_anonymous_bodies", NGX_CONF_TAKE1),
    http_row<set_mcp_keys_max_age>("mcp_keys_max_age", NGX_CONF_TAKE1),
    http_row<set_mcp_proxy>("mcp_proxy", NGX_CONF_1MORE),
    http_row<set_mcp_trace_exporter>("mcp_trace_exporter", NGX_CONF_1MORE),
    http_row<set_mcp_ssl_trusted_certificate>("mcp_ssl_trusted_certificate", NGX_CONF_TAKE1),
    row<set_mcp_resource>("mcp_resource", NGX_HTTP_LOC_CONF | NGX_CONF_TAKE12),
    row<set_mcp_audience>("mcp_audience", NGX_HTTP_LOC_CONF | NGX_CONF_1MORE),
    row<set_mcp_resource_name>("mcp_resource_name", NGX_HTTP_LOC_CONF | NGX_CONF_TAKE12),
    row<set_mcp_resource_documentation>("mcp_resource_documentation", everywhere | NGX_CONF_TAKE12),
    row<set_mcp_resource_policy_uri>("mcp_resource_policy_uri", everywhere | NGX_CONF_TAKE12),
    row<set_mcp_resource_tos_uri>("mcp_resource_tos_uri", everywhere | NGX_CONF_TAKE12),
    row<set_mcp_metadata_uri>("mcp_metadata_uri", NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1),
    row<set_mcp_authorization_server>("mcp_authorization_server", everywhere | NGX_CONF_1MORE),
    row<set_mcp_issuer>("mcp_issuer", everywhere | NGX_CONF_1MORE),
    row<set_mcp_insecure_skip_issuer_check>("mcp_insecure_skip_issuer_check", everywhere | NGX_CONF_TAKE1),
    row<set_mcp_jwks>("mcp_jwks", everywhere | NGX_CONF_TAKE12),
    row<set_mcp_discovery>("mcp_discovery", everywhere | NGX_CONF_TAKE1),
    row<set_mcp_introspection>("mcp_introspection", everywhere | NGX_CONF_1MORE),
    row<set_mcp_scope>("mcp_scope", NGX_HTTP_LOC_CONF | NGX_CONF_1MORE),
    row<set_mcp_scope_implies>("mcp_scope_implies", everywhere | NGX_CONF_2MORE),
    row<set_mcp_scopes_supported>("mcp_scopes_supported", everywhere | NGX_CONF_1MORE),
    row<set_mcp_challenge_scope>("mcp_challenge_scope", everywhere | NGX_CONF_1MORE),
    row<set_mcp_allow_anonymous>("mcp_allow_anonymous", NGX_HTTP_LOC_CONF | NGX_CONF_1MORE),
    row<set_mcp_allowed_origins>("mcp_allowed_origins", everywhere | NGX_CONF_1MORE),
    row<set_mcp_protocol_versions>("mcp_protocol_versions", everywhere | NGX_CONF_1MORE),
    row<set_mcp_claim_header>("mcp_claim_header", NGX_HTTP_LOC_CONF | NGX_CONF_TAKE2),
    row<set_mcp_leeway>("mcp_leeway", everywhere | NGX_CONF_TAKE1),
    row<set_mcp_algorithms>("mcp_algorithms", everywhere | NGX_CONF_1MORE),
    row<set_mcp_token_type>("mcp_token_type", everywhere | NGX_CONF_TAKE1),
    row<set_mcp_max_body_size>("mcp_max_body_size", everywhere | NGX_CONF_TAKE1),
    row<set_mcp_backend_rcvbuf>("mcp_backend_rcvbuf", everywhere | NGX_CONF_TAKE1),
    http_row<set_mcp_redis>("mcp_redis", NGX_CONF_1MORE),
    row<set_mcp_rate_limit>("mcp_rate_limit", everywhere | NGX_CONF_1MORE),
    row<set_mcp_rate_limit_x_headers>("mcp_rate_limit_x_headers", everywhere | NGX_CONF_TAKE1),
    row<set_mcp_refusal_limit>("mcp_refusal_limit", everywhere | NGX_CONF_TAKE12),
    row<set_mcp_phase>("mcp_phase", everywhere | NGX_CONF_TAKE1),
    row<set_mcp_audit>("mcp_audit", everywhere | NGX_CONF_NOARGS | NGX_CONF_TAKE12),
    row<set_mcp_audit_required>("mcp_audit_required", everywhere | NGX_CONF_TAKE1),
    row<set_mcp_observe>("mcp_observe", everywhere | NGX_CONF_TAKE1),
    ngx::row<set_mcp_ready>("mcp_ready", NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, NGX_HTTP_LOC_CONF_OFFSET),
    ngx::row<set_mcp_status>("mcp_status", NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, NGX_HTTP_LOC_CONF_OFFSET),
    ngx::row<set_mcp_metrics>("mcp_metrics", NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, NGX_HTTP_LOC_CONF_OFFSET),
});

ngx_http_module_t context = {
    .preconfiguration = before_configuration,
    .postconfiguration = after_configuration,
    .create_main_conf = create_main_conf,
    .init_main_conf = nullptr,
    .create_srv_conf = create_server_conf,
    .merge_srv_conf = nullptr,
    .create_loc_conf = create_location_conf,
    .merge_loc_conf = merge_location_conf,
};

}  // namespace
}  // namespace mcp_resource

extern "C" {
ngx_module_t ngx_http_mcp_resource_module = {
    NGX_MODULE_V1,
    &mcp_resource::context,
    mcp_resource::commands.data(),
    NGX_HTTP_MODULE,
    nullptr,                          // init master
    ngx::DerivedVariables::find_all,  // init module
    mcp_resource::start_worker,
    nullptr,  // init thread
    nullptr,  // exit thread
    mcp_resource::stop_worker,
    nullptr,  // exit master
    NGX_MODULE_V1_PADDING,
};
}
