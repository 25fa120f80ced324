// The keys of one request: those of files, and those that the authorization server is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "authority/key_requests.h"
#include "modules/auth_jwt/config.h"
#include "ngx/nginx.h"
#include "oauth/error.h"

namespace auth_jwt {

class KeyRing {
public:
    KeyRing(ngx_http_request_t* request, const LocationConf& conf, Worker& worker) noexcept
        : request_(request), conf_(conf), cache_(worker.keys), requests_(request, worker.questions, worker.keys) {}

    // Goes on where it left off. `may_ask` is called before the authorization server is asked.
    using MayAsk = authority::KeyRequests::MayAsk;
    authority::Progress collect(const MayAsk& may_ask);

    // What there is. Sources that failed are left out: the key that counts may be in another one.
    std::span<const oauth::jwt::JwkSet* const> keys() const noexcept;
    // Why not all keys are there; empty when they are.
    const std::string& trouble() const noexcept { return trouble_; }
    // What the trouble is: keys_unavailable, or server_requests_limited.
    oauth::Error error() const noexcept { return error_; }
    // Not all were asked for: there is a limit on what strangers can make us ask.
    bool is_limited() const noexcept { return is_limited_; }

    // The keys do not verify `token`. See authority::KeyRequests::renew().
    enum class Renewal : std::uint8_t {
        none,     // the keys judge the token, or there is trouble()
        begun,    // collect() will get newer ones
        waiting,  // until they may be asked for: nginx calls again
    };
    Renewal renew(std::string_view token);

private:
    authority::Progress collect_one(const KeySource& source, const MayAsk& may_ask);
    void read_file(const KeySource& source);
    authority::Progress ask(const KeySource& source, const MayAsk& may_ask);
    authority::Progress take(const KeySource& source, authority::Progress progress);
    void start_over() noexcept;
    void add(const authority::Keys& keys);
    void fail(const KeySource& source, std::string_view reason);

    ngx_http_request_t* request_;
    const LocationConf& conf_;
    authority::KeyCache& cache_;
    authority::KeyRequests requests_;

    std::size_t next_ = 0;  // in conf_.keys
    std::vector<authority::Keys> held_;
    std::vector<const oauth::jwt::JwkSet*> keys_;
    std::string trouble_;
    oauth::Error error_ = oauth::Error::keys_unavailable;
    bool is_limited_ = false;
};

}  // namespace auth_jwt
