#include "authority/remote_keys.h"

#include <algorithm>
#include <utility>

#include "base/http_url.h"
#include "ngx/config.h"
#include "ngx/guard.h"
#include "ngx/log.h"
#include "oauth/discovery/metadata.h"
#include "oauth/discovery/well_known.h"
#include "oauth/server_answer.h"

namespace authority {
namespace {

using base::HttpUrl;
using oauth::discovery::ServerMetadata;
using oauth::jwt::JwkSet;
using std::chrono::milliseconds;

constexpr milliseconds claim_margin = std::chrono::seconds(1);
constexpr milliseconds follow_interval = milliseconds(50);
constexpr milliseconds longest_retry_without_keys = std::chrono::seconds(10);
constexpr milliseconds longest_retry = std::chrono::minutes(10);  // whatever Retry-After says

milliseconds now() noexcept {
    return SharedDocument::now();
}

std::uint32_t random_number() noexcept {
    return static_cast<std::uint32_t>(ngx_random()) << 1U;  // 31 bits
}

std::string text_of(const ngx::FetchFailure& failure) {
    std::string text(ngx::text(failure.error));
    if (!failure.detail.empty()) text.append(" (").append(failure.detail).append(")");
    return text;
}

std::string text_of(oauth::Error error) {
    return std::string(describe(error).text);
}

std::string unexpected_status(const ngx::FetchResponse& response) {
    return "the answer has status " + std::to_string(response.status);
}

milliseconds retry_after(const ngx::FetchResponse& response) noexcept {
    if (response.retry_after.empty()) return milliseconds(0);
    const oauth::ServerAnswer answer{.status = static_cast<int>(response.status), .retry_after = response.retry_after};
    return oauth::retry_delay(answer, ngx_time());
}

// A set without public keys would be symmetric keys that anyone can read.
std::expected<JwkSet, oauth::Error> parse_published(std::string_view document) {
    auto set = JwkSet::parse_jwks(document);
    if (!set) return std::unexpected(set.error().reason);
    if (!set->has_public_keys()) return std::unexpected(oauth::Error::key_set_unusable);
    return *std::move(set);
}

// True when the server of one issuer sends us to another host (SPEC 53).
bool leads_elsewhere(std::string_view url, std::string_view issuer) noexcept {
    const auto target = HttpUrl::parse(url);
    const auto home = HttpUrl::parse(issuer);
    return !target || !home || !target->same_host_as(*home);
}

// Could another well-known place of the same server do better?
bool server_was_reached(ngx::FetchError error) noexcept {
    return error == ngx::FetchError::redirect_refused || error == ngx::FetchError::response_too_large ||
           error == ngx::FetchError::response_encoded;
}

}  // namespace

std::unique_ptr<IssuerKeys> IssuerKeys::from_url(std::string url, const RemoteKeysOptions& options) {
    return std::make_unique<RemoteKeys>(std::move(url), false, options);
}

std::unique_ptr<IssuerKeys> IssuerKeys::from_discovery(std::string issuer, const RemoteKeysOptions& options) {
    return std::make_unique<RemoteKeys>(std::move(issuer), true, options);
}

RemoteKeys::RemoteKeys(std::string location, bool discovered, const RemoteKeysOptions& options)
    : location_(std::move(location)),
      discovered_(discovered),
      options_(options),
      shared_(options.shared, discovered ? "discovered keys" : "keys", location_, *options.trusted),
      limiter_(options.refetch_interval) {
    if (!HttpUrl::parse(location_))
        throw ngx::ConfigError(ngx::url_in_quotes(location_) + " is not an http or https URL");
    if (!discovered_) return;
    auto urls = oauth::discovery::metadata_urls(location_);
    if (!urls)
        throw ngx::ConfigError(ngx::url_in_quotes(location_) + " cannot be discovered: " + text_of(urls.error()));
    metadata_urls_ = *std::move(urls);
}

void RemoteKeys::start() noexcept {
    // The cache manager runs init_process too.
    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) return;
    timer_.data = this;
    timer_.handler = on_timer;
    timer_.log = ngx_cycle->log;
    timer_.cancelable = 1;  // requests that wait have timers of their own
    started_ = true;
    ngx::guarded(ngx_cycle->log, false, [&] { return adopt_shared(), true; });
    schedule(keys_ != nullptr ? refresh_at_ - now() : milliseconds(1));
}

void RemoteKeys::stop() noexcept {
    if (!std::exchange(started_, false)) return;
    if (fetch_.active()) shared_.give_up();
    fetch_.cancel();
    if (timer_.timer_set) ngx_del_timer(&timer_);
}

std::expected<IssuerKeys::Set, oauth::Error> RemoteKeys::current() noexcept {
    if (keys_ == nullptr || now() >= usable_until_) return std::unexpected(oauth::Error::keys_unavailable);
    return keys_;
}

bool RemoteKeys::wait_for_newer(ngx::Pause& pause, ngx_msec_t limit) {
    if (!started_) return false;
    if (!fetch_.active() && !following_) {
        // While the server is down, requests are refused at once: the next retry is near.
        if (failing() || !limiter_.acquire(now())) return false;
        asked_at_ = now();
        schedule(milliseconds(0));
    }
    waits_.add(pause, limit);
    return true;
}

// --- When to fetch, and which worker does

void RemoteKeys::on_timer(ngx_event_t* event) noexcept {
    auto& self = *static_cast<RemoteKeys*>(event->data);
    if (ngx_exiting && self.waits_.empty()) return;
    const bool done = ngx::guarded(ngx_cycle->log, false, [&] { return self.refresh(), true; });
    if (!done) self.schedule(longest_retry_without_keys);
}

void RemoteKeys::schedule(milliseconds delay) noexcept {
    if (timer_.timer_set) ngx_del_timer(&timer_);
    ngx_add_timer(&timer_, static_cast<ngx_msec_t>(std::max(delay, milliseconds(0)).count()));
}

// Limited is what tokens make us ask, in all workers together, and not what comes after a fetch that was due: keys may
// be rotated a moment later.
void RemoteKeys::refresh() {
    if (fetch_.active()) return;
    adopt_shared();
    const bool due = keys_ == nullptr || failing() || now() >= refresh_at_;
    const bool is_asked_for = asked_at_ && fetched_at_ <= *asked_at_;
    if (!due && !is_asked_for) return settle();
    if (!shared_.claim(milliseconds(options_.fetch_deadline) + claim_margin)) return follow();
    if (due || shared_.may_renew(options_.refetch_interval)) return begin_fetch();
    shared_.give_up();
    settle();
}

// Takes over newer keys than ours that another worker fetched.
void RemoteKeys::adopt_shared() {
    const auto copy = shared_.lookup();
    if (!copy || (keys_ != nullptr && copy->fetched_at <= fetched_at_)) return;
    auto set = parse_published(copy->text);
    if (set) use(*std::move(set), copy->fetched_at, copy->freshness);
}

void RemoteKeys::follow() {
    const auto failure = shared_.failure();
    following_ = !failure;
    if (following_) return schedule(follow_interval);
    failures_ = failure->failures;
    asked_at_.reset();
    schedule(failure->retry_in);
    waits_.resume_all();
}

void RemoteKeys::settle() noexcept {
    following_ = false;
    asked_at_.reset();
    schedule(refresh_at_ - now());
    waits_.resume_all();
}

// --- Fetching

void RemoteKeys::begin_fetch() {
    following_ = false;
    asked_at_.reset();
    if (!discovered_) return fetch_key_set(location_);
    if (jwks_uri_ && now() < jwks_uri_until_) return fetch_key_set(*jwks_uri_);
    metadata_index_ = 0;
    metadata_trouble_.clear();
    fetch_metadata();
}

void RemoteKeys::fetch_metadata() {
    fetch({.url = metadata_urls_[metadata_index_], .max_body_bytes = ServerMetadata::max_document_bytes}, on_metadata);
}

void RemoteKeys::fetch_key_set(const std::string& url) {
    fetch({.url = url,
           .max_body_bytes = JwkSet::max_document_bytes,
           .deny_private_addresses = discovered_ && leads_elsewhere(url, location_)},
          on_key_set);
}

void RemoteKeys::fetch(ngx::FetchRequest request, ngx::Fetch::Completion completion) {
    request.headers = {"Accept: application/json"};
    request.trusted = options_.trusted;
    request.deadline = options_.fetch_deadline;
    request.background = true;
    shared_.prolong_claim(milliseconds(request.deadline) + claim_margin);
    const auto started = fetch_.start(request, completion, this);
    if (!started) fail(text(started.error()));
}

void RemoteKeys::on_metadata(void* self, ngx::FetchResult result) noexcept {
    auto& keys = *static_cast<RemoteKeys*>(self);
    const bool done = ngx::guarded(ngx_cycle->log, false, [&] { return keys.take_metadata(result), true; });
    if (!done) keys.schedule(longest_retry_without_keys);
}

void RemoteKeys::on_key_set(void* self, ngx::FetchResult result) noexcept {
    auto& keys = *static_cast<RemoteKeys*>(self);
    const bool done = ngx::guarded(ngx_cycle->log, false, [&] { return keys.take_key_set(result), true; });
    if (!done) keys.schedule(longest_retry_without_keys);
}

void RemoteKeys::take_metadata(const ngx::FetchResult& result) {
    std::string trouble;
    if (!result) {
        if (!server_was_reached(result.error().error)) return fail(text_of(result.error()));
        trouble = text_of(result.error());
    } else if (result->status != 200) {
        trouble = unexpected_status(*result);
    } else if (const auto metadata = ServerMetadata::parse(result->body, location_); !metadata) {
        trouble = text_of(metadata.error());
    } else if (!metadata->jwks_uri) {
        trouble = text_of(oauth::Error::metadata_without_jwks_uri);
    } else {
        jwks_uri_ = metadata->jwks_uri;
        const auto age = oauth::discovery::max_age(result->cache_control);
        jwks_uri_until_ = now() + freshness(age, options_.freshness, random_number()).refresh_after;
        return fetch_key_set(*jwks_uri_);
    }
    metadata_trouble_ += (metadata_index_ == 0 ? "" : "; ") + metadata_urls_[metadata_index_] + ": " + trouble;
    if (++metadata_index_ < metadata_urls_.size()) return fetch_metadata();
    fail(metadata_trouble_);
}

void RemoteKeys::take_key_set(const ngx::FetchResult& result) {
    if (!result) return fail(text_of(result.error()));
    if (result->status != 200) return fail(unexpected_status(*result), retry_after(*result));
    auto set = parse_published(result->body);
    if (!set) return fail(text_of(set.error()));
    accept(*result, *std::move(set));
}

// --- Outcomes

void RemoteKeys::accept(const ngx::FetchResponse& response, JwkSet set) {
    const auto age = oauth::discovery::max_age(response.cache_control);
    const SharedDocument::Copy copy{response.body, now(), freshness(age, options_.freshness, random_number())};
    shared_.publish(copy);
    const bool tell = failing() || keys_ == nullptr || keys_->identity() != set.identity();
    const std::size_t count = set.keys().size();
    use(std::move(set), copy.fetched_at, copy.freshness);
    if (tell)
        ngx::log(NGX_LOG_NOTICE, ngx_cycle->log,
                 "fetched " + std::to_string(count) + " keys of " + ngx::url_in_quotes(location_));
    settle();
}

void RemoteKeys::use(JwkSet set, milliseconds fetched_at, const oauth::discovery::Freshness& freshness) {
    keys_ = std::make_shared<const JwkSet>(std::move(set));
    fetched_at_ = fetched_at;
    refresh_at_ = fetched_at_ + freshness.refresh_after;
    usable_until_ = fetched_at_ + freshness.usable_for;
    failures_ = 0;
}

void RemoteKeys::fail(std::string_view reason, milliseconds not_before) {
    failures_++;
    jwks_uri_.reset();
    const bool usable = current().has_value();
    auto delay = oauth::discovery::retry_delay(failures_, random_number());
    if (!usable) delay = std::min(delay, longest_retry_without_keys);
    delay = std::max(delay, std::min(not_before, longest_retry));
    schedule(delay);  // whatever happens below
    const std::string consequence = usable ? "; the old ones are used" : "; there are none to use";
    ngx::log(NGX_LOG_ERR, ngx_cycle->log,
             "cannot fetch the keys of " + ngx::url_in_quotes(location_) + ": " + std::string(reason) + consequence);
    shared_.publish_failure({failures_, delay});
    waits_.resume_all();
}

}  // namespace authority
