// The keys of a settings file, in one table. The reader, its messages, the JSON Schema, the reference page and the help
// are made of it: a key that stands here is read, checked, described and completed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/settings/file/kinds.h"
#include "cli/settings/gateway.h"

namespace cli::file {

struct Node;

// A resource as it is read: what follows from it comes later.
struct ResourceDraft : Resource {
    std::string url;
    std::vector<std::string> server_names;
    bool says_discovery = false;
    const Node* own = nullptr;     // its mapping, and that of "defaults": where keys stand
    const Node* shared = nullptr;  // null: there is none
};

struct Draft : Gateway {
    ResourceDraft defaults;  // only to check them: each resource reads them again
    std::vector<ResourceDraft> resources;
};

// What stands behind a key, checked.
struct Value {
    struct Entry {
        std::string name;
        std::vector<std::string> texts;
    };
    std::vector<std::string> texts;  // one, unless the key takes a list
    std::vector<Entry> entries;      // of a mapping
};

enum class Form : std::uint8_t {
    one,
    list,            // one, or a list
    mapping,         // from names to one or a list
    one_or_mapping,  // from names to one
    object,
    objects  // one, or a list
};

struct Object;

// `open` and `set` get what the object that the key belongs to is read into.
struct Key {  // NOLINT(clang-analyzer-optin.performance.Padding): in the order in which a table reads well
    std::string_view name{};
    Form form = Form::one;
    const Kind* kind = nullptr;      // of texts; null: none can stand here
    const Kind* names = nullptr;     // of the names in a mapping
    const Object* object = nullptr;  // that a mapping is
    std::string_view what{};
    std::string_view otherwise{};   // what holds without it
    std::string_view example{};     // in YAML, on one line
    std::string_view directives{};  // with a space between; empty: it becomes none of ours
    bool is_required = false;
    bool is_own = false;  // of each resource alone, not of "defaults"
    void (*set)(void* owner, const Value& value) = nullptr;
    void* (*open)(void* owner) = nullptr;  // where an object, or one more, is read into
};

struct Object {
    std::string_view path;  // "resources[].backend"; empty: the file itself
    std::string_view what;
    std::span<const Key> keys;
    bool is_shared = false;  // "defaults": without the keys that are a resource's own

    bool has(const Key& key) const noexcept { return !is_shared || !key.is_own; }
    const Key* find(std::string_view name) const noexcept;
};

const Object& root();
// All of them, the file itself first.
std::span<const Object* const> objects();

// "resources[].scopes.required"
std::string path_of(const Object& object, const Key& key);

// A line for each key, for `--help`.
std::string help();

}  // namespace cli::file
