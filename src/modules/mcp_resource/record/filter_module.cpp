// ngx_http_mcp_resource_filter_module: the filters of observed endpoints. A module of its own, since it has to
// stand elsewhere in nginx's order than the one that decides: right behind nginx's copy filter (Nginx.cmake), where
// all of an answer is in memory, and before gzip and all that changes it for the client's sake.
#include <algorithm>

#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/record/observer.h"
#include "modules/mcp_resource/record/tracing.h"
#include "ngx/guard.h"
#include "ngx/pool.h"

namespace mcp_resource {
namespace {

ngx_http_output_header_filter_pt next_header_filter;
ngx_http_output_body_filter_pt next_body_filter;
ngx_http_request_body_filter_pt next_request_body_filter;

std::string_view bytes_of(const ngx_buf_t& buffer) noexcept {
    if (!ngx_buf_in_memory(&buffer)) return {};
    return {reinterpret_cast<const char*>(buffer.pos), static_cast<std::size_t>(buffer.last - buffer.pos)};
}

bool is_unreadable(const ngx_buf_t& buffer) noexcept {
    return !ngx_buf_in_memory(&buffer) && ngx_buf_size(&buffer) > 0;
}

// False: it cannot be read on.
bool look_at_body(Observer& observer, const ngx_chain_t* link) {
    for (; link != nullptr; link = link->next) {
        if (is_unreadable(*link->buf)) return false;
        observer.take_body(bytes_of(*link->buf));
    }
    return true;
}

bool look_at_answer(Observer& observer, const ngx_chain_t* link) {
    for (; link != nullptr; link = link->next) {
        if (is_unreadable(*link->buf)) return false;
        observer.take_answer(bytes_of(*link->buf));
        if (link->buf->last_buf != 0) observer.end_answer();
    }
    return true;
}

// Whatever happens to who looks, what passes is passed on.
template <auto look>
bool looked(const ngx_http_request_t* request, Observer& observer, const ngx_chain_t* in) noexcept {
    return ngx::guarded<bool>(request->connection->log, false, [&] { return look(observer, in); });
}

bool is_last(const ngx_chain_t* link) noexcept {
    while (link != nullptr && link->next != nullptr)
        link = link->next;
    return link != nullptr && link->buf->last_buf != 0;
}

ngx_int_t filter_request_body(ngx_http_request_t* request, ngx_chain_t* in) noexcept {
    if (request == request->main)
        if (auto* observer = ngx::find_of<Observer>(request)) {
            if (!looked<look_at_body>(request, *observer, in)) observer->give_up_body();
            if (is_last(in)) continue_observed_trace(request);
        }
    return next_request_body_filter(request, in);
}

ngx_int_t filter_header(ngx_http_request_t* request) noexcept {
    observe_answer(request);
    return next_header_filter(request);
}

ngx_int_t filter_body(ngx_http_request_t* request, ngx_chain_t* in) noexcept {
    if (in != nullptr && request == request->main)
        if (auto* observer = ngx::find_of<Observer>(request); observer != nullptr && observer->reads_answer())
            if (!looked<look_at_answer>(request, *observer, in)) observer->give_up_answer();
    return next_body_filter(request, in);
}

// Where nobody observes, nginx has no filter more. When the levels are merged.
ngx_int_t add_filters(ngx_conf_t* cf) noexcept {
    const auto is_observed = [](const auto& endpoint) { return endpoint->is_observed; };
    if (std::ranges::none_of(main_conf(cf).endpoints, is_observed)) return NGX_OK;
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = filter_header;
    next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = filter_body;
    next_request_body_filter = ngx_http_top_request_body_filter;
    ngx_http_top_request_body_filter = filter_request_body;
    return NGX_OK;
}

ngx_http_module_t context = {
    .preconfiguration = nullptr,
    .postconfiguration = add_filters,
    .create_main_conf = nullptr,
    .init_main_conf = nullptr,
    .create_srv_conf = nullptr,
    .merge_srv_conf = nullptr,
    .create_loc_conf = nullptr,
    .merge_loc_conf = nullptr,
};

}  // namespace
}  // namespace mcp_resource

extern "C" {
ngx_module_t ngx_http_mcp_resource_filter_module = {
    NGX_MODULE_V1,
    &mcp_resource::context,
    nullptr,  // no directives
    NGX_HTTP_MODULE,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    NGX_MODULE_V1_PADDING,
};
}
