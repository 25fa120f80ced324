#include "cli/settings/file/unknown_key.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "cli/settings/edit_distance.h"

namespace cli::file {
namespace {

// "authorizationServers" and "Authorization-Servers" are the same mistake.
std::string plain(std::string_view name) {
    std::string text;
    for (const char c : name)
        if (c != '_' && c != '-') text += base::to_lower(c);
    return text;
}

bool looks_secret(std::string_view name) {
    const std::string text = plain(name);
    static constexpr std::string_view words[] = {"secret", "password", "passwd", "privatekey", "apikey"};
    return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
}

std::string in_quotes(std::string_view text) {
    return '"' + std::string(text) + '"';
}

// The key of this object whose name is nearest; null when none is near.
const Key* nearest(const Object& object, std::string_view name) {
    const std::string wanted = plain(name);
    const Key* best = nullptr;
    std::size_t least = std::max<std::size_t>(2, wanted.size() / 3) + 1;
    for (const Key& key : object.keys) {
        if (!object.has(key)) continue;
        const std::size_t steps = edit_distance(wanted, plain(key.name));
        if (steps < least) {
            best = &key;
            least = steps;
        }
    }
    return best;
}

// A secret belongs into a file of its own: the key that names it, when the object has one.
std::string about_secret(const Object& object) {
    std::string keys;
    for (const Key& key : object.keys)
        if (key.kind == &kinds::secret_file) keys += (keys.empty() ? "" : ", ") + in_quotes(key.name);
    const std::string start = "is not a known key: secrets are in separate files";
    return keys.empty() ? start : start + "; name the file in " + keys;
}

// Who knows the module, and writes its directives.
std::string keys_of_directive(std::string_view name) {
    std::vector<std::string> paths;
    for (const Object* object : objects())
        for (const Key& key : object->keys)
            if (!object->is_shared && (' ' + std::string(key.directives) + ' ').contains(' ' + std::string(name) + ' '))
                paths.push_back(path_of(*object, key));
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(paths.size(), 5); i++)
        text += (text.empty() ? "" : ", ") + in_quotes(paths[i]);
    return text;
}

// The same name elsewhere in the file.
std::string elsewhere(const Object& object, std::string_view name) {
    std::string text;
    for (const Object* other : objects())
        if (other != &object && !other->is_shared && other->find(name) != nullptr)
            text += (text.empty() ? "" : " or ") + in_quotes(path_of(*other, *other->find(name)));
    return text;
}

// What others call it, and the key here: of this object, or one of the file itself.
std::string by_other_word(const Object& object, std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> words = {{
        {"metrics", "status"},
        {"prometheus", "status"},
        {"monitoring", "status"},
        {"trace", "tracing"},
        {"traces", "tracing"},
        {"otel", "tracing"},
        {"otlp", "tracing"},
        {"telemetry", "tracing"},
        {"opentelemetry", "tracing"},
        {"record", "audit"},
        {"records", "audit"},
        {"auditlog", "audit"},
        {"observability", "observe"},
        {"endpoint", "exporter"},
        {"collector", "exporter"},
        {"file", "log"},
        {"ratio", "sample"},
    }};
    const std::string wanted = plain(name);
    const auto* const found = std::ranges::find(words, wanted, &std::pair<std::string_view, std::string_view>::first);
    if (found == words.end()) return {};
    if (object.find(found->second) != nullptr)
        return "is not a known key; did you mean " + in_quotes(found->second) + "?";
    if (root().find(found->second) == nullptr || object.find(name) != nullptr) return {};
    return "is not a known key here; did you mean " + in_quotes(found->second) + " at the beginning of a line?";
}

// "tools" where there is "tool", or the other way.
const Key* in_other_number(const Object& object, std::string_view name) {
    if (name.ends_with('s')) return object.find(name.substr(0, name.size() - 1));
    return object.find(std::string(name) + 's');
}

std::string did_you_mean(const Key& key) {
    return "is not a known key; did you mean " + in_quotes(key.name) + "?";
}

}  // namespace

std::string names_of(const Object& object) {
    std::string text;
    for (const Key& key : object.keys)
        if (object.has(key)) text += (text.empty() ? "" : ", ") + std::string(key.name);
    return text;
}

std::string about_unknown_key(const Object& object, std::string_view name) {
    constexpr std::size_t longest = 100;
    if (name.size() > longest) return "is not a known key; the keys here are " + names_of(object);
    if (looks_secret(name)) return about_secret(object);
    if (name.starts_with("MCP_"))
        return "is an environment variable, not a key; `mcp-resource convert` makes a settings file from variables";
    if (std::string meant = by_other_word(object, name); !meant.empty()) return meant;
    if (const Key* key = in_other_number(object, name); key != nullptr) return did_you_mean(*key);
    if (const std::string place = elsewhere(object, name); !place.empty())
        return "is not a known key here; it is " + place + " (check the indentation)";
    if (const std::string keys = keys_of_directive(name); !keys.empty())
        return "is an nginx directive, not a key; the key is " + keys;
    if (const Key* key = nearest(object, name); key != nullptr) return did_you_mean(*key);
    return "is not a known key; the keys here are " + names_of(object);
}

}  // namespace cli::file
