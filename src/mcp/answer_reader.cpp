#include "mcp/answer_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "mcp/jsonrpc.h"
#include "mcp/request_reader.h"

namespace mcp {
namespace {

using Kind = FoundValue::Kind;

enum Place : std::uint8_t {
    jsonrpc,
    id,
    method,
    result,
    is_error,
    error,
    code,
    places,
};
static_assert(places <= MessageStream::max_values);

constexpr std::size_t longest_code = 20;  // of 64 bits
constexpr std::array<WantedMember, 1> result_members{
    {{.name = {.exact = "isError", .folded = "iserror"}, .place = is_error}}};
constexpr std::array<WantedMember, 1> error_members{
    {{.name = {.exact = "code", .folded = "code"}, .place = code, .longest = longest_code}}};
constexpr std::array<WantedMember, 5> message_members{
    {{.name = {.exact = "jsonrpc", .folded = "jsonrpc"}, .place = jsonrpc, .longest = 3},
     {.name = {.exact = "id", .folded = "id"}, .place = id, .longest = longest_observed_id},
     {.name = {.exact = "method", .folded = "method"}, .place = method},
     {.name = {.exact = "result", .folded = "result"}, .place = result, .inside = result_members},
     {.name = {.exact = "error", .folded = "error"}, .place = error, .inside = error_members}}};

// JSON-RPC 2.0 section 5.1: an integer. What is none is no code, and least of all 0.
std::optional<std::int64_t> code_of(const FoundValue& value) noexcept {
    if (value.kind != Kind::number) return std::nullopt;
    std::int64_t number = 0;
    const std::string_view text = value.text;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_integer = failed == std::errc() && end == text.data() + text.size();
    return is_integer ? std::optional(number) : std::nullopt;
}

// nullopt: no answer, or one of which nobody can say how it went.
std::optional<Outcome> outcome_of(std::span<const FoundValue> values) {
    if (std::ranges::any_of(values, &FoundValue::is_ambiguous)) return std::nullopt;
    const bool is_message = values[jsonrpc].kind == Kind::text && values[jsonrpc].text == "2.0";
    if (!is_message || values[method].is_present()) return std::nullopt;
    const bool has_error = values[error].is_present();
    if (has_error == values[result].is_present()) return std::nullopt;
    if (has_error) return Outcome{.kind = Outcome::Kind::error, .code = code_of(values[code])};
    return Outcome{.kind = values[is_error].kind == Kind::yes ? Outcome::Kind::tool_error : Outcome::Kind::success};
}

bool names_no_request(std::string_view id) noexcept {
    return id.empty() || id == "null";
}

void note(ObservedOperation& operation, const Answer& answer, std::chrono::microseconds duration) {
    operation.outcome = answer.outcome;
    operation.duration = duration;
}

// Nothing else can be meant, whatever became of its id: else who asks could hide the outcome by the choice of an id
// that cannot be kept, or that the server writes differently. Only the very id takes precedence over what came before.
void note_only(ObservedOperation& operation, const Answer& answer, std::chrono::microseconds duration) {
    const bool is_named = !names_no_request(answer.id) && answer.id == operation.id;
    const bool is_first = operation.outcome.kind == Outcome::Kind::unknown;
    if (is_first || (is_named && operation.is_answered_by_other_id)) {
        note(operation, answer, duration);
        operation.is_answered_by_other_id = !is_named;
    }
}

}  // namespace

AnswerReader::AnswerReader(AnswerForm form, Told told)
    : form_(form),
      told_(std::move(told)),
      stream_(message_members, [this](const FoundMessage& message) { take(message); }),
      events_([this](std::string_view data) { stream_.add(data); }, [this](bool counts) { end_document(counts); }) {}

void AnswerReader::add(std::string_view piece) {
    if (form_ == AnswerForm::json) {
        stream_.add(piece);
    } else {
        events_.add(piece);
    }
}

void AnswerReader::end() {
    if (form_ == AnswerForm::json) end_document(true);
}

void AnswerReader::take(const FoundMessage& message) {
    if (++messages_ > Message::max_batch || !message.is_clear) return;
    const FoundValue& value = message.values[id];
    if (const auto outcome = outcome_of(message.values))
        answers_.push_back({.id = observed_id(value), .outcome = *outcome});
}

void AnswerReader::end_document(bool counts) {
    if (counts && stream_.is_complete() && messages_ <= Message::max_batch)
        for (const Answer& answer : answers_)
            told_(answer);
    answers_.clear();
    messages_ = 0;
    stream_.restart();
}

Answer as_told_by(int status, Answer answer) {
    if (is_http_error(status) && answer.outcome.kind == Outcome::Kind::success) answer.outcome = {};
    return answer;
}

void note_answer(std::span<ObservedOperation> operations, const Answer& answer, std::chrono::microseconds duration) {
    const auto is_request = [](const ObservedOperation& operation) { return !operation.id.empty(); };
    const auto first = std::ranges::find_if(operations, is_request);
    if (first == operations.end()) return;
    if (std::none_of(first + 1, operations.end(), is_request)) return note_only(*first, answer, duration);
    // What we cannot read may be the id of another request to the server.
    if (names_no_request(answer.id) ||
        std::ranges::find(operations, "null", &ObservedOperation::id) != operations.end())
        return;
    const auto is_meant = [&](const ObservedOperation& operation) { return operation.id == answer.id; };
    const auto found = std::ranges::find_if(operations, is_meant);
    if (found == operations.end() || std::any_of(found + 1, operations.end(), is_meant)) return;
    if (found->outcome.kind == Outcome::Kind::unknown) note(*found, answer, duration);
}

}  // namespace mcp
