#include "modules/auth_jwt/key_ring.h"

#include <algorithm>

#include "base/text.h"
#include "ngx/config.h"
#include "ngx/own_host.h"
#include "ngx/string.h"

namespace auth_jwt {
namespace {

bool contains(const std::vector<KeyCache::AnswerKey>& list, const KeyCache::AnswerKey& key) {
    return std::ranges::find(list, key) != list.end();
}

// Variables may hold what a client sent, so such a name must not leave the directory that the operator chose.
bool is_safe_file_name(std::string_view name) {
    if (name.empty() || base::has_control_characters(name)) return false;
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

std::string what_came_instead(const authority::Answer& answer) {
    return "it was answered with status " + std::to_string(answer.status) + behind_comma(answer.note);
}

std::string full_name(std::string_view name) {
    if (name.starts_with('/')) return std::string(name);
    const ngx_str_t& prefix = const_cast<const ngx_cycle_t*>(ngx_cycle)->conf_prefix;
    return std::string(ngx::view(prefix)) + std::string(name);
}

}  // namespace

authority::Progress KeyRing::collect() {
    if (!conf_.has_variable_keys) return authority::Progress::ready;
    while (next_ < conf_.keys.size()) {
        if (collect_one(conf_.keys[next_]) == authority::Progress::waiting) return authority::Progress::waiting;
        ++next_;
    }
    return authority::Progress::ready;
}

std::span<const oauth::jwt::JwkSet* const> KeyRing::keys() const noexcept {
    return conf_.has_variable_keys ? keys_ : conf_.constant_keys;
}

authority::Progress KeyRing::collect_one(const KeySource& source) {
    switch (source.kind) {
        case KeySource::Kind::constant_file:
            add(source.keys);
            return authority::Progress::ready;
        case KeySource::Kind::variable_file:
            read_file(source);
            return authority::Progress::ready;
        case KeySource::Kind::request:
            break;
    }
    if (!inquiry_) return ask(source);
    if (inquiry_->proceed() == authority::Progress::waiting) return authority::Progress::waiting;
    take_answer(source);
    return authority::Progress::ready;
}

void KeyRing::read_file(const KeySource& source) {
    const std::string_view name = ngx::evaluate(request_, *source.location);
    if (!is_safe_file_name(name)) return fail(source, "its name is empty, or has a \"..\" or a control character");
    const auto keys = cache_.file(full_name(name), source.format);
    keys ? add(*keys) : fail(source, keys.error());
}

authority::Progress KeyRing::ask(const KeySource& source) {
    const std::string_view uri = ngx::evaluate(request_, *source.location);
    if (!uri.starts_with('/')) {
        fail(source, "the URI does not begin with \"/\"");
        return authority::Progress::ready;
    }
    asked_for_ = question_key(source.format, uri);
    if (keeps_answers() && use_kept_answer(source)) return authority::Progress::ready;
    if (keeps_answers() && !may_ask_for_strangers()) {
        fail(source,
             "no keys are kept for this Host, which is not the server's own, and too many such are asked for; "
             "name it in \"server_name\" if it is");
        return authority::Progress::ready;
    }
    inquiry_.emplace(request_, inquiries_);
    const authority::Inquiry::Question question{
        .key = asked_for_,
        .to = {uri, source.name, conf_.key_request_timeout.value_or(ngx::default_time_limit)},
        .max_answer_bytes = oauth::jwt::JwkSet::max_document_bytes,
    };
    if (inquiry_->start(question) == authority::Progress::waiting) return authority::Progress::waiting;
    take_answer(source);
    return authority::Progress::ready;
}

// Without a cache each request asks by itself: the internal location may look at anything of that request, and the keys
// are never older than it.
base::Sha256 KeyRing::question_key(KeyFormat format, std::string_view uri) const {
    const auto place = keeps_answers() ? authority::place_of(request_, &conf_)
                                       : authority::place_of(request_, static_cast<const void*>(this));
    return base::must_sha256_of({base::bytes(place), format == KeyFormat::jwks ? "jwks" : "keyval", uri});
}

// False: somebody has to be asked, or waited for.
bool KeyRing::use_kept_answer(const KeySource& source) {
    const KeptAnswer* kept = contains(renewed_, asked_for_) ? nullptr : cache_.answer(asked_for_);
    if (kept == nullptr) return false;
    // When the time is over, one request asks; the others need not wait for it.
    const bool is_awaited = inquiries_.is_under_way(asked_for_);
    const bool may_ask = !is_awaited && kept->may_be_asked_for();
    if (kept->is_fresh(lifetime()) || (kept->is_usable(lifetime()) && !may_ask)) {
        used_.push_back(asked_for_);
        add(kept->keys());
        return true;
    }
    if (is_awaited || may_ask) return false;
    fail(source, kept->failure());
    return true;
}

// Who waits for somebody else's question, or renews keys that are there, costs nothing new.
bool KeyRing::may_ask_for_strangers() {
    const KeptAnswer* kept = cache_.answer(asked_for_);
    const bool is_cold = kept == nullptr || kept->keys() == nullptr;
    if (!is_cold || inquiries_.is_under_way(asked_for_) || ngx::has_own_host(request_)) return true;
    return cache_.strangers.take();
}

void KeyRing::take_answer(const KeySource& source) {
    const auto keys = outcome(source.format);
    inquiry_.reset();
    if (keys) return add(*keys);
    fail(source, keys.error());
    const KeptAnswer* kept = keeps_answers() ? cache_.answer(asked_for_) : nullptr;
    if (kept != nullptr && kept->is_usable(lifetime())) add(kept->keys());
}

// The one who asked reads the answer for all. When it could not (no memory), each reads it.
std::expected<Keys, std::string> KeyRing::outcome(KeyFormat format) {
    const auto obstacle = inquiry_->answer().obstacle;
    if (obstacle && *obstacle != ngx::Subrequest::Obstacle::strayed)
        return std::unexpected(std::string(text(*obstacle)));
    if (!inquiry_->has_asked()) {
        if (!inquiry_->is_answered()) return std::unexpected("no answer came in time");
        const KeptAnswer* kept = cache_.answer(asked_for_);
        if (kept != nullptr && !kept->may_be_asked_for()) return std::unexpected(kept->failure());
        if (kept != nullptr && kept->is_fresh(lifetime()) && !kept->lacks_newer()) return kept->keys();
    }
    auto keys = read_answer(inquiry_->answer(), format);
    if (keeps_answers()) cache_.keep_answer(asked_for_, keys);
    return keys;
}

std::expected<Keys, std::string> KeyRing::read_answer(const authority::Answer& answer, KeyFormat format) {
    if (answer.obstacle) return std::unexpected(answer.note);
    if (answer.status != NGX_HTTP_OK) return std::unexpected(what_came_instead(answer));
    if (answer.is_encoded()) return std::unexpected("the answer has a Content-Encoding");
    if (!answer.complete) return std::unexpected("the answer is too large, or incomplete" + behind_comma(answer.note));
    return cache_.document(answer.body, format);
}

bool KeyRing::keeps_answers() const noexcept {
    return lifetime() > 0;
}

ngx_msec_t KeyRing::lifetime() const noexcept {
    return static_cast<ngx_msec_t>(conf_.key_cache.value_or(std::chrono::seconds(0)).count()) * 1000;
}

bool KeyRing::renew() {
    if (!renewed_.empty()) return false;  // once in a request
    bool pending = false;
    for (const KeyCache::AnswerKey& key : used_) {
        KeptAnswer* kept = cache_.answer(key);
        if (kept == nullptr) continue;
        if (inquiries_.is_under_way(key) || kept->renew()) {
            renewed_.push_back(key);
        } else {
            pending = pending || kept->lacks_newer();
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
