#include "mcp/request_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <initializer_list>

#include "base/text.h"
#include "oauth/json/json_text.h"

namespace mcp {
namespace {

using oauth::json::Value;
using Kind = FoundValue::Kind;

enum Place : std::uint8_t {
    jsonrpc,
    id,
    method,
    params,
    result,
    error,
    name,
    uri,
    task,
    meta,
    traceparent,
    version,
    proposed,
    places,
};
static_assert(places <= MessageStream::max_values);

constexpr std::array<WantedMember, 2> meta_members{
    {{.name = {.exact = "traceparent", .folded = "traceparent"},
      .place = traceparent,
      .longest = longest_observed_traceparent},
     {.name = {.exact = "io.modelcontextprotocol/protocolVersion", .folded = "io.modelcontextprotocol/protocolversion"},
      .place = version,
      .longest = longest_observed_revision}}};
constexpr std::array<WantedMember, 5> params_members{
    {{.name = {.exact = "name", .folded = "name"}, .place = name, .longest = longest_observed_name},
     {.name = {.exact = "uri", .folded = "uri"}, .place = uri, .longest = longest_observed_name},
     {.name = {.exact = "taskId", .folded = "taskid"}, .place = task, .longest = longest_observed_name},
     {.name = {.exact = "_meta", .folded = "meta"}, .place = meta, .inside = meta_members},
     {.name = {.exact = "protocolVersion", .folded = "protocolversion"},
      .place = proposed,
      .longest = longest_observed_revision}}};
constexpr std::array<WantedMember, 6> message_members{
    {{.name = {.exact = "jsonrpc", .folded = "jsonrpc"}, .place = jsonrpc, .longest = 3},
     {.name = {.exact = "id", .folded = "id"}, .place = id, .longest = longest_observed_id},
     {.name = {.exact = "method", .folded = "method"}, .place = method, .longest = longest_observed_name},
     {.name = {.exact = "params", .folded = "params"}, .place = params, .inside = params_members},
     {.name = {.exact = "result", .folded = "result"}, .place = result},
     {.name = {.exact = "error", .folded = "error"}, .place = error}}};

constexpr Place addressed(Addressed kind) noexcept {
    switch (kind) {
        case Addressed::name:
            return name;
        case Addressed::uri:
            return uri;
        case Addressed::task:
            return task;
    }
    return name;
}

std::string_view text_of(const FoundValue& value) noexcept {
    return value.kind == Kind::text && !value.is_ambiguous ? std::string_view(value.text) : std::string_view();
}

// -0 and 0 are the same to who repeats an id. One with a fraction, or beyond what a double tells apart, is another one
// to another reader.
std::string integer_text(std::string_view text) {
    constexpr std::int64_t largest = (std::int64_t{1} << 53) - 1;  // RFC 8259 section 6
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = error == std::errc() && end == text.data() + text.size();
    return is_whole && number >= -largest && number <= largest ? std::to_string(number) : "null";
}

// A task's id is no name: it is an argument, and who knows it may be who owns the task.
const Target* named_target_of(std::string_view method) noexcept {
    const Target* target = target_of(method);
    return target != nullptr && target->kind != Addressed::task ? target : nullptr;
}

std::string_view exact_name(Place place) noexcept {
    return std::ranges::find(params_members, place, &WantedMember::place)->name.exact;
}

// The text at the end of a path of members, none where there is none or it is longer.
std::optional<std::string_view> text_at(std::optional<Value> value, std::initializer_list<std::string_view> path,
                                        std::size_t longest = std::string_view::npos) {
    for (const std::string_view step : path)
        value = value ? value->member(step) : std::nullopt;
    const auto text = value ? value->string() : std::nullopt;
    return text && text->size() <= longest ? text : std::nullopt;
}

std::string id_of(const Value& entry) {
    const auto value = entry.member("id");
    if (!value) return "";
    if (value->integer()) return integer_text(value->to_json());
    std::string text = value->string() ? value->to_json() : "null";
    return text.size() <= longest_observed_id ? text : "null";
}

void add_entry(const Value& entry, AskedOperations& asked) {
    const auto method = text_at(entry, {"method"});
    if (!method) return;  // a response
    auto& operation =
        asked.operations.emplace_back(ObservedOperation{.method = base::shortened(*method), .id = id_of(entry)});
    const auto params = entry.member("params");
    if (const Target* target = named_target_of(*method))
        if (const auto text = text_at(params, {exact_name(addressed(target->kind))}))
            operation.name = base::shortened(*text);
    operation.traceparent = text_at(params, {"_meta", "traceparent"}, longest_observed_traceparent).value_or("");
    if (!asked.revision.empty()) return;
    if (*method == "initialize")
        asked.revision = text_at(params, {exact_name(proposed)}, longest_observed_revision).value_or("");
    if (!asked.revision.empty()) return;
    asked.revision = text_at(params, {"_meta", meta_members[1].name.exact}, longest_observed_revision).value_or("");
}

}  // namespace

std::string observed_id(const FoundValue& value) {
    if (value.kind == Kind::absent) return "";
    if (value.kind == Kind::number) return integer_text(value.text);
    std::string text = value.kind == Kind::text ? oauth::json::quoted(value.text) : "null";
    return text.size() <= longest_observed_id ? text : "null";
}

RequestReader::RequestReader() : stream_(message_members, [this](const FoundMessage& message) { take(message); }) {}

void RequestReader::add(std::string_view piece) {
    if (is_known_) stream_.add(piece);
}

AskedOperations* RequestReader::asked() noexcept {
    return is_known_ && messages_ > 0 && stream_.is_complete() ? &asked_ : nullptr;
}

void RequestReader::take(const FoundMessage& message) {
    const auto values = message.values;
    asked_.is_batch = stream_.is_batch();
    is_known_ = is_known_ && message.is_clear && ++messages_ <= Message::max_batch &&
                text_of(values[jsonrpc]) == "2.0" &&
                std::ranges::none_of(values.first(message_members.size()), &FoundValue::is_ambiguous);
    if (!is_known_) return;
    const bool is_response = values[result].is_present() || values[error].is_present();
    if (values[method].kind == Kind::absent && is_response) return;
    is_known_ = values[method].kind == Kind::text && !values[method].text.empty() && !is_response;
    if (is_known_) add_operation(values);
}

void RequestReader::add_operation(std::span<const FoundValue> values) {
    ObservedOperation& operation = asked_.operations.emplace_back();
    operation.method = base::shortened(values[method].text);
    operation.id = observed_id(values[id]);
    if (const Target* target = named_target_of(values[method].text)) {
        const FoundValue& value = values[addressed(target->kind)];
        is_known_ = value.kind != Kind::too_long && !value.is_ambiguous;
        if (value.kind == Kind::text) operation.name = base::shortened(value.text);
    }
    is_known_ = is_known_ && !values[meta].is_ambiguous;
    operation.traceparent = text_of(values[traceparent]);
    if (!asked_.revision.empty()) return;
    if (values[method].text == "initialize") asked_.revision = text_of(values[proposed]);
    if (asked_.revision.empty()) asked_.revision = text_of(values[version]);
}

AskedOperations observed_operations(const Message& message) {
    AskedOperations asked{.is_batch = message.is_batch()};
    if (!asked.is_batch) add_entry(message.root(), asked);
    message.root().each_element([&](const Value& entry) {
        add_entry(entry, asked);
        return true;
    });
    return asked;
}

}  // namespace mcp
