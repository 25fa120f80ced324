#include "mcp/jsonrpc.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "base/text.h"
#include "mcp/member_names.h"
#include "oauth/json/json_lenient.h"

namespace mcp {
namespace {

using oauth::json::Document;
using oauth::json::Kind;
using oauth::json::Value;

constexpr std::string_view meta_version_member = "io.modelcontextprotocol/protocolVersion";

// Where each stands in message_names.
enum MessageMember : std::uint8_t {
    jsonrpc,
    id_member,
    method_member,
    params_member,
    result_member,
    error_member,
};

constexpr std::array<KnownName, 6> message_names{{{.exact = "jsonrpc", .folded = "jsonrpc"},
                                                  {.exact = "id", .folded = "id"},
                                                  {.exact = "method", .folded = "method"},
                                                  {.exact = "params", .folded = "params"},
                                                  {.exact = "result", .folded = "result"},
                                                  {.exact = "error", .folded = "error"}}};
constexpr std::array<KnownName, 1> meta_names{
    {{.exact = meta_version_member, .folded = "io.modelcontextprotocol/protocolversion"}}};
constexpr KnownName meta_name{.exact = "_meta", .folded = "meta"};
constexpr std::array<KnownName, 1> plain_params{meta_name};
constexpr std::array<KnownName, 2> named_params{meta_name, {.exact = "name", .folded = "name"}};
constexpr std::array<KnownName, 2> uri_params{meta_name, {.exact = "uri", .folded = "uri"}};
constexpr std::array<KnownName, 2> task_params{meta_name, {.exact = "taskId", .folded = "taskid"}};

// A stream of notifications is asked for by this one. It names the resources that resources/subscribe named before (MCP
// 2026-07-28), and the tasks of which it sends what tasks/get answers (the tasks extension, notifications/tasks).
constexpr std::string_view listen_method = "subscriptions/listen";
constexpr std::array<KnownName, 2> listen_params{meta_name, {.exact = "notifications", .folded = "notifications"}};
constexpr std::array<KnownName, 2> notifications_names{
    {{.exact = "resourceSubscriptions", .folded = "resourcesubscriptions"}, {.exact = "taskIds", .folded = "taskids"}}};

constexpr std::array<Target, 8> all_targets{{
    {.method = "tools/call", .kind = Addressed::name, .header_required = true},
    {.method = "prompts/get", .kind = Addressed::name, .header_required = true},
    {.method = "resources/read", .kind = Addressed::uri, .header_required = true},
    {.method = "resources/subscribe", .kind = Addressed::uri, .header_required = false},
    {.method = "resources/unsubscribe", .kind = Addressed::uri, .header_required = false},
    {.method = "tasks/get", .kind = Addressed::task, .header_required = true},
    {.method = "tasks/update", .kind = Addressed::task, .header_required = true},
    {.method = "tasks/cancel", .kind = Addressed::task, .header_required = true},
}};

// The members of params that decide: _meta, and what names what a target addresses.
std::span<const KnownName> params_names(const Target* target) noexcept {
    if (target == nullptr) return plain_params;
    switch (target->kind) {
        case Addressed::name:
            return named_params;
        case Addressed::uri:
            return uri_params;
        case Addressed::task:
            return task_params;
    }
    return plain_params;
}

using Found = std::optional<Value>;

// null means absent: many writers put it where they have nothing to say.
bool is_present(const Found& value) noexcept {
    return value && value->kind() != Kind::null;
}

std::optional<std::string_view> text_of(const Found& value) noexcept {
    return value ? value->string() : std::nullopt;
}

// Some readers trim these; ASCII space, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000,
// U+FEFF.
constexpr std::array<std::string_view, 20> spaces{" ",
                                                  "\xC2\xA0",
                                                  "\xE1\x9A\x80",
                                                  "\xE2\x80\x80",
                                                  "\xE2\x80\x81",
                                                  "\xE2\x80\x82",
                                                  "\xE2\x80\x83",
                                                  "\xE2\x80\x84",
                                                  "\xE2\x80\x85",
                                                  "\xE2\x80\x86",
                                                  "\xE2\x80\x87",
                                                  "\xE2\x80\x88",
                                                  "\xE2\x80\x89",
                                                  "\xE2\x80\x8A",
                                                  "\xE2\x80\xA8",
                                                  "\xE2\x80\xA9",
                                                  "\xE2\x80\xAF",
                                                  "\xE2\x81\x9F",
                                                  "\xE3\x80\x80",
                                                  "\xEF\xBB\xBF"};

constexpr bool is_visible_ascii(char c) noexcept {
    return c > ' ' && c < '\x7F';
}

bool has_space_at_an_end(std::string_view text) noexcept {
    if (text.empty() || (is_visible_ascii(text.front()) && is_visible_ascii(text.back()))) return false;
    return std::ranges::any_of(
        spaces, [&](std::string_view space) { return text.starts_with(space) || text.ends_with(space); });
}

// Whether every reader takes this method, name, URI, task id or version for the same text.
bool is_clear(std::string_view text, bool is_mended) noexcept {
    if (is_mended && text.contains(base::replacement_utf8)) return false;  // it may have been a lone surrogate
    return !base::has_control_characters(text) && !has_space_at_an_end(text);
}

using Result = std::expected<void, TransportError>;

Result read_meta(const Value& meta, bool is_mended, Operation& operation) {
    std::array<Found, meta_names.size()> found;
    if (!find_members(meta, meta_names, found)) return std::unexpected(TransportError::body_ambiguous);
    operation.meta_version = text_of(found[0]);
    operation.traceparent = text_of(meta.member("traceparent"));
    operation.tracestate = text_of(meta.member("tracestate"));
    if (!is_present(found[0])) return {};
    if (!operation.meta_version || !is_clear(*operation.meta_version, is_mended))
        return std::unexpected(TransportError::body_ambiguous);
    return {};
}

Result read_target(const Found& value, const Target& target, bool is_mended, Operation& operation) {
    auto& addressed = target.kind == Addressed::task ? operation.task_id : operation.name;
    addressed = text_of(value);
    if (!addressed) return std::unexpected(TransportError::body_name_missing);
    if (!is_clear(*addressed, is_mended)) return std::unexpected(TransportError::body_ambiguous);
    return {};
}

Result read_params(const Found& params, bool is_mended, Operation& operation) {
    const Target* target = target_of(operation.method);
    std::array<Found, 2> found;
    if (is_present(params)) {
        // MCP knows named parameters only; anything else would hide the name from us.
        if (params->kind() != Kind::object) return std::unexpected(TransportError::body_not_jsonrpc);
        if (!find_members(*params, params_names(target), found)) return std::unexpected(TransportError::body_ambiguous);
    }
    if (found[0])
        if (const auto read = read_meta(*found[0], is_mended, operation); !read) return read;
    if (target == nullptr) return {};
    return read_target(found[1], *target, is_mended, operation);
}

std::expected<Operation, TransportError> read_operation(const Value& message, bool is_mended) {
    if (message.kind() != Kind::object) return std::unexpected(TransportError::body_not_jsonrpc);
    std::array<Found, message_names.size()> found;
    if (!find_members(message, message_names, found)) return std::unexpected(TransportError::body_ambiguous);
    if (text_of(found[jsonrpc]) != "2.0") return std::unexpected(TransportError::body_not_jsonrpc);
    if (!is_present(found[method_member])) {
        if (found[result_member] || found[error_member]) return Operation{};
        return std::unexpected(TransportError::body_not_jsonrpc);
    }
    // A reader that looks for the result first takes it for a response.
    if (is_present(found[result_member]) || is_present(found[error_member]))
        return std::unexpected(TransportError::body_ambiguous);
    Operation operation{.method = text_of(found[method_member]).value_or("")};
    if (operation.method.empty()) return std::unexpected(TransportError::body_not_jsonrpc);
    if (!is_clear(operation.method, is_mended)) return std::unexpected(TransportError::body_ambiguous);
    const auto read = read_params(found[params_member], is_mended, operation);
    if (!read) return std::unexpected(read.error());
    return operation;
}

// What a list of a stream of notifications names, each as the method that gives the same by itself. null means absent.
Result add_listed(const Found& list, const Operation& same, bool is_mended, std::vector<Operation>& operations) {
    if (!is_present(list)) return {};
    if (list->kind() != Kind::array || list->size() > Message::max_subscriptions)
        return std::unexpected(TransportError::body_not_jsonrpc);
    bool is_clear_list = true;
    list->each_element([&](const Value& element) {
        const auto text = element.string();
        is_clear_list = text && is_clear(*text, is_mended);
        if (!is_clear_list) return false;
        Operation operation = same;
        (target_of(same.method)->kind == Addressed::task ? operation.task_id : operation.name) = text;
        operations.push_back(operation);
        return true;
    });
    if (!is_clear_list) return std::unexpected(TransportError::body_ambiguous);
    return {};
}

Result add_subscriptions(const Value& message, bool is_mended, std::vector<Operation>& operations) {
    const Found params = message.member("params");
    std::array<Found, listen_params.size()> listen;
    if (is_present(params) && !find_members(*params, listen_params, listen))
        return std::unexpected(TransportError::body_ambiguous);
    std::array<Found, notifications_names.size()> lists;
    if (is_present(listen[1]) && !find_members(*listen[1], notifications_names, lists))
        return std::unexpected(TransportError::body_ambiguous);
    const auto added = add_listed(lists[0], {.method = "resources/subscribe"}, is_mended, operations);
    return added ? add_listed(lists[1], {.method = "tasks/get"}, is_mended, operations) : added;
}

TransportError error_of(oauth::Error error) noexcept {
    if (error == oauth::Error::out_of_memory) return TransportError::body_unavailable;
    if (error == oauth::Error::document_too_large) return TransportError::body_too_large;
    return TransportError::body_not_json;
}

}  // namespace

std::span<const Target> targets() noexcept {
    return all_targets;
}

const Target* target_of(std::string_view method) noexcept {
    const auto* target = std::ranges::find(all_targets, method, &Target::method);
    return target == all_targets.end() ? nullptr : target;
}

std::expected<Message, TransportError> Message::parse(std::string_view body) noexcept try {
    auto message = read(body);
    if (!message) return message;
    const Value root = message->document_.root();
    if (root.kind() != Kind::array) {
        if (const auto added = message->add(root); !added) return std::unexpected(added.error());
        return message;
    }
    if (root.size() == 0 || root.size() > max_batch) return std::unexpected(TransportError::body_not_jsonrpc);
    for (std::size_t i = 0; i < root.size(); i++)
        if (const auto added = message->add(*root.element(i)); !added) return std::unexpected(added.error());
    return message;
} catch (const std::bad_alloc&) {
    return std::unexpected(TransportError::body_unavailable);
}

// Strictly first: what is read twice is rare.
std::expected<Message, TransportError> Message::read(std::string_view body) {
    const oauth::json::Limits limits{.max_bytes = body.size(), .max_depth = max_depth};
    auto document = Document::parse(body, limits);
    if (document) return Message(std::move(*document));
    if (document.error() != oauth::Error::document_number_too_large &&
        document.error() != oauth::Error::document_half_surrogate)
        return std::unexpected(error_of(document.error()));
    const auto mended = oauth::json::without_unreadable_values(body);
    if (!mended) return std::unexpected(TransportError::body_not_json);
    document = Document::parse(*mended, limits);
    if (!document) return std::unexpected(error_of(document.error()));
    Message message(std::move(*document));
    message.is_mended_ = true;
    return message;
}

Result Message::add(const Value& entry) {
    const auto operation = read_operation(entry, is_mended_);
    if (!operation) return std::unexpected(operation.error());
    operations_.push_back(*operation);
    return operation->method == listen_method ? add_subscriptions(entry, is_mended_, operations_) : Result{};
}

std::string Message::id() const {
    if (is_batch() || operations_.front().method.empty()) return "null";
    const auto id = document_.root().member("id");
    if (!id) return "null";
    if (id->kind() == Kind::integer) return id->to_json();  // one that was mended is a real
    const auto text = id->string();
    return text && !(is_mended_ && text->contains(base::replacement_utf8)) ? id->to_json() : "null";
}

std::optional<std::string_view> Message::proposed_version() const {
    if (is_batch() || operations_.front().method != "initialize") return std::nullopt;
    const auto params = document_.root().member("params");
    return text_of(params ? params->member("protocolVersion") : std::nullopt).value_or("");
}

}  // namespace mcp
