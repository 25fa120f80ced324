// Asks an authorization server about tokens (RFC 7662), over nginx's event loop; answers are kept in shared memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/secret.h"
#include "base/sha256.h"
#include "ngx/fetch.h"
#include "ngx/shm_cache.h"
#include "ngx/trust_store.h"
#include "ngx/waits.h"
#include "oauth/error.h"
#include "oauth/introspection/response.h"

namespace authority {

// What came back about one token.
struct IntrospectionAnswer {
    // Nothing: `body` is an answer to be read. token_kind_refused is about the token, everything else is the server's
    // fault.
    std::optional<oauth::Error> error{};
    std::string body{};
    std::string detail{};                 // of the error, for the log
    std::chrono::seconds retry_after{5};  // for the client, when it is the server's fault
};

// One endpoint, asked as one client. One object for each worker: each has its own copy after the fork.
class IntrospectionClient {
public:
    struct Settings {
        std::string url;
        std::string client_id;
        base::Secret authorization;                // of this client, see oauth::basic_credentials()
        const ngx::TrustStore* trusted = nullptr;  // required
        ngx::ShmCache* cache = nullptr;            // null: nothing is kept
        oauth::introspection::KeepFor keep_for;
    };

    // A question that is asked once, however many requests wait for its answer: they share it. It is given up when the
    // last of them is gone.
    class Inquiry : public std::enable_shared_from_this<Inquiry> {
    public:
        Inquiry(IntrospectionClient& client, const base::Sha256& key) noexcept : client_(client), key_(key) {}
        Inquiry(const Inquiry&) = delete;
        Inquiry& operator=(const Inquiry&) = delete;
        ~Inquiry();

        // Null while it is under way.
        const IntrospectionAnswer* answer() const noexcept { return answer_ ? &*answer_ : nullptr; }
        // `done` is called when the answer is there; at once is never.
        void wait(ngx::Wait& wait, ngx::Wait::Done done, void* context) noexcept;

    private:
        friend class IntrospectionClient;
        void start(std::string_view token);
        static void on_response(void* self, ngx::FetchResult result) noexcept;
        void settle(IntrospectionAnswer answer) noexcept;

        IntrospectionClient& client_;
        base::Sha256 key_;
        ngx::Fetch fetch_;
        ngx::Waits waits_;
        std::optional<IntrospectionAnswer> answer_;
    };

    // Throws ConfigError when `url` is not an http or https URL.
    explicit IntrospectionClient(Settings settings);
    IntrospectionClient(const IntrospectionClient&) = delete;
    IntrospectionClient& operator=(const IntrospectionClient&) = delete;
    ~IntrospectionClient() = default;

    const Settings& settings() const noexcept { return settings_; }

    // Stands for the token, and for all that an answer about it depends on. Throws std::bad_alloc.
    base::Sha256 key_of(std::string_view token) const;
    // The body of an answer that came earlier.
    std::optional<std::string> lookup(const base::Sha256& key) const noexcept;
    // Asks, or joins those who are waiting already. Throws std::bad_alloc.
    std::shared_ptr<Inquiry> ask(const base::Sha256& key, std::string_view token);

private:
    struct KeyHash {
        std::size_t operator()(const base::Sha256& key) const noexcept;
    };
    void keep(const base::Sha256& key, std::string_view body) const noexcept;

    Settings settings_;
    // What every answer depends on: whom we ask, trusting which certificates, as whom, and how long it may be kept.
    base::Sha256 circumstances_{};
    std::unordered_map<base::Sha256, std::weak_ptr<Inquiry>, KeyHash> under_way_;
};

}  // namespace authority
