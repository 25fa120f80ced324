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
    auto keys = read_first_keys(file->content, KeyFormat::jwks);
    if (!keys) throw ngx::ConfigError("key file " + ngx::in_quotes(name_) + " cannot be used: " + keys.error());
    use(*std::move(keys), log);
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
    auto keys = read_keys(file->content, KeyFormat::jwks);
    if (!keys)
        return ngx::log(NGX_LOG_ERR, ngx_cycle->log,
                        "key file " + ngx::in_quotes(name_) + " cannot be used, the old keys stay: " + keys.error());
    use(*std::move(keys), ngx_cycle->log);
    if (keys_->keys().empty())
        return ngx::log(NGX_LOG_WARN, ngx_cycle->log,
                        "key file " + ngx::in_quotes(name_) +
                            " was read again: it has no keys any more, so every token is refused");
    ngx::log(NGX_LOG_NOTICE, ngx_cycle->log, "key file " + ngx::in_quotes(name_) + " was read again");
}

void FileKeys::keep_old(const std::string& reason) {
    if (std::exchange(trouble_, reason) == reason) return;  // said before
    ngx::log(NGX_LOG_ERR, ngx_cycle->log,
             "key file " + ngx::in_quotes(name_) + " cannot be read, the old keys stay: " + reason);
}

void FileKeys::use(oauth::jwt::JwkSet keys, ngx_log_t* log) {
    for (const std::string& remark : keys.remarks())
        ngx::log(NGX_LOG_WARN, log, "key file " + ngx::in_quotes(name_) + ": " + remark);
    keys_ = std::make_shared<const oauth::jwt::JwkSet>(std::move(keys));
}

}  // namespace authority
