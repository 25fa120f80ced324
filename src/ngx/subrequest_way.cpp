// The way of a subrequest through nginx: that it stays in its location, within its time, and that its answer fits.
#include <string>
#include <utility>

#include "ngx/endpoint.h"
#include "ngx/guard.h"
#include "ngx/location.h"
#include "ngx/own_host.h"
#include "ngx/phase.h"
#include "ngx/subrequest.h"
#include "ngx/upstream.h"

namespace ngx {
namespace {

constexpr ngx_msec_t time_to_next_attempt = 1000;
constexpr ngx_msec_t time_to_look_again = 50;

ngx_http_output_header_filter_pt next_header_filter;
ngx_http_output_body_filter_pt next_body_filter;

// It would have the credentials in its headers, too.
bool is_part_of_one(const ngx_http_request_t* request) noexcept {
    for (request = request->parent; request != nullptr; request = request->parent)
        if (Subrequest::is_one(request)) return true;
    return false;
}

ngx_int_t check_other(ngx_http_request_t* request) noexcept {
    if (!is_part_of_one(request)) return NGX_DECLINED;
    log(NGX_LOG_ERR, request, "a subrequest to an authorization server may not have subrequests of its own");
    request->error_page = 1;
    return NGX_HTTP_SERVICE_UNAVAILABLE;
}

std::string seconds_of(std::chrono::milliseconds time) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

bool is_interim(ngx_uint_t status) noexcept {
    return status >= NGX_HTTP_CONTINUE && status < NGX_HTTP_OK;
}

// nginx is about to end the whole request, and would first run "post_action" with the subrequest's headers.
bool is_end_of_all(const ngx_http_request_t* request, ngx_int_t result) noexcept {
    return result == NGX_HTTP_CLIENT_CLOSED_REQUEST || result == NGX_HTTP_REQUEST_TIME_OUT ||
           request->connection->error != 0;
}

}  // namespace

ngx_int_t Subrequest::install(ngx_conf_t* cf) noexcept {
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = filter_header;
    next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = filter_body;
    return guarded<ngx_int_t>(cf->log, NGX_ERROR, [cf]() -> ngx_int_t {
        find_cache_modules(*cf->cycle);
        keep_server_names(cf);
        if (add_handler(cf, NGX_HTTP_SERVER_REWRITE_PHASE, enter_server) != NGX_OK) return NGX_ERROR;
        return add_handler(cf, NGX_HTTP_REWRITE_PHASE, enter_location);
    });
}

// --- where it goes ---------------------------------------------------------------------------------------------------

ngx_int_t Subrequest::enter_server(ngx_http_request_t* request) noexcept {
    if (!is_one(request)) return check_other(request);
    return of(request).proceed(Stage::begun, Stage::in_server);
}

ngx_int_t Subrequest::enter_location(ngx_http_request_t* request) noexcept {
    if (!is_one(request)) return check_other(request);
    Subrequest& self = of(request);
    if (self.stage_ == Stage::in_server) self.location_ = &ngx::location_of(request);
    const ngx_int_t result = self.proceed(Stage::in_server, Stage::in_location);
    if (result != NGX_DECLINED) return result;
    if (!may_answer(*self.location_, self.to_.written, view(self.path_))) return self.stray();
    // No cache of nginx' may keep an answer about one token, for the next one would get it: whatever
    // "proxy_cache_methods" says, it can name GET, HEAD and POST only. Like POST, PATCH is not sent a second time
    // (proxy_next_upstream). What is sent is the method's name, and "limit_except" has been looked at.
    if (self.has_form_) request->method = NGX_HTTP_PATCH;
    // nginx refuses subrequests of it. So it renews a stale answer itself, as nginx' own background requests do.
    request->background = renews_in_background(request) ? 1 : 0;
    return NGX_DECLINED;
}

ngx_int_t Subrequest::proceed(Stage expected, Stage next) noexcept {
    if (stage_ != expected) return stray();
    stage_ = next;
    return NGX_DECLINED;
}

ngx_int_t Subrequest::stray() noexcept {
    stage_ = Stage::strayed;
    return NGX_HTTP_SERVICE_UNAVAILABLE;
}

std::optional<Subrequest::Obstacle> Subrequest::obstacle() const noexcept {
    return stage_ == Stage::in_location ? std::nullopt : std::optional(Obstacle::strayed);
}

// --- how long it takes -----------------------------------------------------------------------------------------------

// Until the upstream is asked, nothing looks after the client anyway.
void Subrequest::on_hold(ngx_event_t* event) noexcept {
    ngx_http_request_t* request = static_cast<Subrequest*>(event->data)->request_;
    if (!request->done && !outlive_client(request)) ngx_add_timer(event, time_to_look_again);
}

void Subrequest::on_time_over(ngx_event_t* event) noexcept {
    auto& self = *static_cast<Subrequest*>(event->data);
    ngx_http_request_t* request = self.request_;
    if (request->done) return;
    ngx_http_set_log_request(request->connection->log, request);
    self.is_late_ = true;
    if (request->upstream != nullptr && request->upstream->header_sent) self.failed_ = true;
    ngx_add_timer(event, time_to_next_attempt);
    time_out_upstream(request);
}

// Called whenever nginx finalizes the subrequest: more than once after an error, and when it ended before its turn to
// be a part of a page. After NGX_ERROR, and with the error mark that a filter's NGX_ERROR leaves on the connection,
// nginx would close it without a response.
ngx_int_t Subrequest::finished(ngx_http_request_t* request, void* data, ngx_int_t result) noexcept {
    auto& self = *static_cast<Subrequest*>(data);
    request->background = 0;  // it was meant for the cache alone
    const bool is_failure_of_answer = result == NGX_ERROR || (result == NGX_OK && self.outgrown_);
    if (is_failure_of_answer) {
        self.failed_ = true;
        if (self.outgrown_) request->connection->error = self.connection_error_ ? 1 : 0;
        request->buffered = 0;  // output that still waits in some filter is given up
        result = NGX_OK;
    }
    if (result == NGX_OK && request->buffered == 0) {
        self.stop_clock();
        // nginx has yet to say so, and will not when the client has gone.
        ngx_post_event(&self.done_, &ngx_posted_events);
        if (request->connection->error && self.to_.outlives_client) self.tell();
    }
    if (is_end_of_all(request, result)) {
        request->post_action = 1;
        request->uri_changes = 0;
    }
    return result;
}

void Subrequest::on_done(ngx_event_t* event) noexcept {
    auto& self = *static_cast<Subrequest*>(event->data);
    if (!self.request_->done) return ngx_add_timer(event, 1);
    self.request_->connection->log->action = nullptr;  // what it says is about the subrequest
    self.tell();
}

void Subrequest::tell() noexcept {
    if (Observer* observer = std::exchange(observer_, nullptr)) observer->answered(*this);
}

// --- what comes back -------------------------------------------------------------------------------------------------

// nginx takes an interim response for the answer, and would wait for its end.
ngx_int_t Subrequest::filter_header(ngx_http_request_t* request) noexcept {
    if (is_one(request) && is_interim(request->headers_out.status)) return NGX_ERROR;
    return next_header_filter(request);
}

// Ends an answer that would outgrow its buffer: an error here makes nginx close the connection to the upstream. The
// filter that fills the buffer would notice as well, but leave nothing to tell it from an error of the client.
ngx_int_t Subrequest::filter_body(ngx_http_request_t* request, ngx_chain_t* in) noexcept {
    if (!is_one(request)) return next_body_filter(request, in);
    Subrequest& self = of(request);
    for (const ngx_chain_t* link = in; link != nullptr && !self.outgrown_; link = link->next) {
        const auto size = static_cast<std::size_t>(ngx_buf_size(link->buf));
        self.outgrown_ = size > self.room_;
        if (self.outgrown_) self.connection_error_ = request->connection->error;
        self.room_ -= self.outgrown_ ? 0 : size;
    }
    return self.outgrown_ ? NGX_ERROR : next_body_filter(request, in);
}

std::string Subrequest::note() const {
    if (stage_ != Stage::in_location) return reason_for_straying();
    const std::string place = describe(*location_);
    if (is_interim(status()))
        return place + " got an interim response (" + std::to_string(status()) +
               "), which nginx takes for the answer; use \"proxy_http_version 1.0\" there, or make the server send "
               "none";
    if (is_late_) return "it took longer than " + seconds_of(to_.time_limit) + " s";
    if (lost_its_credentials())
        return place +
               " sent no Authorization header: a \"proxy_set_header Authorization\" of the server or http level "
               "removes it; write another \"proxy_set_header\" in that location, then it inherits none";
    return "";
}

std::string Subrequest::reason_for_straying() const {
    if (location_ == nullptr)
        return "it was answered with status " + std::to_string(status()) +
               " before it came to a location; look for \"return\", \"rewrite\" and \"client_max_body_size\" in the "
               "server";
    if (!may_answer(*location_, to_.written, view(path_))) return objection(location_, to_.written, view(path_));
    return describe(*location_) +
           " sent it on (by try_files, rewrite, index, or an X-Accel-Redirect of the server that answered), which may "
           "lead anywhere; let that location answer itself";
}

bool Subrequest::lost_its_credentials() const noexcept {
    const ngx_uint_t refusal = status();
    return request_->headers_in.authorization != nullptr &&
           (refusal == NGX_HTTP_BAD_REQUEST || refusal == NGX_HTTP_UNAUTHORIZED || refusal == NGX_HTTP_FORBIDDEN) &&
           was_sent_without(request_, "authorization");
}

}  // namespace ngx
