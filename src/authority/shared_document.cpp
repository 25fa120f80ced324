#include "authority/shared_document.h"

#include <charconv>

#include "base/sha256.h"

namespace authority {
namespace {

ngx::ShmCache::Key key_of(std::string_view role, const base::Sha256& document) {
    return base::must_sha256_of({role, base::bytes(document)});
}

// Takes a number and the space behind it off the front.
std::optional<std::int64_t> take_number(std::string_view& text) noexcept {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end == text.data() + text.size() || *end != ' ') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return number;
}

constexpr std::size_t longest_number = 21;  // with its sign and the space behind it

// An entry is "<failures> 0 <is_told> <not_before> ", or "0 <process> " while that one is fetching.
std::string own_claim() {
    return "0 " + std::to_string(ngx_pid) + " ";
}

ngx_log_t* worker_log() noexcept {
    return ngx_cycle->log;
}

}  // namespace

SharedDocument::SharedDocument(ngx::ShmCache* cache, std::string_view what, std::string_view location,
                               const ngx::TrustStore& trusted, Milliseconds configured_at)
    : cache_(cache),
      document_(base::must_sha256_of({what, location, base::bytes(trusted.identity())})),
      claim_(key_of("claim of " + std::to_string(configured_at.count()), document_)),
      renewal_(key_of("renewal", document_)) {}

SharedDocument::Milliseconds SharedDocument::now() noexcept {
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

bool SharedDocument::is_newer(Milliseconds than) const noexcept {
    const auto start = cache_->lookup(document_, worker_log(), longest_number);
    if (!start) return false;
    std::string_view rest = start->bytes;
    const auto fetched_at = take_number(rest);
    return fetched_at && Milliseconds(*fetched_at) > than;
}

// An entry is "<fetched_at> <refresh_after> <usable_for> <text>".
std::optional<SharedDocument::Copy> SharedDocument::lookup(std::optional<Milliseconds> newer_than) const {
    if (cache_ == nullptr || (newer_than && !is_newer(*newer_than))) return std::nullopt;
    const auto hit = cache_->lookup(document_, worker_log());
    if (!hit) return std::nullopt;
    std::string_view rest = hit->bytes;
    const auto fetched_at = take_number(rest);
    const auto refresh_after = take_number(rest);
    const auto usable_for = take_number(rest);
    if (!fetched_at || !refresh_after || !usable_for) return std::nullopt;
    return Copy{
        std::string(rest), Milliseconds(*fetched_at), {Milliseconds(*refresh_after), Milliseconds(*usable_for)}};
}

void SharedDocument::publish(const Copy& copy) const {
    if (cache_ == nullptr) return;
    std::string entry;
    for (const Milliseconds number : {copy.fetched_at, copy.freshness.refresh_after, copy.freshness.usable_for})
        entry.append(std::to_string(number.count())).append(" ");
    entry += copy.text;
    cache_->store(document_, entry, copy.fetched_at + copy.freshness.usable_for - now(), worker_log());
    give_up();
}

bool SharedDocument::claim(Milliseconds time) const noexcept {
    return cache_ == nullptr || cache_->store_new(claim_, own_claim(), time, worker_log());
}

void SharedDocument::prolong_claim(Milliseconds time) const noexcept {
    if (cache_ != nullptr) cache_->store(claim_, own_claim(), time, worker_log());
}

void SharedDocument::give_up() const noexcept {
    if (cache_ == nullptr) return;
    cache_->remove(claim_, worker_log());
    cache_->announce();
}

void SharedDocument::end_claim_of(ngx_pid_t fetcher) const noexcept {
    const auto claim = standing_claim();
    if (claim && claim->failures == 0 && claim->fetcher == fetcher) give_up();
}

bool SharedDocument::take_turn(Milliseconds interval) const noexcept {
    return cache_ == nullptr || cache_->store_new(renewal_, "", interval, worker_log());
}

SharedDocument::Milliseconds SharedDocument::time_to_turn() const noexcept {
    const auto hit = cache_ != nullptr ? cache_->lookup(renewal_, worker_log()) : std::nullopt;
    return hit ? hit->time_left : Milliseconds(0);
}

void SharedDocument::publish_failure(const Claim& failure) const {
    if (cache_ == nullptr) return;
    std::string entry;
    for (const std::int64_t number : {std::int64_t{failure.failures}, std::int64_t{0}, std::int64_t{failure.is_told},
                                      std::int64_t{failure.not_before.count()}})
        entry.append(std::to_string(number)).append(" ");
    cache_->store(claim_, entry, failure.time_left, worker_log());
    cache_->announce();
}

void SharedDocument::forgive_failure() const noexcept {
    const auto claim = standing_claim();
    if (claim && claim->failures != 0) give_up();
}

std::optional<SharedDocument::Claim> SharedDocument::standing_claim() const noexcept {
    if (cache_ == nullptr) return std::nullopt;
    const auto hit = cache_->lookup(claim_, worker_log());
    if (!hit) return std::nullopt;
    std::string_view rest = hit->bytes;
    const auto failures = static_cast<unsigned>(take_number(rest).value_or(0));
    const auto fetcher = static_cast<ngx_pid_t>(take_number(rest).value_or(0));
    const bool is_told = take_number(rest).value_or(0) != 0;
    return Claim{failures, hit->time_left, fetcher, is_told, Milliseconds(take_number(rest).value_or(0))};
}

}  // namespace authority
