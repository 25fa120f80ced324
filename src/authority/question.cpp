#include "authority/question.h"

#include <algorithm>
#include <array>
#include <utility>

#include "authority/shared_document.h"
#include "ngx/guard.h"
#include "oauth/error.h"

namespace authority {
namespace {

// Who waits for somebody else's question gets its time-out, and its reason, rather than his own.
constexpr std::chrono::milliseconds margin{1000};

ngx_msec_t milliseconds(std::chrono::milliseconds time) noexcept {
    return static_cast<ngx_msec_t>(std::max(time, std::chrono::milliseconds(1)).count());
}

}  // namespace

// Owned by those who wait for it.
class Question final : public Receiver, public std::enable_shared_from_this<Question> {
public:
    Question(Questions& questions, const Questions::Key& key, QuestionCounts::Place place, const Query& query)
        : questions_(questions), key_(key), place_(std::move(place)), calls_(query.listener, query.source) {
        questions_.under_way_.emplace(key_, this);
    }
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;
    ~Question() { close(); }

    void add(Asker& asker) { asker.place_ = askers_.insert(askers_.end(), &asker); }
    void leave(const Asker& asker) noexcept;

    // `leader`: whose subrequest it is; null when it belongs to all.
    void is_asked_by(std::unique_ptr<Transport> transport, const Asker* leader) noexcept {
        transport_ = std::move(transport);
        leader_ = leader;
        asked_at_ = ngx_current_msec;
    }
    void begin_call(const HttpEndpoint& endpoint, bool is_post) noexcept {
        calls_.begin(Requested::introspection, is_post ? "POST" : "GET", endpoint.url);
    }
    const CallLog& calls() const noexcept { return calls_; }
    bool is_asked() const noexcept { return transport_ != nullptr; }
    bool is_led_by(const Asker& asker) const noexcept { return leader_ == &asker; }

    void settle(const Answer& answer) noexcept override;
    bool is_settled() const noexcept { return is_settled_; }
    const std::shared_ptr<const Content>& content() const noexcept { return content_; }

private:
    void keep(const Query& query, std::string_view body) const noexcept;
    void close() noexcept;

    Questions& questions_;
    Questions::Key key_;
    QuestionCounts::Place place_;
    std::list<Asker*> askers_;  // in the order in which they came
    std::unique_ptr<Transport> transport_;
    const Asker* leader_ = nullptr;
    ngx_msec_t asked_at_ = 0;
    CallLog calls_;                           // one by libcurl
    std::shared_ptr<const Content> content_;  // null when there was no memory for it
    bool is_settled_ = false;
};

void Question::leave(const Asker& asker) noexcept {
    askers_.erase(asker.place_);
    if (is_settled_) return;
    if (askers_.empty()) return close();
    if (leader_ != &asker) return;
    transport_.reset();
    Asker* const heir = askers_.back();  // who has most of his time left: he may ask for that long
    leader_ = heir;
    heir->pause_.resume();
}

void Question::settle(const Answer& answer) noexcept {
    const auto alive = weak_from_this().lock();
    const Asker& reader = leader_ != nullptr ? *leader_ : *askers_.front();
    content_ =
        ngx::guarded<std::shared_ptr<const Content>>(ngx_cycle->log, nullptr, [&] { return reader.read(answer); });
    is_settled_ = true;
    calls_.answered(answer.status, answer.error ? oauth::describe(*answer.error).name : std::string_view());
    calls_.end(content_ != nullptr && !content_->is_failure);
    keep(reader.query_, answer.body);
    close();
    for (Asker* asker : askers_)
        asker->pause_.resume();
}

void Question::keep(const Query& query, std::string_view body) const noexcept {
    if (content_ == nullptr || query.cache == nullptr) return;
    // What the server said may have been decided when it was asked.
    const auto time = content_->keep_for - std::chrono::milliseconds(ngx_current_msec - asked_at_);
    if (time.count() <= 0) return;
    using Space = ngx::ShmCache::Space;
    query.cache->store(query.key, body, time, ngx_cycle->log, content_->is_negative ? Space::negative : Space::main);
}

// Nobody joins it any more, and it takes nobody's place.
void Question::close() noexcept {
    const auto known = questions_.under_way_.find(key_);
    if (known != questions_.under_way_.end() && known->second == this) questions_.under_way_.erase(known);
    place_ = {};
    transport_.reset();
}

Asker::Asker(ngx_http_request_t* request, Questions& questions) noexcept
    : request_(request), questions_(questions), pause_(request) {}

Asker::~Asker() {
    leave();
}

bool Asker::find_kept(const Query& query) {
    is_started_ = true;
    query_ = query;
    if (query.cache == nullptr) return false;
    const auto hit = query.cache->lookup(query.key, ngx_cycle->log);
    return hit && recall(hit->bytes);
}

Progress Asker::start(const Query& query) {
    if (find_kept(query)) return Progress::ready;
    deadline_ = ngx_current_msec + milliseconds(query.time_limit);
    waiting_ = questions_.take_waiting(request_);
    if (!waiting_) return take_own({.error = oauth::Error::server_requests_limited});
    const Questions::Key key{query.key, query.time_limit};
    if (const auto known = questions_.under_way_.find(key); known != questions_.under_way_.end()) {
        join(known->second->shared_from_this());
        return wait();
    }
    auto place = questions_.counts_.take(questions_.limits_, query.server, ngx::client_network(request_));
    if (!place) return take_own({.error = oauth::Error::server_requests_limited});
    join(std::make_shared<Question>(questions_, key, std::move(place), query_));
    return lead();
}

void Asker::join(std::shared_ptr<Question> question) {
    question->add(*this);  // which may throw: then there is nothing to leave
    question_ = std::move(question);
}

Progress Asker::proceed() {
    if (content_ != nullptr) return Progress::ready;
    if (question_ == nullptr) return take_own({.error = oauth::Error::out_of_memory});  // something has been thrown
    if (question_->is_settled()) {
        content_ = question_->content();
        if (has_asked_) calls_ = question_->calls().since({});
        leave();
        return content_ != nullptr ? Progress::ready : take_own({.error = oauth::Error::out_of_memory});
    }
    if (question_->is_led_by(*this) && !question_->is_asked()) return lead();
    if (pause_.is_late())
        return take_own({.error = oauth::Error::server_unreachable, .note = "no answer came in time"});
    return wait();
}

// Whoever asks again needs an assertion of its own (RFC 7523 section 3, jti).
Message Asker::message() const {
    const auto posted = form();
    Message message{.max_answer_bytes = query_.max_answer_bytes, .time_limit = time_left()};
    if (!posted) return message;
    const auto members = query_.client != nullptr ? query_.client->form_members(ngx_time()) : base::Secret();
    message.form = base::Secret::joined({*posted, members.reveal()});
    if (query_.client != nullptr) message.authorization = query_.client->authorization();
    return message;
}

Progress Asker::lead() {
    const auto* location = std::get_if<InternalLocation>(&query_.endpoint);
    asked_at_ = SharedDocument::now();
    try {
        Message asked = message();
        asked.is_good_once = query_.client != nullptr && query_.client->is_good_once();
        auto transport = location != nullptr ? ask(*question_, *location, asked, request_)
                                             : ask(*question_, std::get<HttpEndpoint>(query_.endpoint), asked);
        // What is in the way of this request need not be in the way of those behind it.
        if (!transport) return take_own(transport.error());
        question_->is_asked_by(*std::move(transport), location != nullptr ? this : nullptr);
        if (location == nullptr) question_->begin_call(std::get<HttpEndpoint>(query_.endpoint), asked.form.has_value());
    } catch (...) {
        leave();
        throw;
    }
    has_asked_ = true;
    return wait();
}

// A subrequest that is under way keeps its request from ending anyway, and has a clock of its own.
Progress Asker::wait() {
    const auto* location = std::get_if<InternalLocation>(&query_.endpoint);
    if (question_->is_led_by(*this)) {
        pause_.begin(ngx::Pause::no_limit, location != nullptr && location->outlives_client);
    } else {
        pause_.begin(milliseconds(time_left() + margin));
    }
    return Progress::waiting;
}

Progress Asker::take_own(const Answer& answer) {
    leave();
    content_ = read(answer);
    return Progress::ready;
}

Fault Asker::fault_of(const Answer& answer, std::string_view token) const {
    if (query_.client == nullptr) return authority::fault_of(answer, query_.endpoint, {&token, 1});
    const auto [secret, basic] = query_.client->secrets();
    const std::array<std::string_view, 3> secrets = {token, secret, basic};
    return authority::fault_of(answer, query_.endpoint, secrets);
}

std::chrono::milliseconds Asker::time_left() const noexcept {
    const auto left = static_cast<ngx_msec_int_t>(deadline_ - ngx_current_msec);
    return std::chrono::milliseconds(std::max(left, ngx_msec_int_t{1}));
}

void Asker::leave() noexcept {
    waiting_ = {};
    if (question_ == nullptr) return;
    const auto question = std::move(question_);
    question->leave(*this);
}

}  // namespace authority
