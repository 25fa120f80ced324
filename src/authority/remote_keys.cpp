#include "authority/remote_keys.h"

#include <cerrno>
#include <csignal>

#include <algorithm>
#include <utility>

#include "authority/fetched_document.h"
#include "authority/key_document.h"
#include "base/http_url.h"
#include "ngx/config.h"
#include "ngx/guard.h"
#include "ngx/log.h"
#include "oauth/discovery/document_request.h"
#include "oauth/discovery/metadata.h"
#include "oauth/jwt/published_keys.h"

namespace authority {
namespace {

using oauth::discovery::ServerMetadata;
using oauth::jwt::JwkSet;
using std::chrono::milliseconds;

constexpr milliseconds claim_margin = std::chrono::seconds(1);
constexpr milliseconds watch_interval = milliseconds(50);
constexpr milliseconds longest_retry_without_keys = std::chrono::seconds(10);
constexpr milliseconds retry_without_jwks_uri = std::chrono::minutes(1);
constexpr milliseconds longest_retry = std::chrono::minutes(10);  // whatever Retry-After says

milliseconds now() noexcept {
    return SharedDocument::now();
}

// Its number may belong to somebody else soon: then its claim runs out.
bool is_dead(ngx_pid_t process) noexcept {
    return process != 0 && kill(process, 0) == -1 && errno == ESRCH;
}

}  // namespace

RemoteKeys::RemoteKeys(std::string location, bool discovered, const RemoteKeysOptions& options)
    : location_(std::move(location)),
      shown_(ngx::url_in_quotes(location_)),
      options_(options),
      configured_at_(now()),
      shared_(options.shared, discovered ? "discovered keys" : "keys", location_, *options.trusted, configured_at_),
      calls_(options.listener, location_),
      limiter_(options.refetch_interval) {
    if (!base::HttpUrl::parse(location_)) throw ngx::ConfigError(shown_ + " is not an http or https URL");
    if (discovered) discovery_.emplace(location_);
}

void RemoteKeys::start() noexcept {
    // The cache manager runs init_process too.
    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) return;
    timer_.data = this;
    timer_.handler = on_timer;
    timer_.log = ngx_cycle->log;
    timer_.cancelable = 1;  // requests that wait have timers of their own
    ngx::guarded(ngx_cycle->log, false, [&] { return adopt_shared(), true; });
    become_due();
}

void RemoteKeys::stop() noexcept {
    if (state_ == State::stopped) return;
    if (fetch_.active()) shared_.give_up();
    fetch_.cancel();
    enter(State::stopped);
}

std::expected<IssuerKeys::Set, oauth::Error> RemoteKeys::current() noexcept {
    if (!is_usable()) return std::unexpected(oauth::Error::keys_unavailable);
    return keys_;
}

bool RemoteKeys::is_usable() const noexcept {
    return keys_ != nullptr && now() < usable_until_;
}

std::optional<milliseconds> RemoteKeys::asked_at() const noexcept {
    return is_usable() ? std::optional(fetched_at_) : std::nullopt;
}

milliseconds RemoteKeys::time_to_turn() const noexcept {
    return options_.shared != nullptr ? shared_.time_to_turn() : limiter_.time_left(now());
}

bool RemoteKeys::take_turn() noexcept {
    return options_.shared != nullptr ? shared_.take_turn(options_.refetch_interval) : limiter_.acquire(now());
}

bool RemoteKeys::wait_for_newer(ngx::Pause& pause, ngx_msec_t limit) noexcept {
    if (!ask_for_newer()) return false;
    return ngx::guarded(ngx_cycle->log, false, [&] { return waiting_.add(pause, limit), true; });
}

// Another worker may have got them meanwhile. Where nobody backs off they are on their way.
void RemoteKeys::hasten() noexcept {
    const bool is_served = is_usable() && !(failing() && keys_->keys().empty());
    if (is_served || state_ == State::stopped) return;
    const bool has_news = has_announcements();
    if (has_news) ngx::guarded(ngx_cycle->log, false, [&] { return adopt_shared(), true; });
    if (state_ == State::backing_off && (has_news || cut_back_off())) become_due();
}

// Whether newer keys may come soon.
bool RemoteKeys::ask_for_newer() noexcept {
    switch (state_) {
        case State::stopped:
            return false;
        case State::backing_off:  // while the server is down, requests are refused at once
            if (!has_announcements() && !cut_back_off()) return false;
            asked_at_ = now();
            become_due();
            return true;
        case State::resting:
            asked_at_ = now();
            become_due(has_announcements() ? milliseconds(0) : std::min(time_to_turn(), refresh_at_ - *asked_at_));
            return true;
        case State::due:
        case State::following:
            asked_at_ = now();
            return true;
        case State::fetching_metadata:
        case State::fetching_keys:  // begun before: who finds that they do not help asks again
            return true;
    }
    return false;
}

// The server may be well again long before the next retry. So when five seconds have passed, a token may take a turn as
// ever, unless the server itself has said when to come again.
bool RemoteKeys::cut_back_off() noexcept {
    if (now() < not_before_ || time_to_turn() > milliseconds(0) || !take_turn()) return false;
    shared_.forgive_failure();
    return true;
}

// --- The states

std::string_view RemoteKeys::name_of(State state) noexcept {
    static constexpr std::string_view names[] = {"stopped",   "resting",           "backing off",  "due",
                                                 "following", "fetching metadata", "fetching keys"};
    return names[static_cast<std::size_t>(state)];
}

// The one place where the state changes. `until` is how long it lasts, if nothing else ends it.
void RemoteKeys::enter(State state, std::optional<milliseconds> until) noexcept {
    state_ = state;
    if (timer_.timer_set) ngx_del_timer(&timer_);
    if (until) set_timer(*until);
    if (state != State::due && state != State::following) asked_at_.reset();
    const std::string_view name = name_of(state);
    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0, "keys of %*s: %*s", shown_.size(), shown_.data(), name.size(),
                   name.data());
}

void RemoteKeys::set_timer(milliseconds delay) noexcept {
    ngx_add_timer(&timer_, static_cast<ngx_msec_t>(std::max(delay, milliseconds(0)).count()));
}

void RemoteKeys::become_due(milliseconds delay) noexcept {
    fetcher_ = 0;
    enter(State::due);
    watch(delay);
}

void RemoteKeys::watch(milliseconds time) noexcept {
    look_at_ = now() + time;
    set_timer(std::min(time, watch_interval));
}

void RemoteKeys::rest() noexcept {
    enter(State::resting, refresh_at_ - now());
    waiting_.resume_all();
}

void RemoteKeys::back_off(unsigned failures, milliseconds delay, milliseconds not_before) noexcept {
    failures_ = failures;
    not_before_ = not_before;
    enter(State::backing_off, delay);
    waiting_.resume_all();
}

void RemoteKeys::follow() {
    const auto claim = shared_.standing_claim();
    if (claim && claim->failures != 0) {
        is_told_ = claim->is_told;
        return back_off(claim->failures, claim->time_left, claim->not_before);
    }
    fetcher_ = claim ? claim->fetcher : 0;
    enter(State::following);
    watch(claim ? claim->time_left : watch_interval);
}

// The metadata is asked each time: the keys may have moved, and where they were may still show the old ones. So what a
// token makes us ask is two requests at the most, and both are asked when it is there.
void RemoteKeys::begin_fetch() {
    begun_at_ = now();
    if (!discovery_) return fetch_key_set(location_);
    discovery_->begin();
    fetch_metadata();
}

void RemoteKeys::fetch_metadata() {
    enter(State::fetching_metadata);
    fetch({.url = discovery_->url(), .max_body_bytes = ServerMetadata::max_document_bytes});
}

void RemoteKeys::fetch_key_set(const std::string& url) {
    enter(State::fetching_keys);
    fetch({.url = url,
           .max_body_bytes = JwkSet::max_document_bytes,
           .deny_private_addresses = discovery_ && discovery_->leads_elsewhere(url)});
}

// --- What moves on from one to the next

// Whatever goes wrong, nobody is left waiting.
template <class Step>
void RemoteKeys::attempt(const Step& step) noexcept {
    const bool done = ngx::guarded(ngx_cycle->log, false, [&] { return step(), true; });
    if (done) return;
    fetch_.cancel();
    calls_.end(false);
    shared_.end_claim_of(ngx_pid);
    back_off(failures_ + 1, longest_retry_without_keys, now() + options_.refetch_interval);
}

void RemoteKeys::on_timer(ngx_event_t* event) noexcept {
    auto& self = *static_cast<RemoteKeys*>(event->data);
    // Nothing is renewed for a worker that quits, but for a request that comes while it does.
    if (ngx_exiting && self.waiting_.empty()) return self.enter(self.failing() ? State::backing_off : State::resting);
    // Asked often, so without the lock of the zone.
    const bool is_watching = self.state_ == State::due || self.state_ == State::following;
    if (is_watching && !self.has_news()) return self.watch(self.look_at_ - now());
    self.attempt([&] { self.look(); });
}

bool RemoteKeys::has_news() const noexcept {
    return has_announcements() || now() >= look_at_ || is_dead(fetcher_);
}

bool RemoteKeys::has_announcements() const noexcept {
    return shared_.announcements() != announcements_;
}

// Decides whether to fetch, and which worker does. Limited is what tokens make us ask, in all workers together, and not
// what comes after a fetch that was due: keys may be rotated a moment later. Who took the turn may be fetching for all.
void RemoteKeys::look() {
    announcements_ = shared_.announcements();
    if (!needs_fetch()) return rest();
    if (is_dead(fetcher_)) shared_.end_claim_of(fetcher_);
    if (const auto left = time_to_turn(); !is_stale() && left > milliseconds(0))
        return shared_.standing_claim() ? follow() : become_due(left);
    if (!shared_.claim(milliseconds(options_.fetch_deadline) + claim_margin)) return follow();
    // Another worker may have been ready between our look and our claim.
    const bool is_needed = needs_fetch();
    if (is_needed && (is_stale() || take_turn())) return begin_fetch();
    shared_.give_up();
    is_needed ? become_due(watch_interval) : rest();
}

bool RemoteKeys::needs_fetch() {
    adopt_shared();
    return is_stale() || (asked_at_ && fetched_at_ < *asked_at_);
}

bool RemoteKeys::is_stale() const noexcept {
    return keys_ == nullptr || failing() || fetched_at_ < configured_at_ || now() >= refresh_at_;
}

// Takes over newer keys than ours that another worker fetched: parsed once in each worker.
void RemoteKeys::adopt_shared() {
    const auto copy = shared_.lookup(keys_ != nullptr ? std::optional(fetched_at_) : std::nullopt);
    if (!copy) return;
    auto set = oauth::jwt::read_published_keys(copy->text);
    if (!set) return;
    use(*std::move(set), copy->fetched_at, copy->freshness);
    asked_at_.reset();  // who is not served by these asks for newer ones
    waiting_.resume_all();
}

// --- Fetching

void RemoteKeys::fetch(ngx::FetchRequest request) {
    const bool is_metadata = state_ == State::fetching_metadata;
    request.headers = {
        std::string("Accept: ")
            .append(is_metadata ? oauth::discovery::accepted_metadata : oauth::discovery::accepted_keys)};
    request.trusted = options_.trusted;
    request.deadline = options_.fetch_deadline;
    request.follow_redirects = true;
    request.background = true;
    shared_.prolong_claim(milliseconds(request.deadline) + claim_margin);
    calls_.begin(is_metadata ? Requested::metadata : Requested::keys, "GET", request.url);
    const auto started = fetch_.start(request, on_fetched, this);
    if (started) return;
    calls_.answered(0, text(started.error()));
    fail(text(started.error()));
}

void RemoteKeys::on_fetched(void* context, ngx::FetchResult result) noexcept {
    auto& self = *static_cast<RemoteKeys*>(context);
    const bool is_metadata = self.state_ == State::fetching_metadata;
    self.calls_.answered(result);
    self.attempt([&] { is_metadata ? self.take_metadata(result) : self.take_key_set(result); });
}

void RemoteKeys::take_metadata(const ngx::FetchResult& result) {
    switch (discovery_->take(result)) {
        case Discovery::Next::keys:
            calls_.end(true);
            return fetch_key_set(discovery_->jwks_uri());
        case Discovery::Next::next_url:
            calls_.end(false);
            return fetch_metadata();
        case Discovery::Next::no_more:
            return fail(discovery_->trouble(), retry_after(result));
        case Discovery::Next::no_keys:
            calls_.end(true);
            return lack_keys();
    }
}

void RemoteKeys::take_key_set(const ngx::FetchResult& result) {
    if (const auto trouble = trouble_with(result); !trouble.empty()) return fail(trouble, retry_after(result));
    auto set = oauth::jwt::read_published_keys(result->body);
    if (!set) return fail(set.error());
    accept(*result, *std::move(set));
}

void RemoteKeys::accept(const ngx::FetchResponse& response, JwkSet set) {
    const SharedDocument::Copy copy{response.body, begun_at_, freshness_of(response, options_.freshness)};
    shared_.publish(copy);
    calls_.end(true);
    if (failing() || keys_ == nullptr || keys_->identity() != set.identity()) tell_of(set);
    use(std::move(set), copy.fetched_at, copy.freshness);
    rest();
}

// When the document is another one, and by the worker that fetched it.
void RemoteKeys::tell_of(const JwkSet& set) const {
    const std::size_t count = set.keys().size();
    if (count == 0)
        ngx::log(NGX_LOG_WARN, ngx_cycle->log,
                 "fetched the keys of " + shown_ + ": it has withdrawn all of them, so every token is refused");
    else
        ngx::log(NGX_LOG_NOTICE, ngx_cycle->log, "fetched " + std::to_string(count) + " keys of " + shown_);
    for (const std::string& remark : set.remarks())
        ngx::log(NGX_LOG_WARN, ngx_cycle->log, "keys of " + shown_ + ": " + remark);
}

void RemoteKeys::use(JwkSet set, milliseconds fetched_at, const oauth::discovery::Freshness& freshness) {
    keys_ = std::make_shared<const JwkSet>(std::move(set));
    fetched_at_ = fetched_at;
    refresh_at_ = fetched_at_ + freshness.refresh_after;
    usable_until_ = fetched_at_ + freshness.usable_for;
    failures_ = 0;
    is_told_ = false;
    if (options_.listener != nullptr) options_.listener->on_keys(location_, fetched_at_, usable_until_);
}

void RemoteKeys::fail(std::string_view reason, milliseconds not_before) {
    calls_.end(false);
    if (options_.listener != nullptr) options_.listener->on_keys_failed(location_, reason);
    auto delay = oauth::discovery::retry_delay(failures_ + 1, random_number());
    if (!is_usable()) delay = std::min(delay, longest_retry_without_keys);
    not_before = std::min(not_before, longest_retry);
    is_told_ = false;
    const std::string consequence = is_usable() ? "; the old ones are used" : "; there are none to use";
    ngx::log(NGX_LOG_ERR, ngx_cycle->log,
             "cannot fetch the keys of " + shown_ + ": " + std::string(reason) + consequence);
    try_again_in(std::max(delay, not_before), not_before);
}

// Nothing that gets better by itself, so it is said once: by one worker, and not each time that it looks again.
void RemoteKeys::lack_keys() {
    if (!std::exchange(is_told_, true))
        ngx::log(NGX_LOG_ERR, ngx_cycle->log,
                 "cannot fetch the keys of " + shown_ +
                     ": the metadata has no jwks_uri, so that JWTs of this issuer get 503. Where \"mcp_introspection\" "
                     "judges its tokens, leave \"mcp_discovery\" out; else name its keys in \"mcp_jwks\"");
    try_again_in(retry_without_jwks_uri, retry_without_jwks_uri);
}

void RemoteKeys::try_again_in(milliseconds delay, milliseconds not_before) {
    const unsigned failures = failures_ + 1;
    not_before = now() + std::max(not_before, options_.refetch_interval);
    shared_.publish_failure({.failures = failures, .time_left = delay, .is_told = is_told_, .not_before = not_before});
    back_off(failures, delay, not_before);
}

}  // namespace authority
