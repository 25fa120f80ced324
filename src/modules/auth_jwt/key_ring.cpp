#include "modules/auth_jwt/key_ring.h"

#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <utility>

#include "ngx/config.h"
#include "ngx/string.h"
#include "oauth/base/text.h"

namespace auth_jwt {
namespace {

constexpr ngx_msec_t renewal_interval = 5000;

// One URI may mean something else in another server or location.
KeyCache::AnswerKey answer_key(const LocationConf& conf, KeyFormat format, std::string_view uri) {
    using Bytes = std::array<char, sizeof(std::uintptr_t)>;
    const auto place = std::bit_cast<Bytes>(reinterpret_cast<std::uintptr_t>(&conf));
    const auto digest = oauth::sha256_of(
        {std::string_view(place.data(), place.size()), format == KeyFormat::jwks ? "jwks" : "keyval", uri});
    if (!digest) throw std::bad_alloc();
    return *digest;
}

bool contains(const std::vector<KeyCache::AnswerKey>& list, const KeyCache::AnswerKey& key) {
    return std::ranges::find(list, key) != list.end();
}

// Variables may hold what a client sent, so such a name must not leave the directory that the operator chose.
bool is_safe_file_name(std::string_view name) {
    if (name.empty() || oauth::has_control_characters(name)) return false;
    while (!name.empty()) {
        const std::size_t end = std::min(name.find('/'), name.size());
        if (name.substr(0, end) == "..") return false;
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return true;
}

std::string behind_comma(const std::string& note) {
    return note.empty() ? "" : ", " + note;
}

std::string what_came_instead(const ngx::Subrequest& answer) {
    return "it was answered with status " + std::to_string(answer.status()) + behind_comma(answer.note());
}

std::string full_name(std::string_view name) {
    if (name.starts_with('/')) return std::string(name);
    const ngx_str_t& prefix = const_cast<const ngx_cycle_t*>(ngx_cycle)->conf_prefix;
    return std::string(ngx::view(prefix)) + std::string(name);
}

}  // namespace

KeyRing::Progress KeyRing::collect() {
    if (!conf_.has_variable_keys) return Progress::ready;
    while (next_ < conf_.keys.size()) {
        if (collect_one(conf_.keys[next_]) == Progress::waiting) return Progress::waiting;
        ++next_;
    }
    return Progress::ready;
}

std::span<const oauth::jwt::JwkSet* const> KeyRing::keys() const noexcept {
    return conf_.has_variable_keys ? keys_ : conf_.constant_keys;
}

KeyRing::Progress KeyRing::collect_one(const KeySource& source) {
    switch (source.kind) {
        case KeySource::Kind::constant_file:
            add(source.keys);
            return Progress::ready;
        case KeySource::Kind::variable_file:
            read_file(source);
            return Progress::ready;
        case KeySource::Kind::request:
            break;
    }
    if (subrequest_ == nullptr) return ask(source);
    if (!subrequest_->done()) return Progress::waiting;
    take_answer(source);
    return Progress::ready;
}

void KeyRing::read_file(const KeySource& source) {
    const std::string_view name = ngx::evaluate(request_, *source.location);
    if (!is_safe_file_name(name)) return fail(source, "its name is empty, or has a \"..\" or a control character");
    const auto keys = cache_.file(full_name(name), source.format);
    keys ? add(*keys) : fail(source, keys.error());
}

KeyRing::Progress KeyRing::ask(const KeySource& source) {
    const std::string_view uri = ngx::evaluate(request_, *source.location);
    if (keeps_answers()) {
        asked_for_ = answer_key(conf_, source.format, uri);
        if (const KeyCache::Answer* answer = kept_answer()) {
            used_.push_back(asked_for_);
            add(answer->keys);
            return Progress::ready;
        }
    }
    const std::string_view obstacle = start(source, uri);
    if (obstacle.empty()) return Progress::waiting;
    fail(source, obstacle);
    return Progress::ready;
}

// Begins the subrequest, or says why not.
std::string_view KeyRing::start(const KeySource& source, std::string_view uri) {
    if (!uri.starts_with('/')) return "the URI does not begin with \"/\"";
    const ngx::Destination to{uri, source.name, conf_.key_request_timeout.value_or(ngx::default_time_limit)};
    const auto started = ngx::Subrequest::start(request_, to, oauth::jwt::JwkSet::max_document_bytes);
    if (!started) return text(started.error());
    subrequest_ = *started;
    return "";
}

bool KeyRing::keeps_answers() const noexcept {
    return conf_.key_cache && conf_.key_cache->count() > 0;
}

KeyCache::Answer* KeyRing::kept_answer() {
    if (contains(renewed_, asked_for_)) return nullptr;
    KeyCache::Answer* answer = cache_.answer(asked_for_);
    if (answer == nullptr) return nullptr;
    const auto lifetime = static_cast<ngx_msec_t>(conf_.key_cache->count()) * 1000;
    const ngx_msec_t age = ngx_current_msec - answer->fetched;
    if (age < lifetime) return answer;
    // When the time is over, one request asks; the others need not all do so in that moment.
    if (answer->is_asked_for() && age < lifetime + renewal_interval) return answer;
    answer->asked = ngx_current_msec;
    return nullptr;
}

void KeyRing::take_answer(const KeySource& source) {
    ngx::Subrequest& answer = *std::exchange(subrequest_, nullptr);
    request_->connection->log->action = nullptr;  // what it says is about the subrequest
    const auto keys = read_answer(answer, source.format);
    answer.release();
    if (!keys) return fail(source, keys.error());
    if (keeps_answers()) cache_.keep_answer(asked_for_, *keys);
    add(*keys);
}

std::expected<Keys, std::string> KeyRing::read_answer(const ngx::Subrequest& answer, KeyFormat format) {
    if (answer.obstacle()) return std::unexpected(answer.note());
    if (answer.status() != NGX_HTTP_OK) return std::unexpected(what_came_instead(answer));
    if (answer.is_encoded()) return std::unexpected("the answer has a Content-Encoding");
    if (!answer.is_complete())
        return std::unexpected("the answer is too large, or incomplete" + behind_comma(answer.note()));
    return cache_.document(answer.body(), format);
}

bool KeyRing::renew() {
    if (!renewed_.empty()) return false;  // once in a request
    bool pending = false;
    for (const KeyCache::AnswerKey& key : used_) {
        KeyCache::Answer* answer = cache_.answer(key);
        if (answer == nullptr) continue;
        if (ngx_current_msec - answer->asked >= renewal_interval) {
            answer->asked = ngx_current_msec;
            renewed_.push_back(key);
        } else {
            pending = pending || answer->is_asked_for();
        }
    }
    if (!renewed_.empty()) start_over();
    if (pending) trouble_ = "newer keys were asked for, and have not come yet";
    return !renewed_.empty();
}

void KeyRing::start_over() noexcept {
    next_ = 0;
    held_.clear();
    keys_.clear();
    trouble_.clear();
}

void KeyRing::add(const Keys& keys) {
    held_.push_back(keys);
    keys_.push_back(keys.get());
}

void KeyRing::fail(const KeySource& source, std::string_view reason) {
    const bool is_url = source.kind == KeySource::Kind::request;
    trouble_ = (is_url ? ngx::url_in_quotes(source.name) : ngx::in_quotes(source.name)) + ": " + std::string(reason);
}

}  // namespace auth_jwt
