#include "authority/file_keys.h"

#include <utility>

#include "authority/key_document.h"
#include "ngx/config.h"
#include "ngx/guard.h"
#include "ngx/log.h"

namespace authority {
namespace {

constexpr ngx_msec_t look_interval = 1000;

}  // namespace

std::unique_ptr<IssuerKeys> IssuerKeys::from_file(std::string name, ngx_log_t* log) {
    return std::make_unique<FileKeys>(std::move(name), log);
}

FileKeys::FileKeys(std::string name, ngx_log_t* log) : name_(std::move(name)) {
    auto file = ngx::read_file(name_, oauth::jwt::JwkSet::max_document_bytes);
    if (!file) throw ngx::ConfigError("key file " + ngx::in_quotes(name_) + " cannot be read: " + file.error());
    auto keys = parse(file->content, log);
    if (!keys) throw ngx::ConfigError("key file " + ngx::in_quotes(name_) + " cannot be used: " + keys.error());
    if ((*keys)->keys().empty())
        throw ngx::ConfigError("key file " + ngx::in_quotes(name_) + " cannot be used: there is no key in it");
    keys_ = std::move(*keys);
    stamp_ = file->stamp;
}

std::expected<IssuerKeys::Set, oauth::Error> FileKeys::current() noexcept {
    if (ngx_current_msec - looked_at_ >= look_interval) {
        looked_at_ = ngx_current_msec;
        ngx::guarded(ngx_cycle->log, false, [&] { return look_again(), true; });
    }
    return keys_;
}

void FileKeys::look_again() {
    const auto stamp = ngx::stamp_file(name_);
    if (!stamp) return keep_old(stamp.error());
    if (*stamp == stamp_ && trouble_.empty()) return;

    auto file = ngx::read_file(name_, oauth::jwt::JwkSet::max_document_bytes);
    if (!file) return keep_old(file.error());
    if (std::exchange(stamp_, file->stamp) == file->stamp) return trouble_.clear();  // it was gone, and is back
    trouble_.clear();
    auto keys = parse(file->content, ngx_cycle->log);
    if (!keys)
        return ngx::log(NGX_LOG_ERR, ngx_cycle->log,
                        "key file " + ngx::in_quotes(name_) + " cannot be used, the old keys stay: " + keys.error());
    keys_ = std::move(*keys);
    if (keys_->keys().empty())
        return ngx::log(
            NGX_LOG_WARN, ngx_cycle->log,
            "key file " + ngx::in_quotes(name_) + " was read again: it has no keys any more, so that no token is good");
    ngx::log(NGX_LOG_NOTICE, ngx_cycle->log, "key file " + ngx::in_quotes(name_) + " was read again");
}

void FileKeys::keep_old(const std::string& reason) {
    if (std::exchange(trouble_, reason) == reason) return;  // said before
    ngx::log(NGX_LOG_ERR, ngx_cycle->log,
             "key file " + ngx::in_quotes(name_) + " cannot be read, the old keys stay: " + reason);
}

std::expected<IssuerKeys::Set, std::string> FileKeys::parse(std::string_view document, ngx_log_t* to) const {
    auto set = read_key_document(document, KeyFormat::jwks);
    if (!set) return std::unexpected(text_of(set.error()));
    for (const std::string& remark : set->remarks())
        ngx::log(NGX_LOG_WARN, to, "key file " + ngx::in_quotes(name_) + ": " + remark);
    return std::make_shared<const oauth::jwt::JwkSet>(std::move(*set));
}

}  // namespace authority
