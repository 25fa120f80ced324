#include "modules/auth_jwt/key_ring.h"

#include <algorithm>

#include "base/text.h"
#include "ngx/config.h"
#include "ngx/string.h"
#include "ngx/subrequest.h"

namespace auth_jwt {
namespace {

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

std::string full_name(std::string_view name) {
    if (name.starts_with('/')) return std::string(name);
    const ngx_str_t& prefix = const_cast<const ngx_cycle_t*>(ngx_cycle)->conf_prefix;
    return std::string(ngx::view(prefix)) + std::string(name);
}

}  // namespace

authority::Progress KeyRing::collect(const MayAsk& may_ask) {
    if (!conf_.has_variable_keys) return authority::Progress::ready;
    while (next_ < conf_.keys.size()) {
        if (collect_one(conf_.keys[next_], may_ask) == authority::Progress::waiting)
            return authority::Progress::waiting;
        ++next_;
    }
    return authority::Progress::ready;
}

std::span<const oauth::jwt::JwkSet* const> KeyRing::keys() const noexcept {
    return conf_.has_variable_keys ? keys_ : conf_.constant_keys;
}

authority::Progress KeyRing::collect_one(const KeySource& source, const MayAsk& may_ask) {
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
    return take(source, requests_.is_under_way() ? requests_.proceed() : ask(source, may_ask));
}

void KeyRing::read_file(const KeySource& source) {
    const std::string_view name = ngx::evaluate(request_, *source.location);
    if (!is_safe_file_name(name)) return fail(source, "its name is empty, or has a \"..\" or a control character");
    const auto keys = cache_.file(full_name(name), source.format);
    keys ? add(*keys) : fail(source, keys.error());
}

authority::Progress KeyRing::ask(const KeySource& source, const MayAsk& may_ask) {
    return requests_.start(
        {
            .uri = ngx::evaluate(request_, *source.location),
            .written = source.name,
            .format = source.format,
            .time_limit = conf_.key_request_timeout.value_or(ngx::default_time_limit),
            .lifetime = conf_.key_cache.value_or(std::chrono::seconds(0)),
            .conf = &conf_,
        },
        may_ask);
}

authority::Progress KeyRing::take(const KeySource& source, authority::Progress progress) {
    if (progress == authority::Progress::waiting) return progress;
    if (!requests_.failure().empty()) fail(source, requests_.failure());
    is_limited_ = is_limited_ || requests_.is_limited();
    if (requests_.is_limited()) error_ = requests_.error();
    if (requests_.keys() != nullptr) add(requests_.keys());
    return progress;
}

KeyRing::Renewal KeyRing::renew(std::string_view token) {
    using Keys = authority::KeyRequests::Renewal;
    if (is_limited_) return Renewal::none;
    switch (requests_.renew(token)) {
        case Keys::needless:
            return Renewal::none;
        case Keys::begun:
            start_over();
            return Renewal::begun;
        case Keys::waiting:
            return Renewal::waiting;
        case Keys::pending:
            if (trouble_.empty()) trouble_ = "newer keys were asked for, and have not come yet";
            return Renewal::none;
        case Keys::limited:
            trouble_ = "newer keys may not be asked for yet, and too many requests wait for them";
            error_ = oauth::Error::server_requests_limited;
            is_limited_ = true;
            return Renewal::none;
    }
    return Renewal::none;
}

void KeyRing::start_over() noexcept {
    next_ = 0;
    held_.clear();
    keys_.clear();
    trouble_.clear();
    error_ = oauth::Error::keys_unavailable;
    is_limited_ = false;
}

void KeyRing::add(const authority::Keys& keys) {
    held_.push_back(keys);
    keys_.push_back(keys.get());
}

void KeyRing::fail(const KeySource& source, std::string_view reason) {
    const bool is_url = source.kind == KeySource::Kind::request;
    trouble_ = (is_url ? ngx::url_in_quotes(source.name) : ngx::in_quotes(source.name)) + ": " + std::string(reason);
}

}  // namespace auth_jwt
