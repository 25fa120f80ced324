#include <cstring>

#include "oauth/json/json_element.h"

namespace oauth::json {
namespace {

template <class T>
std::optional<T> get(const Value& value) noexcept {
    T result{};
    if (Handle::element(value).get(result) != simdjson::SUCCESS) return std::nullopt;
    return result;
}

}  // namespace

Kind Value::kind() const noexcept {
    const dom::element_type type = Handle::element(*this).type();
    if (type == large_number_type) return Kind::large_number;
    switch (type) {
        case dom::element_type::BOOL:
            return Kind::boolean;
        case dom::element_type::INT64:
        case dom::element_type::UINT64:
            return Kind::integer;
        case dom::element_type::DOUBLE:
            return Kind::real;
        case dom::element_type::STRING:
            return Kind::string;
        case dom::element_type::ARRAY:
            return Kind::array;
        case dom::element_type::OBJECT:
            return Kind::object;
        default:
            return Kind::null;
    }
}

std::optional<bool> Value::boolean() const noexcept {
    return get<bool>(*this);
}

std::optional<std::int64_t> Value::integer() const noexcept {
    return get<std::int64_t>(*this);
}

std::optional<std::uint64_t> Value::unsigned_integer() const noexcept {
    return get<std::uint64_t>(*this);
}

std::optional<double> Value::number() const noexcept {
    return get<double>(*this);
}

std::optional<std::string_view> Value::string() const noexcept {
    return get<std::string_view>(*this);
}

// Its word on the tape leads to what was a string when it was parsed: four bytes of size, then the text.
std::optional<std::string_view> Value::large_number() const noexcept {
    if (kind() != Kind::large_number) return std::nullopt;
    const std::uint64_t at = Handle::word(*this) & simdjson::internal::JSON_VALUE_MASK;
    const std::uint8_t* text = Handle::document(*this).string_buf.get() + at;
    std::uint32_t size = 0;
    std::memcpy(&size, text, sizeof size);
    return std::string_view(reinterpret_cast<const char*>(text) + sizeof size, size);
}

bool Value::holds_large_number() const {
    if (!Handle::document(*this).has_large_numbers) return false;
    bool found = kind() == Kind::large_number;
    const auto look = [&](const Value& value) { return !(found = value.holds_large_number()); };
    each_member([&](std::string_view, const Value& value) { return look(value); });
    each_element(look);
    return found;
}

std::optional<Value> Value::member(std::string_view name) const noexcept {
    const auto object = get<dom::object>(*this);
    dom::element found;
    if (!object || object->at_key(name).get(found) != simdjson::SUCCESS) return std::nullopt;
    return Handle::value(found);
}

std::optional<Value> Value::present(std::string_view name) const noexcept {
    auto value = member(name);
    if (value && value->kind() == Kind::null) value.reset();
    return value;
}

std::optional<Value> Value::element(std::size_t index) const noexcept {
    const auto array = get<dom::array>(*this);
    dom::element found;
    if (!array || array->at(index).get(found) != simdjson::SUCCESS) return std::nullopt;
    return Handle::value(found);
}

std::size_t Value::size() const noexcept {
    if (const auto object = get<dom::object>(*this)) return object->size();
    if (const auto array = get<dom::array>(*this)) return array->size();
    return 0;
}

bool Value::is_array_of_strings() const noexcept {
    const auto array = get<dom::array>(*this);
    if (!array) return false;
    for (const dom::element element : *array)
        if (!element.is_string()) return false;
    return true;
}

bool Value::string_array_contains(std::string_view text) const noexcept {
    const auto array = get<dom::array>(*this);
    if (!array) return false;
    bool found = false;
    for (const dom::element element : *array) {
        std::string_view item;
        if (element.get(item) != simdjson::SUCCESS) return false;
        found = found || item == text;
    }
    return found;
}

void Value::visit_members(bool (*visit)(void*, std::string_view, Value), void* context) const {
    const auto object = get<dom::object>(*this);
    if (!object) return;
    for (const auto [name, value] : *object)
        if (!visit(context, name, Handle::value(value))) return;
}

void Value::visit_elements(bool (*visit)(void*, Value), void* context) const {
    const auto array = get<dom::array>(*this);
    if (!array) return;
    for (const dom::element element : *array)
        if (!visit(context, Handle::value(element))) return;
}

namespace {

// --- Equality -------------------------------------------------------------------------------------------------------

bool equal(dom::element a, dom::element b);

bool equal(dom::array a, dom::array b) {
    return std::ranges::equal(a, b, [](dom::element x, dom::element y) { return equal(x, y); });
}

bool equal(dom::object a, dom::object b) {
    return std::ranges::equal(sorted_members(a), sorted_members(b),
                              [](const auto& x, const auto& y) { return x.key == y.key && equal(x.value, y.value); });
}

bool equal(dom::element a, dom::element b) {
    if (a.type() != b.type() || a.type() == large_number_type) return false;
    const auto same = [&]<class T>(std::type_identity<T>) { return known<T>(a) == known<T>(b); };
    switch (a.type()) {
        case dom::element_type::BOOL:
            return same(std::type_identity<bool>{});
        case dom::element_type::INT64:
            return same(std::type_identity<std::int64_t>{});
        case dom::element_type::UINT64:
            return same(std::type_identity<std::uint64_t>{});
        case dom::element_type::DOUBLE:
            return same(std::type_identity<double>{});
        case dom::element_type::STRING:
            return same(std::type_identity<std::string_view>{});
        case dom::element_type::ARRAY:
            return equal(known<dom::array>(a), known<dom::array>(b));
        case dom::element_type::OBJECT:
            return equal(known<dom::object>(a), known<dom::object>(b));
        default:
            return true;
    }
}

}  // namespace

bool operator==(const Value& a, const Value& b) {
    return equal(Handle::element(a), Handle::element(b));
}

}  // namespace oauth::json
