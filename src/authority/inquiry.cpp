#include "authority/inquiry.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>

#include "ngx/string.h"

namespace authority {
namespace {

// Nobody waits longer for a leader than for an answer.
ngx_msec_t patience(const ngx::Destination& to) noexcept {
    return static_cast<ngx_msec_t>(std::chrono::milliseconds(to.time_limit).count());
}

// Null when there is no memory for it.
std::shared_ptr<const Answer> take_answer(ngx::Subrequest& subrequest) noexcept {
    try {
        auto answer = std::make_shared<const Answer>(Answer{
            .status = static_cast<int>(subrequest.status()),
            .obstacle = subrequest.obstacle(),
            .complete = subrequest.is_complete(),
            .too_large = subrequest.is_too_large(),
            .body = std::string(subrequest.body()),
            .content_encoding = std::string(subrequest.header("Content-Encoding")),
            .retry_after = std::string(subrequest.header("Retry-After")),
            .note = subrequest.note(),
        });
        subrequest.release();
        return answer;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

}  // namespace

bool Answer::is_encoded() const noexcept {
    return !content_encoding.empty() && !ngx::equal_ignoring_case(content_encoding, "identity");
}

std::size_t Inquiries::KeyHash::operator()(const base::Sha256& key) const noexcept {
    std::size_t start = 0;
    std::memcpy(&start, key.data(), sizeof(start));
    return start;
}

base::Sha256 place_of(const ngx_http_request_t* request, const void* conf) {
    const auto address = std::bit_cast<std::array<char, sizeof(conf)>>(conf);
    const ngx_table_elt_t* host = request->headers_in.host;
    std::string name(host != nullptr ? ngx::view(host->value) : std::string_view());
    std::ranges::transform(name, name.begin(), base::to_lower);  // RFC 9110 section 4.2.3
    return base::must_sha256_of({{address.data(), address.size()}, ngx::view(request->headers_in.server), name});
}

Inquiry::Inquiry(ngx_http_request_t* request, Inquiries& inquiries) noexcept
    : request_(request), under_way_(inquiries.under_way_) {
    wake_.data = this;
    wake_.handler = wake_up;
    wake_.log = request->connection->log;
}

Inquiry::~Inquiry() {
    leave();
    end_wait();
}

const Answer& Inquiry::answer() const noexcept {
    static const Answer too_late{.status = NGX_HTTP_GATEWAY_TIME_OUT};
    return answer_ != nullptr ? *answer_ : too_late;
}

Progress Inquiry::start(const Question& question) {
    question_ = question;
    const auto [line, is_new] = under_way_.try_emplace(question.key);
    if (is_new) return lead();
    follow(line->second);
    return Progress::waiting;
}

Progress Inquiry::proceed() {
    if (role_ == Role::heir) return lead();
    if (role_ == Role::leader && subrequest_->done()) {
        request_->connection->log->action = nullptr;  // what it says is about the subrequest
        settle(take_answer(*subrequest_));
    }
    if (role_ != Role::done) return Progress::waiting;
    end_wait();  // nobody need wake a request that runs already
    if (request_->read_event_handler == ngx_http_test_reading) request_->read_event_handler = ngx_http_block_reading;
    return Progress::ready;
}

Progress Inquiry::lead() {
    role_ = Role::leader;
    try {
        const auto started = ask();
        if (!started) return give_up(started.error());
        subrequest_ = *started;
        return Progress::waiting;
    } catch (...) {
        hand_over();
        throw;
    }
}

ngx::Subrequest::Started Inquiry::ask() {
    const auto& [key, to, max_bytes, form] = question_;
    return form ? ngx::Subrequest::start(request_, to, max_bytes, *form)
                : ngx::Subrequest::start(request_, to, max_bytes);
}

// What is in the way of this request need not be in the way of those behind it.
Progress Inquiry::give_up(ngx::Subrequest::Obstacle obstacle) {
    answer_ = std::make_shared<const Answer>(Answer{.obstacle = obstacle});
    hand_over();
    return Progress::ready;
}

void Inquiry::follow(Inquiries::Followers& line) {
    place_in_line_ = line.insert(line.end(), this);
    role_ = Role::follower;
    ngx_add_timer(&wake_, patience(question_.to));
    // Nobody else looks after the client of a request that just waits.
    if (request_ == request_->main) request_->read_event_handler = ngx_http_test_reading;
}

// The leader has the answer, and gives it to all.
void Inquiry::settle(const std::shared_ptr<const Answer>& answer) noexcept {
    const auto line = under_way_.find(question_.key);
    for (Inquiry* follower : line->second) {
        follower->answer_ = answer;
        follower->role_ = Role::done;
        follower->wake_soon();
    }
    under_way_.erase(line);
    answer_ = answer;
    role_ = Role::done;
}

void Inquiry::leave() noexcept {
    if (role_ == Role::follower) {
        under_way_.find(question_.key)->second.erase(place_in_line_);
        role_ = Role::done;
    }
    if (role_ == Role::leader || role_ == Role::heir) hand_over();
}

void Inquiry::hand_over() noexcept {
    role_ = Role::done;
    const auto line = under_way_.find(question_.key);
    if (line->second.empty()) {
        under_way_.erase(line);
        return;
    }
    Inquiry* heir = line->second.front();
    line->second.pop_front();
    heir->role_ = Role::heir;
    heir->wake_soon();
}

void Inquiry::end_wait() noexcept {
    if (wake_.timer_set) ngx_del_timer(&wake_);
    if (wake_.posted) {
        ngx_delete_posted_event(&wake_);
    }
}

void Inquiry::wake_soon() noexcept {
    if (wake_.timer_set) ngx_del_timer(&wake_);
    ngx_post_event(&wake_, &ngx_posted_events);
}

// Posted; or the timer of a follower, which then has waited long enough.
void Inquiry::wake_up(ngx_event_t* event) noexcept {
    auto& self = *static_cast<Inquiry*>(event->data);
    ngx_http_request_t* request = self.request_;
    ngx_connection_t* connection = request->connection;
    if (self.role_ == Role::follower) self.leave();
    ngx_http_set_log_request(connection->log, request);
    if (request == request->main) request->read_event_handler = ngx_http_block_reading;
    request->write_event_handler(request);
    ngx_http_run_posted_requests(connection);
}

}  // namespace authority
