#include "ngx/request_body.h"

#include <new>

#include "base/ascii.h"
#include "ngx/guard.h"
#include "ngx/pool.h"
#include "ngx/string.h"

namespace ngx {

bool waits_to_be_asked(const ngx_http_request_t* request) noexcept {
    const ngx_table_elt_t* expect = request->headers_in.expect;
    return expect != nullptr && request->expect_tested == 0 &&
           base::equals_ignoring_case(view(expect->value), "100-continue");
}

void do_not_ask_for_body(ngx_http_request_t* request) noexcept {
    if (!waits_to_be_asked(request)) return;
    request->expect_tested = 1;  // else nginx asks for what it discards
    request->keepalive = 0;
}

RequestBody& RequestBody::of(const ngx_http_request_t* request) noexcept {
    return *find<RequestBody>(request->pool, [&](const RequestBody& body) { return body.request_ == request; });
}

ngx_int_t RequestBody::read() {
    request_->request_body_no_buffering = 1;  // else nginx reads all of it, into a file, before anyone may look
    const ngx_int_t result = ngx_http_read_client_request_body(request_, begun);
    if (result >= NGX_HTTP_SPECIAL_RESPONSE) {
        if (!goes_on_without()) return result;
        request_->main->count++;  // nginx has taken back what it had counted
        leave();
    }
    ngx_http_finalize_request(request_, NGX_DONE);  // reading counted this request a second time
    return NGX_DONE;
}

void RequestBody::begun(ngx_http_request_t* request) noexcept {
    RequestBody& self = of(request);
    self.go_on([&] { return self.begin(); });
}

void RequestBody::more(ngx_http_request_t* request) noexcept {
    RequestBody& self = of(request);
    self.go_on([&] { return self.read_rest(); });
}

template <class Step>
void RequestBody::go_on(Step step) noexcept {
    const ngx_int_t result = guarded(request_, step);
    if (result == NGX_AGAIN) return wait();
    stop_clock();
    request_->read_event_handler = ngx_http_block_reading;
    if (result != NGX_OK) return goes_on_without() ? leave() : ngx_http_finalize_request(request_, result);
    is_complete_ = true;
    request_->preserve_body = 1;
    run_phases();
}

// The client is still there, and gets an answer whatever became of its body.
bool RequestBody::goes_on_without() const noexcept {
    return limit_ != 0 && request_->connection->error == 0;
}

void RequestBody::wait() noexcept {
    request_->read_event_handler = more;
    request_->write_event_handler = ngx_http_request_empty_handler;
    if (limit_ == 0 || deadline_.timer_set != 0) return;
    deadline_.data = this;
    deadline_.log = request_->connection->log;
    deadline_.handler = on_deadline;
    ngx_add_timer(&deadline_, limit_);
}

void RequestBody::on_deadline(ngx_event_t* event) noexcept {
    auto& self = *static_cast<RequestBody*>(event->data);
    ngx_connection_t* connection = self.request_->connection;
    ngx_http_set_log_request(connection->log, self.request_);
    self.request_->read_event_handler = ngx_http_block_reading;
    self.leave();  // may end the request, and this with it
    ngx_http_run_posted_requests(connection);
}

// Whoever asked for the body goes on without it.
void RequestBody::leave() noexcept {
    ngx_connection_t& connection = *request_->connection;
    if (connection.read->timer_set) ngx_del_timer(connection.read);
    connection.read->timedout = 0;
    connection.timedout = 0;
    give_up();
    is_given_up_ = true;
    request_->keepalive = 0;
    run_phases();
}

void RequestBody::run_phases() noexcept {
    request_->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(request_);
}

void RequestBody::stop_clock() noexcept {
    if (deadline_.timer_set) ngx_del_timer(&deadline_);
}

ngx_int_t RequestBody::begin() {
    if (request_->reading_body != 0) {
        consume();
        return is_cut() ? NGX_OK : read_rest();
    }
    if (request_->request_body != nullptr) copy(request_->request_body->bufs);
    return NGX_OK;
}

ngx_int_t RequestBody::read_rest() {
    for (;;) {
        const ngx_int_t result = ngx_http_read_unbuffered_request_body(request_);
        if (result != NGX_OK && result != NGX_AGAIN) return result;
        const bool came = consume();
        if (is_cut()) return NGX_OK;
        if (request_->reading_body == 0) {
            pass_on();
            return NGX_OK;
        }
        if (!came) return NGX_AGAIN;
    }
}

// What stays where it is, since the content handler takes it from there.
void RequestBody::copy(const ngx_chain_t* link) {
    for (; link != nullptr && !is_cut(); link = link->next)
        cut_ = append(*link->buf);
}

// Takes over what nginx has read, so that nginx can use its buffer again. False: there was nothing.
bool RequestBody::consume() {
    ngx_chain_t* link = request_->request_body->bufs;
    request_->request_body->bufs = nullptr;
    const bool came = link != nullptr;
    while (link != nullptr) {
        if (!is_cut()) cut_ = append(*link->buf);
        link->buf->pos = link->buf->last;
        ngx_chain_t* taken = link;
        link = link->next;
        ngx_free_chain(request_->pool, taken);
    }
    if (is_cut()) give_up();
    return came;
}

RequestBody::Cut RequestBody::append(const ngx_buf_t& buffer) {
    const off_t size = ngx_buf_size(&buffer);
    if (size < 0 || static_cast<std::size_t>(size) > max_bytes_ - text_.size()) return Cut::too_large;
    const std::size_t before = text_.size();
    const std::size_t after = before + static_cast<std::size_t>(size);
    if (counted_ && !counted_->grow_to(after)) return Cut::no_room;
    if (ngx_buf_in_memory(&buffer)) {
        text_.append(reinterpret_cast<const char*>(buffer.pos), static_cast<std::size_t>(size));
        return Cut::none;
    }
    if (buffer.in_file == 0) return Cut::none;  // marks the end, and holds nothing: an empty body is one of these
    text_.resize(after);
    auto* target = reinterpret_cast<u_char*>(text_.data() + before);
    const bool is_read = ngx_read_file(buffer.file, target, static_cast<std::size_t>(size), buffer.file_pos) == size;
    return is_read ? Cut::none : Cut::too_large;
}

void RequestBody::pass_on() {
    request_->headers_in.content_length_n = static_cast<off_t>(text_.size());
    if (text_.empty()) return;
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(request_->pool));
    ngx_chain_t* link = ngx_alloc_chain_link(request_->pool);
    if (buffer == nullptr || link == nullptr) throw std::bad_alloc();
    buffer->start = buffer->pos = reinterpret_cast<u_char*>(text_.data());
    buffer->end = buffer->last = buffer->start + text_.size();
    buffer->memory = 1;
    buffer->last_buf = 1;
    *link = {.buf = buffer, .next = nullptr};
    request_->request_body->bufs = link;
}

// Nobody gets a part of a body; the connection ends after the answer, since the rest is not read.
void RequestBody::give_up() noexcept {
    request_->headers_in.content_length_n = 0;
    request_->headers_in.content_length = nullptr;
    request_->headers_in.chunked = 0;
    request_->request_body_no_buffering = 0;
    text_ = {};
    if (counted_) counted_->release();
}

bool RequestBody::take_from(const ngx_http_request_t& source) {
    if (source.request_body == nullptr || source.reading_body != 0) return false;
    copy(source.request_body->bufs);
    is_complete_ = true;
    return true;
}

}  // namespace ngx
