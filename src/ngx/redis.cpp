#include "ngx/redis.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include "base/backoff.h"
#include "base/secret.h"
#include "base/text.h"
#include "ngx/file.h"
#include "ngx/guard.h"

namespace ngx {
namespace {

constexpr base::Backoff backoff{.first = 100, .longest = 5000};
constexpr ngx_msec_t well_for_long = 10000;
constexpr ngx_msec_t unasked_timeout = 2000;  // to connect while nobody waits for it
constexpr std::size_t most_password_bytes = 4096;
constexpr std::size_t most_shown_bytes = 200;

// Also when the clock of milliseconds begins anew.
bool is_before(ngx_msec_t a, ngx_msec_t b) noexcept {
    return static_cast<ngx_msec_int_t>(a - b) < 0;
}
bool is_over(ngx_msec_t time) noexcept {
    return !is_before(ngx_current_msec, time);
}

// What a server says, for the log.
std::string shown(std::string_view text) {
    std::string out;
    base::append_percent_encoded(out, text.substr(0, most_shown_bytes), "");
    return out;
}

// The file may be for the user alone as whom nginx starts.
bool is_forbidden(const std::string& name) noexcept {
    return ::access(name.c_str(), R_OK) != 0 && errno == EACCES;
}

std::expected<base::Secret, std::string> read_password(const std::string& name) {
    auto file = read_file(name, most_password_bytes);
    if (!file) return std::unexpected("the password file \"" + name + "\": " + file.error());
    const auto content = base::Secret::taken(std::move(file->content));
    std::string_view password = content.reveal();
    while (password.ends_with('\n') || password.ends_with('\r'))
        password.remove_suffix(1);
    if (password.empty()) return std::unexpected("the password file \"" + name + "\" is empty");
    return base::Secret(password);
}

}  // namespace

RedisCommand::~RedisCommand() {
    if (waiting_ != nullptr) *waiting_ = nullptr;
}

RedisClient::RedisClient(RedisSettings settings) : settings_(std::move(settings)), connection_(*this) {}

RedisClient::~RedisClient() {
    stop();
}

void RedisClient::start(ngx_cycle_t* cycle) noexcept {
    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) return;
    const auto* http = reinterpret_cast<const ngx_http_conf_ctx_t*>(ngx_get_conf(cycle->conf_ctx, ngx_http_module));
    const void* core = http->loc_conf[ngx_http_core_module.ctx_index];
    resolver_ = static_cast<const ngx_http_core_loc_conf_t*>(core)->resolver;
    timer_.data = this;
    timer_.handler = on_due;
    timer_.log = ngx_cycle->log;
    is_running_ = true;
    ngx_time_update();  // the time of a worker that starts is that of its configuration
    guarded(ngx_cycle->log, false, [&] { return connect(), true; });
}

void RedisClient::stop() noexcept {
    if (!std::exchange(is_running_, false)) return;
    leave();
    fail(std::exchange(waiting_, {}), "the worker ends");
}

std::expected<void, RedisError> RedisClient::send(RedisCommand& command, const RedisCaller& caller,
                                                  std::span<const std::string_view> arguments) {
    const auto limited = [&](std::string_view whose) {
        return std::unexpected(RedisError{
            .text = "too many requests" + std::string(whose) + " wait for Redis at " + address() + " already",
            .is_ours = true});
    };
    auto of_caller = waiting_of_caller_.take(caller.key, most_of_caller);
    if (!of_caller) return limited(" of this caller");
    base::Tally<char>::Place of_strangers;
    if (caller.is_stranger) of_strangers = waiting_of_strangers_.take(0, most_of_strangers);
    if (caller.is_stranger && !of_strangers) return limited(" of unknown callers");
    if (waiting_.size() >= most_waiting) return limited("");
    if (state_ == State::off && !may_connect()) return std::unexpected(RedisError{.text = trouble(last_trouble_)});
    if (state_ == State::off) connect();
    std::string bytes = redis_command(arguments);
    Waiting& waiting = waiting_.emplace_back(&command, std::move(of_caller), std::move(of_strangers),
                                             ngx_current_msec + settings_.timeout, std::string());
    command.waiting_ = &waiting.command;
    if (state_ == State::ready) {
        connection_.send(bytes);
    } else {
        waiting.unsent = std::move(bytes);
    }
    set_timer();
    return {};
}

bool RedisClient::may_connect() const noexcept {
    return is_running_ && (failures_ == 0 || is_over(not_before_));
}

void RedisClient::connect() {
    parser_ = std::make_unique<RedisParser>();
    state_ = State::connecting;
    const ngx_msec_t limit = waiting_.empty() ? std::max(settings_.timeout, unasked_timeout) : settings_.timeout;
    connect_by_ = ngx_current_msec + limit;
    connection_.open(settings_.address, resolver_, limit);
    set_timer();
}

void RedisClient::opened() noexcept {
    if (settings_.password_file.empty()) return become_ready();
    state_ = State::authenticating;
    const bool is_sent = guarded(ngx_cycle->log, false, [&] { return authenticate(), true; });
    if (!is_sent) give_up("out of memory");
}

void RedisClient::authenticate() {
    const bool is_kept = settings_.password != nullptr && is_forbidden(settings_.password_file);
    using Password = std::expected<base::Secret, std::string>;
    const Password password =
        is_kept ? Password(base::Secret(settings_.password->reveal())) : read_password(settings_.password_file);
    if (!password) return give_up("cannot log in: " + password.error());
    std::vector<std::string_view> arguments{"AUTH"};
    if (!settings_.user.empty()) arguments.emplace_back(settings_.user);
    arguments.push_back(password->reveal());
    const auto command = base::Secret::taken(redis_command(arguments));
    connection_.send(command.reveal());
    password_ = base::Secret(password->reveal());
}

void RedisClient::become_ready() noexcept {
    state_ = State::ready;
    for (Waiting& waiting : waiting_)
        connection_.send(std::exchange(waiting.unsent, {}));
}

void RedisClient::received(std::string_view bytes) noexcept {
    const RedisParser* current = parser_.get();
    parser_->feed(bytes);
    const bool is_taken = guarded(ngx_cycle->log, false, [&] {
        while (state_ != State::off && parser_.get() == current) {
            auto reply = parser_->next();
            if (!reply) {
                give_up(reply.error());
            } else if (*reply) {
                take(*std::move(*reply));
            } else {
                break;
            }
        }
        return true;
    });
    if (!is_taken) give_up("out of memory");
}

void RedisClient::take(RedisReply reply) {
    if (!password_.empty() && reply.text.contains(password_.reveal())) reply.text = "ERR it repeats the password";
    if (state_ == State::authenticating) {
        if (!reply.is_error()) return become_ready();
        // Not its words: Redis repeats the arguments of a command that it does not know.
        return give_up("it refuses the password (" + shown(redis_error_code(reply.text)) +
                       "): correct \"password_file=\" or \"user=\", or its users");
    }
    if (waiting_.empty()) return give_up("it says without being asked: \"" + shown(reply.text) + '"');
    RedisCommand* command = waiting_.front().command;
    waiting_.pop_front();
    if (command != nullptr) {
        command->waiting_ = nullptr;
        if (command->completed(std::move(reply))) served();
    }
    if (ngx_exiting && waiting_.empty()) return leave();
    set_timer();
}

// All commands have the same time, so the first has the least left.
void RedisClient::set_timer() noexcept {
    const bool is_connecting = state_ == State::connecting || state_ == State::authenticating;
    if (!is_connecting && waiting_.empty()) {
        if (timer_.timer_set) ngx_del_timer(&timer_);
        return;
    }
    ngx_msec_t until = waiting_.empty() ? connect_by_ : waiting_.front().deadline;
    if (is_connecting && is_before(connect_by_, until)) until = connect_by_;
    // One that is set too early looks again when it is over.
    if (timer_.timer_set && !is_before(until, timer_.timer.key)) return;
    if (timer_.timer_set) ngx_del_timer(&timer_);
    ngx_add_timer(&timer_, is_over(until) ? 1 : until - ngx_current_msec);
}

void RedisClient::on_due(ngx_event_t* event) noexcept {
    auto& self = *static_cast<RedisClient*>(event->data);
    const bool is_connecting = self.state_ == State::connecting || self.state_ == State::authenticating;
    if (is_connecting && is_over(self.connect_by_)) return self.give_up("it cannot be connected to in time");
    if (!self.waiting_.empty() && is_over(self.waiting_.front().deadline))
        return self.give_up("it does not answer in time");
    self.set_timer();
}

void RedisClient::closed(std::string_view why) noexcept {
    // A server may end what nobody uses.
    if (state_ == State::ready && waiting_.empty()) return leave();
    give_up(why);
}

void RedisClient::asked_to_leave() noexcept {
    if (waiting_.empty()) leave();
}

void RedisClient::leave() noexcept {
    connection_.close();
    state_ = State::off;
    if (timer_.timer_set) ngx_del_timer(&timer_);
}

void RedisClient::give_up(std::string_view why) noexcept {
    leave();
    failures_++;
    not_before_ = ngx_current_msec +
                  static_cast<ngx_msec_t>(backoff.delay(failures_, static_cast<std::uint32_t>(ngx_random()) << 1U));
    tell_trouble(why);
    fail(std::exchange(waiting_, {}), why);
}

void RedisClient::fail(const std::list<Waiting>& waiting, std::string_view why) noexcept {
    for (const Waiting& failed : waiting) {
        if (failed.command == nullptr) continue;
        failed.command->waiting_ = nullptr;
        RedisCommand::Result result = std::unexpected(RedisError());
        guarded(ngx_cycle->log, false, [&] { return result.error().text = trouble(why), true; });
        failed.command->completed(std::move(result));
    }
}

std::string RedisClient::trouble(std::string_view what) const {
    return "Redis at " + address() + ": " + std::string(what);
}

// A trouble that comes and goes is one: another it is when the server has served for a while in between.
void RedisClient::tell_trouble(std::string_view what) noexcept {
    if (well_since_ && is_over(*well_since_ + well_for_long)) messages_.begin_anew();
    well_since_.reset();
    guarded(ngx_cycle->log, false, [&] {
        last_trouble_ = what;
        if (!messages_.is_due()) return true;
        is_in_trouble_ = true;
        tell(NGX_LOG_ERR, trouble(what) + (settings_.advice.empty() ? "" : "; " + settings_.advice));
        return true;
    });
}

void RedisClient::served() noexcept {
    failures_ = 0;
    if (!well_since_) well_since_ = ngx_current_msec;
    if (!std::exchange(is_in_trouble_, false)) return;
    guarded(ngx_cycle->log, false, [&] { return tell(NGX_LOG_NOTICE, trouble("it serves again")), true; });
}

void RedisClient::tell(ngx_uint_t level, std::string_view text) noexcept {
    log(level, ngx_cycle->log, text);
}

}  // namespace ngx
