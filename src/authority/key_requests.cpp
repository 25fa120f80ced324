#include "authority/key_requests.h"

#include <algorithm>
#include <utility>

#include "authority/fetched_document.h"
#include "authority/internal_location.h"
#include "authority/shared_document.h"
#include "ngx/config.h"
#include "oauth/discovery/document_request.h"
#include "oauth/error.h"

namespace authority {
namespace {

constexpr std::string_view too_many_strangers =
    "no keys are kept for this Host, which is not the server's own, and too many such are asked for; "
    "name it in \"server_name\" if it is";

std::string behind_comma(const std::string& note) {
    return note.empty() ? "" : ", " + note;
}

// What is in the way of the answer, if anything.
std::string trouble_of(const Answer& answer) {
    if (answer.status == 0) return answer.note.empty() ? std::string(oauth::describe(*answer.error).text) : answer.note;
    if (answer.status != NGX_HTTP_OK)
        return "it was answered with status " + std::to_string(answer.status) + behind_comma(answer.note);
    if (oauth::server_fault(answer.view())) return "the answer has a Content-Encoding";
    if (answer.error) return "the answer is too large, or incomplete" + behind_comma(answer.note);
    return {};
}

Standing standing_of(ngx::HostKind host) noexcept {
    return host == ngx::HostKind::own ? Standing::own : Standing::stranger;
}

}  // namespace

class KeyRequests::Asked final : public Asker {
public:
    // `host`: none when nothing is kept.
    Asked(ngx_http_request_t* request, Questions& questions, KeyCache& cache, const Source& source,
          std::optional<ngx::HostKind> host) noexcept
        : Asker(request, questions), cache_(cache), format_(source.format), written_(source.written), host_(host) {}
    ~Asked() override = default;

    struct Said : Content {
        bool is_limited = false;
        std::expected<Keys, std::string> keys = std::unexpected(std::string());
    };

    using Asker::proceed;
    using Asker::start;
    const Said& said() const noexcept { return static_cast<const Said&>(*content()); }

private:
    std::optional<std::string> form() const override { return std::nullopt; }

    std::shared_ptr<const Content> read(const Answer& answer) const override {
        auto said = std::make_shared<Said>();
        said->is_limited = answer.error && *answer.error == oauth::Error::server_requests_limited;
        std::string trouble = trouble_of(answer);
        if (trouble.empty()) {
            said->keys = cache_.document(answer.body, format_, ngx::url_in_quotes(written_));
        } else {
            said->keys = std::unexpected(std::move(trouble));
        }
        // What is in the way of one request says nothing about the keys.
        const bool is_own_trouble = !has_asked() || answer.error == oauth::Error::out_of_memory;
        if (host_ && !is_own_trouble) cache_.keep_answer(query().key, said->keys, asked_at(), standing_of(*host_));
        return said;
    }

    KeyCache& cache_;
    KeyFormat format_;
    std::string_view written_;
    std::optional<ngx::HostKind> host_;
};

KeyRequests::KeyRequests(ngx_http_request_t* request, Questions& questions, KeyCache& cache) noexcept
    : request_(request), questions_(questions), cache_(cache), arrived_(SharedDocument::now()), pause_(request) {}

KeyRequests::~KeyRequests() = default;

Progress KeyRequests::start(const Source& source, const MayAsk& may_ask) {
    source_ = source;
    keys_ = nullptr;
    failure_.clear();
    error_ = oauth::Error::keys_unavailable;
    is_limited_ = false;
    if (!source.uri.starts_with('/')) {
        failure_ = "the URI does not begin with \"/\"";
        return Progress::ready;
    }
    key_ = key_of(source);
    if (keeps_answers() && use_kept_answer()) return Progress::ready;
    if (!may_ask()) {
        failure_ = "no keys were requested because of this token";
        return Progress::ready;
    }
    std::optional<ngx::HostKind> host;
    if (keeps_answers()) {
        host = ngx::host_kind(request_);
        if (!may_be_asked(*host)) {
            failure_ = too_many_strangers;
            is_limited_ = true;
            return Progress::ready;
        }
    }
    asked_ = std::make_unique<Asked>(request_, questions_, cache_, source, host);
    return take(asked_->start({
        .key = key_,
        .server = server_at(request_, source.written),
        // Others need the keys, too: else whoever asks and leaves could make us ask again and again.
        .endpoint = InternalLocation{source.uri, source.written, keeps_answers(), oauth::discovery::accepted_keys},
        .max_answer_bytes = oauth::jwt::JwkSet::max_document_bytes,
        .time_limit = source.time_limit,
    }));
}

Progress KeyRequests::proceed() {
    return take(asked_->proceed());
}

// Without a cache each request asks by itself: the internal location may look at anything of that request, and the keys
// are never older than it.
base::Sha256 KeyRequests::key_of(const Source& source) const {
    const void* conf = keeps_answers() ? source.conf : this;
    return base::must_sha256_of(
        {base::bytes(place_of(request_, conf)), source.format == KeyFormat::jwks ? "jwks" : "keyval", source.uri});
}

// False: somebody has to be asked, or waited for.
bool KeyRequests::use_kept_answer() {
    if (std::ranges::find(renewed_, key_) != renewed_.end()) return false;
    const KeptAnswer* kept = cache_.answer(key_);
    if (kept == nullptr) return false;
    // When the time is over, one request asks; the others need not wait for it.
    const bool is_awaited = questions_.is_under_way(key_, source_.time_limit);
    const bool may_ask = !is_awaited && kept->may_be_asked_for();
    if (kept->is_fresh(source_.lifetime) || (kept->is_usable(source_.lifetime) && !may_ask)) {
        note_use(*kept);
        keys_ = kept->keys();
        return true;
    }
    if (is_awaited || may_ask) return false;
    failure_ = kept->failure();
    return true;
}

void KeyRequests::note_use(const KeptAnswer& kept) {
    used_.push_back({key_, source_.time_limit, kept.asked_at(), !failure_.empty()});
}

// Who waits for somebody else's question, or renews keys that can still be used, costs nothing new.
bool KeyRequests::may_be_asked(ngx::HostKind host) {
    const KeptAnswer* kept = cache_.answer(key_);
    const bool is_cold = kept == nullptr || !kept->is_usable(source_.lifetime);
    if (host != ngx::HostKind::other || !is_cold) return true;
    return questions_.is_under_way(key_, source_.time_limit) || cache_.strangers.take();
}

Progress KeyRequests::take(Progress progress) {
    if (progress == Progress::waiting) return progress;
    const KeptAnswer* kept = keeps_answers() ? cache_.answer(key_) : nullptr;
    if (const auto& keys = asked_->said().keys) {
        keys_ = *keys;
    } else {
        failure_ = keys.error();
        is_limited_ = asked_->said().is_limited;
        if (is_limited_) error_ = oauth::Error::server_requests_limited;
        if (kept != nullptr && kept->is_usable(source_.lifetime)) keys_ = kept->keys();
    }
    if (kept != nullptr) note_use(*kept);
    asked_.reset();
    return progress;
}

KeyRequests::Renewal KeyRequests::renew(std::string_view token) {
    waiting_ = {};
    renewed_.clear();
    if (used_.empty()) return Renewal::needless;
    if (!rule_) rule_.emplace(arrived_, cache_.doubtful.first_seen(token, arrived_), source_.time_limit);
    to_turn_ = Time(0);
    Renewal most = Renewal::needless;
    for (const Use& use : used_) {
        const Renewal renewal = renew(use);
        const bool is_more = renewal == Renewal::begun || (most != Renewal::begun && renewal > most);
        if (is_more) most = renewal;
    }
    if (most == Renewal::begun) used_.clear();
    return most == Renewal::waiting ? wait_for_turn() : most;
}

KeyRequests::Renewal KeyRequests::renew(const Use& use) {
    KeptAnswer* kept = cache_.answer(use.key);
    if (kept != nullptr && kept->asked_at() != use.asked_at) return Renewal::begun;
    const Time to_turn = kept != nullptr ? kept->time_to_turn() : Time(0);
    const auto step = rule_->next(use.asked_at, to_turn, SharedDocument::now());
    if (step == TurnRule::Step::judge) return Renewal::needless;
    // Whose question failed does not ask another time.
    if (step == TurnRule::Step::give_up || use.is_failure) return Renewal::pending;
    if (kept == nullptr) return Renewal::begun;  // pushed out by others: start() asks
    if (step == TurnRule::Step::ask) kept->take_turn();
    if (step == TurnRule::Step::ask || questions_.is_under_way(use.key, use.time_limit)) {
        renewed_.push_back(use.key);
        return Renewal::begun;
    }
    if (!kept->may_be_asked_for()) return Renewal::pending;
    to_turn_ = std::max(to_turn_, to_turn);
    return Renewal::waiting;
}

KeyRequests::Renewal KeyRequests::wait_for_turn() {
    waiting_ = questions_.take_waiting_for_turn(request_);
    if (!waiting_) return Renewal::limited;
    pause_.begin(static_cast<ngx_msec_t>(to_turn_.count()) + 1);
    return Renewal::waiting;
}

}  // namespace authority
