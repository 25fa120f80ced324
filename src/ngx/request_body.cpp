#include "ngx/request_body.h"

#include <new>

#include "ngx/guard.h"
#include "ngx/pool.h"

namespace ngx {

RequestBody& RequestBody::of(const ngx_http_request_t* request) noexcept {
    return *find<RequestBody>(request->pool, [&](const RequestBody& body) { return body.request_ == request; });
}

ngx_int_t RequestBody::read() {
    request_->request_body_no_buffering = 1;  // else nginx reads all of it, into a file, before anyone may look
    const ngx_int_t result = ngx_http_read_client_request_body(request_, begun);
    if (result >= NGX_HTTP_SPECIAL_RESPONSE) return result;
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
    if (result == NGX_AGAIN) {
        request_->read_event_handler = more;
        request_->write_event_handler = ngx_http_request_empty_handler;
        return;
    }
    request_->read_event_handler = ngx_http_block_reading;
    if (result != NGX_OK) return ngx_http_finalize_request(request_, result);
    is_complete_ = true;
    request_->preserve_body = 1;
    request_->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(request_);
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
