// A question to the authorization server, by a subrequest, that a worker asks once, however many requests wait for the
// answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/sha256.h"
#include "ngx/nginx.h"
#include "ngx/subrequest.h"
#include "oauth/server_answer.h"

namespace authority {

enum class Progress : std::uint8_t {
    ready,
    waiting  // nginx calls again
};

// Kept apart from the request that got it, which may be gone.
struct Answer {
    int status = 0;
    std::optional<ngx::Subrequest::Obstacle> obstacle{};  // nobody was asked, or another
    bool complete = true;
    bool too_large = false;
    std::string body{};
    std::string content_encoding{};
    std::string retry_after{};
    std::string note{};  // for the log

    bool is_encoded() const noexcept;  // a Content-Encoding other than identity
    oauth::ServerAnswer view() const noexcept { return {status, body, content_encoding, retry_after}; }
};

class Inquiry;

// What a worker is asking at the moment.
class Inquiries {
public:
    bool is_under_way(const base::Sha256& key) const { return under_way_.contains(key); }

private:
    friend class Inquiry;
    struct KeyHash {
        std::size_t operator()(const base::Sha256& key) const noexcept;
    };
    using Followers = std::list<Inquiry*>;  // of the one that asks, in the order in which they came
    std::unordered_map<base::Sha256, Followers, KeyHash> under_way_;
};

// Where a question is asked: in one server or location, for one Host, which a Subrequest passes on. Elsewhere the same
// URI may lead to another authorization server. `conf` is the configuration of that server or location: nobody else has
// its address as long as it is loaded. Throws std::bad_alloc.
base::Sha256 place_of(const ngx_http_request_t* request, const void* conf);

// The part of one request. When the leader's client goes away, the next request in line that can ask asks again.
class Inquiry {
public:
    Inquiry(ngx_http_request_t* request, Inquiries& inquiries) noexcept;
    ~Inquiry();
    Inquiry(const Inquiry&) = delete;
    Inquiry& operator=(const Inquiry&) = delete;

    struct Question {
        base::Sha256 key;     // equal keys have equal answers: it names all that the answer depends on
        ngx::Destination to;  // an internal location
        std::size_t max_answer_bytes;
        std::optional<ngx::Form> form{};  // none: a GET
    };

    // Asks, or joins who is asking. Throws std::bad_alloc, Subrequest::StartFailure.
    Progress start(const Question& question);
    // Goes on when nginx calls again.
    Progress proceed();

    bool is_started() const noexcept { return role_ != Role::none; }
    // When ready. Without one in time, or without memory for it, a 504.
    const Answer& answer() const noexcept;
    // Whether there is one.
    bool is_answered() const noexcept { return answer_ != nullptr; }
    // Whether this request was the one that asked.
    bool has_asked() const noexcept { return subrequest_ != nullptr; }

private:
    enum class Role : std::uint8_t {
        none,
        leader,
        heir,  // woken to become the leader
        follower,
        done
    };
    static void wake_up(ngx_event_t* event) noexcept;

    Progress lead();
    ngx::Subrequest::Started ask();
    Progress give_up(ngx::Subrequest::Obstacle obstacle);
    void follow(Inquiries::Followers& line);
    void wake_soon() noexcept;
    void end_wait() noexcept;
    void settle(const std::shared_ptr<const Answer>& answer) noexcept;
    void leave() noexcept;
    void hand_over() noexcept;

    ngx_http_request_t* request_;
    decltype(Inquiries::under_way_)& under_way_;
    Role role_ = Role::none;
    Question question_{};
    ngx::Subrequest* subrequest_ = nullptr;         // of a leader
    Inquiries::Followers::iterator place_in_line_;  // of a follower
    ngx_event_t wake_{};                            // of an heir or a follower
    std::shared_ptr<const Answer> answer_;          // null when none came in time
};

}  // namespace authority
