#include "ngx/pause.h"

#include <utility>

namespace ngx {
namespace {

void unpost(ngx_event_t& event) noexcept {
    if (event.posted) {
        ngx_delete_posted_event(&event);
    }
}

}  // namespace

Pause::Pause(ngx_http_request_t* request) noexcept : request_(request) {
    wake_.data = check_.data = this;
    wake_.log = check_.log = request->connection->log;
    wake_.handler = on_event;
    check_.handler = on_leave_check;
}

void Pause::begin(ngx_msec_t limit, bool outlives_client) noexcept {
    if (is_on()) return;
    state_ = State::waiting;
    is_late_ = false;
    outlives_client_ = outlives_client;
    // On a connection that was kept alive a write event may come at any time, and would run the phases.
    write_before_ = std::exchange(request_->write_event_handler, ngx_http_request_empty_handler);
    read_before_ =
        std::exchange(request_->read_event_handler, outlives_client ? ngx_http_block_reading : ngx_http_test_reading);
    if (limit != no_limit) ngx_add_timer(&wake_, limit);
    // What came with the request, the end of the client's sending among it, has been told and will not be told again.
    if (!outlives_client && request_->connection->read->ready) {
        ngx_post_event(&check_, &ngx_posted_events);
    }
}

void Pause::resume() noexcept {
    if (state_ != State::waiting) return;
    end();
    state_ = State::resuming;
    ngx_post_event(&wake_, &ngx_posted_events);
}

void Pause::end() noexcept {
    if (wake_.timer_set) ngx_del_timer(&wake_);
    unpost(wake_);
    unpost(check_);
    if (in_ != nullptr) std::exchange(in_, nullptr)->waiting_.erase(place_);
    state_ = State::off;
}

// Posted by resume(); or the timer.
void Pause::on_event(ngx_event_t* event) noexcept {
    auto& self = *static_cast<Pause*>(event->data);
    self.is_late_ = self.state_ == State::waiting;
    self.end();
    self.go_on();
}

void Pause::go_on() noexcept {
    ngx_http_request_t* request = request_;
    ngx_connection_t* connection = request->connection;
    request->read_event_handler = read_before_;
    request->write_event_handler = write_before_;
    ngx_http_set_log_request(connection->log, request);
    // Either may end the request, and this with it.
    if (has_lost_client()) {
        ngx_http_finalize_request(request, NGX_HTTP_CLIENT_CLOSED_REQUEST);
    } else {
        request->write_event_handler(request);
    }
    ngx_http_run_posted_requests(connection);
}

// Nobody has looked in the meantime.
bool Pause::has_lost_client() const noexcept {
    const ngx_connection_t* connection = request_->connection;
    return outlives_client_ && (connection->error || connection->read->eof || connection->read->pending_eof);
}

void Pause::on_leave_check(ngx_event_t* event) noexcept {
    ngx_http_request_t* request = static_cast<Pause*>(event->data)->request_;
    ngx_connection_t* connection = request->connection;
    request->read_event_handler(request);  // which ends it when the client has gone
    ngx_http_run_posted_requests(connection);
}

Pauses::~Pauses() {
    for (Pause* pause : waiting_)
        pause->in_ = nullptr;
}

void Pauses::add(Pause& pause, ngx_msec_t limit) {
    if (pause.is_on()) return;
    pause.place_ = waiting_.insert(waiting_.end(), &pause);
    pause.in_ = this;
    pause.begin(limit);
}

void Pauses::resume_all() noexcept {
    while (!waiting_.empty())
        waiting_.front()->resume();
}

}  // namespace ngx
