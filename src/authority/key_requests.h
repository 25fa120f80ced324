// The keys that an internal location is asked for in the name of one request (auth_jwt_key_request): as they are kept,
// or asked for.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/key_cache.h"
#include "authority/question.h"
#include "authority/turn_rule.h"
#include "base/sha256.h"
#include "ngx/nginx.h"
#include "ngx/own_host.h"
#include "ngx/pause.h"
#include "oauth/error.h"

namespace authority {

// Without a cache of keys every request is a question of its own, as in NGINX Plus, and a client may have as many
// requests under way as nginx lets it have streams on one HTTP/2 connection.
constexpr QuestionLimits default_key_request_limits{.per_client = 128};

class KeyRequests {
public:
    KeyRequests(ngx_http_request_t* request, Questions& questions, KeyCache& cache) noexcept;
    ~KeyRequests();
    KeyRequests(const KeyRequests&) = delete;
    KeyRequests& operator=(const KeyRequests&) = delete;

    struct Source {
        std::string_view uri;  // as all texts, must live as long as the request
        std::string_view written;
        KeyFormat format;
        std::chrono::seconds time_limit;
        std::chrono::seconds lifetime;  // of keys that are kept; 0: none are, and every request asks by itself
        const void* conf;               // of the location, see place_of()
    };

    // Called before anybody is asked. False: the request is not worth it.
    using MayAsk = std::function<bool()>;

    // One after another. Throws std::bad_alloc, ngx::Subrequest::StartFailure.
    Progress start(const Source& source, const MayAsk& may_ask);
    Progress proceed();
    bool is_under_way() const noexcept { return asked_ != nullptr; }

    // When ready. Null: there are none.
    const Keys& keys() const noexcept { return keys_; }
    // Why there are none, or none that are newer; empty: they are.
    const std::string& failure() const noexcept { return failure_; }

    // What that is: keys_unavailable, or server_requests_limited.
    oauth::Error error() const noexcept { return error_; }
    // Nobody was asked, since there is a limit on what strangers can make us ask.
    bool is_limited() const noexcept { return is_limited_; }

    // The keys do not verify `token`: what becomes of it, by TurnRule.
    enum class Renewal : std::uint8_t {
        needless,  // they judge it
        begun,     // start() will not use some of what was kept, but newer ones, or ask, or wait for who asks
        waiting,   // until somebody may ask: nginx calls again, and then this is to be called again
        pending,   // newer ones were asked for, and have not come
        limited    // as many wait as may
    };
    Renewal renew(std::string_view token);

private:
    class Asked;
    using Time = TurnRule::Time;
    struct Use {
        base::Sha256 key;
        std::chrono::seconds time_limit;
        std::optional<Time> asked_at;
        bool is_failure;
    };

    bool keeps_answers() const noexcept { return source_.lifetime.count() > 0; }
    base::Sha256 key_of(const Source& source) const;
    bool use_kept_answer();
    bool may_be_asked(ngx::HostKind host);
    void note_use(const KeptAnswer& kept);
    Renewal renew(const Use& use);
    Renewal wait_for_turn();
    Progress take(Progress progress);

    ngx_http_request_t* request_;
    Questions& questions_;
    KeyCache& cache_;

    Source source_{};     // the last one
    base::Sha256 key_{};  // of it
    std::unique_ptr<Asked> asked_;
    Keys keys_;
    std::string failure_;
    oauth::Error error_ = oauth::Error::keys_unavailable;
    bool is_limited_ = false;
    std::vector<Use> used_;              // the answers that the token was last verified with
    std::vector<base::Sha256> renewed_;  // those of them that must be asked for again
    Time arrived_;
    std::optional<TurnRule> rule_;
    Time to_turn_{0};  // when it must wait
    ngx::Pause pause_;
    QuestionCounts::Place waiting_;  // likewise
};

}  // namespace authority
