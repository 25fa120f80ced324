#include "cli/settings/file/reading.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cli/settings/file/resource_keys.h"
#include "cli/settings/file/unknown_key.h"
#include "cli/settings/reports.h"
#include "cli/settings/syntax.h"
#include "cli/terminal.h"

namespace cli::file {
namespace {

bool is_file(const Kind& kind) noexcept {
    return &kind == &kinds::file || &kind == &kinds::secret_file || &kind == &kinds::audit_key_file;
}

std::string what_is_right(const Key& key) {
    std::string text;
    if (key.kind != nullptr && key.form != Form::mapping) text = key.kind->right;
    if (key.form == Form::list) text += ", or a list of them";
    if (key.form == Form::mapping) text = "a mapping";
    if (key.form == Form::one_or_mapping) text += ", or a mapping";
    if (key.object != nullptr) {
        if (!text.empty()) text += ", or ";
        text += key.form == Form::objects ? "a mapping, or a list of them" : "a mapping";
    }
    return text + "; for example " + std::string(key.example);
}

}  // namespace

void Reading::refuse(const Node& node, std::string_view path, const std::string& what) {
    if (!is_silent_) mistakes_.add(node.at, path, what);
}

void Reading::refuse_unknown(const Object& object, const Entry& entry, const std::string& path) {
    const Node& key = entry.key;
    // What stands behind the comma in "{ required: mcp:read, mcp:write }".
    const bool is_element = entry.value.type == Node::Type::nothing && key.text.contains(':');
    refuse(key, below(path, key.text),
           is_element ? "is not a known key; several values are a list: [a, b]" : about_unknown_key(object, key.text));
}

void Reading::read(const Node& document) {
    if (const Entry* defaults = document.find("defaults"); defaults != nullptr)
        if (defaults->value.type == Node::Type::mapping) defaults_ = &defaults->value;
    read_object(root(), document, "", &draft_);
}

void Reading::read_object(const Object& object, const Node& node, const std::string& path, void* owner) {
    if (node.type != Node::Type::mapping) {
        const std::string keys = names_of(object);
        return refuse(node, path, "is not a mapping of keys and values; the keys are " + keys);
    }
    const bool was_needless = needs_no_file_;
    if (object.is_shared) needs_no_file_ = true;
    for (const Entry& entry : node.entries) {
        const Key* key = object.find(entry.key.text);
        if (key == nullptr)
            refuse_unknown(object, entry, path);
        else
            read_key(*key, entry.value, below(path, key->name), owner);
    }
    needs_no_file_ = was_needless;
    for (const Key& key : object.keys)
        if (key.is_required && object.has(key) && node.find(key.name) == nullptr)
            refuse(node, path, "needs \"" + std::string(key.name) + "\": " + what_is_right(key));
}

void Reading::read_key(const Key& key, const Node& node, const std::string& path, void* owner) {
    const bool is_mapping = key.form == Form::mapping || key.form == Form::one_or_mapping;
    const bool takes_text = key.kind != nullptr && key.form != Form::mapping;
    if (node.type == Node::Type::mapping && key.object != nullptr) return read_one_object(key, node, path, owner);
    if (node.type == Node::Type::mapping && is_mapping) return read_mapping(key, node, path, owner);
    if (node.type == Node::Type::sequence && key.form == Form::objects) return read_elements(key, node, path, owner);
    if (node.type == Node::Type::sequence && key.form == Form::list) return read_list(key, node, path, owner);
    if (node.type == Node::Type::text && takes_text) return read_list(key, node, path, owner);
    const std::string_view is = node.type == Node::Type::nothing    ? "has no value"
                                : node.type == Node::Type::sequence ? "cannot be a list"
                                : node.type == Node::Type::mapping  ? "cannot be a mapping"
                                                                    : "cannot be a text";
    refuse(node, path, std::string(is) + "; expected " + what_is_right(key));
}

void Reading::read_list(const Key& key, const Node& node, const std::string& path, void* owner) {
    Value value;
    if (key.kind != nullptr && read_texts(*key.kind, key.form == Form::list, node, path, value.texts))
        key.set(owner, value);
}

void Reading::read_mapping(const Key& key, const Node& node, const std::string& path, void* owner) {
    Value value;
    bool good = !node.entries.empty();
    if (!good) refuse(node, path, "is empty; leave the key out, or write " + what_is_right(key));
    const bool takes_list = key.form == Form::mapping && key.kind == &kinds::scope;
    for (const Entry& entry : node.entries) {
        const std::string place = below(path, entry.key.text);
        Value::Entry read{.name = entry.key.text, .texts = {}};
        good = read_text(*key.names, entry.key, place).has_value() && good;
        good = read_texts(*key.kind, takes_list, entry.value, place, read.texts) && good;
        value.entries.push_back(std::move(read));
    }
    if (good) key.set(owner, value);
}

void Reading::read_elements(const Key& key, const Node& node, const std::string& path, void* owner) {
    if (node.elements.empty()) refuse(node, path, "is empty; write " + what_is_right(key));
    for (std::size_t i = 0; i < node.elements.size(); i++)
        read_one_object(key, node.elements[i], element_of(path, i), owner);
}

void Reading::read_one_object(const Key& key, const Node& node, const std::string& path, void* owner) {
    if (key.object == &resource_object) return read_resource(node, path);
    if (node.type == Node::Type::mapping && node.entries.empty())
        return refuse(node, path, "is empty; leave the key out, or write " + what_is_right(key));
    read_object(*key.object, node, path, key.open(owner));
}

// First what all resources share, as far as this one does not say it itself.
void Reading::read_resource(const Node& node, const std::string& path) {
    ResourceDraft& resource = draft_.resources.emplace_back();
    resource.origin = path;
    resource.own = &node;
    resource.shared = defaults_;
    if (defaults_ != nullptr && node.type == Node::Type::mapping) {
        is_silent_ = true;
        for (const Entry& entry : defaults_->entries) {
            const Key* key = defaults_object.find(entry.key.text);
            if (key != nullptr && node.find(key->name) == nullptr)
                read_key(*key, entry.value, below("defaults", key->name), &resource);
        }
        is_silent_ = false;
    }
    read_object(resource_object, node, path, &resource);
}

// False when one of them is wrong.
bool Reading::read_texts(const Kind& kind, bool takes_list, const Node& node, const std::string& path,
                         std::vector<std::string>& texts) {
    if (node.type != Node::Type::sequence || !takes_list) {
        auto text = read_text(kind, node, path);
        if (!text) return false;
        texts.push_back(*std::move(text));
        return true;
    }
    bool good = !node.elements.empty();
    if (!good) refuse(node, path, "is empty; leave the key out, or write " + std::string(kind.right));
    for (std::size_t i = 0; i < node.elements.size(); i++) {
        const std::string place = element_of(path, i);
        auto text = read_text(kind, node.elements[i], place);
        good = text.has_value() && good;
        if (!text) continue;
        if (std::ranges::find(texts, *text) != texts.end()) {
            refuse(node.elements[i], place, shown(*text) + " appears twice; leave one out");
            good = false;
        }
        texts.push_back(*std::move(text));
    }
    return good;
}

std::optional<std::string> Reading::read_text(const Kind& kind, const Node& node, const std::string& path) {
    if (node.type != Node::Type::text) {
        const std::string_view is = node.type == Node::Type::nothing ? "has no value" : "is not a single text";
        refuse(node, path, std::string(is) + "; expected " + std::string(kind.right));
        return std::nullopt;
    }
    if (const std::string problem = unusable_problem(node.text); !problem.empty()) {
        refuse(node, path, problem);
        return std::nullopt;
    }
    if (const std::string problem = kind.problem(node.text); !problem.empty()) {
        const std::string value = kind.is_secret ? "what it says" : shown(node.text);
        refuse(node, path, value + ' ' + problem + "; expected " + std::string(kind.right));
        return std::nullopt;
    }
    const bool is_written = &kind == &kinds::audit_log && is_log_file(node.text);
    if (!is_file(kind) && !is_written) return node.text;
    // Paths mean the same wherever nginx is started.
    std::string name = std::filesystem::path(folder_ + "/" + node.text).lexically_normal();
    if (node.text.starts_with('/')) name = node.text;
    if (is_written)
        draft_.written_file = NeededFile{.origin = mistakes_.place(node.at, path), .path = name};
    else
        need_file(kind, node, path, name);
    return name;
}

void Reading::need_file(const Kind& kind, const Node& node, const std::string& path, const std::string& name) {
    if (needs_no_file_) return;
    NeededFile file{.origin = mistakes_.place(node.at, path),
                    .path = name,
                    .may_be_secret = kind.is_secret,
                    .least_bytes = kind.least_bytes};
    const auto same = [&](const NeededFile& known) { return known.origin == file.origin; };
    if (std::ranges::none_of(draft_.files, same)) draft_.files.push_back(std::move(file));
}

}  // namespace cli::file
