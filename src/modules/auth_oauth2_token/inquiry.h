// A question to the authorization server that a worker asks once, however many requests wait for the answer.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "ngx/nginx.h"
#include "ngx/subrequest.h"
#include "oauth/base/sha256.h"
#include "oauth/server_answer.h"

namespace auth_oauth2_token {

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

    oauth::ServerAnswer view() const noexcept { return {status, body, content_encoding, retry_after}; }
};

class Inquiry;

// What a worker is asking at the moment.
class Inquiries {
private:
    friend class Inquiry;
    struct KeyHash {
        std::size_t operator()(const oauth::Sha256& key) const noexcept;
    };
    using Followers = std::list<Inquiry*>;  // of the one that asks, in the order in which they came
    std::unordered_map<oauth::Sha256, Followers, KeyHash> under_way_;
};

// The part of one request. When the leader's client goes away, the next request in line that can ask asks again.
class Inquiry {
public:
    Inquiry(ngx_http_request_t* request, Inquiries& inquiries) noexcept;
    ~Inquiry();
    Inquiry(const Inquiry&) = delete;
    Inquiry& operator=(const Inquiry&) = delete;

    struct Question {
        oauth::Sha256 key;    // equal keys have equal answers
        ngx::Destination to;  // an internal location
        ngx::Form form;
    };

    // Asks, or joins who is asking. Throws std::bad_alloc, ngx::Subrequest::StartFailure.
    Progress start(const Question& question);
    // Goes on when nginx calls again.
    Progress proceed();

    bool is_started() const noexcept { return role_ != Role::none; }
    // When ready.
    const Answer& answer() const noexcept;

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
    Progress give_up(ngx::Subrequest::Obstacle obstacle);
    void follow(Inquiries::Followers& line);
    void wake_soon() noexcept;
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

}  // namespace auth_oauth2_token
