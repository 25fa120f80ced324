#include "ngx/upstream.h"

#include <algorithm>
#include <vector>

#include "base/ascii.h"
#include "ngx/string.h"

namespace ngx {
namespace {

// A directive "on | off" of another module.
struct Flag {
    ngx_uint_t module_index;
    ngx_uint_t offset;
};

std::vector<Flag> background_updates;

std::vector<Flag> find_flags(const ngx_cycle_t& cycle, std::string_view end_of_name) {
    std::vector<Flag> flags;
    for (ngx_module_t* const* module = cycle.modules; *module != nullptr; ++module) {
        if ((*module)->type != NGX_HTTP_MODULE) continue;
        for (const ngx_command_t* command = (*module)->commands; command != nullptr && command->name.len != 0;
             ++command)
            if (view(command->name).ends_with(end_of_name) && command->set == ngx_conf_set_flag_slot &&
                command->conf == NGX_HTTP_LOC_CONF_OFFSET)
                flags.push_back({(*module)->ctx_index, command->offset});
    }
    return flags;
}

bool is_set(void* const* location_confs, const Flag& flag) noexcept {
    const auto* conf = static_cast<const char*>(location_confs[flag.module_index]);
    return conf != nullptr && *reinterpret_cast<const ngx_flag_t*>(conf + flag.offset) == 1;
}

// Nobody else ends it while it waits for a name, or for a place in a queue.
void end_unconnected(ngx_http_request_t* request) noexcept {
    ngx_connection_t* client = request->connection;
    request->main->count++;  // taken back by what follows
    (*request->upstream->cleanup)(request);
    ngx_http_finalize_request(request, NGX_HTTP_GATEWAY_TIME_OUT);
    ngx_http_run_posted_requests(client);
}

bool has_header(std::string_view head, std::string_view name) noexcept {
    for (std::size_t end = head.find("\r\n"); end != std::string_view::npos; end = head.find("\r\n")) {
        head.remove_prefix(end + 2);
        if (head.size() > name.size() && head[name.size()] == ':' &&
            base::equals_ignoring_case(head.substr(0, name.size()), name))
            return true;
    }
    return false;
}

}  // namespace

void find_cache_modules(const ngx_cycle_t& cycle) {
    background_updates = find_flags(cycle, "_cache_background_update");
}

bool resumes_tls_sessions(const ngx_cycle_t& cycle, const ngx_http_core_loc_conf_t& location) {
    return std::ranges::any_of(find_flags(cycle, "proxy_ssl_session_reuse"),
                               [&](const Flag& flag) { return is_set(location.loc_conf, flag); });
}

bool renews_in_background(const ngx_http_request_t* request) noexcept {
    return std::ranges::any_of(background_updates,
                               [request](const Flag& flag) { return is_set(request->loc_conf, flag); });
}

bool outlive_client(ngx_http_request_t* request) noexcept {
    if (request->upstream == nullptr || request->upstream->cleanup == nullptr) return false;
    request->read_event_handler = ngx_http_block_reading;
    request->write_event_handler = ngx_http_request_empty_handler;
    return true;
}

void time_out_upstream(ngx_http_request_t* request) noexcept {
    ngx_http_upstream_t* upstream = request->upstream;
    if (upstream == nullptr || upstream->cleanup == nullptr || request->aio) return;
    ngx_connection_t* server = upstream->peer.connection;
    if (server == nullptr) return end_unconnected(request);
    upstream->peer.tries = 0;  // nor is another server asked
    server->read->delayed = 0;
    server->read->timedout = 1;
    server->write->timedout = 1;
    server->read->handler(server->read);
}

bool breaks_off_in_chunks(const ngx_http_request_t* request) noexcept {
    const ngx_http_upstream_t* upstream = request->upstream;
    if (upstream == nullptr || !upstream->headers_in.chunked) return false;
#if (NGX_HTTP_CACHE)
    if (request->cached) return false;  // it was complete when it came
#endif
    const off_t missing = upstream->buffering && upstream->pipe != nullptr ? upstream->pipe->length : upstream->length;
    return missing != 0;
}

bool was_sent_without(const ngx_http_request_t* request, std::string_view name) noexcept {
    const ngx_http_upstream_t* upstream = request->upstream;
    if (upstream == nullptr || !upstream->request_sent || upstream->request_bufs == nullptr) return false;
    const ngx_buf_t* buffer = upstream->request_bufs->buf;
    if (buffer == nullptr || buffer->start == nullptr) return false;
    const std::string_view bytes(reinterpret_cast<const char*>(buffer->start),
                                 static_cast<std::size_t>(buffer->last - buffer->start));
    const std::string_view head = bytes.substr(0, bytes.find("\r\n\r\n"));
    return head.substr(0, head.find("\r\n")).contains(" HTTP/1.") && !has_header(head, name);
}

}  // namespace ngx
