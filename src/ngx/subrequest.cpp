#include "ngx/subrequest.h"

#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "ngx/header.h"
#include "ngx/pool.h"
#include "ngx/string.h"
#include "ngx/subrequest_uri.h"
#include "ngx/upstream.h"
#include "ngx/variable.h"

namespace ngx {
namespace {

template <class T>
T* allocate(ngx_pool_t* pool) {
    auto* object = static_cast<T*>(ngx_pcalloc(pool, sizeof(T)));
    if (object == nullptr) throw std::bad_alloc();
    return object;
}

ngx_table_elt_t& add(ngx_http_headers_in_t& headers, std::string_view name, std::string_view lower_case,
                     std::string_view value) {
    auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&headers.headers));
    if (header == nullptr) throw std::bad_alloc();
    *header = {};
    header->hash = ngx_hash_key(str(lower_case).data, lower_case.size());
    header->key = str(name);
    header->value = str(value);
    header->lowcase_key = str(lower_case).data;
    return *header;
}

// None of the client's: any of them may hold its token, and some would get us less than the whole plain answer.
ngx_http_headers_in_t own_headers(const ngx_http_request_t* parent, std::string_view accept) {
    ngx_http_headers_in_t headers{};
    if (ngx_list_init(&headers.headers, parent->pool, 8, sizeof(ngx_table_elt_t)) != NGX_OK) throw std::bad_alloc();
    headers.server = parent->headers_in.server;
    headers.content_length_n = -1;
    headers.keep_alive_n = -1;
    if (parent->headers_in.host != nullptr)
        headers.host = &add(headers, "Host", "host", view(parent->headers_in.host->value));
    add(headers, "Accept", "accept", accept);
    return headers;
}

ngx_http_headers_in_t headers_for(const ngx_http_request_t* parent, const Destination& to) {
    ngx_http_headers_in_t headers = own_headers(parent, to.accept);
    headers.user_agent = &add(headers, "User-Agent", "user-agent", "nginx");  // some servers refuse a GET without
    return headers;
}

ngx_http_headers_in_t headers_for(const ngx_http_request_t* parent, const Destination& to, const Form& form) {
    ngx_http_headers_in_t headers = own_headers(parent, to.accept);
    if (!form.authorization.empty())
        headers.authorization = &add(headers, "Authorization", "authorization", form.authorization);
    headers.content_type = &add(headers, "Content-Type", "content-type", "application/x-www-form-urlencoded");
    const ngx_str_t length = copy(parent->pool, std::to_string(form.body.size()));
    headers.content_length = &add(headers, "Content-Length", "content-length", view(length));
    headers.content_length_n = static_cast<off_t>(form.body.size());
    return headers;
}

ngx_http_request_body_t* body_of(ngx_pool_t* pool, std::string_view content) {
    auto* body = allocate<ngx_http_request_body_t>(pool);
    auto* buffer = allocate<ngx_buf_t>(pool);
    auto* link = allocate<ngx_chain_t>(pool);
    buffer->start = buffer->pos = str(content).data;
    buffer->end = buffer->last = buffer->start + content.size();
    buffer->memory = 1;
    buffer->last_buf = 1;
    *link = {.buf = buffer, .next = nullptr};
    body->buf = buffer;
    body->bufs = link;
    body->received = static_cast<off_t>(content.size());
    return body;
}

bool depends_on_message(std::string_view variable) noexcept {
    static constexpr std::array<std::string_view, 4> prefixes = {"http_", "cookie_", "content_", "request_body"};
    static constexpr std::array<std::string_view, 3> names = {"request", "request_uri", "remote_user"};
    return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return variable.starts_with(prefix); }) ||
           std::ranges::find(names, variable) != names.end();
}

// The values of variables that nginx keeps: those that the parent has set, for its headers are not ours. nginx would
// share them, and so show our credentials in the parent's $http_authorization, or its token in ours. And it gives each
// subrequest the parent's $request_method.
ngx_http_variable_value_t* variables_for(const ngx_http_request_t* parent, std::string_view method) {
    const auto* core =
        static_cast<const ngx_http_core_main_conf_t*>(ngx_http_get_module_main_conf(parent, ngx_http_core_module));
    const auto* names = static_cast<const ngx_http_variable_t*>(core->variables.elts);
    const ngx_uint_t count = core->variables.nelts;
    auto* values = static_cast<ngx_http_variable_value_t*>(
        ngx_pcalloc(parent->pool, (count + 1) * sizeof(ngx_http_variable_value_t)));
    if (values == nullptr) throw std::bad_alloc();
    for (ngx_uint_t i = 0; i < count; i++) {
        if (view(names[i].name) == "request_method") {
            set_value(values[i], method);
            values[i].no_cacheable = 0;  // else nginx would compute it
        } else if (!depends_on_message(view(names[i].name))) {
            values[i] = parent->variables[i];
        }
    }
    return values;
}

}  // namespace

struct Subrequest::Message {
    std::string_view method;
    ngx_http_headers_in_t headers;
    ngx_http_request_body_t* body;
    // What nginx would take from the parent: with that in its key, a cache could give us what the parent was answered.
    ngx_str_t uri{};   // $request_uri
    ngx_str_t line{};  // $request
    ngx_http_variable_value_t* variables = nullptr;

    void address(const ngx_http_request_t* parent, std::string_view destination) {
        uri = copy(parent->pool, destination);
        line = copy(parent->pool, std::string(method) + ' ' + std::string(destination) + ' ' +
                                      std::string(view(parent->http_protocol)));
        variables = variables_for(parent, method);
    }
};

std::string_view text(Subrequest::Obstacle obstacle) noexcept {
    switch (obstacle) {
        case Subrequest::Obstacle::nesting:
            return "a subrequest in the background or in memory cannot have subrequests";
        case Subrequest::Obstacle::unsafe_uri:
            return "the URI is not safe: a variable in it holds a control character, a space, \"?\", \"#\", \"..\" or "
                   "something encoded twice, which would change what is asked; see \"The internal location\" in "
                   "docs/directives/auth_jwt.md";
        case Subrequest::Obstacle::strayed:
            break;
    }
    return "another location than its own has answered, or would have";
}

// However deep it stands: what waits inside of a background subrequest keeps that one from ending.
bool Subrequest::may_have_one(const ngx_http_request_t* parent) noexcept {
    for (; parent != nullptr; parent = parent->parent)
        if (parent->subrequest_in_memory || parent->background) return false;
    return true;
}

Subrequest::Started Subrequest::start(ngx_http_request_t* parent, const Destination& to, std::size_t max_body) {
    return start(parent, to, max_body,
                 {"GET", headers_for(parent, to), allocate<ngx_http_request_body_t>(parent->pool)});
}

Subrequest::Started Subrequest::start(ngx_http_request_t* parent, const Destination& to, std::size_t max_body,
                                      const Form& form) {
    const auto started =
        start(parent, to, max_body, {"POST", headers_for(parent, to, form), body_of(parent->pool, form.body)});
    if (!started) return started;
    Subrequest& self = **started;
    self.has_form_ = true;
    self.request_->method = NGX_HTTP_POST;
    return started;
}

Subrequest::Started Subrequest::start(ngx_http_request_t* parent, const Destination& to, std::size_t max_body,
                                      Message message) {
    if (!may_have_one(parent)) return std::unexpected(Obstacle::nesting);
    if (!is_safe_uri(to.written, to.uri)) return std::unexpected(Obstacle::unsafe_uri);
    ngx_str_t path = copy(parent->pool, to.uri);
    ngx_str_t arguments = ngx_null_string;
    ngx_uint_t flags = 0;
    if (ngx_http_parse_unsafe_uri(parent, &path, &arguments, &flags) != NGX_OK || !is_safe_path(to.written, view(path)))
        return std::unexpected(Obstacle::unsafe_uri);

    // All that may fail for want of memory comes first: after ngx_http_subrequest() there is no way back.
    message.address(parent, to.uri);
    auto& self = make<Subrequest>(parent->pool, Private{});
    self.to_ = to;
    self.path_ = path;
    self.callback_ = {.handler = finished, .data = &self};
    self.output_.buf = ngx_create_temp_buf(parent->pool, max_body);
    if (self.output_.buf == nullptr) throw std::bad_alloc();
    self.output_.buf->last_buf = 1;
    self.room_ = max_body;

    if (ngx_http_subrequest(parent, &path, &arguments, &self.request_, &self.callback_,
                            NGX_HTTP_SUBREQUEST_IN_MEMORY | NGX_HTTP_SUBREQUEST_WAITED) != NGX_OK)
        throw StartFailure();
    self.prepare(message);
    return &self;
}

void Subrequest::prepare(const Message& message) noexcept {
    request_->headers_in = message.headers;
    request_->request_body = message.body;  // the parent's, otherwise: upstream modules would wait for the client's
    request_->method_name = str(message.method);
    request_->unparsed_uri = message.uri;
    request_->request_line = message.line;
    request_->variables = message.variables;
    DerivedVariables::of(request_).drop(request_);
    // nginx collects the answer in r->out, and makes a buffer of subrequest_output_buffer_size only when there is none.
    request_->out = &output_;
    request_->error_page = 1;  // as if one had been shown: there is no second one
    clock_.data = done_.data = hold_.data = this;
    clock_.handler = on_time_over;
    done_.handler = on_done;
    hold_.handler = on_hold;
    clock_.log = done_.log = hold_.log = request_->connection->log;
    ngx_add_timer(&clock_, static_cast<ngx_msec_t>(to_.time_limit.count()));
    if (to_.outlives_client) {
        ngx_post_event(&hold_, &ngx_posted_events);
    }
}

Subrequest::~Subrequest() {
    stop_clock();
    for (ngx_event_t* event : {&done_, &hold_}) {
        if (event->timer_set) ngx_del_timer(event);
        if (event->posted) {
            ngx_delete_posted_event(event);
        }
    }
}

bool Subrequest::is_one(const ngx_http_request_t* request) noexcept {
    return request->post_subrequest != nullptr && request->post_subrequest->handler == finished;
}

Subrequest& Subrequest::of(const ngx_http_request_t* request) noexcept {
    return *static_cast<Subrequest*>(request->post_subrequest->data);
}

std::string_view Subrequest::header(std::string_view name) const noexcept {
    std::string_view value;
    each_header(request_->headers_out.headers, [&](const ngx_table_elt_t& header) {
        const bool is_it = header.hash != 0 && base::equals_ignoring_case(name_of(header), name);
        if (is_it && value.empty()) value = view(header.value);
    });
    return value;
}

std::string Subrequest::headers(std::string_view name) const {
    std::string joined;
    each_header(request_->headers_out.headers, [&](const ngx_table_elt_t& header) {
        if (header.hash == 0 || !base::equals_ignoring_case(name_of(header), name)) return;
        joined.append(joined.empty() ? "" : ", ").append(view(header.value));
    });
    return joined;
}

void Subrequest::release() noexcept {
    ngx_buf_t* buffer = output_.buf;
    ngx_pfree(request_->pool, buffer->start);
    buffer->start = buffer->pos = buffer->last = buffer->end = nullptr;
}

bool Subrequest::is_complete() const noexcept {
    const off_t announced = request_->headers_out.content_length_n;
    return !failed_ && !breaks_off_in_chunks(request_) && (announced < 0 || std::cmp_equal(announced, body().size()));
}

std::string_view Subrequest::body() const noexcept {
    const ngx_buf_t* buffer = output_.buf;
    return {reinterpret_cast<const char*>(buffer->pos), static_cast<std::size_t>(buffer->last - buffer->pos)};
}

// --- What the modules of this project tell each other

namespace {

constexpr std::array<std::string_view, 2> askers = {"ngx_http_auth_jwt_module", "ngx_http_auth_oauth2_token_module"};
constexpr std::uintptr_t mark = 0x6D63705F;  // another vendor's module may have the same name

using Recognizes = bool (*)(const ngx_http_request_t*) noexcept;

bool is_asker(const ngx_module_t& module) noexcept {
    return module.spare_hook0 == mark && module.name != nullptr &&
           std::ranges::find(askers, std::string_view(module.name)) != askers.end();
}

}  // namespace

// nginx leaves these to its modules.
void announce_subrequests(ngx_module_t& module) noexcept {
    module.spare_hook0 = mark;
    module.spare_hook1 = std::bit_cast<std::uintptr_t>(Recognizes{&Subrequest::is_one});
}

bool is_own_subrequest(const ngx_http_request_t* request) noexcept {
    if (request->post_subrequest == nullptr) return false;
    for (ngx_module_t* const* module = ngx_cycle->modules; *module != nullptr; module++)
        if (is_asker(**module) && std::bit_cast<Recognizes>((*module)->spare_hook1)(request)) return true;
    return false;
}

}  // namespace ngx
