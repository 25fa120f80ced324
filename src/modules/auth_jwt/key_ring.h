// The keys of one request: those of files, and those that the authorization server is asked for.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "authority/inquiry.h"
#include "modules/auth_jwt/config.h"
#include "ngx/nginx.h"

namespace auth_jwt {

class KeyRing {
public:
    KeyRing(ngx_http_request_t* request, const LocationConf& conf, MainConf& worker) noexcept
        : request_(request), conf_(conf), cache_(worker.keys), inquiries_(worker.inquiries) {}

    // Goes on where it left off.
    authority::Progress collect();

    // What there is. Sources that failed are left out: the key that counts may be in another one.
    std::span<const oauth::jwt::JwkSet* const> keys() const noexcept;
    // Why not all keys are there; empty when they are.
    const std::string& trouble() const noexcept { return trouble_; }

    // No key fits. True when keys that had been kept were dropped: collect() will ask for new ones. Whatever clients
    // send, the same keys are asked for at most every few seconds.
    bool renew();

private:
    authority::Progress collect_one(const KeySource& source);
    void read_file(const KeySource& source);
    authority::Progress ask(const KeySource& source);
    base::Sha256 question_key(KeyFormat format, std::string_view uri) const;
    bool use_kept_answer(const KeySource& source);
    bool may_ask_for_strangers();
    void take_answer(const KeySource& source);
    std::expected<Keys, std::string> outcome(KeyFormat format);
    std::expected<Keys, std::string> read_answer(const authority::Answer& answer, KeyFormat format);
    bool keeps_answers() const noexcept;
    ngx_msec_t lifetime() const noexcept;
    void start_over() noexcept;
    void add(const Keys& keys);
    void fail(const KeySource& source, std::string_view reason);

    ngx_http_request_t* request_;
    const LocationConf& conf_;
    KeyCache& cache_;
    authority::Inquiries& inquiries_;

    std::size_t next_ = 0;  // in conf_.keys
    std::vector<Keys> held_;
    std::vector<const oauth::jwt::JwkSet*> keys_;
    std::string trouble_;

    std::optional<authority::Inquiry> inquiry_;  // for conf_.keys[next_]
    KeyCache::AnswerKey asked_for_{};            // the same
    std::vector<KeyCache::AnswerKey> used_;      // answers that were not asked for in this request
    std::vector<KeyCache::AnswerKey> renewed_;   // those that collect() must ask for again
};

}  // namespace auth_jwt
