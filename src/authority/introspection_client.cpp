#include "authority/introspection_client.h"

#include <cstring>
#include <utility>

#include "base/http_url.h"
#include "ngx/config.h"
#include "ngx/guard.h"
#include "oauth/introspection/request.h"
#include "oauth/server_answer.h"

namespace authority {
namespace {

using oauth::Error;

constexpr ngx_msec_t deadline = 5000;             // for one question
constexpr ngx_msec_t patience = deadline + 1000;  // of a request: the question ends before

Error error_of(ngx::FetchError error) noexcept {
    switch (error) {
        case ngx::FetchError::response_too_large:
            return Error::document_too_large;
        case ngx::FetchError::response_encoded:
            return Error::answer_compressed;
        default:
            return Error::server_unreachable;
    }
}

IntrospectionAnswer answer_of(const ngx::FetchFailure& failure) {
    IntrospectionAnswer answer{.error = error_of(failure.error), .detail = std::string(text(failure.error))};
    if (!failure.detail.empty()) answer.detail.append(" (").append(failure.detail).append(")");
    return answer;
}

IntrospectionAnswer answer_of(ngx::FetchResponse response) {
    const oauth::ServerAnswer view{.status = static_cast<int>(response.status),
                                   .body = response.body,
                                   .content_encoding = {},  // fetched without
                                   .retry_after = response.retry_after};
    IntrospectionAnswer answer{.error = oauth::introspection::refusal(view),
                               .detail = "status " + std::to_string(response.status),
                               .retry_after = oauth::retry_delay(view, ngx_time())};
    if (!answer.error) answer.body = std::move(response.body);
    return answer;
}

}  // namespace

IntrospectionClient::IntrospectionClient(Settings settings) : settings_(std::move(settings)) {
    if (!base::HttpUrl::parse(settings_.url))
        throw ngx::ConfigError(ngx::url_in_quotes(settings_.url) + " is not an http or https URL");
    const std::string limits =
        std::to_string(settings_.keep_for.active.count()) + ' ' + std::to_string(settings_.keep_for.inactive.count());
    circumstances_ = base::must_sha256_of({"mcp_introspection", settings_.url, settings_.authorization.reveal(),
                                           base::bytes(settings_.trusted->identity()), limits});
}

std::size_t IntrospectionClient::KeyHash::operator()(const base::Sha256& key) const noexcept {
    std::size_t start = 0;
    std::memcpy(&start, key.data(), sizeof(start));
    return start;
}

base::Sha256 IntrospectionClient::key_of(std::string_view token) const {
    return base::must_sha256_of({base::bytes(circumstances_), token});
}

std::optional<std::string> IntrospectionClient::lookup(const base::Sha256& key) const noexcept {
    if (settings_.cache == nullptr) return std::nullopt;
    auto hit = settings_.cache->lookup(key, ngx_cycle->log);
    if (!hit) return std::nullopt;
    return std::move(hit->bytes);
}

void IntrospectionClient::keep(const base::Sha256& key, std::string_view body) const noexcept {
    if (settings_.cache == nullptr) return;
    const auto time =
        oauth::introspection::time_to_keep(oauth::introspection::Response::parse(body), settings_.keep_for, ngx_time());
    if (time.count() > 0) settings_.cache->store(key, body, time, ngx_cycle->log);
}

std::shared_ptr<IntrospectionClient::Inquiry> IntrospectionClient::ask(const base::Sha256& key,
                                                                       std::string_view token) {
    if (const auto known = under_way_.find(key); known != under_way_.end())
        if (auto inquiry = known->second.lock()) return inquiry;
    auto inquiry = std::make_shared<Inquiry>(*this, key);
    under_way_.insert_or_assign(key, inquiry);
    inquiry->start(token);
    return inquiry;
}

IntrospectionClient::Inquiry::~Inquiry() {
    if (!answer_) client_.under_way_.erase(key_);
}

void IntrospectionClient::Inquiry::wait(ngx::Wait& wait, ngx::Wait::Done done, void* context) noexcept {
    waits_.add(wait, patience, done, context);
}

void IntrospectionClient::Inquiry::start(std::string_view token) {
    const Settings& settings = client_.settings_;
    const ngx::FetchRequest request{
        .url = settings.url,
        .headers = {"Accept: application/json", std::string("Authorization: ").append(settings.authorization.reveal())},
        .body = oauth::introspection::request_form(token),
        .trusted = settings.trusted,
        .max_body_bytes = oauth::introspection::Response::max_bytes,
        .deadline = deadline,
    };
    const auto started = fetch_.start(request, on_response, this);
    if (!started) settle(answer_of(ngx::FetchFailure{started.error(), {}}));
}

void IntrospectionClient::Inquiry::on_response(void* self, ngx::FetchResult result) noexcept {
    auto& inquiry = *static_cast<Inquiry*>(self);
    // Those who wait own it, and may all go away when they are called.
    const auto alive = inquiry.weak_from_this().lock();
    auto answer = ngx::guarded(ngx_cycle->log, IntrospectionAnswer{.error = Error::out_of_memory},
                               [&] { return result ? answer_of(*std::move(result)) : answer_of(result.error()); });
    inquiry.settle(std::move(answer));
}

void IntrospectionClient::Inquiry::settle(IntrospectionAnswer answer) noexcept {
    if (!answer.error) client_.keep(key_, answer.body);
    client_.under_way_.erase(key_);
    answer_ = std::move(answer);
    waits_.call_all();
}

}  // namespace authority
