// Keys in a file.
#pragma once

#include <chrono>
#include <string>

#include "authority/issuer_keys.h"
#include "ngx/file.h"

namespace authority {

class FileKeys final : public IssuerKeys {
public:
    // Throws ConfigError, std::bad_alloc.
    FileKeys(std::string name, ngx_log_t* log);

    std::expected<Set, oauth::Error> current() noexcept override;

private:
    void use(oauth::jwt::JwkSet keys, ngx_log_t* log);
    void look_again();
    void keep_old(const std::string& reason);

    std::string name_;
    Set keys_;
    ngx::FileStamp stamp_;  // of the last version that was read, good or bad
    std::string trouble_;   // why the file could not be read when it was last looked at
    ngx_msec_t looked_at_ = 0;
};

}  // namespace authority
