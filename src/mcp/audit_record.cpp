#include "mcp/audit_record.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <ranges>
#include <span>

#include "base/ascii.h"
#include "base/escape.h"
#include "base/hmac.h"
#include "base/text.h"
#include "mcp/observation.h"
#include "oauth/json/json.h"
#include "oauth/json/json_text.h"

namespace mcp {
namespace {

using std::chrono::microseconds;

// Bytes of a value as it stands in the line.
constexpr std::size_t most_of_word = 64;
constexpr std::size_t most_of_name = 256;
constexpr std::size_t most_of_list = 512;
// Where there are many operations; each of a batch has its room (Message::max_batch).
constexpr std::size_t most_of_one_of_many = 128;
constexpr std::size_t most_of_id = 48;
constexpr std::size_t room_of_operation = 400;  // more than any of many needs

constexpr std::size_t digits_of_identity = 32;
constexpr std::size_t digits_of_session = 16;
constexpr std::size_t digits_of_cut = 32;

// A terminal or a reader of lines would obey these: C0 and C1 controls, line and paragraph separators, what turns the
// direction of text.
constexpr bool is_escaped(char32_t c) noexcept {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200E || c == 0x200F || c == 0x061C;
}

// As many digits as the type of `digits` has, with zeros before them.
template <std::size_t count>
void write_digits(std::array<char, count>& digits, std::uint32_t number) noexcept {
    for (char& digit : std::views::reverse(digits)) {
        digit = static_cast<char>('0' + number % 10);
        number /= 10;
    }
}

// Takes the first character off a text that is not empty.
void append_character(std::string& out, std::string_view& text) {
    const std::string_view before = text;
    const char32_t character = base::take_character(text);
    const std::string_view bytes = before.substr(0, before.size() - text.size());
    if (is_escaped(character)) {
        base::append_unicode_escape(out, character);
    } else if (character == '"' || character == '\\') {
        out += '\\';
        out += bytes;
    } else {
        out += bytes.size() == 1 && character >= 0x80 ? base::replacement_utf8 : bytes;
    }
}

// A JSON string of at most `most` bytes between its quotes.
void append_string(std::string& out, std::string_view text, std::size_t most) {
    constexpr std::string_view dots = "...";
    out += '"';
    if (text.size() <= most && oauth::json::is_plain(text)) {
        out += text;
        out += '"';
        return;
    }
    const std::size_t begin = out.size();
    std::size_t cut = begin;  // where dots and digest still find room
    for (std::string_view rest = text; !rest.empty();) {
        append_character(out, rest);
        if (out.size() - begin + dots.size() + digits_of_cut <= most) cut = out.size();
        if (out.size() - begin <= most) continue;
        out.erase(cut);
        out += dots;
        out += base::hex_beginning(base::must_plain_sha256_of(text), digits_of_cut);
        break;
    }
    out += '"';
}

// A member's name as it stands in the line: ,"name":
class Name {
public:
    consteval Name(const char* name) : size_(std::string_view(name).size()) {
        text_[0] = ',';
        text_[1] = '"';
        std::ranges::copy(std::string_view(name), &text_[2]);
        text_[2 + size_] = '"';
        text_[3 + size_] = ':';
    }
    std::string_view in_line() const noexcept { return {text_.data(), size_ + 4}; }
    std::string_view alone() const noexcept { return in_line().substr(2, size_); }

private:
    std::array<char, 24> text_{};
    std::size_t size_;
};

// {"a":1,"b":2
class Object {
public:
    explicit Object(std::string& out) : out_(out), begin_(out.size()) {}

    std::string& member(const Name& name) { return out_ += name.in_line(); }
    // One that is made here, so that it needs no look at what it consists of.
    void word(const Name& name, std::string_view value) {
        if (!value.empty()) member(name).append(1, '"').append(value) += '"';
    }
    void text(const Name& name, std::string_view value, std::size_t most) {
        if (!value.empty()) append_string(member(name), value, most);
    }
    void text(const Name& name, const std::optional<std::string>& value, std::size_t most) {
        if (value) append_string(member(name), *value, most);
    }
    template <class Integer>
    void number(const Name& name, Integer value) {
        std::array<char, 20> digits{};
        const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        member(name) += std::string_view(digits.data(), end);
    }
    // With microseconds as decimals, where there are any.
    void milliseconds(const Name& name, microseconds time) {
        const auto count = std::max<microseconds::rep>(time.count(), 0);
        number(name, count / 1000);
        if (count % 1000 == 0) return;
        std::array<char, 3> decimals{};
        write_digits(decimals, static_cast<std::uint32_t>(count % 1000));
        out_.append(1, '.').append(decimals.data(), decimals.size());
    }
    // The comma before the first member was one too many.
    void end() {
        if (out_.size() == begin_) out_ += ',';
        out_[begin_] = '{';
        out_ += '}';
    }

private:
    std::string& out_;
    std::size_t begin_;
};

template <std::size_t begin, std::size_t count>
void put_digits(std::span<char> text, std::uint32_t number) noexcept {
    std::array<char, count> digits{};
    write_digits(digits, number);
    std::ranges::copy(digits, text.subspan(begin).begin());
}

using TimeText = std::array<char, 24>;

// RFC 3339, UTC.
TimeText time_text(std::chrono::milliseconds since_1970) noexcept {
    using namespace std::chrono;
    const sys_time<std::chrono::milliseconds> time(since_1970);
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    TimeText text{};
    std::ranges::copy(std::string_view("0000-00-00T00:00:00.000Z"), text.begin());
    put_digits<0, 4>(text, static_cast<std::uint32_t>(static_cast<int>(date.year())));
    put_digits<5, 2>(text, static_cast<unsigned>(date.month()));
    put_digits<8, 2>(text, static_cast<unsigned>(date.day()));
    put_digits<11, 2>(text, static_cast<std::uint32_t>(clock.hours().count()));
    put_digits<14, 2>(text, static_cast<std::uint32_t>(clock.minutes().count()));
    put_digits<17, 2>(text, static_cast<std::uint32_t>(clock.seconds().count()));
    put_digits<20, 3>(text, static_cast<std::uint32_t>(clock.subseconds().count()));
    return text;
}

// Unknown is left out.
std::string_view name_of(Outcome::Kind kind) noexcept {
    switch (kind) {
        case Outcome::Kind::success:
            return "success";
        case Outcome::Kind::tool_error:
            return "tool_error";
        case Outcome::Kind::error:
            return "error";
        case Outcome::Kind::unknown:
            break;
    }
    return {};
}

std::string_view name_of(CutBy who) noexcept {
    switch (who) {
        case CutBy::client:
            return "client";
        case CutBy::backend:
            return "backend";
        case CutBy::nobody:
            break;
    }
    return {};
}

// The id of a request is a string or a number (JSON-RPC 2.0 section 4); one that is neither, or too large, is left out.
void add_id(Object& object, std::string_view json) {
    constexpr std::size_t digits = 15;  // any so many are a number of JSON, but for zeros before others
    if (json.empty()) return;
    if (json.size() <= digits && json.front() != '0' && std::ranges::all_of(json, base::is_digit)) {
        object.member("id") += json;
        return;
    }
    const auto document = oauth::json::Document::parse(json);
    if (!document) return;
    if (const auto text = document->root().string()) return object.text("id", *text, most_of_id);
    if (const auto number = document->root().integer()) object.number("id", *number);
}

void append_operation(std::string& out, const ObservedOperation& operation, std::size_t most) {
    Object object(out);
    object.text("method", std::string_view(operation.method), most_of_word);
    if (operation.name) object.text("name", std::optional(shown_name(operation)), most);
    add_id(object, operation.id);
    const Outcome& outcome = operation.outcome;
    object.word("outcome", name_of(outcome.kind));
    if (outcome.kind == Outcome::Kind::error && outcome.code) object.number("code", *outcome.code);
    if (outcome.kind != Outcome::Kind::unknown) object.milliseconds("duration_ms", operation.duration);
    object.end();
}

void add_operations(Object& object, std::string& out, const Observation& observation) {
    if (!observation.operations_known) return;
    const auto& operations = observation.operations;
    const std::size_t most = operations.size() > 1 ? most_of_one_of_many : most_of_list;
    object.member("operations") += '[';
    std::size_t shown = 0;
    for (const ObservedOperation& operation : operations) {
        if (shown > 0 && out.size() + room_of_operation > longest_audit_record) break;
        if (shown++ > 0) out += ',';
        append_operation(out, operation, most);
    }
    out += ']';
    if (shown < operations.size()) object.number("operations_omitted", operations.size() - shown);
}

void add_decision(Object& object, const Observation& observation) {
    const TimeText time = time_text(observation.begin);
    object.word("time", std::string_view(time.data(), time.size()));
    object.word("decision", name_of(observation.judgement));
    object.text("id", observation.decision_id, most_of_word);
    object.text("reason", observation.reason, most_of_word);
    object.text("limit", observation.limit, most_of_word);
}

void add_identity(Object& object, const Observation& observation, const AuditSettings& settings) {
    const auto add = [&](const Name& member, const std::optional<std::string>& value) {
        if (!value || settings.identity == ShownIdentity::plain) return object.text(member, value, most_of_name);
        const std::string_view issuer = observation.issuer ? std::string_view(*observation.issuer) : "";
        object.word(member, hashed_identity(settings, member.alone(), issuer, *value));
    };
    object.text("iss", observation.issuer, most_of_name);
    add("sub", observation.subject);
    add("client", observation.client);
    object.text("scopes", observation.scopes, most_of_list);
    object.text("missing", observation.missing, most_of_list);
}

std::string session_text(std::string_view session, const AuditSettings& settings) {
    if (!settings.key.empty()) return hashed_identity(settings, "session", {}, session).substr(0, digits_of_session);
    return base::hex_beginning(base::must_plain_sha256_of(session), digits_of_session);
}

std::string session_text(const Observation& observation, const AuditSettings& settings) {
    return observation.shown_session.empty() ? session_text(observation.session, settings) : observation.shown_session;
}

void add_peer(Object& object, const Observation& observation, const AuditSettings& settings) {
    object.text("revision", observation.revision, most_of_word);
    if (!observation.session.empty()) object.word("session", session_text(observation, settings));
    const bool is_hidden = settings.identity == ShownIdentity::hash && !observation.address.empty();
    if (is_hidden) {
        object.word("address", hashed_identity(settings, "address", {}, observation.address));
    } else {
        object.text("address", observation.address, most_of_word);
    }
}

void add_answer(Object& object, const Observation& observation) {
    object.text("http_method", observation.http_method, most_of_word);
    if (observation.status > 0) object.number("status", observation.status);
    object.word("cut_by", name_of(observation.cut_by));
    object.number("bytes_received", observation.bytes_received);
    object.number("bytes_sent", observation.bytes_sent);
    object.milliseconds("duration_ms", observation.duration);
    object.milliseconds("authorization_ms", observation.authorization);
    if (observation.backend) object.milliseconds("backend_ms", *observation.backend);
    object.text("trace_id", observation.trace_id, most_of_word);
    object.text("span_id", observation.span_id, most_of_word);
}

std::string netstring(std::string_view text) {
    return std::to_string(text.size()) + ':' + std::string(text) + ',';
}

}  // namespace

bool hides_identity(const Observation& observation) noexcept {
    return observation.audit != nullptr && observation.audit->identity == ShownIdentity::hash;
}

std::string shown_session(const Observation& observation) {
    static const AuditSettings unsaid;
    return session_text(observation, observation.audit != nullptr ? *observation.audit : unsaid);
}

std::string hashed_identity(const AuditSettings& settings, std::string_view member, std::string_view issuer,
                            std::string_view value) {
    const bool is_of_issuer = member == "sub" || member == "client";
    const std::string input = netstring(member) + (is_of_issuer ? netstring(issuer) : "") + netstring(value);
    return base::hex_beginning(base::must_hmac_sha256_of(settings.key.reveal(), input), digits_of_identity);
}

std::string audit_record(const Observation& observation, const AuditSettings& settings) {
    constexpr std::size_t usual_size = 1024;
    std::string line;
    line.reserve(usual_size);
    Object object(line);
    object.number("version", audit_record_version);
    add_decision(object, observation);
    add_identity(object, observation, settings);
    object.text("resource", observation.resource, most_of_list);
    add_peer(object, observation, settings);
    add_answer(object, observation);
    add_operations(object, line, observation);  // last: they fill what room there is
    object.end();
    return line;
}

}  // namespace mcp
