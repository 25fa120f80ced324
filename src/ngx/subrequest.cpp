#include "ngx/subrequest.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "ngx/string.h"

namespace ngx {
namespace {

template <class T>
T* allocate(ngx_pool_t* pool) {
    auto* object = static_cast<T*>(ngx_pcalloc(pool, sizeof(T)));
    if (object == nullptr) throw std::bad_alloc();
    return object;
}

// What a request for other content must not take over from the client's: the token, which is not for others to see, the
// body, of which there is none here, and whatever could get us less than the whole plain answer.
constexpr std::array<std::string_view, 15> client_only_headers = {
    "accept-encoding", "authorization", "connection",        "content-encoding",    "content-length",
    "content-type",    "expect",        "if-match",          "if-modified-since",   "if-none-match",
    "if-range",        "range",         "transfer-encoding", "if-unmodified-since", "proxy-authorization",
};

void append(ngx_list_t& list, const ngx_table_elt_t& header) {
    auto* copy = static_cast<ngx_table_elt_t*>(ngx_list_push(&list));
    if (copy == nullptr) throw std::bad_alloc();
    *copy = header;
}

ngx_http_headers_in_t headers_for(const ngx_http_request_t* parent) {
    ngx_http_headers_in_t headers = parent->headers_in;
    if (ngx_list_init(&headers.headers, parent->pool, 16, sizeof(ngx_table_elt_t)) != NGX_OK) throw std::bad_alloc();
    for (const ngx_list_part_t* part = &parent->headers_in.headers.part; part != nullptr; part = part->next) {
        const auto* header = static_cast<const ngx_table_elt_t*>(part->elts);
        for (const auto* end = header + part->nelts; header != end; ++header) {
            const std::string_view name(reinterpret_cast<const char*>(header->lowcase_key), header->key.len);
            if (std::ranges::find(client_only_headers, name) == client_only_headers.end())
                append(headers.headers, *header);
        }
    }
    headers.authorization = nullptr;
    headers.content_length = nullptr;
    headers.content_type = nullptr;
    headers.expect = nullptr;
    headers.if_match = nullptr;
    headers.if_modified_since = nullptr;
    headers.if_none_match = nullptr;
    headers.if_range = nullptr;
    headers.if_unmodified_since = nullptr;
    headers.range = nullptr;
    headers.transfer_encoding = nullptr;
#if (NGX_HTTP_GZIP || NGX_HTTP_HEADERS)
    headers.accept_encoding = nullptr;
#endif
    headers.content_length_n = -1;
    headers.chunked = 0;
    return headers;
}

}  // namespace

Subrequest* Subrequest::start(ngx_http_request_t* parent, std::string_view uri, std::size_t max_body) {
    ngx_str_t path = copy(parent->pool, uri);
    ngx_str_t arguments = ngx_null_string;
    ngx_uint_t flags = NGX_HTTP_LOG_UNSAFE;
    if (ngx_http_parse_unsafe_uri(parent, &path, &arguments, &flags) != NGX_OK) return nullptr;

    // All that may fail for want of memory comes first: after ngx_http_subrequest() there is no way back.
    const ngx_http_headers_in_t headers = headers_for(parent);
    auto* no_body = allocate<ngx_http_request_body_t>(parent->pool);
    auto* self = allocate<Subrequest>(parent->pool);
    self->callback_ = {.handler = finished, .data = self};
    self->output_.buf = ngx_create_temp_buf(parent->pool, max_body);
    if (self->output_.buf == nullptr) throw std::bad_alloc();
    self->output_.buf->last_buf = 1;

    if (ngx_http_subrequest(parent, &path, &arguments, &self->request_, &self->callback_,
                            NGX_HTTP_SUBREQUEST_IN_MEMORY | NGX_HTTP_SUBREQUEST_WAITED) != NGX_OK)
        throw StartFailure();
    self->request_->headers_in = headers;
    self->request_->request_body = no_body;  // else upstream modules would wait for the client's
    // nginx collects the answer in r->out, and makes a buffer of subrequest_output_buffer_size only when there is none.
    self->request_->out = &self->output_;
    return self;
}

bool Subrequest::is_one(const ngx_http_request_t* request) noexcept {
    return request->post_subrequest != nullptr && request->post_subrequest->handler == finished;
}

// Called whenever nginx finalizes the subrequest; more than once when an error page follows.
ngx_int_t Subrequest::finished(ngx_http_request_t* request, void* data, ngx_int_t result) noexcept {
    if (result != NGX_ERROR) return result;
    // The answer outgrew its buffer, for instance. NGX_ERROR would close the client's connection without a response,
    // so the failure is remembered, and output that still waits in some filter is given up.
    static_cast<Subrequest*>(data)->failed_ = true;
    request->buffered = 0;
    return NGX_OK;
}

bool Subrequest::is_encoded() const noexcept {
    const ngx_table_elt_t* header = request_->headers_out.content_encoding;
    return header != nullptr && header->hash != 0 && !equal_ignoring_case(view(header->value), "identity");
}

bool Subrequest::is_complete() const noexcept {
    const off_t announced = request_->headers_out.content_length_n;
    return !failed_ && (announced < 0 || std::cmp_equal(announced, body().size()));
}

std::string_view Subrequest::body() const noexcept {
    const ngx_buf_t* buffer = output_.buf;
    return {reinterpret_cast<const char*>(buffer->pos), static_cast<std::size_t>(buffer->last - buffer->pos)};
}

}  // namespace ngx
