// A question to an authorization server, that a worker asks once, however many requests wait for its answer.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "authority/answer.h"
#include "authority/call.h"
#include "authority/listener.h"
#include "authority/question_limits.h"
#include "authority/transport.h"
#include "base/sha256.h"
#include "ngx/client_address.h"
#include "ngx/nginx.h"
#include "ngx/pause.h"
#include "ngx/shm_cache.h"
#include "oauth/client_credentials.h"

namespace authority {

enum class Progress : std::uint8_t {
    ready,
    waiting  // nginx calls again
};

struct Query {
    base::Sha256 key;     // equal keys have equal answers: it names all that the answer depends on
    base::Sha256 server;  // whom it is asked, for QuestionLimits::per_server
    Endpoint endpoint;
    const oauth::ClientCredentials* client = nullptr;  // who we are; only with a form, and must live as long
    std::size_t max_answer_bytes;
    std::chrono::seconds time_limit;  // for this request, to the last byte of the answer
    ngx::ShmCache* cache = nullptr;   // where the answer is looked for and kept; null: nowhere
    Listener* listener = nullptr;     // of an introspection: lives as long; null: nobody
    std::string_view source{};        // for the listener
};

// What an answer says: read once, for all who wait for it.
struct Content {
    Content() = default;
    Content(const Content&) = delete;
    Content& operator=(const Content&) = delete;
    virtual ~Content() = default;

    std::chrono::seconds keep_for{0};  // since it was asked for; 0: it is not kept
    bool is_negative = false;          // kept where it cannot push out what is worth more
    bool is_failure = false;           // no answer to what was asked
};

class Asker;
class Question;

// What a worker is asking at the moment: one object for each module and worker.
class Questions {
public:
    explicit Questions(const QuestionLimits& limits = {}) noexcept : limits_(limits) {}
    void set_limits(const QuestionLimits& limits) noexcept { limits_ = limits; }
    // A gauge of the requests that wait, for others to read. Lives as long.
    void show_waiting_in(std::atomic<std::uint64_t>& gauge) noexcept { counts_.show_waiting_in(gauge); }

    bool is_under_way(const base::Sha256& key, std::chrono::seconds time_limit) const {
        return under_way_.contains({key, time_limit});
    }
    // For a request that waits, as long as it does. False, as a bool: as many wait as may. Throws std::bad_alloc.
    QuestionCounts::Place take_waiting(const ngx_http_request_t* request) {
        return counts_.take_waiting(limits_, ngx::client_network(request));
    }
    // The same for one that waits until it may ask.
    QuestionCounts::Place take_waiting_for_turn(const ngx_http_request_t* request) {
        return counts_.take_waiting_for_turn(limits_, ngx::client_network(request));
    }
    // For the log line of a request that a limit refused: strangers can make many of them, so that only one in each
    // second is an error.
    ngx_uint_t level_of_refusal() noexcept {
        return std::exchange(last_refusal_, ngx_time()) == ngx_time() ? NGX_LOG_INFO : NGX_LOG_ERR;
    }

private:
    friend class Asker;
    friend class Question;
    // Who waits longer than others asks by himself: their time-out is not his.
    struct Key {
        base::Sha256 digest;
        std::chrono::seconds time_limit;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept { return base::Sha256Hash()(key.digest); }
    };

    std::unordered_map<Key, Question*, KeyHash> under_way_;
    QuestionCounts counts_;
    QuestionLimits limits_;
    time_t last_refusal_ = 0;
};

// The part of one request; a part of an object in its pool. What is asked by libcurl belongs to all who wait, and is
// given up when the last of them has gone. A subrequest belongs to the request that made it: when that one goes, the
// next one in line that can ask asks again.
class Asker {
public:
    Asker(const Asker&) = delete;
    Asker& operator=(const Asker&) = delete;

    bool is_started() const noexcept { return is_started_; }
    // Whether this request has asked, for itself and those who wait with it, and when.
    bool has_asked() const noexcept { return has_asked_; }
    std::chrono::milliseconds asked_at() const noexcept { return asked_at_; }  // of SharedDocument::now()
    // What it has asked by libcurl, when that has been answered.
    const std::vector<CallLog::Shared>& calls() const noexcept { return calls_; }

protected:
    Asker(ngx_http_request_t* request, Questions& questions) noexcept;
    virtual ~Asker();

    // Takes what is kept, joins who is asking, or asks. Throws std::bad_alloc, ngx::Subrequest::StartFailure.
    Progress start(const Query& query);
    // Only takes what is kept.
    bool find_kept(const Query& query);
    // Goes on when nginx calls again.
    Progress proceed();
    // When ready: what read() made of the answer; null when recall() took what was kept.
    const std::shared_ptr<const Content>& content() const noexcept { return content_; }

    // Of an answer that is of no use.
    Fault fault_of(const Answer& answer, std::string_view token) const;

    ngx_http_request_t* request() const noexcept { return request_; }
    const Query& query() const noexcept { return query_; }

private:
    friend class Question;

    // Of an answer that is kept. False: it says nothing any more, and somebody has to be asked.
    virtual bool recall(std::string_view /*body*/) { return false; }
    // What is posted, as application/x-www-form-urlencoded; none: a GET.
    virtual std::optional<std::string> form() const = 0;
    // Also of an answer that is only an error. Never null. Throws std::bad_alloc.
    virtual std::shared_ptr<const Content> read(const Answer& answer) const = 0;

    void join(std::shared_ptr<Question> question);
    Progress lead();
    Message message() const;
    Progress wait();
    Progress take_own(const Answer& answer);
    std::chrono::milliseconds time_left() const noexcept;
    void leave() noexcept;

    ngx_http_request_t* request_;
    Questions& questions_;
    ngx::Pause pause_;
    Query query_{};
    ngx_msec_t deadline_ = 0;
    std::chrono::milliseconds asked_at_{0};
    std::shared_ptr<Question> question_;  // while it waits
    QuestionCounts::Place waiting_;       // likewise
    std::list<Asker*>::iterator place_;   // in its line
    std::shared_ptr<const Content> content_;
    bool is_started_ = false;
    bool has_asked_ = false;
    std::vector<CallLog::Shared> calls_;
};

}  // namespace authority
