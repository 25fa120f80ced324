// A request of our own to another location of this server, whose answer is kept in memory instead of going to the
// client.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

constexpr std::chrono::seconds default_time_limit{30};

// A POST of a form. Both texts must live as long as the request.
struct Form {
    std::string_view body;           // application/x-www-form-urlencoded
    std::string_view authorization;  // the value of the header; empty: none
};

// Where a subrequest goes. Both texts must live as long as the request.
struct Destination {
    std::string_view uri;                  // may have arguments and percent-encoded characters; see is_safe_uri()
    std::string_view written;              // the directive's text that it came of, variables and all
    std::chrono::milliseconds time_limit;  // to the last byte of the answer
    bool outlives_client = false;          // as with "proxy_ignore_client_abort on": the answer is waited for anyway
    std::string_view accept = "application/json";  // the value of the header
};

// Lives in the pool of its request.
//
// It has credentials, and its answer is believed. So it belongs to one location: the one that was written for its
// destination (objection() in endpoint.h). Error pages have no effect there; nor has anything else that would send it
// on: it ends when it enters a location, or the server's rewrite phase, a second time.
class Subrequest {
    struct Private {};

public:
    // Why there is no answer.
    enum class Obstacle : std::uint8_t {
        nesting,     // nginx refuses subrequests of one in memory, and never ends one in the background that has any
        unsafe_uri,  // of a value that is not logged
        strayed      // another location than its own has answered, or would have
    };
    using Started = std::expected<Subrequest*, Obstacle>;

    // Who waits for the answer.
    class Observer {
    public:
        Observer(const Observer&) = delete;
        Observer& operator=(const Observer&) = delete;

        // Once, from the event loop, when it is done; not when the request ends before. May end the request.
        virtual void answered(Subrequest& subrequest) noexcept = 0;

    protected:
        Observer() = default;
        ~Observer() = default;
    };

    // Once, in the postconfiguration of a module that uses this class: behind its other handlers, since the last one is
    // the first to be called.
    static ngx_int_t install(ngx_conf_t* cf) noexcept;

    // A GET with no header of the client's except Host. The answer may have up to `max_body` bytes, whatever
    // subrequest_output_buffer_size says. Throws std::bad_alloc, and StartFailure.
    static Started start(ngx_http_request_t* parent, const Destination& to, std::size_t max_body);

    // A POST, otherwise as above.
    static Started start(ngx_http_request_t* parent, const Destination& to, std::size_t max_body, const Form& form);

    // nginx left the request half prepared: only NGX_ERROR, which closes the connection, is safe.
    struct StartFailure {};

    // True for the subrequests that this class made.
    static bool is_one(const ngx_http_request_t* request) noexcept;

    explicit Subrequest(Private /*only for start()*/) noexcept {}
    Subrequest(const Subrequest&) = delete;
    Subrequest& operator=(const Subrequest&) = delete;
    ~Subrequest();

    // `observer` must live until it is called, or as long as the request.
    void observe(Observer& observer) noexcept { observer_ = &observer; }

    // The rest is for a subrequest that is done.
    std::optional<Obstacle> obstacle() const noexcept;  // with one, nothing of the answer may be looked at
    ngx_uint_t status() const noexcept { return request_->headers_out.status; }
    bool is_complete() const noexcept;  // false: it was larger than max_body, or it broke off
    bool is_too_large() const noexcept { return outgrown_; }
    std::string_view body() const noexcept;
    std::string_view header(std::string_view name) const noexcept;  // the first; empty: none
    std::string headers(std::string_view name) const;               // all of that name, with ", " between
    // What the log should say of an answer that is of no use, besides its status; may be empty.
    std::string note() const;
    // Gives back the memory of the body, which else stays as long as the request.
    void release() noexcept;

private:
    // On its way through nginx.
    enum class Stage : std::uint8_t {
        begun,
        in_server,    // in the server's rewrite phase
        in_location,  // its own
        strayed
    };

    static bool may_have_one(const ngx_http_request_t* parent) noexcept;
    struct Message;  // what the location gets
    static Started start(ngx_http_request_t* parent, const Destination& to, std::size_t max_body, Message message);
    static Subrequest& of(const ngx_http_request_t* request) noexcept;
    void prepare(const Message& message) noexcept;

    // What nginx calls; all but the last two for every request.
    static ngx_int_t enter_server(ngx_http_request_t* request) noexcept;
    static ngx_int_t enter_location(ngx_http_request_t* request) noexcept;
    static ngx_int_t filter_header(ngx_http_request_t* request) noexcept;
    static ngx_int_t filter_body(ngx_http_request_t* request, ngx_chain_t* in) noexcept;
    static ngx_int_t finished(ngx_http_request_t* request, void* data, ngx_int_t result) noexcept;
    static void on_hold(ngx_event_t* event) noexcept;
    static void on_time_over(ngx_event_t* event) noexcept;
    static void on_done(ngx_event_t* event) noexcept;

    ngx_int_t proceed(Stage expected, Stage next) noexcept;
    ngx_int_t stray() noexcept;
    std::string reason_for_straying() const;
    bool lost_its_credentials() const noexcept;
    void tell() noexcept;
    void stop_clock() noexcept {
        if (clock_.timer_set) ngx_del_timer(&clock_);
    }

    ngx_http_request_t* request_ = nullptr;
    Destination to_{};
    ngx_str_t path_{};  // of it, as nginx has decoded it
    ngx_http_post_subrequest_t callback_{};
    ngx_chain_t output_{};
    ngx_event_t clock_{};
    ngx_event_t done_{};  // posted
    ngx_event_t hold_{};  // the same: it is to outlive its client
    Observer* observer_ = nullptr;
    const ngx_http_core_loc_conf_t* location_ = nullptr;  // the first that it entered
    std::size_t room_ = 0;                                // how many more bytes the answer may have
    Stage stage_ = Stage::begun;
    bool has_form_ = false;
    bool failed_ = false;
    bool outgrown_ = false;
    bool is_late_ = false;
    bool connection_error_ = false;  // what r->connection->error was before
};

std::string_view text(Subrequest::Obstacle obstacle) noexcept;  // for the log

// The modules of this project that one nginx has loaded: each is a file of its own, with globals of its own.

// In the postconfiguration of a module that uses Subrequest: lets the others recognize what it asks.
void announce_subrequests(ngx_module_t& module) noexcept;

// True for a subrequest that one of these modules made to ask an authorization server (Subrequest::is_one): it carries
// our credentials and none of the client's, and its answer decides about the request that nobody has let pass yet.
bool is_own_subrequest(const ngx_http_request_t* request) noexcept;

}  // namespace ngx
